ALTER TYPE "public"."order_status" ADD VALUE 'packed' BEFORE 'shipped';--> statement-breakpoint
ALTER TABLE "newsletter_subscribers" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "newsletter_subscribers" CASCADE;--> statement-breakpoint
ALTER TABLE "products" DROP CONSTRAINT "products_tax_rate";--> statement-breakpoint
ALTER TABLE "refunds" DROP CONSTRAINT "refunds_payment_id_payments_id_fk";
--> statement-breakpoint
DROP INDEX "orders_user_idx";--> statement-breakpoint
DROP INDEX "users_email_lower_key";--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "full_name" SET DATA TYPE varchar(200);--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "locale" SET DATA TYPE varchar(10);--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "locale" SET DEFAULT 'en';--> statement-breakpoint
ALTER TABLE "users" ALTER COLUMN "locale" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "brands" ALTER COLUMN "website" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "coupons" ALTER COLUMN "conditions" SET DEFAULT '[]'::jsonb;--> statement-breakpoint
ALTER TABLE "coupons" ALTER COLUMN "conditions" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "orders_user_placed_idx" ON "orders" USING btree ("user_id","placed_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_lower_key" ON "users" USING btree (lower("email")) WHERE "users"."deleted_at" is null;--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "title";--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_provider_reference_unique" UNIQUE("provider","reference");--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_tax_rate" CHECK ("products"."tax_rate" between 0 and 100);