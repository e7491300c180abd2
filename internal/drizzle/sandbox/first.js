// Imported before everything else of a schema, so that a stand-in that is handed
// one of these functions is recognised as one that makes tables.
import { pgEnum, pgSchema, pgTable } from "drizzle-orm/pg-core";

__skein.tableMakers([pgTable, pgEnum, pgSchema]);
