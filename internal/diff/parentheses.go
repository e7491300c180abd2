package diff

import "strings"

// needsParentheses says whether an index expression is neither a column nor a
// function call, nor in parentheses: an operator stands outside of all of them
// (https://www.postgresql.org/docs/current/indexes-expressional.html).
func needsParentheses(expr string) bool {
	depth := 0
	for i := 0; i < len(expr); {
		switch ch := expr[i]; {
		case ch == '\'' || ch == '"':
			i = closing(expr, i+1, ch)
			continue
		case strings.HasPrefix(expr[i:], "--"):
			i = indexFrom(expr, i, "\n")
			continue
		case strings.HasPrefix(expr[i:], "/*"):
			i = indexFrom(expr, i+2, "*/")
			continue
		case ch == '(' || ch == '[':
			depth++
		case ch == ')' || ch == ']':
			depth--
		case depth == 0 && strings.IndexByte("+-*/<>=~!@#%^&|?:", ch) >= 0:
			return true
		}
		i++
	}
	return false
}
