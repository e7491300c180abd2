-- A note to begin with.
INSERT INTO "notes" ("text", "pinned") VALUES ('Welcome', true);
