package cli

import "github.com/spf13/cobra"

// helpTopics returns the pages of `skein help <topic>` that belong to no
// single command.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "what the exit codes mean", Long: topicExitCodes},
		{Use: "environment", Short: "environment variables, files and the cache", Long: topicEnvironment},
		{Use: "renames", Short: "how to say that something was renamed", Long: topicRenames},
		{Use: "drizzle-kit", Short: "for people who know drizzle-kit", Long: topicDrizzleKit},
	}
}

const topicExitCodes = `Exit codes

  0    fine
  1    findings (check), a plan that was refused (migrate), or what --exit-code
       of diff and status asks for
  2    wrong usage, configuration, schema files or migrations folder; open rename questions
  3    the database said no, or could not be reached
  4    a bug in skein
  130  interrupted by Ctrl-C or SIGTERM

A command run by ` + "`skein dev -- <command>`" + ` hands on its own exit code.`

const topicEnvironment = `Environment

  DATABASE_URL     the database of migrate and status when neither --url nor the config names one
  NO_COLOR         no colour
  SKEIN_CACHE_DIR  where skein keeps what it can make again; without it the cache folder of your
                   operating system. A cache that cannot be written is not used, without a word.

  SKEIN_REPLAY     auto, on or off: the default of check's --replay

  SKEIN_PG_URL     a running PostgreSQL on which check, dev, demo and diff make their databases, and drop them
  SKEIN_PG         where the throwaway PostgreSQL comes from: local, npm, docker, or the folder with
                   the programs postgres and initdb

  GITHUB_STEP_SUMMARY, GITHUB_WORKSPACE
                   set by GitHub Actions: check --format github appends a summary to the file that
                   the one names; outside a git repository paths begin at the folder of the other

The file .env of the working directory is read as drizzle-kit reads it: a variable that the
environment already has stays. The config file may read every variable, schema files none.

Files

  drizzle.config.ts in the working directory (or .js, .json, .mjs, .cjs, .mts, .cts), or --config FILE
  <out>/meta/_journal.json and <out>/meta/*_snapshot.json next to <out>/*.sql`

const topicRenames = `Renames

When something appears in the schema and something of the same kind is gone, only you know whether
it was renamed. On a terminal skein asks. Without one it stops with exit code 2 and lists the flags
to choose from; with --format json the questions come as data. Nothing waits.

  --rename OLD=NEW       repeatable. The schema may be left out when it is public, the kind follows
                         from what exists or is written in front:
                           --rename users=people
                           --rename public.users.name=public.users.full_name
                           --rename table:users=people
                         --rename =people.bio says that bio is new.
  --answers FILE         a JSON array of answers in the order of the questions:
                           [{"kind": "table", "created": {"schema": "", "name": "people"},
                             "choice": "rename", "from": {"schema": "", "name": "users"}}]
  --answers-all create   nothing was renamed: what is gone is dropped, what appeared is created`

const topicDrizzleKit = `For people who know drizzle-kit

Config, schema files, migrations folder and the table in the database are the same: both tools work
on one project, in turn. What differs on the command line:

  generate, check    the same flags; a failure has an exit code that is not 0
  migrate            shows a plan and asks; --yes where nobody can answer
  export             skein diff --from empty --to drizzle.config.ts
  up                 not needed: older snapshots are read as they are
  push, pull, drop, studio   not there yet

generate is driven by the config or by flags, not both, as in drizzle-kit. With a config these flags
may be given: --name, --custom, --prefix, --rename, --answers, --answers-all, --sql,
--no-cache, --format.`
