// Columns of dates and times.

import { sql } from "skein:orm/sql";
import { columnType, PgColumnBuilder, starter } from "skein:pg/column";

/** The builder of columns that may default to the current time. */
export class PgDateColumnBaseBuilder extends PgColumnBuilder {
	defaultNow() {
		return this.default(sql`now()`);
	}
}

const type = (kind, dataType, sqlType, members) => columnType(kind, dataType, sqlType, members, PgDateColumnBaseBuilder);
const iso = { mapToDriverValue: (value) => value.toISOString() };

// drizzle puts a space before the precision in "timestamp (3)" of Date columns.
const clock = (name) => ({ precision, withTimezone }) =>
	`${name}${precision === undefined ? "" : `(${precision})`}${withTimezone ? " with time zone" : ""}`;

export const [PgDate, PgDateBuilder] = type("PgDate", "date", () => "date", iso);
export const [PgDateString, PgDateStringBuilder] = type("PgDateString", "string", () => "date");
export const [PgTime, PgTimeBuilder] = type("PgTime", "string", clock("time"));
export const [PgTimestamp, PgTimestampBuilder] = type("PgTimestamp", "date", (config) => clock("timestamp")(config).replace("(", " ("), iso);
export const [PgTimestampString, PgTimestampStringBuilder] = type("PgTimestampString", "string", clock("timestamp"));
export const [PgInterval, PgIntervalBuilder] = columnType("PgInterval", "string", ({ fields, precision }) =>
	`interval${fields ? ` ${fields}` : ""}${precision ? `(${precision})` : ""}`,
);

export const date = starter(({ mode }) => (mode === "date" ? PgDateBuilder : PgDateStringBuilder));
export const time = starter(() => PgTimeBuilder);
export const timestamp = starter(({ mode }) => (mode === "string" ? PgTimestampStringBuilder : PgTimestampBuilder));
export const interval = starter(() => PgIntervalBuilder);
