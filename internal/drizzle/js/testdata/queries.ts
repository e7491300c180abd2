// What the query builder writes for views.
import * as d from "drizzle-orm";
import { and, asc, avg, between, count, countDistinct, desc, eq, exists, getTableColumns, gt, gte, ilike, inArray, isNotNull, isNull, like, lt, lte, max, min, ne, not, notBetween, notExists, notIlike, notInArray, notLike, or, sql, sum } from "drizzle-orm";
import { alias, except, exceptAll, integer, intersect, intersectAll, jsonb, pgSchema, pgTable, pgView, text, timestamp, union, unionAll, vector } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey(), name: text("name"), managerId: integer("manager_id"), at: timestamp("at"), tags: text("tags").array(), vec: vector("vec", { dimensions: 3 }) });
export const posts = pgTable("posts", { id: integer("id"), userId: integer("user_id"), title: text("title"), data: jsonb("data") });
const other = pgSchema("other");
export const logs = other.table("logs", { id: integer("id"), userId: integer("user_id") });
const manager = alias(users, "manager");

// operators
export const compare = pgView("compare").as((qb) => qb.select({ id: users.id }).from(users).where(and(eq(users.id, 1), ne(users.id, 2), gt(users.id, 3), gte(users.id, 4), lt(users.id, 5), lte(users.id, users.managerId))));
export const logic = pgView("logic").as((qb) => qb.select({ id: users.id }).from(users).where(or(and(eq(users.id, 1), undefined), not(eq(users.name, "x")), and(), or(eq(users.id, 2)))));
export const noWhere = pgView("no_where").as((qb) => qb.select({ id: users.id }).from(users).where(undefined));
export const lists = pgView("lists").as((qb) => qb.select({ id: users.id }).from(users).where(and(inArray(users.id, [1, 2]), notInArray(users.name, ["a", "it's"]), inArray(users.id, []), notInArray(users.id, []), inArray(users.id, qb.select({ id: posts.userId }).from(posts)))));
export const nulls = pgView("nulls").as((qb) => qb.select({ id: users.id }).from(users).where(and(isNull(users.name), isNotNull(users.at), between(users.id, 1, 5), notBetween(users.id, 7, 9))));
export const texts = pgView("texts").as((qb) => qb.select({ id: users.id }).from(users).where(and(like(users.name, "%a'"), notLike(users.name, "b"), ilike(users.name, "c"), notIlike(users.name, "d"))));
export const existing = pgView("exists_view").as((qb) => qb.select({ id: users.id }).from(users).where(and(exists(qb.select({ one: sql`1` }).from(posts).where(eq(posts.userId, users.id))), notExists(qb.select().from(posts)))));
export const arrays = pgView("arrays").as((qb) => qb.select({ id: users.id }).from(users).where(and(d.arrayContains(users.tags, ["a", "b"]), d.arrayContained(users.tags, ["c"]), d.arrayOverlaps(users.tags, ["d'"]), d.arrayContains(users.tags, qb.select({ tags: users.tags }).from(users)))));
export const values = pgView("values").as((qb) => qb.select({ id: users.id }).from(users).where(and(eq(users.at, new Date("2024-01-02T03:04:05.678Z")), eq(posts.data, { a: "it's" }), eq(users.name, sql`lower(${"A"})`), eq(users.id, sql.param(7)), sql`${users.id} = ${8} and ${users.name} = ${"nine"} and ${null} is null and ${true}`, sql`${users.id} in ${[1, 2]}`)));
export const vectors = pgView("vectors").as((qb) => qb.select({ id: users.id, distance: d.l2Distance(users.vec, [1, 2, 3]).as("distance") }).from(users).where(and(gt(d.cosineDistance(users.vec, [1, 2, 3]), 0.5), lt(d.l1Distance(users.vec, users.vec), 1), lt(d.innerProduct(users.vec, [1]), 1), lt(d.hammingDistance(users.vec, "101"), 1), lt(d.jaccardDistance(users.vec, "101"), 1))));

// selections
export const aliases = pgView("aliases").as((qb) => qb.select({ id: users.id, up: sql<string>`upper(${users.name})`.as("up"), total: sql<number>`${users.id} + ${1}`.mapWith(Number).as("total") }).from(users));
export const aggregates = pgView("aggregates").as((qb) => qb.select({ user: posts.userId, n: count().as("n"), ids: count(posts.id).as("ids"), distinct: countDistinct(posts.id).as("distinct"), sum: sum(posts.id).as("sum"), sumD: d.sumDistinct(posts.id).as("sum_d"), avg: avg(posts.id).as("avg"), avgD: d.avgDistinct(posts.id).as("avg_d"), min: min(posts.id).as("min"), max: max(posts.id).as("max") }).from(posts).groupBy(posts.userId).having(({ n }) => gt(n, 3)));
export const unnamed = pgView("unnamed").as((qb) => qb.select({ n: sql<number>`count(*)`.as("n"), x: sql`1`.as("x") }).from(users));
export const nested = pgView("nested").as((qb) => qb.select({ user: { id: users.id, name: users.name }, post: { title: posts.title } }).from(users).innerJoin(posts, eq(posts.userId, users.id)) as any);
export const columns = pgView("columns").as((qb) => { const { at, vec, ...rest } = getTableColumns(users); return qb.select(rest).from(users); });
export const tableField = pgView("table_field").as((qb) => qb.select({ ...getTableColumns(users), title: posts.title }).from(users).leftJoin(posts, eq(users.id, posts.userId)));

// joins
export const joins = pgView("joins").as((qb) => qb.select({ id: users.id, post: sql<number>`${posts.id}`.as("post"), log: sql<number>`${logs.id}`.as("log"), boss: sql<string>`${manager.name}`.as("boss") }).from(users).leftJoin(posts, eq(users.id, posts.userId)).rightJoin(logs, eq(logs.userId, users.id)).innerJoin(manager, eq(manager.id, users.managerId)).fullJoin(compare, eq(compare.id, users.id)));
export const cross = pgView("cross").as((qb) => qb.select({ id: users.id, title: posts.title }).from(users).crossJoin(posts));
export const lateral = pgView("lateral").as((qb) => { const last = qb.select({ lastTitle: posts.title }).from(posts).where(eq(posts.userId, users.id)).orderBy(desc(posts.id)).limit(1).as("last"); return qb.select({ id: users.id, last: last.lastTitle }).from(users).leftJoinLateral(last, sql`true`); });
export const crossLateral = pgView("cross_lateral").as((qb) => { const last = qb.select({ t: posts.title }).from(posts).as("last"); return qb.select({ id: users.id, t: last.t }).from(users).crossJoinLateral(last); });
export const rawJoin = pgView("raw_join").as((qb) => qb.select({ id: users.id }).from(users).leftJoin(sql`generate_series(1, 2) as g`, sql`g = ${users.id}`));
export const aliasOnly = pgView("alias_only").as((qb) => qb.select({ id: manager.id, name: manager.name }).from(manager).where(eq(manager.id, 1)));
export const schemaTable = pgView("schema_table").as((qb) => qb.select({ id: logs.id, user: logs.userId }).from(logs).where(gt(logs.id, 1)).orderBy(logs.id));

export const allJoined = pgView("all_joined").as((qb) => qb.select().from(users).leftJoin(posts, eq(users.id, posts.userId)).innerJoin(manager, eq(manager.id, users.managerId)) as any);
export const allOfView = pgView("all_of_view").as((qb) => qb.select().from(compare).leftJoin(aliases, eq(aliases.id, compare.id)) as any);
export const ofAllJoined = pgView("of_all_joined").as((qb) => { const sq = qb.select().from(users).innerJoin(posts, eq(users.id, posts.userId)).as("sq"); return qb.select({ id: sq.users.id, title: sq.posts.title }).from(sq); });
export const conditionFunctions = pgView("condition_functions").as((qb) => qb.select({ id: users.id, up: sql<string>`upper(${users.name})`.as("up") }).from(users).where((t) => eq(t.up, "X")).groupBy((t) => [t.up, t.id]).having((t) => gt(t.id, 1)) as any);
export const fieldSubquery = pgView("field_subquery").as((qb) => qb.select({ id: users.id, title: qb.select({ title: posts.title }).from(posts).as("title") } as any).from(users));
export const nestedSQL = pgView("nested_sql").as((qb) => qb.select({ x: sql`coalesce(${sql`upper(${users.name})`}, ${users.name})`.as("x"), c: sql`case when ${eq(users.id, 1)} then ${users.name} end`.as("c") }).from(users));

// order, group, limit, distinct
export const ordered = pgView("ordered").as((qb) => qb.select({ id: users.id, name: users.name }).from(users).orderBy(asc(users.name), desc(users.id), users.at, sql`${users.name} desc nulls last`).limit(10).offset(5));
export const orderedAlias = pgView("ordered_alias").as((qb) => qb.select({ id: users.id, up: sql`upper(${users.name})`.as("up") }).from(users).orderBy((t) => [asc(t.up), t.id]));
export const zero = pgView("zero").as((qb) => qb.select({ id: users.id }).from(users).limit(0).offset(0));
export const grouped = pgView("grouped").as((qb) => qb.select({ name: users.name, n: count().as("n") }).from(users).groupBy(users.name, sql`date_trunc('day', ${users.at})`).having(gt(count(), 5)).orderBy(desc(count())));
export const distinct = pgView("distinct_view").as((qb) => qb.selectDistinct({ name: users.name }).from(users));
export const distinctAll = pgView("distinct_all").as((qb) => qb.selectDistinct().from(users));
export const distinctOn = pgView("distinct_on").as((qb) => qb.selectDistinctOn([users.name, sql`${users.managerId}`], { id: users.id }).from(users).orderBy(users.name));
export const distinctOnJoin = pgView("distinct_on_join").as((qb) => qb.selectDistinctOn([users.name]).from(users).orderBy(users.name));
export const locked = pgView("locked").as((qb) => qb.select({ id: users.id }).from(users).for("update", { of: users, skipLocked: true }));
export const lockedShare = pgView("locked_share").as((qb) => qb.select({ id: users.id }).from(users).for("no key update", { noWait: true }));

// subqueries and common table expressions
export const subquery = pgView("subquery").as((qb) => { const sq = qb.select({ id: users.id, up: sql<string>`upper(${users.name})`.as("up") }).from(users).where(gt(users.id, 1)).as("sq"); return qb.select({ id: sq.id, up: sq.up }).from(sq).where(eq(sq.up, "X")); });
export const subqueryAll = pgView("subquery_all").as((qb) => { const sq = qb.select().from(users).as("sq"); return qb.select().from(sq); });
export const subqueryJoin = pgView("subquery_join").as((qb) => { const sq = qb.select({ userId: posts.userId, n: count().as("n") }).from(posts).groupBy(posts.userId).as("sq"); return qb.select({ id: users.id, n: sq.n, twice: sql<number>`${sq.n} * 2`.as("twice") }).from(users).leftJoin(sq, eq(sq.userId, users.id)).where(gt(sq.n, 2)).orderBy(desc(sq.n)); });
export const subqueryField = pgView("subquery_field").as((qb) => qb.select({ id: users.id, n: sql<number>`(${qb.select({ n: count() }).from(posts).where(eq(posts.userId, users.id))})`.as("n") }).from(users));
export const cte = pgView("cte").as((qb) => { const big = qb.$with("big").as(qb.select({ id: users.id, up: sql`upper(${users.name})`.as("up") }).from(users).where(gt(users.id, 100))); return qb.with(big).select({ id: big.id, up: big.up }).from(big); });
export const cteTwo = pgView("cte_two").as((qb) => { const a = qb.$with("a").as(qb.select().from(users)); const b = qb.$with("b").as((q) => q.select({ id: posts.id, userId: posts.userId }).from(posts)); return qb.with(a, b).selectDistinct({ id: a.id, post: b.id }).from(a).innerJoin(b, eq(a.id, b.userId)); });
export const cteNested = pgView("cte_nested").as((qb) => { const a = qb.$with("a").as(qb.select({ id: users.id }).from(users)); const b = qb.$with("b").as(qb.with(a).select({ id: a.id }).from(a)); return qb.with(b).selectDistinctOn([b.id]).from(b); });
export const cteSQL = pgView("cte_sql").as((qb) => { const a = qb.$with("a", { id: sql<number>`id`.as("id") }).as(sql`select id from ${users}`); return qb.with(a).select().from(a); });

// sets
export const unions = pgView("unions").as((qb) => qb.select({ id: users.id }).from(users).union(qb.select({ id: posts.id }).from(posts)));
export const unionFunction = pgView("union_function").as((qb) => union(qb.select({ id: users.id }).from(users), qb.select({ id: posts.id }).from(posts), qb.select({ id: logs.id }).from(logs)).orderBy(sql`id`).limit(3) as any);
export const unionAlls = pgView("union_alls").as((qb) => unionAll(qb.select({ id: users.id, name: users.name }).from(users).where(eq(users.id, 1)), qb.select({ id: posts.id, name: posts.title }).from(posts).orderBy(posts.id).limit(2)) as any);
export const otherSets = pgView("other_sets").as((qb) => qb.select({ id: users.id }).from(users).unionAll(qb.select({ id: posts.id }).from(posts)).intersect(qb.select({ id: logs.id }).from(logs)).except(qb.select({ id: posts.userId }).from(posts)).intersectAll(qb.select({ id: posts.userId }).from(posts)).exceptAll(qb.select({ id: posts.userId }).from(posts)));
export const setFunctions = pgView("set_functions").as((qb) => intersect(except(qb.select({ id: users.id }).from(users), qb.select({ id: posts.id }).from(posts)), exceptAll(qb.select({ id: logs.id }).from(logs), intersectAll(qb.select({ id: posts.id }).from(posts), qb.select({ id: users.id }).from(users)))) as any);
export const unionOrdered = pgView("union_ordered").as((qb) => qb.select({ id: users.id, up: sql<string>`upper(${users.name})`.as("up") }).from(users).union(qb.select({ id: posts.id, up: sql<string>`${posts.title}`.as("up") }).from(posts)).orderBy((t) => [asc(t.id), desc(t.up)]).offset(1));
export const unionColumn = pgView("union_column").as((qb) => qb.select({ id: users.id }).from(users).union(qb.select({ id: posts.id }).from(posts)).orderBy(users.id, desc(users.id)));
export const unionSub = pgView("union_sub").as((qb) => { const u = unionAll(qb.select({ id: users.id }).from(users), qb.select({ id: posts.id }).from(posts)).as("u"); return qb.select({ id: u.id }).from(u); });
export const dynamic = pgView("dynamic").as((qb) => qb.select({ id: users.id }).from(users).$dynamic().where(eq(users.id, 1)));
