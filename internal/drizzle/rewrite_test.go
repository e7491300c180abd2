package drizzle

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// snippets are expressions and statements whose "result" has to stay what it
// is when they are rewritten.
var snippets = []string{
	`result = [1 < 2, 2 <= 2, 3 > 4, 4 >= 4, 1 == "1", 1 === "1", null == undefined, NaN !== NaN, 1 != 2]`,
	`result = [7 - 2, 7 * 2, 7 / 2, 7 % 2, 2 ** 10, 6 & 3, 6 | 3, 6 ^ 3, 1 << 4, -16 >> 2, -16 >>> 28, ~5, -(-5), +"3", - -1, + +1, 5 - -5]`,
	`result = [(-2) ** 2, 2 ** 3 ** 2, (1, 2) + 3, typeof 1 + typeof undefined, typeof notDeclared, typeof (() => 1), !0, !!"x"]`,
	`result = [0 || "a", 1 && "b", null ?? "c", 0 ?? "d", (0 || null) ?? "e", (1 && 2) || 3]`,
	`let a = 0, b = null, c = 1; a ||= 5; b ??= 6; c &&= 7; const o = { n: null }; o.n ??= o?.m?.[0]?.() ?? "x"; result = [a, b, c, o]`,
	`const o = { f() { return this.x }, x: 1, ["k" + 1]: 2, get g() { return 3 }, async *h() { yield 1 } }; result = [o.f(), o["f"](), (o.f)(), (0, o.f).call({ x: 9 }), o?.f?.(), o.k1, o.g]`,
	`class A { static #n = 1; #p = 2; static s = A.#n + 1; x = 3; constructor(y = 4) { this.y = y } get p() { return this.#p } static has(o) { return #p in o } static { this.late = 5 } *[Symbol.iterator]() { yield* [1, 2] } }
	 class B extends (1 ? A : Object) { constructor() { super(...[7]); this.z = super.p } m() { return super.length } }
	 const b = new B(); result = [A.s, A.late, b.x, b.y, b.z, A.has(b), A.has({}), [...b], b instanceof A, b instanceof (class {}), b.m()]`,
	`const { a = 1, b: { c = 2, ...d } = {}, [String("e")]: e = 3, ...rest } = { b: { c: undefined, x: 9 }, f: 4 }; result = [a, c, d, e, rest]`,
	`let a, b, rest, o = {}; [a, [b] = [2], ...rest] = [1, undefined, 3, 4]; ({ x: o.length, y: o["z"] = 5 } = { x: 6 }); [a, b] = [b, a]; result = [a, b, rest, o]`,
	`const s = []; for (let i = 0, n = 3; i < n; i++) s.push(i); for (const k in { a: 1, b: 2 }) s.push(k); for (const [k, v] of Object.entries({ c: 3 })) s.push(k + v); let n = 2; while (n --> 0) s.push(n); do s.push("d"); while (false); result = s`,
	`const s = []; outer: for (const i of [1, 2, 3]) { for (const j of [1, 2]) { if (j === 2) continue outer; if (i === 3) break outer; s.push([i, j]) } } result = s`,
	`const s = []; for (const x of [1, "a", null, 3]) switch (x) { case 1: s.push("one"); case "a": s.push("a"); break; default: s.push("other"); break; case 1 + 2: s.push("three") } result = s`,
	`const f = function g(n) { return n <= 1 ? 1 : n * g(n - 1) }; const h = async (x, ...y) => x + y.length + (await 1); result = [f(5), f.length, f.name, await h(1, 2, 3), (() => ({ a: 1 }))(), (function () { return arguments.length })(1, 2)]`,
	"const tag = (s, ...v) => s.raw.join('|') + v.join(); result = [tag`a${1}b\\n${`in ${2}`}c`, `x${1 + 1}y\n  z`, `\\${1}`, `a ${[1, 2].map((x) => `<${x}>`).join(\"\")}`]",
	`result = [/a\/[/]+/g.test("a///"), "a-b_c".replace(/[-_](\w)/g, (_, c) => c.toUpperCase()), "x".length, [1, 2].length, "abc"[1], [[1]][0][0], "abc".at(-1)]`,
	`try { null.x } catch ({ name }) { result = [name] } finally { result.push("finally") }`,
	`try { throw { code: 1 } } catch (e) { result = e.code } `,
	`const o = { a: { b: 1 } }; delete o.a.b; o.n = 1; o.n++; ++o["n"]; o.n += 2; o.n **= 2; let i = 0; i++; i--; result = [o, i, void 0 === undefined, "n" in o, delete o.n]`,
	`const g = function* () { const x = yield 1; yield x * 2; return 3 }; const it = g(); result = [it.next(), it.next(5), it.next(), it.next()]`,
	`const s = []; for await (const x of (async function* () { yield 1; yield 2 })()) s.push(x); result = s`,
	`result = [new Date(0).toISOString(), new (class { constructor(a) { this.a = a } })(1).a, new Map([[1, 2]]).get(1), new (Map)([[1, 3]]).get(1), new (({ k: Set }).k)([1]).size, new ([Array][0])(3).length, new Array(2).fill(0)]`,
	`result = [Number("3"), Boolean(""), Array.isArray([]), Object.is(NaN, NaN), [1, 2, 3].filter((x) => x > 1), [1, 2].includes(2), ["a"].indexOf("b"), [3, 1, 2].sort((a, b) => a - b), [1].some((x) => x === 1), [[1], [2]].find(([x]) => x === 2)]`,
	`const sym = Symbol("s"); const o = { [sym]: 1, "quoted-name": 2, 1: 3, "1.5": 4, "__proto__": { p: 5 } }; result = [o[sym], o["quoted-name"], o[1], o["1.5"], o.p, Object.keys(o)]`,
	`var x = 1; { let x = 2; { const x = 3; result = [x] } result.push(x) } result.push(x); if (x) { function hoisted() { return 1 } } result.push(hoisted())`,
	`result = 10n ** 20n - 1n === 99999999999999999999n && typeof 1n === "bigint" ? String(-(5n * 2n) / 3n) : "no"`,
	`result = ((a, b = a + 1, { c = b * 2 } = {}, [d = c - 1] = []) => [a, b, c, d])(1)`,
	`const o = { async: 1, get: 2, set: 3, static: 4, of: 5, let: 6, await: 7, yield: 8, new: 9, in: 10 }; result = [o.async, o.get, o.set, o.static, o.of, o.let, o.await, o.new, o.in]`,
	`label: { result = 1; break label; }`,
	`result = (() => { if (false); else if (true) { return "x" } else return "y" })()`,
	`const a = [1, , 3], b = [...a, ...[4]]; result = [a.length, 1 in a, b, Math.max(...b.filter(Boolean)), { ...{ a: 1 }, b: 2 }]`,
	`const f = (x) => { "use strict"; return x }; result = f(1) /* c */ // d`,
	`result = [1, 2, 3].map((x) => ({ x, y: x % 2 === 0 ? "even" : x > 2 ? "big" : "odd" }))`,
	`result = String(a => a).length > 0 && (async x => x).constructor.name`,
	`result = [..."a😀b"].length + "\u{1F600}".codePointAt(0) + "\x41\101".length`,
}

// evaluateSnippet runs code and returns the JSON of its result.
func evaluateSnippet(t *testing.T, code string, rewritten bool) string {
	t.Helper()
	supported := map[string]bool{"logical-assignment": false, "optional-chain": false, "nullish-coalescing": false}
	source := "let result;\n" + code + "\n;__skein.loaded(() => ({ schema: JSON.stringify(result) ?? 'undefined', warnings: [] }), [], []);"
	out := api.Transform(source, api.TransformOptions{Loader: api.LoaderTS, Format: api.FormatESModule, Target: api.ES2023, Supported: supported})
	if len(out.Errors) > 0 {
		t.Fatalf("%s: %v", code, out.Errors[0].Text)
	}
	bundle := "\n// a.js\n" + string(out.Code)
	s := settings{Watch: rewritten}
	if rewritten {
		var err error
		if bundle, _, err = rewrite(split(bundle), true); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
	}
	e, err := newEngine(s)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	if err := e.load(context.Background(), bundle); err != nil {
		t.Fatalf("%s\n%s\n%v", code, bundle, err)
	}
	o, err := e.run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.Error != nil {
		return "threw " + o.Error.Message
	}
	return o.text
}

func TestRewriteKeepsMeaning(t *testing.T) {
	for _, snippet := range snippets {
		plain, rewritten := evaluateSnippet(t, snippet, false), evaluateSnippet(t, snippet, true)
		if plain != rewritten || strings.HasPrefix(plain, "threw") {
			t.Errorf("%s\nplain     %s\nrewritten %s", snippet, plain, rewritten)
		}
	}
}

// TestRewriteKeepsSnapshots rewrites drizzle's and the serializer's code.
func TestRewriteKeepsSnapshots(t *testing.T) {
	files, _ := filepath.Glob("js/testdata/*.ts")
	if len(files) == 0 {
		t.Fatal("no schema files")
	}
	for _, file := range files {
		l := &loader{options: LoadOptions{Dir: ".", Files: []string{file}}, disk: newDisk()}
		l.options.Dir, _ = os.Getwd()
		if err := l.findFiles(); err != nil {
			t.Fatal(err)
		}
		r := newResolver(l.disk, l.options.Dir)
		r.virtual[firstSpecifier] = firstJS
		l.bundler = &bundler{resolver: r, failed: map[string]string{}}
		l.listModules()
		e := &evaluation{bundler: l.bundler, what: "schema", settings: l.settings()}
		var err error
		if e.script, err = l.bundler.build(l.entry(), false); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, how := range []rewriting{asItIs, everywhere} {
			if err := e.start(context.Background(), how); err != nil {
				t.Fatal(err)
			}
			if e.base.Error != nil {
				texts = append(texts, e.base.Error.Message)
			}
			texts = append(texts, e.base.text)
			e.close()
		}
		if len(texts) != 2 || texts[0] != texts[1] {
			t.Errorf("%s: rewriting changes the snapshot: %.300q", file, texts)
		}
	}
}

// TestTaint holds that only code that can see a stand-in is rewritten.
func TestTaint(t *testing.T) {
	code := strings.Join([]string{
		"var __create = 1;",
		"// unknown:zod for a.ts (unknown)",
		"var require_zod = __commonJS({\n  \"x\"(exports, module) { module.exports = __skein.unknown(\"zod\", \"a.ts\"); }\n});",
		"// a.ts",
		"var import_zod = __toESM(require_zod());\nvar schema = import_zod.z.string(), name = `\n// not a module\n`;",
		"// b.ts",
		"var b = schema === 1;",
		"// c.ts",
		"var c = 1 === 2 ? \"schema\" : other.schema;",
		"// d.ts",
		"var d = () => { let b = 1; return b === 2; };",
		"// e.ts",
		"var e = fetch === 1;",
		"",
	}, "\n")
	chunks := split(strings.ReplaceAll(code, "\n// not a module\n", "\\n"))
	if err := taint(chunks); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chunks {
		if c.tainted {
			got = append(got, c.name)
		}
	}
	if strings.Join(got, " ") != "a.ts b.ts e.ts" {
		t.Errorf("tainted %v, want a.ts b.ts e.ts", got)
	}
}

func FuzzRewrite(f *testing.F) {
	for _, s := range snippets {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 2000 {
			return
		}
		supported := map[string]bool{"logical-assignment": false, "optional-chain": false, "nullish-coalescing": false}
		out := api.Transform(code, api.TransformOptions{Loader: api.LoaderJS, Format: api.FormatESModule, Target: api.ES2023, Supported: supported})
		if len(out.Errors) > 0 || strings.Contains(string(out.Code), "import") || strings.Contains(string(out.Code), "export") {
			return // not what a bundle can hold
		}
		for _, all := range []bool{true, false} {
			rewritten, places, err := rewrite(split("\n// a.js\n"+string(out.Code)), all)
			if err != nil {
				return // told as an error
			}
			if again := api.Transform(rewritten, api.TransformOptions{Loader: api.LoaderJS, Format: api.FormatESModule}); len(again.Errors) > 0 {
				t.Fatalf("%s\nbecomes\n%s\n%s", out.Code, rewritten, again.Errors[0].Text)
			}
			for _, p := range places {
				if p.offset < 0 || p.offset > len(out.Code)+10 {
					t.Fatalf("a place at %d of %d", p.offset, len(out.Code))
				}
			}
		}
	})
}
