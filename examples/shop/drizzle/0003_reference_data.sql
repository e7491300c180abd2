-- Custom SQL migration file, put your code below! --
INSERT INTO "roles" ("name", "description", "permissions") VALUES
	('owner', 'may do everything', '{orders:write,catalog:write,users:write}'),
	('packer', 'packs orders; sees no prices', '{orders:read}');
--> statement-breakpoint
INSERT INTO "tags" ("label", "colour") VALUES ('new', '#2e7d32'), ('sale', '#c62828'), ('last one', '#f9a825');
--> statement-breakpoint
INSERT INTO "price_lists" ("code", "validity") VALUES ('retail', '[2024-01-01,)'), ('trade', '[2024-01-01,)');
