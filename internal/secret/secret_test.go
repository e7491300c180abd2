package secret

import (
	"net/url"
	"strings"
	"testing"
)

func TestHide(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"nothing here", "nothing here"},
		{"postgres://u:s3cret@h/d?x=1", "postgres://u:xxxxx@h/d?x=1"},
		{"cannot parse `postgres://u:s/3#c@ret@h/d`", "cannot parse `postgres://u:xxxxx@h/d`"},
		{"postgresql://:pw@h", "postgresql://:xxxxx@h"},
		{"postgres://u@h:5432/d", "postgres://u@h:5432/d"},
		{"two postgres://a:1@h postgres://b:2@h", "two postgres://a:xxxxx@h postgres://b:xxxxx@h"},
		{"host=h password=abc user=u", "host=h password=xxxxx user=u"},
		{`password='a b\'c' user=u`, "password=xxxxx user=u"},
		{"?password=abc&sslmode=disable", "?password=xxxxx&sslmode=disable"},
		{"PGPASSWORD=abc psql", "PGPASSWORD=xxxxx psql"},
		{"POSTGRES_PASSWORD=abc", "POSTGRES_PASSWORD=xxxxx"},
		{"sslpassword = abc", "sslpassword = xxxxx"},
		{"password authentication failed for user \"u\"", "password authentication failed for user \"u\""},
		{"it looks like postgres://user:password@host:5432/database", "it looks like postgres://user:password@host:5432/database"},
	} {
		var s Set
		if got := s.Hide(c.in); got != c.want {
			t.Errorf("Hide(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestHideKnown(t *testing.T) {
	const password = `p@s/s 'w\d`
	var s Set
	s.Add(password, "ab", "")
	text := "plain " + password + ", in a URL " + url.UserPassword("u", password).String() + ", in a query " + url.QueryEscape(password) +
		`, quoted p@s/s \'w\\d, in a Secret cEBzL3MgJ3dcZA==; ab stays`
	want := "plain xxxxx, in a URL u:xxxxx, in a query xxxxx, quoted xxxxx, in a Secret xxxxx; ab stays"
	if got := s.Hide(text); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func FuzzHide(f *testing.F) {
	f.Add("s3cret", "before ", " after")
	f.Add("a@b:c", "postgres://u:", "@h/d")
	f.Fuzz(func(t *testing.T, password, before, after string) {
		if len(password) < shortest || strings.Contains(Mask, password) || strings.Contains(password, "x") {
			return // the mask is told from the password by its letters
		}
		var s Set
		s.Add(password)
		if got := s.Hide(before + password + after); strings.Contains(got, password) && !strings.Contains(before+after, password) && !strings.Contains(got, example) {
			t.Errorf("%q is in %q", password, got)
		}
	})
}
