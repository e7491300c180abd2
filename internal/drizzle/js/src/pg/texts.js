// Columns of text and of what PostgreSQL reads from text: JSON, uuid, network
// addresses.

import { sql } from "skein:orm/sql";
import { columnType, starter } from "skein:pg/column";

const sized = (name) => ({ length }) => (length === undefined ? name : `${name}(${length})`);
const json = { mapToDriverValue: (value) => JSON.stringify(value) };

export const [PgText, PgTextBuilder] = columnType("PgText", "string", () => "text");
export const [PgVarchar, PgVarcharBuilder] = columnType("PgVarchar", "string", sized("varchar"));
export const [PgChar, PgCharBuilder] = columnType("PgChar", "string", sized("char"));
export const [PgJson, PgJsonBuilder] = columnType("PgJson", "json", () => "json", json);
export const [PgJsonb, PgJsonbBuilder] = columnType("PgJsonb", "json", () => "jsonb", json);
export const [PgInet, PgInetBuilder] = columnType("PgInet", "string", () => "inet");
export const [PgCidr, PgCidrBuilder] = columnType("PgCidr", "string", () => "cidr");
export const [PgMacaddr, PgMacaddrBuilder] = columnType("PgMacaddr", "string", () => "macaddr");
export const [PgMacaddr8, PgMacaddr8Builder] = columnType("PgMacaddr8", "string", () => "macaddr8");

const [UUID, UUIDBuilder] = columnType("PgUUID", "string", () => "uuid");
UUIDBuilder.prototype.defaultRandom = function () {
	return this.default(sql`gen_random_uuid()`);
};
export { UUID as PgUUID, UUIDBuilder as PgUUIDBuilder };

export const text = starter(() => PgTextBuilder);
export const varchar = starter(() => PgVarcharBuilder);
export const char = starter(() => PgCharBuilder);
export const uuid = starter(() => UUIDBuilder);
export const inet = starter(() => PgInetBuilder);
export const cidr = starter(() => PgCidrBuilder);
export const macaddr = starter(() => PgMacaddrBuilder);
export const macaddr8 = starter(() => PgMacaddr8Builder);

const starterOfJson = starter(() => PgJsonBuilder);
export { starterOfJson as json };
export const jsonb = starter(() => PgJsonbBuilder);
