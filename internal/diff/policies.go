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
		p.policies, err = match(c.answersFor(p), Question{Kind: KindPolicy, Table: &now, OldTable: &was}, p.old.Policies, p.new.Policies, ref, ref)
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

// loses says whether an expression is gone, which ALTER POLICY cannot do.
func loses(old, new *schema.Policy) bool {
	return old.Using != nil && new.Using == nil || old.WithCheck != nil && new.WithCheck == nil
}

// fate says what becomes of a policy that both sides have.
type fate struct{ rename, alter, remake bool }

// policyFate decides it. moves says that the policy goes to another table.
func (c *computer) policyFate(old, new *schema.Policy, moves bool, object string) fate {
	changed := moves || !equalPolicy(old, new)
	if old.Name != new.Name {
		if !changed || !c.mends(defectLostWithPolicyRename, object) {
			return fate{rename: true}
		}
		if remake := moves || !alterable(old, new) || loses(old, new); remake {
			return fate{remake: true}
		}
		return fate{rename: true, alter: true}
	}
	if !changed {
		return fate{}
	}
	if !alterable(old, new) || moves && c.mends(defectPolicyMoves, object) || loses(old, new) && c.mends(defectPolicyKeepsExpression, object) {
		return fate{remake: true}
	}
	return fate{alter: true}
}

// alterPolicies emits what happens to the policies of a table.
func (c *computer) alterPolicies(p *tablePair) {
	ref := p.new.Ref()
	decide := func(q pair[schema.Policy]) fate {
		return c.policyFate(q.old, q.new, false, "policy "+ref.String()+"."+q.new.Name)
	}
	for _, q := range p.policies.renamed {
		if decide(q).rename {
			c.add(renamePolicies, c.part(RenamePolicy, ref, q.old.Name, q.old, q.new))
		}
	}
	for _, old := range p.policies.deleted {
		c.add(dropPolicies, c.part(DropPolicy, ref, old.Name, old, nil))
	}
	for _, new := range p.policies.created {
		c.add(createPolicies, c.part(CreatePolicy, ref, new.Name, nil, new))
	}
	for _, q := range p.policies.pairs {
		f := decide(q)
		if f.alter {
			c.add(alterPolicies, c.part(AlterPolicy, ref, q.new.Name, q.old, q.new))
		}
		if f.remake {
			c.add(redropPolicies, c.part(DropPolicy, ref, q.old.Name, q.old, nil))
			c.add(recreatePolicies, c.part(CreatePolicy, ref, q.new.Name, q.old, q.new))
		}
	}
}

// linkedPolicies decides about policies on tables outside the schema files.
func (c *computer) linkedPolicies() error {
	ref := func(p *schema.LinkedPolicy) schema.Ref { return schema.Ref{Name: p.Name} }
	m, err := match(c.answer, Question{Kind: KindLinkedPolicy}, c.from.Policies, c.to.Policies, ref, ref)
	if err != nil {
		return err
	}
	decide := func(q pair[schema.LinkedPolicy]) fate {
		return c.policyFate(&q.old.Policy, &q.new.Policy, q.old.On != q.new.On, "policy "+linkedName(q.new))
	}
	linked := func(kind string, p, old, new *schema.LinkedPolicy) Change {
		change := Change{Kind: kind, Object: linkedName(p)}
		if old != nil {
			change.Old = old
		}
		if new != nil {
			change.New = new
		}
		return change
	}
	for _, q := range m.renamed {
		if decide(q).rename {
			c.add(renameLinkedPolicies, linked(RenameLinkedPolicy, q.old, q.old, q.new))
		}
	}
	for _, old := range m.deleted {
		c.add(dropLinkedPolicies, linked(DropLinkedPolicy, old, old, nil))
	}
	for _, new := range m.created {
		c.add(createLinkedPolicies, linked(CreateLinkedPolicy, new, nil, new))
	}
	for _, q := range m.pairs {
		f := decide(q)
		if f.alter {
			c.add(alterLinkedPolicies, linked(AlterLinkedPolicy, q.new, q.old, q.new))
		}
		if f.remake {
			c.add(redropLinkedPolicies, linked(DropLinkedPolicy, q.old, q.old, nil))
			c.add(recreateLinkedPolicies, linked(CreateLinkedPolicy, q.new, q.old, q.new))
		}
	}
	return nil
}

func linkedName(p *schema.LinkedPolicy) string { return p.Name + " on " + p.On }
