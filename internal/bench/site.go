package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/skein-db/skein/internal/pgserver"
)

// site is a program that shows a database in a browser.
type site struct {
	name    string
	missing string
	// launch starts the program and returns the link that lets somebody in.
	launch func(ctx context.Context, s *site, database string) (*exec.Cmd, string, error)
	link   string
	cmd    *exec.Cmd
	client *http.Client
}

// start starts the program and lets a client of its own in.
func (s *site) start(ctx context.Context, database string) (err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	s.client = &http.Client{Jar: jar}
	if s.cmd, s.link, err = s.launch(ctx, s, database); err != nil {
		return err
	}
	_, err = s.get(ctx, s.link)
	return err
}

func (s *site) stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait() // it ends with a signal
	s.cmd = nil
}

// at is an address of the site.
func (s *site) at(path string) string {
	base, err := url.Parse(s.link)
	if err != nil {
		return path
	}
	return "http://" + base.Host + path
}

// get reads an answer to its end and returns its size.
func (s *site) get(ctx context.Context, address string) (int64, error) {
	body, err := s.ask(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	return io.Copy(io.Discard, body)
}

// ask returns the body of an answer.
func (s *site) ask(ctx context.Context, method, address string, question []byte) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	if question != nil {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", s.at(""))
		request.Header.Set("X-Skein-Studio", "1")
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		defer response.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return nil, fmt.Errorf("%s: %s", response.Status, lastLines(string(text)))
	}
	return response.Body, nil
}

// took is what work took, with what the program used for it, where there is
// one.
func (s *site) took(work func() error) (sample, error) {
	before := s.cpu()
	began := time.Now()
	err := work()
	return sample{wall: time.Since(began), cpu: s.cpu() - before}, err
}

// cpu is the time that the program has used up to now, 0 where the system does
// not tell.
// https://www.man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func (s *site) cpu() time.Duration {
	if s == nil {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name of the program is in front
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = time.Second / 100 // USER_HZ, the same on all that Linux runs on
	return time.Duration(user+system) * tick
}

// peak is the largest resident set that the program has had, in bytes, 0 where
// the system does not tell.
func (s *site) peak() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kilobytes, 10, 64)
	return n * 1024
}

// studioSite is the measured skein's studio.
func (b *bench) studioSite() *site {
	return &site{name: "skein studio", missing: b.noServer, launch: func(ctx context.Context, _ *site, database string) (*exec.Cmd, string, error) {
		cmd := exec.CommandContext(ctx, b.skein, "studio", "--no-open", "--port", "0", "--format", "json", "--url", database)
		cmd.Dir = b.work
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+b.work)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, "", err
		}
		if err := cmd.Start(); err != nil {
			return nil, "", err
		}
		var ready struct {
			URL string `json:"url"`
		}
		if err := json.NewDecoder(out).Decode(&ready); err != nil || ready.URL == "" {
			_ = cmd.Wait()
			return nil, "", errors.New(lastLines(said.String()))
		}
		return cmd, ready.URL, nil
	}}
}

// pgwebSite is sosedoff/pgweb, which shows a database in a browser too.
func (b *bench) pgwebSite(ctx context.Context) *site {
	s := &site{name: "pgweb " + pgwebVersion, missing: b.noServer}
	program := b.settings.pgweb
	if program == "" {
		var err error
		if program, err = b.install(ctx, "pgweb", "github.com/sosedoff/pgweb", pgwebVersion); err != nil {
			s.missing = err.Error() + "; with -pgweb, one that is here is taken"
			return s
		}
	}
	version, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		s.missing = err.Error()
		return s
	}
	if words := strings.Fields(string(version)); len(words) > 1 {
		s.name = "pgweb " + words[1]
	}
	s.launch = func(ctx context.Context, s *site, database string) (*exec.Cmd, string, error) {
		port, err := pgserver.FreePort()
		if err != nil {
			return nil, "", err
		}
		cmd := exec.CommandContext(ctx, program, "--skip-open", "--bind", "127.0.0.1", "--listen", strconv.Itoa(port), "--url", database)
		cmd.Dir = b.work
		if err := cmd.Start(); err != nil {
			return nil, "", err
		}
		link := fmt.Sprintf("http://127.0.0.1:%d/", port)
		for range 200 {
			if _, err = s.get(ctx, link); err == nil {
				return cmd, link, nil
			}
			time.Sleep(50 * time.Millisecond)
		}
		return nil, "", fmt.Errorf("it did not begin to answer: %w", err)
	}
	return s
}
