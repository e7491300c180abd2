package check

import (
	"slices"

	"github.com/skein-db/skein/internal/finding"
)

// Rules are the codes of this package's findings, in the order in which a
// person meets them: the folder, the journal, the chain, what has landed, the
// schema, the SQL of each migration.
var Rules = slices.Concat(folderRules, migrationRules)

// folderRules are those about files and how they follow each other.
var folderRules = []finding.Rule{
	{
		Code: "journal-unreadable", Severity: finding.Error,
		Title: "the journal is missing or cannot be read",
		About: "meta/_journal.json lists the migrations in the order in which they run. Without it no migrator knows what to apply, and a deployment stops or, worse, finds nothing to do.",
		Fix:   "Restore the file from version control. The finding names the line where reading stopped.",
	},
	{
		Code: "journal-version", Severity: finding.Error,
		Title: "the journal has a version that skein does not know",
		About: "The journal's format has a version. An unknown one can mean anything, so nothing is read out of it.",
		Fix:   "If a newer drizzle-kit wrote it, use a newer skein. If it was edited, restore the file from version control.",
	},
	{
		Code: "journal-dialect", Severity: finding.Error,
		Title: "the journal belongs to another kind of database",
		About: "The journal says for which database its migrations were written. Skein speaks PostgreSQL only, and SQL of another dialect fails on it halfway.",
		Fix:   "Point the config's out at the folder of the PostgreSQL migrations.",
	},
	{
		Code: "journal-malformed", Severity: finding.Error,
		Title: "the journal lacks a key, or has a value of the wrong kind",
		About: "Each entry has idx, version, when, tag and breakpoints. drizzle's migrator reads what it finds: an entry without a tag makes it look for a file named undefined.sql, one without when is skipped in silence on a database that has run others.",
		Fix:   "Restore the entry from version control, or generate the migration again.",
	},
	{
		Code: "conflict-markers", Severity: finding.Error,
		Title: "a file has git conflict markers",
		About: "A merge left both sides in the file and somebody committed it. A JSON file cannot be read like this; an SQL file fails on the first database that runs it.",
		Fix:   "Resolve the merge. Two migrations need a file, a snapshot and an entry each: keep one side's, and generate the other one again on top of it.",
	},
	{
		Code: "write-interrupted", Severity: finding.Error,
		Title: "a write into the folder was not completed",
		About: "Skein was killed between writing a migration's files and moving them to their names. An intent file says what is left to do. drizzle-kit stops at it, so that it does not take half a migration for a whole one.",
		Fix:   "Run skein status or skein generate. The first command that opens the folder completes the migration.",
	},
	{
		Code: "sql-missing", Severity: finding.Error,
		Title: "a journal entry has no SQL file",
		About: "The journal says that the migration runs, and there is nothing to run. migrate fails on every database that has not applied it yet, while databases that have it notice nothing.",
		Fix:   "Restore the file from version control: the database table records the hash of exactly that file.",
	},
	{
		Code: "sql-orphan", Severity: finding.Error,
		Title: "an SQL file is named by no journal entry",
		About: "Migrators read the journal, not the folder. A file that was put there by hand, or whose entry was lost in a merge, runs on no database, and nobody is told. A file whose name does not begin with a number may never have been meant as a migration and is a warning.",
		Fix:   "Make a migration with skein generate --custom and move the SQL there. If the file is no migration, keep it in another folder.",
	},
	{
		Code: "name-case", Severity: finding.Error,
		Title: "the names of SQL files differ in case alone",
		About: "macOS and Windows take 0001_Two.sql and 0001_two.sql for one name, Linux does not. A history that works on a developer's machine then lacks a file in production, or a checkout on another machine writes one file over the other.",
		Fix:   "Rename the file to what the journal says, in two steps where case does not matter: git mv to a third name, then to the right one.",
	},
	{
		Code: "sql-bom", Severity: finding.Error,
		Title: "an SQL file starts with a byte order mark",
		About: "Some editors put an invisible mark in front of UTF-8 text. PostgreSQL takes it for part of the first word, so the statement fails when drizzle's migrator sends the file as it is. The hash that a database keeps of the file includes it too.",
		Fix:   "Save the file as UTF-8 without a byte order mark, before a database has run it.",
	},
	{
		Code: "sql-empty", Severity: finding.Warning,
		Title: "a migration has no SQL",
		About: "A migration counts as applied once it has run, whatever it held then. What is written into the file later never runs on those databases. An empty custom migration is mostly one that somebody forgot to write.",
		Fix:   "Write the SQL before the migration is merged. If there is nothing to do on purpose, say why in a comment: a file with a comment of your own is no finding.",
	},
	{
		Code: "line-endings", Severity: finding.Warning,
		Title: "SQL files have Windows line ends that git may change",
		About: "Databases keep the SHA-256 of each file that they have run. Unless a .gitattributes file says otherwise, git can turn one kind of line end into the other on its way to another machine, and then the same migration has two hashes. Skein recognises such pairs; other tools call the migration edited.",
		Fix:   "Write \"*.sql -text\" into a file .gitattributes in the migrations folder, so that git keeps the bytes as they are.",
		See:   []string{"https://git-scm.com/docs/gitattributes"},
	},
	{
		Code: "snapshot-missing", Severity: finding.Error,
		Title: "a journal entry has no snapshot",
		About: "generate compares the schema files with the last snapshot. Where that one is missing it starts from an older state and writes changes that other migrations hold already; the next deployment fails on them.",
		Fix:   "Restore the snapshot from version control. Custom migrations have one too; skein generate --custom writes it.",
	},
	{
		Code: "snapshot-orphan", Severity: finding.Error,
		Title: "a snapshot is named by no journal entry",
		About: "drizzle-kit takes the snapshot with the highest number for the last one, whatever the journal says. One that is left over makes the next migration start from a state that no database has.",
		Fix:   "Remove it, or restore its entry and its SQL file from version control.",
	},
	{
		Code: "meta-foreign", Severity: finding.Error,
		Title: "meta holds something that is no snapshot",
		About: "drizzle-kit reads everything in meta whose name does not begin with \"_\" as a snapshot, and stops at what is none: a backup that a merge left, a folder, a file of the operating system.",
		Fix:   "Remove it, or keep it in another folder.",
	},
	{
		Code: "tag-number", Severity: finding.Error,
		Title: "the number in a tag is not the entry's idx",
		About: "A tag, the entry's idx and the name of the snapshot carry one number. Where they disagree, files of different migrations are taken for one, and the order that people read in the folder is not the one in which the migrations run.",
		Fix:   "Give the migration the number of its place, in all three.",
	},
	{
		Code: "number-duplicate", Severity: finding.Error,
		Title: "two tags have one number",
		About: "A snapshot's file is named by the number alone, so the two migrations have one snapshot between them, and the state after one of them is lost.",
		Fix:   "Generate the later migration again on top of the other.",
	},
	{
		Code: "idx-duplicate", Severity: finding.Error,
		Title: "two entries have one idx",
		About: "Two branches each added the migration with the next number, and a merge kept both. Their snapshots have one name, so one was overwritten, and both started from the same state.",
		Fix:   "Generate the later migration again on top of the other.",
	},
	{
		Code: "tag-duplicate", Severity: finding.Error,
		Title: "the journal has one tag twice",
		About: "Both entries name one SQL file, so its statements run twice. The second time they fail, or change data once more.",
		Fix:   "Remove one of the two entries.",
	},
	{
		Code: "idx-gap", Severity: finding.Warning,
		Title: "a number is left out in the journal",
		About: "A gap is what remains of a migration that was removed. On a database that has run it, its changes are still there, and nothing in the folder says so.",
		Fix:   "Make sure that no database has run the migration that was taken out. If one has, restore it and write a new migration that takes its changes back.",
	},
	{
		Code: "idx-order", Severity: finding.Error,
		Title: "entries do not stand in the order of their numbers",
		About: "Migrators run the entries in the order of the journal. Where that is not the order of the numbers, a database that is set up today runs the SQL in another order than the one in which it was written and tested.",
		Fix:   "Put the entries in the order of idx, if no database has run them in this one.",
	},
	{
		Code: "when-order", Severity: finding.Error,
		Title: "an entry is not newer than the one before it",
		About: "drizzle's migrator asks the database for the newest time it has applied and runs only entries that are newer. An entry with an older time, as a branch that was open for long brings it along, is skipped in silence on every database that has run the other one, and applied on new ones: the two differ from then on.",
		Fix:   "Set its when to a later time than the one before, unless a database has run it already. skein migrate applies such entries whatever their time.",
	},
	{
		Code: "when-unit", Severity: finding.Error,
		Title: "the when of an entry is not in milliseconds",
		About: "drizzle's migrator compares the numbers as they are. A time in seconds looks older than every other one and is skipped in silence on every database that has run another migration; one in microseconds makes all later ones look old.",
		Fix:   "Set it to milliseconds since 1970, later than the entry before. skein check --fix does that for migrations that are not on the base.",
	},
	{
		Code: "when-future", Severity: finding.Warning,
		Title: "the when of an entry is still to come",
		About: "What drizzle-kit generates before that time is older than this entry, and drizzle's migrator skips it in silence on every database that has run this one. It happens when a time is typed by hand to win over another entry.",
		Fix:   "Set it to the time at which the migration was made, unless a database has run it already. skein generate always makes newer entries.",
	},
	{
		Code: "journal-layout", Severity: finding.Warning,
		Title: "the journal has several values on one line",
		About: "Two branches that each add a migration change the same line, so every merge is a conflict that shows nothing. drizzle-kit writes one value a line. How lines are indented does not matter here.",
		Fix:   "Run skein check --fix, or the formatter of your project.",
	},
	{
		Code: "order-exception-unused", Severity: finding.Warning,
		Title: "a reviewed exception of the order matches nothing",
		About: "check.order in skein.yaml names pairs of migrations whose times may be the wrong way round. One that matches no pair was written for migrations that have changed since, and would hide the next accident among those names.",
		Fix:   "Remove it from check.order.",
	},
	{
		Code: "accept-unused", Severity: finding.Warning,
		Title: "an accepted difference is not there",
		About: "check.accept in skein.yaml names objects in which the database that the migrations make may differ from the snapshots or the schema files. One that matches no difference was written for a difference that is gone, or has become another one, and would hide the next accident with that object.",
		Fix:   "Remove it from check.accept. If there is a difference that it was meant for, write the object as the finding's table has it: the kind, a space, the name.",
	},
	{
		Code: "snapshot-unreadable", Severity: finding.Error,
		Title: "a snapshot cannot be read",
		About: "The file is empty, cut off or no JSON. The chain of snapshots breaks there, and if it is the last one generate cannot run.",
		Fix:   "Restore the file from version control. The finding names the line where reading stopped.",
	},
	{
		Code: "snapshot-version", Severity: finding.Error,
		Title: "a snapshot has a version that skein does not know",
		About: "The format of snapshots has a version. An unknown one can mean anything, so nothing is read out of it.",
		Fix:   "If a newer drizzle-kit wrote it, use a newer skein. If it was edited, restore the file from version control.",
	},
	{
		Code: "snapshot-dialect", Severity: finding.Error,
		Title: "a snapshot belongs to another kind of database",
		About: "A snapshot of another dialect describes types and defaults that PostgreSQL has not. A migration generated from it would be wrong.",
		Fix:   "Restore the snapshot from version control, or point the config's out at the folder of the PostgreSQL migrations.",
	},
	{
		Code: "snapshot-malformed", Severity: finding.Error,
		Title: "a snapshot has what no snapshot has, or lacks a key",
		About: "A key that is misspelt or missing changes what the snapshot says. The next migration is then generated from something else than what the databases have.",
		Fix:   "Restore the file from version control. The finding names the key.",
	},
	{
		Code: "snapshot-old", Severity: finding.Error,
		Title: "snapshots are of a version that drizzle-kit stops at",
		About: "drizzle-kit 0.31 asks for drizzle-kit up before it generates on a folder with snapshots of an older version. Skein reads them as they are.",
		Fix:   "Upgrade the folder with drizzle-kit up. The SQL files and what databases have recorded stay as they are.",
		See:   []string{"https://orm.drizzle.team/docs/drizzle-kit-up"},
	},
	{
		Code: "snapshot-id-duplicate", Severity: finding.Error,
		Title: "two snapshots have one id",
		About: "A snapshot was copied to make another. What follows from that id is ambiguous: nobody can say which of the two states the next migration starts from.",
		Fix:   "Give the later one an id of its own, and the earlier one's id as prevId.",
	},
	{
		Code: "snapshot-parent-missing", Severity: finding.Error,
		Title: "a snapshot's parent does not exist",
		About: "Each snapshot names the one it was made from. If that is gone, the migration was generated on top of something that is not in this history: it may create what is there already, or change what is not.",
		Fix:   "Restore the parent from version control. If it was replaced by a merge, generate the migration again, or set prevId to the id of the snapshot before it once you have seen that nothing is missing.",
	},
	{
		Code: "snapshot-parent-later", Severity: finding.Error,
		Title: "a snapshot's parent comes after it",
		About: "drizzle-kit takes the order of the files for the order of the states. Where the chain runs the other way, the last file is not the last state, and the next migration starts from the wrong one.",
		Fix:   "Set prevId to the id of the snapshot before.",
	},
	{
		Code: "snapshot-collision", Severity: finding.Error,
		Title: "two snapshots have one parent",
		About: "Two migrations were generated from the same state, on two branches. The later snapshot does not know what the earlier migration changed, so the next generate undoes it or makes it again.",
		Fix:   "Generate the later migration again on top of the other.",
		See:   []string{"https://orm.drizzle.team/docs/drizzle-kit-check"},
	},
	{
		Code: "snapshot-unexplained", Severity: finding.Warning,
		Title: "a snapshot changes although its migration does not",
		About: "A migration that only changes data leaves the schema as it was. Where its snapshot differs from the one before, it was made from another state, mostly on a branch, and carried over a merge. generate starts from the last snapshot: for that one this is an error, since the next generate takes the difference for done, or undoes it.",
		Fix:   "Compare the statements that the finding shows with the migrations that follow. For a last snapshot copy the one before, give it a new id and the other's id as prevId, and run skein generate.",
	},
	{
		Code: "landed-unreadable", Severity: finding.Warning,
		Title: "the journal that landed on the upstream cannot be read",
		About: "What has landed is read from the commit where the branch left the upstream. Where the journal there is damaged, nobody can say which migrations have landed, so none is protected.",
		Fix:   "Mend the journal on the upstream first.",
	},
	{
		Code: "landed-file-removed", Severity: finding.Error,
		Title: "a file that landed is gone",
		About: "Databases that have run the migration notice nothing; every new one fails at the missing SQL file, or a later generate starts from the wrong snapshot.",
		Fix:   "Restore the file with the command that the finding shows. What a migration did is undone by a migration of its own.",
	},
	{
		Code: "landed-sql-changed", Severity: finding.Error,
		Title: "an SQL file was changed after it landed",
		About: "A database runs a migration once. One that ran the file as it was never runs the change, and a new one runs only the change: from then on the two differ, and nothing says so. drizzle's migrator never compares the hash that it stored.",
		Fix:   "Restore the file with the command that the finding shows and put the change into a migration of its own.",
	},
	{
		Code: "landed-sql-line-endings", Severity: finding.Error,
		Title: "the line endings or the byte order mark of an SQL file changed after it landed",
		About: "The SQL is the same, its hash is not: what databases have recorded no longer names the file, so it looks edited wherever hashes are compared.",
		Fix:   "Restore the file, and put *.sql text eol=lf into .gitattributes so that every checkout has the same bytes.",
	},
	{
		Code: "landed-snapshot-changed", Severity: finding.Error,
		Title: "a snapshot was changed after it landed",
		About: "A snapshot says what a database looks like after its migration. Changed afterwards, it says what no database looks like; the next generate leaves out what is missing in fact, or writes what is there already. The finding shows the difference as SQL.",
		Fix:   "Restore the snapshot and let skein generate write the difference as a migration. Where a chain was broken before and is being mended, set the code to warning for that one change.",
	},
	{
		Code: "landed-snapshot-layout", Severity: finding.Warning,
		Title: "the text of a snapshot was changed after it landed, not what it says",
		About: "Mostly a formatter or an editor that ends files with a new line. It does no harm by itself, and hides changes that do among those that do not.",
		Fix:   "Restore the file and take the migrations folder out of the formatter's files.",
	},
	{
		Code: "landed-entry-changed", Severity: finding.Error,
		Title: "a journal entry was changed after it landed",
		About: "Databases have recorded the entry's time. drizzle's migrator compares only that: an entry that gets a newer time runs again, one that gets an older time is skipped where it has not run.",
		Fix:   "Put the entry back as it landed.",
	},
	{
		Code: "landed-entry-removed", Severity: finding.Error,
		Title: "a journal entry that landed is gone",
		About: "Databases that ran it keep what it did, new ones never get it.",
		Fix:   "Bring the entry and its files back, and undo what it did in a migration of its own.",
	},
	{
		Code: "landed-order", Severity: finding.Error,
		Title: "entries stand in another order than that in which they landed",
		About: "New databases run the migrations in the journal's order, others ran them in the order in which they landed. Where one builds on another the new database fails, or ends up different.",
		Fix:   "Put the entries back in the order in which they landed.",
	},
	{
		Code: "landed-inserted", Severity: finding.Error,
		Title: "a new entry stands before one that has landed",
		About: "Databases that ran the later one are past the new one: drizzle's migrator skips it there, and it runs before the others on new databases.",
		Fix:   "Move the entry to the end of the journal, with the next number and a newer time; easiest by generating it again.",
	},
	{
		Code: "upstream-collision", Severity: finding.Warning,
		Title: "the upstream has got a migration that this branch's will collide with",
		About: "Since the branch left the upstream, that has taken the same number, or made a migration from the same snapshot. The merge may well be clean for git and leave a history in which one of the two is not known to the other.",
		Fix:   "Merge or rebase onto the upstream and generate this branch's migrations again behind it.",
	},
	{
		Code: "schema-ahead", Severity: finding.Error,
		Title: "the schema files say something that no migration holds",
		About: "Code that is deployed with these schema files asks for tables and columns that the migrations never create. It works on a developer's database that was pushed to, and fails on all others.",
		Fix:   "Run skein generate and commit what it writes. The finding shows the SQL that is missing.",
	},
	{
		Code: "schema-incomparable", Severity: finding.Error,
		Title: "the schema files cannot be compared with the last snapshot",
		About: "Something in the schema files or in the last snapshot contradicts itself, for example an index on a column that its table has not. Until it is mended, nobody can say whether a migration is missing.",
		Fix:   "Mend the place that the finding names.",
	},
	{
		Code: "replay-failed", Severity: finding.Error,
		Title: "a migration does not run on a database with those before it",
		About: "Check runs the whole history on an empty throwaway PostgreSQL. A statement that fails there fails on every new database: a colleague's, a test run's, the one that a disaster is recovered into. Databases that applied the migrations one by one, before one of them was edited, do not show it.",
		Fix:   "Mend the migration if no database that matters has run it; otherwise restore what it was, and see what else changed. The finding has PostgreSQL's words and the place.",
	},
	{
		Code: "replay-extension-missing", Severity: finding.Warning,
		Title: "the throwaway PostgreSQL lacks an extension that a migration creates",
		About: "The history could be run only up to the statement that creates the extension, so nothing is known of what comes after it. The migration itself may well be right. Where the proof was asked for by --replay this is an error.",
		Fix:   "Install the extension where the finding says, or set SKEIN_PG_URL to a server that has it and where skein may create databases. check --replay=off leaves the proof out.",
	},
	{
		Code: "drift-snapshot", Severity: finding.Error,
		Title: "the database that the migrations make is not what the snapshots say",
		About: "generate starts from the last snapshot and never looks at a database. Where a migration was edited after it was generated, a snapshot was changed by hand or a merge lost a statement, the two part: the next migrations drop what is not there, or add what is. The finding shows each object on which they differ, under the migration after which they do for the first time. Where only the database has an index more it is a warning, since no answer changes.",
		Fix:   "Decide which of the two is meant. Declare in the schema files what a migration made by hand, or write a custom migration that brings databases to what the files say.",
	},
	{
		Code: "drift-schema", Severity: finding.Error,
		Title: "the database that the migrations make is not what the schema files say, and generate does not see it",
		About: "The last snapshot agrees with the database, and the comparison of the schema files with that snapshot finds nothing: it leaves some changes out, as drizzle-kit does. PostgreSQL builds something else from the files than the migrations make.",
		Fix:   "Write the change into a migration by hand, made with skein generate --custom.",
	},
	{
		Code: "drift-unknown", Severity: finding.Warning,
		Title: "the database could not be compared with the last snapshot or the schema files",
		About: "To compare them in PostgreSQL's own words, both are built in a scratch database. PostgreSQL refuses a part of one, also with the functions and types there that the migrations make. So nothing is known of whether they agree.",
		Fix:   "The finding shows the statement that is refused. What it needs has to come from a migration.",
	},
}
