package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/skein-db/skein/internal/diag"
	"github.com/skein-db/skein/internal/drizzle"
)

// initResult is the JSON object of skein init.
type initResult struct {
	Status     string   `json:"status"` // "created" or "existing"
	Files      []string `json:"files"`  // what was written
	Config     string   `json:"config"`
	Schema     []string `json:"schema"`
	Out        string   `json:"out"`
	Migrations int      `json:"migrations"`
}

func newInit(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init [flags]",
		Short: "start a project, or look at the one that is here",
		Long: `Writes a drizzle.config.ts and, where no schema file is found in the usual places, an example schema.
In a project that has a config already it writes nothing and says what it found. No file is ever
overwritten.`,
		GroupID: groupMain,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return initProject(cmd.Context(), a) },
	}
	a.addFormat(cmd)
	return cmd
}

func initProject(ctx context.Context, a *app) error {
	r := &initResult{Files: []string{}, Schema: []string{}}
	if file, err := drizzle.FindConfig("."); err == nil {
		return describeProject(ctx, a, file, r)
	}
	r.Status, r.Config, r.Out = "created", "drizzle.config.ts", "./drizzle"
	schemaPath := usualSchema()
	if schemaPath == "" {
		schemaPath = "./src/db/schema.ts"
		if err := writeNew(schemaPath, exampleSchema, r); err != nil {
			return err
		}
	}
	r.Schema = []string{schemaPath}
	if err := writeNew(r.Config, fmt.Sprintf(exampleConfig, schemaPath, r.Out), r); err != nil {
		return err
	}
	h, err := a.openHistory(r.Out)
	if err != nil {
		return err
	}
	r.Migrations = len(h.Migrations)
	if a.json {
		a.printJSON(r)
		return nil
	}
	for _, file := range r.Files {
		a.print("wrote %s\n", a.outPaint().bold(file))
	}
	if len(r.Files) == 1 {
		a.print("the schema is %s, which was there already\n", schemaPath)
	}
	if !hasDrizzle() {
		a.print("skein needs no node_modules; your own code will need drizzle-orm: npm install drizzle-orm\n")
	}
	a.print("next: skein generate\n")
	return nil
}

// describeProject says what an existing project looks like.
func describeProject(ctx context.Context, a *app, file string, r *initResult) error {
	p, err := a.loadConfig(ctx, file)
	if err != nil {
		return err
	}
	h, err := a.openHistory(p.Out)
	if err != nil {
		return err
	}
	r.Status, r.Config, r.Schema, r.Out, r.Migrations = "existing", file, p.Schema, p.Out, len(h.Migrations)
	if a.json {
		a.printJSON(r)
		return nil
	}
	rows := [][]string{{"config", file}}
	for _, s := range p.Schema {
		rows = append(rows, []string{"schema", s})
	}
	rows = append(rows, []string{"migrations", fmt.Sprintf("%s (%d)", p.Out, len(h.Migrations))})
	a.print("this is a drizzle project already; nothing was written\n%s", columnsText(nil, rows, a.outPaint()))
	a.print("next: skein check\n")
	return nil
}

// usualSchema returns the schema file or folder that is there in one of the
// places that drizzle's documentation and templates use, or "".
func usualSchema() string {
	for _, dir := range []string{"src/db", "src/lib/db", "src/server/db", "src/database", "src", "db", "app/db", "lib/db", "."} {
		for _, name := range []string{"schema.ts", "schema", "schemas"} {
			path := filepath.Join(filepath.FromSlash(dir), name)
			if _, err := os.Stat(path); err == nil {
				return "./" + filepath.ToSlash(path)
			}
		}
	}
	return ""
}

// hasDrizzle reports whether package.json names drizzle-orm.
func hasDrizzle() bool {
	data, err := os.ReadFile("package.json")
	if err != nil {
		return false
	}
	var manifest struct {
		Dependencies    map[string]any `json:"dependencies"`
		DevDependencies map[string]any `json:"devDependencies"`
	}
	if json.Unmarshal(data, &manifest) != nil {
		return false
	}
	return manifest.Dependencies["drizzle-orm"] != nil || manifest.DevDependencies["drizzle-orm"] != nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path, text string, r *initResult) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = writeExclusively(path, text)
	}
	if errors.Is(err, fs.ErrExist) {
		return &diag.Error{Kind: diag.Usage, File: path, Message: "is there already, and is not overwritten", Hint: "move it away, or write the config by hand"}
	}
	if err != nil {
		return &diag.Error{Kind: diag.Usage, File: path, Message: "cannot be written: " + errors.Unwrap(err).Error(), Hint: "check the permissions of the folder", Err: err}
	}
	r.Files = append(r.Files, filepath.ToSlash(filepath.Clean(path)))
	return nil
}

func writeExclusively(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(path) // half a file helps nobody
	}
	return err
}

const exampleConfig = `import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "%s",
  out: "%s",
  dbCredentials: {
    url: process.env.DATABASE_URL!,
  },
});
`

const exampleSchema = `import { index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

export const users = pgTable("users", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

export const posts = pgTable(
  "posts",
  {
    id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
    authorId: integer("author_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    title: text("title").notNull(),
    body: text("body").notNull().default(""),
  },
  (table) => [index("posts_author_id_idx").on(table.authorId)],
);
`
