package diff

import (
	"strings"

	"github.com/skein-db/skein/internal/schema"
)

var policyWriters = map[string]writer{
	CreatePolicy: func(r compat, ch *Change) []string {
		return []string{r.createPolicy(ch.Object, ch.New.(*schema.Policy), tableName(ch.Table))}
	},
	DropPolicy: func(r compat, ch *Change) []string {
		return []string{dropPolicy(ch.Old.(*schema.Policy).Name, tableName(ch.Table))}
	},
	RenamePolicy: func(r compat, ch *Change) []string {
		return []string{renamePolicy(ch.Old.(*schema.Policy), ch.New.(*schema.Policy), tableName(ch.Table))}
	},
	AlterPolicy: func(r compat, ch *Change) []string {
		return []string{r.alterPolicy(ch.Object, ch.Old.(*schema.Policy), ch.New.(*schema.Policy), tableName(ch.Table))}
	},
	CreateLinkedPolicy: func(r compat, ch *Change) []string {
		p := ch.New.(*schema.LinkedPolicy)
		return []string{r.createPolicy(ch.Object, &p.Policy, p.On)}
	},
	DropLinkedPolicy: func(r compat, ch *Change) []string {
		p := ch.Old.(*schema.LinkedPolicy)
		return []string{dropPolicy(p.Name, p.On)}
	},
	RenameLinkedPolicy: func(r compat, ch *Change) []string {
		old, new := ch.Old.(*schema.LinkedPolicy), ch.New.(*schema.LinkedPolicy)
		return []string{renamePolicy(&old.Policy, &new.Policy, old.On)}
	},
	AlterLinkedPolicy: func(r compat, ch *Change) []string {
		old, new := ch.Old.(*schema.LinkedPolicy), ch.New.(*schema.LinkedPolicy)
		return []string{r.alterPolicy(ch.Object, &old.Policy, &new.Policy, old.On)}
	},
}

// bareRoles are role specifications of PostgreSQL's grammar, not names.
var bareRoles = map[string]bool{"current_user": true, "current_role": true, "session_user": true, "public": true}

func (r compat) createPolicy(object string, p *schema.Policy, on string) string {
	if cutPolicy(p) {
		r.c.mends(defectDelimiter, "policy "+object)
	}
	if p.As == "" || p.For == "" || len(p.To) == 0 {
		r.c.mends(defectPolicyUndefined, "policy "+object)
	}
	roles := make([]string, len(p.To))
	for i, role := range p.To {
		roles[i] = role
		if !bareRoles[role] {
			roles[i] = quote(role)
		}
	}
	text := "CREATE POLICY " + quote(p.Name) + " ON " + on + " AS " + or(strings.ToUpper(p.As), "PERMISSIVE") +
		" FOR " + or(strings.ToUpper(p.For), "ALL") + " TO " + or(strings.Join(roles, ", "), "public")
	if p.Using != nil {
		text += " USING (" + r.expr("policy "+object, *p.Using) + ")"
	}
	if p.WithCheck != nil {
		text += " WITH CHECK (" + r.expr("policy "+object, *p.WithCheck) + ")"
	}
	return text + ";"
}

func dropPolicy(name, on string) string {
	return "DROP POLICY " + quote(name) + " ON " + on + " CASCADE;"
}

func renamePolicy(old, new *schema.Policy, on string) string {
	return "ALTER POLICY " + quote(old.Name) + " ON " + on + " RENAME TO " + quote(new.Name) + ";"
}

// alterPolicy writes drizzle-kit's text: an expression that is gone is written
// as it was, for ALTER POLICY cannot remove one.
func (r compat) alterPolicy(object string, old, new *schema.Policy, on string) string {
	if cutPolicy(old) || cutPolicy(new) {
		r.c.mends(defectDelimiter, "policy "+object)
	}
	roles := make([]string, len(new.To))
	for i, role := range new.To {
		roles[i] = role
		if !bareRoles[role] && !plainName(role) {
			r.c.mends(defectUnquotedRole, "policy "+object)
			roles[i] = quote(role)
		}
	}
	text := "ALTER POLICY " + quote(new.Name) + " ON " + on + " TO " + or(strings.Join(roles, ","), "public")
	switch {
	case new.Using != nil:
		text += " USING (" + r.expr("policy "+object, *new.Using) + ")"
	case old.Using != nil:
		text += " USING (" + r.expr("policy "+object, *old.Using) + ")"
	}
	switch {
	case new.WithCheck != nil:
		text += " WITH CHECK (" + r.expr("policy "+object, *new.WithCheck) + ")"
	case old.WithCheck != nil:
		text += " WITH CHECK  (" + r.expr("policy "+object, *old.WithCheck) + ")"
	}
	return text + ";"
}

// plainName says whether a name means itself without quotes: PostgreSQL folds
// upper case.
func plainName(name string) bool { return isWord(name) && name == strings.ToLower(name) }
