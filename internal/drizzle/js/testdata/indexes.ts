// Indexes with every option.
import { asc, desc, isNull, sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgSchema, pgTable, text, timestamp, uniqueIndex, vector, bit, halfvec } from "drizzle-orm/pg-core";

export const docs = pgTable("docs", {
	id: integer("id").primaryKey(),
	title: text("title"),
	body: text("body"),
	data: jsonb("data"),
	deleted: boolean("deleted"),
	at: timestamp("at"),
	vec: vector("vec", { dimensions: 3 }),
	half: halfvec("half", { dimensions: 3 }),
	bits: bit("bits", { dimensions: 3 }),
	someKey: text(),
}, (t) => [
	index().on(t.title),
	index().on(t.title, t.body),
	uniqueIndex().on(t.at),
	index("named").on(t.title.asc(), t.body.desc()),
	index("nulls").on(t.title.asc().nullsFirst(), t.body.desc().nullsLast(), t.id.nullsFirst(), t.at.nullsLast()),
	index("desc_nulls_first").on(t.at.desc().nullsFirst()),
	uniqueIndex("partial").on(t.title).where(sql`${t.deleted} = false`),
	uniqueIndex("operator_partial").on(t.title).where(isNull(t.at)),
	index("expression").on(sql`lower(${t.title})`),
	index("expressions").on(sql`lower(${t.title})`, t.body, sql`${t.someKey} desc`),
	index("ordered_expression").on(sql`lower(${t.title}) desc nulls last`, asc(t.body) as any, desc(t.at) as any),
	index("gin").using("gin", t.data),
	index("gin_ops").using("gin", t.data.op("jsonb_path_ops")),
	index("gin_expression").using("gin", sql`to_tsvector('english', ${t.title})`),
	index("trgm").using("gin", sql`${t.title} gin_trgm_ops`),
	index("ops_desc").using("btree", t.title.desc().op("text_pattern_ops")),
	index("hash").using("hash", t.title),
	index("brin").using("brin", t.at).with({ pages_per_range: 32, autosummarize: true }),
	index("hnsw").using("hnsw", t.vec.op("vector_cosine_ops")).with({ m: 16, ef_construction: "64" }),
	index("half_hnsw").using("hnsw", t.half.op("halfvec_l2_ops")),
	index("half_none").using("hnsw", t.half),
	index("bits_hnsw").using("hnsw", t.bits.op("bit_hamming_ops")),
	index("vec_expression").using("hnsw", sql`(${t.vec}::halfvec(3)) halfvec_l2_ops`),
	index("concurrent").on(t.title).concurrently(),
	uniqueIndex("all").using("btree", t.title, t.body.desc()).concurrently().with({ fillfactor: 70 }).where(sql`${t.id} > 5 and ${t.someKey} is not null`),
	index("only").onOnly(t.title),
	index().on(t.someKey),
	index("method_lower").using("GIST", t.title),
]);

export const other = pgSchema("other");
export const inSchema = other.table("docs", { id: integer("id"), title: text("title") }, (t) => ({
	a: index("named").on(t.title),
	b: uniqueIndex("unique_partial").on(t.id).where(sql`${t.title} is null`),
	c: index("expr").on(sql`upper(${t.title})`),
}));
