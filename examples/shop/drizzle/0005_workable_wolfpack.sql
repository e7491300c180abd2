CREATE TABLE "page_revisions" (
	"slug" text NOT NULL,
	"revision" integer NOT NULL,
	"body" text NOT NULL,
	"editor_id" uuid,
	"edited_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "page_revisions_slug_revision_unique" UNIQUE("slug","revision")
);
--> statement-breakpoint
CREATE TABLE "pages" (
	"slug" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"footer" text DEFAULT 'Made with care -- see "About us"; it''s all there.' NOT NULL,
	"published" boolean DEFAULT true NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pages_slug" CHECK ("pages"."slug" ~ '^[a-z0-9-]+$')
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reviews_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"product_id" bigint NOT NULL,
	"author_id" uuid,
	"stars" smallint NOT NULL,
	"title" varchar(200) NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"helpful_votes" integer DEFAULT 0 NOT NULL,
	"approved_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reviews_one_per_author" UNIQUE("product_id","author_id"),
	CONSTRAINT "reviews_stars" CHECK ("reviews"."stars" >= 1 and "reviews"."stars" <= 5)
);
--> statement-breakpoint
CREATE TABLE "ops_audit_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ops_audit_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9007199254740991 START WITH 1 CACHE 100 CYCLE),
	"at" timestamp (6) with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" jsonb NOT NULL,
	"address" "inet"
);
--> statement-breakpoint
CREATE TABLE "ops_jobs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"queue" text DEFAULT 'default' NOT NULL,
	"payload" json NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"backoff" interval DEFAULT '00:00:30' NOT NULL,
	"run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"timeout" interval second(3)
);
--> statement-breakpoint
CREATE TABLE "ops_settings" (
	"key" varchar(64) PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ops_till_reports" (
	"id" "smallserial" PRIMARY KEY NOT NULL,
	"till" "macaddr" NOT NULL,
	"gateway" "macaddr8",
	"network" "cidr" DEFAULT '10.0.0.0/8' NOT NULL,
	"location" "point",
	"corner" "point",
	"aisle" "line",
	"shelf" "line",
	"flags" bit(8) DEFAULT '00000000' NOT NULL,
	"opens" time DEFAULT '08:00' NOT NULL,
	"closes" time(0) with time zone,
	"reported_on" date DEFAULT '2024-02-29' NOT NULL,
	"since" timestamp (3) DEFAULT '2024-01-01T12:30:00.000Z' NOT NULL,
	"temperature" double precision DEFAULT 20.5 NOT NULL,
	"readings" numeric(8, 3)[4],
	"matrix" integer[][] DEFAULT '{{0,0},{0,0}}' NOT NULL,
	"receipt" "bytea",
	"total" numeric DEFAULT '0' NOT NULL,
	"counter" numeric(20)
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "preferences" jsonb DEFAULT '{"theme":"light","pageSize":25}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "products" ADD COLUMN "search_text" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', "products"."name" || ' ' || "products"."summary")) STORED;--> statement-breakpoint
ALTER TABLE "page_revisions" ADD CONSTRAINT "page_revisions_slug_pages_slug_fk" FOREIGN KEY ("slug") REFERENCES "public"."pages"("slug") ON DELETE cascade ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "page_revisions" ADD CONSTRAINT "page_revisions_editor_id_users_id_fk" FOREIGN KEY ("editor_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reviews_product_stars_idx" ON "reviews" USING btree ("product_id","stars" DESC NULLS LAST) WHERE "reviews"."approved_at" is not null;--> statement-breakpoint
CREATE INDEX "ops_audit_log_at_idx" ON "ops_audit_log" USING brin ("at");--> statement-breakpoint
CREATE INDEX "ops_audit_log_subject_idx" ON "ops_audit_log" USING gin ("subject");--> statement-breakpoint
CREATE INDEX "ops_jobs_due_idx" ON "ops_jobs" USING btree ("queue","run_at") WITH (fillfactor=70);--> statement-breakpoint
CREATE INDEX "products_search_idx" ON "products" USING gin ("search_text");--> statement-breakpoint
CREATE INDEX "products_name_trgm_idx" ON "products" USING gin ("name" gin_trgm_ops);