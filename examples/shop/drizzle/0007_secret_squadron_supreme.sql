CREATE TYPE "public"."ticket_priority" AS ENUM('low', 'normal', 'high', 'urgent');--> statement-breakpoint
DO $$ BEGIN
	CREATE ROLE "shop_support" WITH NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL; -- roles belong to the server, and another database made it already
END $$;
--> statement-breakpoint
DO $$ BEGIN
	CREATE ROLE "shop_customer";
EXCEPTION WHEN duplicate_object OR unique_violation THEN
	NULL; -- roles belong to the server, and another database made it already
END $$;
--> statement-breakpoint
CREATE TABLE "support_notes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" uuid NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "support_notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ticket_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"ticket_id" uuid NOT NULL,
	"author_id" uuid,
	"body" text NOT NULL,
	"internal" boolean DEFAULT false NOT NULL,
	"sent_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ticket_messages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tickets" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"customer_id" uuid NOT NULL,
	"order_id" bigint,
	"subject" text NOT NULL,
	"priority" "ticket_priority" DEFAULT 'normal' NOT NULL,
	"labels" text[] DEFAULT '{"new","not read"}' NOT NULL,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tickets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "support_notes" ADD CONSTRAINT "support_notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ticket_messages" ADD CONSTRAINT "ticket_messages_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ticket_messages" ADD CONSTRAINT "ticket_messages_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_customer_id_users_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ticket_messages_ticket_id_sent_at_index" ON "ticket_messages" USING btree ("ticket_id","sent_at");--> statement-breakpoint
CREATE INDEX "tickets_open_idx" ON "tickets" USING btree ("priority" DESC NULLS LAST,"created_at") WHERE "tickets"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "tickets_labels_idx" ON "tickets" USING gin ("labels");--> statement-breakpoint
CREATE POLICY "messages_visible" ON "ticket_messages" AS PERMISSIVE FOR SELECT TO "shop_customer", "shop_support" USING (not internal or pg_has_role('shop_support', 'member'));--> statement-breakpoint
CREATE POLICY "messages_never_deleted" ON "ticket_messages" AS RESTRICTIVE FOR DELETE TO public USING (false);--> statement-breakpoint
CREATE POLICY "tickets_own" ON "tickets" AS PERMISSIVE FOR SELECT TO "shop_customer" USING (customer_id = current_setting('shop.user_id', true)::uuid);--> statement-breakpoint
CREATE POLICY "tickets_open_own" ON "tickets" AS PERMISSIVE FOR INSERT TO "shop_customer" WITH CHECK (customer_id = current_setting('shop.user_id', true)::uuid);--> statement-breakpoint
CREATE POLICY "tickets_support" ON "tickets" AS PERMISSIVE FOR ALL TO "shop_support" USING (true) WITH CHECK (true);