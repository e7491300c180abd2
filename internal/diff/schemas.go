package diff

import "github.com/skein-db/skein/internal/schema"

// schemas decides about named schemas. Everything in a renamed schema follows.
func (c *computer) schemas() error {
	ref := func(s *string) schema.Ref { return schema.Ref{Name: *s} }
	m, err := match(c.answer, Question{Kind: KindSchema}, c.from.Schemas, c.to.Schemas, ref, ref)
	if err != nil {
		return err
	}
	for _, s := range m.created {
		c.add(createSchemas, Change{Kind: CreateSchema, Object: *s, New: *s})
	}
	for _, p := range m.renamed {
		c.schemaNow[*p.old] = *p.new
		c.add(renameSchemas, Change{Kind: RenameSchema, Object: *p.old, Old: *p.old, New: *p.new})
	}
	for _, s := range m.deleted {
		c.add(dropSchemas, Change{Kind: DropSchema, Object: *s, Old: *s})
	}
	return nil
}

// follow returns the reference after the renames of schemas.
func (c *computer) follow(r schema.Ref) schema.Ref {
	if now, ok := c.schemaNow[r.Schema]; ok {
		r.Schema = now
	}
	return r
}

// onlyMoved says that something changes its schema and keeps its name.
func onlyMoved(was, is schema.Ref) bool { return was.Schema != is.Schema && was.Name == is.Name }

// sequences decides about sequences of their own.
func (c *computer) sequences() error {
	was := func(s *schema.Sequence) schema.Ref { return c.follow(s.Ref()) }
	m, err := match(c.answer, Question{Kind: KindSequence}, c.from.Sequences, c.to.Sequences, was, (*schema.Sequence).Ref)
	if err != nil {
		return err
	}
	for _, s := range m.created {
		c.add(createSequences, Change{Kind: CreateSequence, Object: s.Ref().String(), New: s})
	}
	for _, p := range m.renamed {
		old := was(p.old)
		if old.Schema != p.new.Schema {
			c.add(moveSequences, Change{Kind: MoveSequence, Object: old.String(), Old: p.old, New: p.new, was: old})
			old.Schema = p.new.Schema
		}
		if old.Name != p.new.Name {
			c.add(renameSequences, Change{Kind: RenameSequence, Object: old.String(), Old: p.old, New: p.new, was: old})
		}
	}
	for _, p := range m.pairs {
		if p.old.SequenceOptions == p.new.SequenceOptions {
			continue
		}
		if !onlyMoved(was(p.old), p.new.Ref()) || c.mends(defectLostWithMove, "sequence "+p.new.Ref().String()) {
			c.add(alterSequences, Change{Kind: AlterSequence, Object: p.new.Ref().String(), Old: p.old, New: p.new})
		}
	}
	for _, s := range m.deleted {
		c.add(dropSequences, Change{Kind: DropSequence, Object: s.Ref().String(), Old: s, was: was(s)})
	}
	return nil
}

// roles decides about roles.
func (c *computer) roles() error {
	ref := func(r *schema.Role) schema.Ref { return schema.Ref{Name: r.Name} }
	m, err := match(c.answer, Question{Kind: KindRole}, c.from.Roles, c.to.Roles, ref, ref)
	if err != nil {
		return err
	}
	for _, p := range m.renamed {
		c.add(renameRoles, Change{Kind: RenameRole, Object: p.old.Name, Old: p.old, New: p.new})
	}
	for _, r := range m.deleted {
		c.add(dropRoles, Change{Kind: DropRole, Object: r.Name, Old: r})
	}
	for _, r := range m.created {
		c.add(createRoles, Change{Kind: CreateRole, Object: r.Name, New: r})
	}
	for _, p := range m.pairs {
		a, b := *p.old, *p.new
		a.Name = b.Name
		if a != b {
			c.add(alterRoles, Change{Kind: AlterRole, Object: b.Name, Old: p.old, New: p.new})
		}
	}
	return nil
}
