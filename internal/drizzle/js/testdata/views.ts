// Views and materialized views with every option, and views from SQL.
import { eq, gt, sql } from "drizzle-orm";
import { boolean, integer, pgEnum, pgMaterializedView, pgSchema, pgTable, pgView, QueryBuilder, text, timestamp, varchar } from "drizzle-orm/pg-core";

export const kind = pgEnum("kind", ["a", "b"]);
export const users = pgTable("users", {
	id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
	name: text("name").notNull().default("it's"),
	kind: kind("kind").default("a"),
	at: timestamp("at").defaultNow(),
	tags: text("tags").array(),
	upper: text("upper").generatedAlwaysAs(sql`upper(name)`),
	someKey: varchar("some_key", { length: 3 }).unique(),
});

export const plain = pgView("plain").as((qb) => qb.select().from(users));
export const filtered = pgView("filtered").as((qb) => qb.select({ id: users.id, name: users.name }).from(users).where(gt(users.id, 5)));
export const optioned = pgView("optioned").with({ checkOption: "cascaded", securityBarrier: true, securityInvoker: false }).as((qb) => qb.select({ id: users.id }).from(users));
export const optionedOrder = pgView("optioned_order").with({ securityInvoker: true, checkOption: "local" }).as((qb) => qb.select({ id: users.id }).from(users));
export const noOptions = pgView("no_options").with({}).as((qb) => qb.select({ id: users.id }).from(users));
export const manual = pgView("manual", { id: integer("id").notNull(), title: text(), kind: kind("kind") }).as(sql`select id, name as title, kind from ${users} where ${users.name} = ${"it's"} and ${users.id} > ${5} and ${true}`);
export const manualOptions = pgView("manual_options", { id: integer("id") }).with({ securityBarrier: true }).as(sql`select 1 as id`);
export const existing = pgView("existing", { id: integer("id").primaryKey() }).existing();
export const existingOptions = pgView("existing_options", { id: integer("id") }).with({ checkOption: "local" }).existing();

export const mat = pgMaterializedView("mat").as((qb) => qb.select().from(users));
export const matOptions = pgMaterializedView("mat_options")
	.using("heap")
	.with({
		fillfactor: 90, toastTupleTarget: 128, parallelWorkers: 4, autovacuumEnabled: true, vacuumIndexCleanup: "auto", vacuumTruncate: false,
		autovacuumVacuumThreshold: 50, autovacuumVacuumScaleFactor: 1, autovacuumVacuumCostDelay: 2, autovacuumVacuumCostLimit: 200,
		autovacuumFreezeMinAge: 1000, autovacuumFreezeMaxAge: 100000, autovacuumFreezeTableAge: 100000, autovacuumMultixactFreezeMinAge: 1,
		autovacuumMultixactFreezeMaxAge: 2, autovacuumMultixactFreezeTableAge: 3, logAutovacuumMinDuration: 4, userCatalogTable: true,
	})
	.tablespace("fast")
	.withNoData()
	.as((qb) => qb.select({ id: users.id }).from(users));
export const matSpace = pgMaterializedView("mat_space").tablespace("slow").as((qb) => qb.select({ id: users.id }).from(users));
export const matNoData = pgMaterializedView("mat_no_data").withNoData().as((qb) => qb.select({ id: users.id }).from(users));
export const matManual = pgMaterializedView("mat_manual", { id: integer("id"), flag: boolean("flag").default(true) }).with({ fillfactor: 10 }).using("x").as(sql`select 1`);
export const matExistingOptions = pgMaterializedView("mat_existing_options", { id: integer("id") }).with({ fillfactor: 1 }).tablespace("t").using("u").withNoData().existing();
export const matExisting = pgMaterializedView("mat_existing", { id: integer("id") }).existing();

export const reports = pgSchema("reports");
export const inSchema = reports.view("in_schema").as((qb) => qb.select().from(users));
export const matInSchema = reports.materializedView("mat_in_schema").as((qb) => qb.select({ id: users.id }).from(users));
export const manualInSchema = reports.view("manual_in_schema", { id: integer("id") }).as(sql`select ${users.id} from ${users}`);
export const metrics = reports.table("metrics", { id: integer("id"), value: integer("value") });
export const ofSchema = reports.view("of_schema").as((qb) => qb.select({ id: metrics.id }).from(metrics).where(eq(metrics.value, 1)));
export const unnamedSchema = pgView("outside").as((qb) => qb.select({ id: metrics.id, double: sql<number>`${metrics.value} * 2`.as("double") }).from(metrics));

const qb = new QueryBuilder();
export const prebuilt = pgView("prebuilt").as(qb.select({ id: users.id }).from(users).where(eq(users.name, "x")));
export const ofView = pgView("of_view").as((qb) => qb.select().from(plain));
export const ofViewFields = pgView("of_view_fields").as((qb) => qb.select({ id: plain.id, manual: manual.title }).from(plain).innerJoin(manual, eq(manual.id, plain.id)));
export const ofMat = pgView("of_mat").as((qb) => qb.select({ id: mat.id }).from(mat).where(eq(mat.name, "y")));
export const ofSchemaView = pgView("of_schema_view").as((qb) => qb.select().from(ofSchema));
