// Package secret keeps passwords out of what people read: errors, logs and
// JSON. Everything that may repeat a connection string, another program's
// output or a server's message goes through one Set before it is shown.
package secret

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Mask stands where a password was.
const Mask = "xxxxx"

// shortest is how long a word must be to be looked for. Shorter ones are in
// every text.
const shortest = 3

// Set is the passwords of a run. The zero value knows none, and still hides
// what has the form of a password. It may be used by several goroutines.
type Set struct {
	mu    sync.Mutex
	words []string // longest first, so that no rest of one is left
	shown []string
}

// Show makes names known that are shown anyway, such as the user's: a password
// that is one of them is told by nothing that names it.
func (s *Set) Show(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, names...)
}

// Add makes passwords known, with the spellings that they have in URLs,
// connection strings and Kubernetes Secrets.
func (s *Set) Add(passwords ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range passwords {
		if len(p) < shortest {
			continue
		}
		quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(p)
		for _, word := range []string{p, url.QueryEscape(p), url.PathEscape(p), url.UserPassword("", p).String()[1:], quoted, base64.StdEncoding.EncodeToString([]byte(p))} {
			if !slices.Contains(s.words, word) {
				s.words = append(s.words, word)
			}
		}
	}
	slices.SortFunc(s.words, func(a, b string) int { return len(b) - len(a) })
}

var (
	// inURL finds the password of a URL. It goes up to the last @ before a
	// blank: in a URL that is cut at the wrong places a password may hold
	// anything else.
	inURL = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@?#]*):([^\s]*)@`)
	// inPair finds password=… of connection strings, queries and assignments.
	inPair = regexp.MustCompile(`(?i)((?:ssl|pg|[a-z0-9]+_)?passw(?:or)?d\s*=\s*)('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s&'"]+)`)
)

// example is the password that messages show the form of a URL by.
const example = "password"

// Hide returns text with the known passwords, and whatever looks like one,
// replaced by Mask.
func (s *Set) Hide(text string) string {
	if text == "" {
		return ""
	}
	text = inURL.ReplaceAllStringFunc(text, func(found string) string {
		m := inURL.FindStringSubmatch(found)
		if m[2] == example {
			return found
		}
		return m[1] + ":" + Mask + "@"
	})
	text = inPair.ReplaceAllString(text, "${1}"+Mask)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, word := range s.words {
		if slices.Contains(s.shown, word) {
			continue
		}
		text = strings.ReplaceAll(text, word, Mask)
	}
	return text
}
