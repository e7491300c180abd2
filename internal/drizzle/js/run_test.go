package js_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/skein-db/skein/internal/drizzle/js"
	"modernc.org/quickjs"
)

// result is what the serializer returned, or the mistake it found.
type result struct {
	Schema   string
	Warnings []string
	Problem  *problem
}

type problem struct{ Message, Hint, File string }

// run bundles schema files with the serializer and returns what comes out.
// drizzle-orm comes from the folder nodeModules, or from package js if it is "".
func run(files []string, casing, nodeModules string) (*result, error) {
	script, err := bundle(files, casing, nodeModules)
	if err != nil {
		return nil, err
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	value, err := vm.Eval(script, quickjs.EvalGlobal)
	if err != nil {
		return nil, err
	}
	var out result
	return &out, json.Unmarshal([]byte(value.(string)), &out)
}

// bundle returns a script whose value is a result in JSON.
func bundle(files []string, casing, nodeModules string) (string, error) {
	var imports, modules strings.Builder
	for i, file := range files {
		absolute, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&imports, "import * as m%d from %q;\n", i, absolute)
		fmt.Fprintf(&modules, "{file: %q, exports: Object.keys(m%d).sort().map((key) => [key, m%d[key]])},", file, i, i)
	}
	options := "{}"
	if casing != "" {
		options = fmt.Sprintf("{casing: %q}", casing)
	}
	entry := fmt.Sprintf(`import { serialize } from %q;
%s
try {
	const { schema, warnings } = serialize([%s], %s);
	globalThis.out = { Schema: schema, Warnings: warnings };
} catch (error) {
	if (error.skeinIn) error.message += " reading " + error.skeinIn.object;
	if (!error.skein) throw error;
	globalThis.out = { Problem: error.skein };
}`, js.Internal+"serialize/serialize", imports.String(), modules.String(), options)

	built := api.Build(api.BuildOptions{
		Stdin:       &api.StdinOptions{Contents: entry, ResolveDir: "/", Loader: api.LoaderJS},
		Bundle:      true,
		Format:      api.FormatIIFE,
		Target:      api.ES2023,
		TsconfigRaw: "{}",
		NodePaths:   []string{nodeModules},
		Plugins:     []api.Plugin{plugin(nodeModules == "")},
	})
	if len(built.Errors) > 0 {
		return "", fmt.Errorf("%s", strings.Join(api.FormatMessages(built.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	casingJSON, _ := json.Marshal(casing)
	return fmt.Sprintf("globalThis.skeinCasing = %s || undefined;\n%s\nJSON.stringify(globalThis.out)", casingJSON, built.OutputFiles[0].Contents), nil
}

// plugin resolves what package js has: its internal modules, and drizzle-orm
// if builtIn.
func plugin(builtIn bool) api.Plugin {
	filter := `^` + regexp.QuoteMeta(js.Internal)
	if builtIn {
		filter = `^(drizzle-orm($|/)|` + regexp.QuoteMeta(js.Internal) + `)`
	}
	return api.Plugin{Name: "js", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: filter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, Namespace: "js", SideEffects: api.SideEffectsFalse}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "js"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			source, ok := js.Module(args.Path)
			if !ok {
				return api.OnLoadResult{}, fmt.Errorf("no module %q", args.Path)
			}
			return api.OnLoadResult{Contents: &source, ResolveDir: "/", Loader: api.LoaderJS}, nil
		})
	}}
}
