package cli

import (
	"strconv"
	"time"
)

// timeout is a flag for a time of which 0 means that there is no limit, while
// for the package that takes it 0 is what was not said.
type timeout struct{ *time.Duration }

func (t *timeout) Set(text string) error {
	d, err := time.ParseDuration(text)
	if text == "0" || err == nil && d <= 0 {
		d, err = -1, nil
	}
	*t.Duration = d
	return err
}

func (t *timeout) Type() string { return "time" }

func (t *timeout) String() string {
	if t.Duration == nil || *t.Duration == 0 {
		return ""
	}
	return t.Duration.String()
}

// retries is a flag for a number of which 0 means never, as above.
type retries struct{ *int }

func (r *retries) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 16)
	if *r.int = int(n); n == 0 {
		*r.int = -1
	}
	return err
}

func (r *retries) Type() string { return "number" }

func (r *retries) String() string {
	if r.int == nil || *r.int == 0 {
		return ""
	}
	return strconv.Itoa(*r.int)
}
