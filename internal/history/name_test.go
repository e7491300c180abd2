package history

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for name, c := range map[string]struct {
		words string
		least int
	}{"adjectives": {adjectives, 380}, "heroes": {heroes, 900}} {
		list, seen := strings.Fields(c.words), map[string]bool{}
		for _, w := range list {
			if seen[w] {
				t.Errorf("%s: %s twice", name, w)
			}
			seen[w] = true
			if !shape.MatchString(w) || len(w) > 24 {
				t.Errorf("%s: %s", name, w)
			}
		}
		if len(list) < c.least {
			t.Errorf("%s: only %d", name, len(list))
		}
	}
	if name := RandomName(); !shape.MatchString(name) || !strings.Contains(name, "_") {
		t.Error(name)
	}
}

func TestPrefix(t *testing.T) {
	now := time.Date(2026, 3, 4, 1, 2, 3, 999e6, time.FixedZone("east", 3600))
	for kind, want := range map[string]string{
		"": "0042", "index": "0042", "timestamp": "20260304000203", "supabase": "20260304000203", "unix": "1772582523", "none": "",
	} {
		if got, ok := prefixOf(kind, 42, now); got != want || !ok {
			t.Errorf("%q: %q", kind, got)
		}
	}
	if got, _ := prefixOf("index", 12345, now); got != "12345" {
		t.Error(got)
	}
	if _, ok := prefixOf("other", 1, now); ok {
		t.Error("took an unknown prefix")
	}
}
