package finding

// Rule is what a code of findings stands for, told once for all of them. The
// package that makes findings of a code has its Rule in a list Rules; the
// command line joins these lists (see cli, rules.go), and docs/rules.md is
// written from them.
type Rule struct {
	Code string `json:"code"`
	// Severity is the usual one; a finding can be milder where its rule says so.
	Severity Severity `json:"severity"`
	// Title says what is wrong where the rule finds something, in a few words in
	// lower case.
	Title string `json:"title"`
	// About says what the rule looks at and why it matters to a database that is
	// in use: a paragraph of whole sentences.
	About string `json:"about"`
	// Fix is the safe way out, in whole sentences.
	Fix string `json:"fix"`
	// Recipe is SQL that shows the safe way; "" where SQL is not the point.
	Recipe string `json:"recipe,omitempty"`
	// See are addresses of documentation, such as a page of PostgreSQL's manual.
	See []string `json:"see,omitempty"`
}
