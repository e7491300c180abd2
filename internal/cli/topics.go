package cli

import "github.com/spf13/cobra"

// helpTopics returns the pages of `skein help <topic>` that belong to no
// single command.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "what the exit codes mean", Long: topicExitCodes},
		{Use: "environment", Short: "environment variables, files and the cache", Long: topicEnvironment},
		{Use: "connecting", Short: "which database is meant, and how it is reached", Long: topicConnecting},
		{Use: "renames", Short: "how to say that something was renamed", Long: topicRenames},
		{Use: "locks", Short: "how migrate waits for locks, and keeps others from waiting", Long: topicLocks},
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

  DATABASE_URL     the database when neither a flag nor the config names one (skein help connecting)
  PGHOST, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE, …
                   as psql has them
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

const topicConnecting = `Connecting

The database is the first of these that is there; every error says which of them a value came from.

  --url URL                    a URL, or libpq's key=value form
  --kube PLACE                 a PostgreSQL in Kubernetes
  --database NAME              one that skein.yaml gives a name, so that nobody types the rest
  dbCredentials                of the config: url, or host, port, user, password, database and ssl
  DATABASE_URL                 of the environment, else of the file .env
  PGHOST, PGSERVICE, …         libpq's variables, when PGHOST, PGHOSTADDR, PGDATABASE or PGSERVICE is set

What the first leaves open comes from libpq: the service (service=, PGSERVICE) in ~/.pg_service.conf,
PGSERVICEFILE or PGSYSCONFDIR, then the variables PGUSER, PGPASSWORD, PGSSLMODE and so on, then the
passfile (~/.pgpass or PGPASSFILE).

TLS is libpq's: sslmode is disable, allow, prefer (the default), require, verify-ca or verify-full;
sslrootcert, sslcert and sslkey name files, sslrootcert=system takes the authorities of this machine.
node-postgres' no-verify is understood.

Kubernetes

  PLACE is context/namespace/pod, with :port where it is not 5432. In place of the pod:
    svc/NAME                   a ready pod of the service
    deploy/NAME, sts/NAME      its only ready pod
    app=postgres,role=primary  the only ready pod with these labels
  Without the context it is kubectl's current one, which is shown first.

  --kube-secret NAME           user, password and database from this Secret: the keys user or username,
                               password, database or dbname, or url or uri
  --kube-env                   the same from the variables that the pod is started with: POSTGRES_USER,
                               POSTGRES_PASSWORD, POSTGRES_DB and their like
  Without either they come from PGUSER, PGPASSWORD, PGDATABASE and the passfile.

The port is forwarded by your kubectl, to a free port of this machine, and closed when the command
ends, however it ends. A password is never printed, in no error and no log.`

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

const topicLocks = `Locks

An ALTER TABLE that waits for a lock keeps everybody waiting who comes after it, readers too. So
migrate never waits long. After --lock-timeout (3s, or what the role, the database or the URL says)
PostgreSQL ends the statement, the transaction is rolled back and holds nothing any more, and after a
pause it is tried again, --lock-retries times, with longer pauses. The same is done after a deadlock
or a serialization failure. Meanwhile migrate says who is in the way: process, user, application,
state, the age of its transaction, and its query.

The timeout holds for every statement of a migration, INSERT and UPDATE too: one that waits for a
row can keep a table locked that its transaction has changed before. What a migration sets itself
(SET lock_timeout = '10s';) counts for the rest of it. CREATE, DROP and REINDEX INDEX CONCURRENTLY
have no timeout: while they wait, readers and writers go on.

How long a statement runs is bounded by nothing but what the role or the database says;
--statement-timeout sets another limit, 0 lifts it.

Only one migrate runs on a database and table at a time. The others wait (--wait bounds that), say
who holds the lock, see that the work is done, and succeed. The lock goes with its connection.

All of this holds behind PgBouncer too, also in transaction mode, with two exceptions: a statement
that runs on its own has no lock timeout there, and cannot have what its file has SET before it.`

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
