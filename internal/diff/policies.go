package diff

import (
	"slices"

	"github.com/skein-db/skein/internal/schema"
)

// matchPolicies decides which policies of a table are new, gone and renamed.
func (c *computer) matchPolicies() error {
	ref := func(p *schema.Policy) schema.Ref { return schema.Ref{Name: p.Name} }
	for _, p := range c.tables {
		now, was := p.new.Ref(), p.was
		var err error
		p.policies, err = match(c, Question{Kind: KindPolicy, Table: &now, OldTable: &was}, p.old.Policies, p.new.Policies, ref, ref)
		if err != nil {
			return err
		}
	}
	return nil
}

// equalPolicy compares everything but the names.
func equalPolicy(a, b *schema.Policy) bool {
	return a.As == b.As && a.For == b.For && slices.Equal(a.To, b.To) &&
		equalPointers(a.Using, b.Using) && equalPointers(a.WithCheck, b.WithCheck)
}

// alterable says whether ALTER POLICY can make one of the other: it cannot
// change AS and FOR.
func alterable(a, b *schema.Policy) bool { return a.As == b.As && a.For == b.For }

// alterPolicies emits what happens to the policies of a table.
func (c *computer) alterPolicies(p *tablePair) {
	ref := p.new.Ref()
	m := &p.policies
	for _, r := range m.renamed {
		if !equalPolicy(r.old, r.new) {
			c.note(defectLostWithPolicyRename, "policy "+ref.String()+"."+r.new.Name)
		}
		if !alterable(r.old, r.new) {
			m.deleted, m.created = append(m.deleted, r.old), append(m.created, r.new)
			continue
		}
		c.add(renamePolicies, c.part(RenamePolicy, ref, r.old.Name, r.old, r.new))
	}
	for _, old := range m.deleted {
		c.add(dropPolicies, c.part(DropPolicy, ref, old.Name, old, nil))
	}
	for _, new := range m.created {
		c.add(createPolicies, c.part(CreatePolicy, ref, new.Name, nil, new))
	}
	for _, both := range m.pairs {
		switch {
		case equalPolicy(both.old, both.new):
		case alterable(both.old, both.new):
			c.add(alterPolicies, c.part(AlterPolicy, ref, both.new.Name, both.old, both.new))
		case both.old.Name == both.new.Name: // a renamed one is among deleted and created
			c.add(redropPolicies, c.part(DropPolicy, ref, both.new.Name, both.new, nil))
			c.add(recreatePolicies, c.part(CreatePolicy, ref, both.new.Name, both.old, both.new))
		}
	}
}

// linkedPolicies decides about policies on tables outside the schema files.
func (c *computer) linkedPolicies() error {
	ref := func(p *schema.LinkedPolicy) schema.Ref { return schema.Ref{Name: p.Name} }
	m, err := match(c, Question{Kind: KindLinkedPolicy}, c.from.Policies, c.to.Policies, ref, ref)
	if err != nil {
		return err
	}
	for _, r := range m.renamed {
		if r.old.On != r.new.On || !equalPolicy(&r.old.Policy, &r.new.Policy) {
			c.note(defectLostWithPolicyRename, "policy "+linkedName(r.new))
		}
		if r.old.On != r.new.On || !alterable(&r.old.Policy, &r.new.Policy) {
			m.deleted, m.created = append(m.deleted, r.old), append(m.created, r.new)
			continue
		}
		c.add(renameLinkedPolicies, Change{Kind: RenameLinkedPolicy, Object: linkedName(r.old), Old: r.old, New: r.new})
	}
	for _, old := range m.deleted {
		c.add(dropLinkedPolicies, Change{Kind: DropLinkedPolicy, Object: linkedName(old), Old: old})
	}
	for _, new := range m.created {
		c.add(createLinkedPolicies, Change{Kind: CreateLinkedPolicy, Object: linkedName(new), New: new})
	}
	for _, both := range m.pairs {
		moves, alters := both.old.On != both.new.On, alterable(&both.old.Policy, &both.new.Policy)
		switch {
		case both.old.Name != both.new.Name && (moves || !alters): // among deleted and created
		case !moves && equalPolicy(&both.old.Policy, &both.new.Policy):
		case alters:
			if moves {
				c.note(defectPolicyMoves, "policy "+linkedName(both.new))
			}
			c.add(alterLinkedPolicies, Change{Kind: AlterLinkedPolicy, Object: linkedName(both.new), Old: both.old, New: both.new})
		default:
			c.add(redropLinkedPolicies, Change{Kind: DropLinkedPolicy, Object: linkedName(both.old), Old: both.old})
			c.add(recreateLinkedPolicies, Change{Kind: CreateLinkedPolicy, Object: linkedName(both.new), Old: both.old, New: both.new})
		}
	}
	return nil
}

func linkedName(p *schema.LinkedPolicy) string { return p.Name + " on " + p.On }
