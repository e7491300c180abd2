package drizzle

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skein-db/skein/internal/diag"
)

const table1 = `import { integer, pgTable } from "drizzle-orm/pg-core";
export const t = pgTable("t", { id: integer() });
`

// loadLimited evaluates one schema file within a time.
func loadLimited(t *testing.T, source string, limit time.Duration) (string, error) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "schema.ts"), source)
	l := &loader{options: LoadOptions{Dir: dir, Files: []string{"schema.ts"}}, disk: newDisk(), limit: limit}
	r, err := l.load(context.Background())
	if err != nil {
		return "", err
	}
	return string(r.Body), nil
}

// TestLimits holds that no schema file hangs or kills the process, whatever it
// does, and that the place is told where it is known.
func TestLimits(t *testing.T) {
	nest := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct{ code, want, place string }{
		"endless loop":          {"let i = 0;\nfor (;;) i++;", "took longer than", "schema.ts:"},
		"endless loop, caught":  {"for (;;) try { for (;;); } catch {}", "took longer than", "schema.ts:"},
		"endless recursion":     {"const f = (n: number): number => f(n + 1) + 1;\nf(0);", "stack overflow", "schema.ts:3:"},
		"recursion by text":     {"const o = { toString(): string { return `${o}` } };\nString(o);", "stack overflow", "schema.ts:3:"},
		"recursion by getter":   {"const o: any = { get a() { return this.a } };\no.a;", "stack overflow", "schema.ts:3:"},
		"recursion by proxy":    {"let p: any = {};\nfor (let i = 0; i < 1e5; i++) p = new Proxy(p, {});\np.x;", "", ""},
		"recursion by callback": {"const f = (n: number): any => [n].map(f);\nf(0);", "stack overflow", "schema.ts:3:"},
		"nested data":           {"let a: any = [];\nfor (let i = 0; i < 1e5; i++) a = [a];\nJSON.stringify(a);", "stack overflow", "schema.ts:5:"},
		"nested text":           {"JSON.parse('['.repeat(1e6));", "stack overflow", "schema.ts:3:"},
		"nested code":           {"eval('('.repeat(1e6));", "stack overflow", "schema.ts:3:"},
		"endless list":          {"const a: unknown[] = [];\nfor (;;) a.push(new Uint8Array(1e8));", "MB of memory", ""},
		"endless text":          {"let s = 'x';\nfor (;;) s += s;", "string too long", "schema.ts:4:"},
		"large buffer":          {"new Uint8Array(2 ** 31 - 1);", "MB of memory", "schema.ts:3:"},
		"slow pattern":          {"/^(a+)+$/.test('a'.repeat(40) + 'b');", "took longer than", "schema.ts:3:"},
		"loop in the engine":    {"Array.prototype.indexOf.call({ length: 1e8 }, 1);", "took longer than", ""},
		"endless jobs":          {"const f = (): any => Promise.resolve().then(f);\nawait f();", "took longer than", ""},
		"endless generator":     {"function* g() { for (;;) yield 1; }\n[...g()];", "evaluating the schema took", "schema.ts:"},
		"exit":                  {"process.exit(1);", "process.exit(1) was called", ""},
		"nested brackets":       {"const x = " + nest + ";", "nested too deeply", "schema.ts"},
		"file access":           {"import { readFileSync } from 'node:fs';\nexport const e = pgTable('e_' + readFileSync('/etc/hostname'), {});", "only Node.js has", "schema.ts:3:"},
		"module access":         {"const name = 'std';\nawait import(name);", "could not load module", ""},
		"global access":         {"export const keys = Object.getOwnPropertyNames(globalThis).filter((k) => /^(std|os|bjson|scriptArgs|print|__load|require|Deno|Bun)$/.test(k)).map((k) => { throw k });", "", ""},
		"the sandbox itself":    {"(globalThis as any).__skein.start({}); (globalThis as any).__skein = 1;", "", ""},
		"broken built-ins":      {"Array.prototype.map = () => { throw 1 }; String.prototype.toString = null as any; (JSON as any).parse = 1;", "", ""},
		"a frozen world":        {"for (const k of Object.getOwnPropertyNames(globalThis)) try { Object.freeze((globalThis as any)[k]?.prototype) } catch {}", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			// On a busy machine another limit than that of time may come late.
			limit := 20 * time.Second
			if c.want == "" || strings.Contains(c.want, "took") {
				limit = 700 * time.Millisecond
			}
			_, err := loadLimited(t, table1+c.code, limit)
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if c.want == "" {
				return // anything but a crash
			}
			var d *diag.Error
			if !errors.As(err, &d) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.place) {
				t.Errorf("got %v\nwant %s…%s", err, c.place, c.want)
			}
			if d != nil && (d.Hint == "" || d.Kind != diag.Usage) {
				t.Errorf("no hint, or kind %v: %v", d.Kind, err)
			}
		})
	}
}

// TestCancel holds that a load stops when nobody waits for it any more.
func TestCancel(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "schema.ts"), "export const x = 1; for (;;);")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Load(ctx, LoadOptions{Dir: dir, Files: []string{"schema.ts"}})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 30*time.Second {
		t.Fatalf("got %v after %v", err, time.Since(start))
	}
}

// TestEncodings reads the same schema written in several ways.
func TestEncodings(t *testing.T) {
	want, err := loadLimited(t, table1, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{
		"byte order mark": "\ufeff" + table1,
		"CRLF":            strings.ReplaceAll(table1, "\n", "\r\n"),
		"hashbang":        "#!/usr/bin/env node\n" + table1,
		"10 MB":           table1 + "// " + strings.Repeat("long ", 2<<20) + "\nconst data = \"" + strings.Repeat("x", 1<<20) + "\";\n",
		"one line":        strings.ReplaceAll(table1, "\n", " "),
		"use strict":      "\"use strict\";\n" + table1 + "const here = __dirname;\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := loadLimited(t, source, 20*time.Second); err != nil || got != want {
				t.Errorf("got %v\n%s", err, got)
			}
		})
	}
	t.Run("positions", func(t *testing.T) {
		for name, source := range map[string]string{
			"schema.ts:3:11:": "\ufeff// __dirname\r\n// 😀\r\nthrow new Error('x'); export {}",
			"schema.ts:1:44:": "/* import.meta.url __filename */ throw new Error('x'); export {}",
			"schema.ts:2:19:": "#!/bin/sh\n/* a */ throw new Error('x'); export {}",
		} {
			_, err := loadLimited(t, source, 20*time.Second)
			if err == nil || !strings.HasPrefix(err.Error(), name) {
				t.Errorf("want %s, got %v", name, err)
			}
		}
	})
}
