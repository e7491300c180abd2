CREATE TYPE "public"."media_kind" AS ENUM('image', 'video', 'document');--> statement-breakpoint
ALTER TABLE "pictures" RENAME TO "media";--> statement-breakpoint
ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";--> statement-breakpoint
ALTER TABLE "warehouse"."suppliers" RENAME COLUMN "contact" TO "email";--> statement-breakpoint
ALTER TABLE "media" DROP CONSTRAINT "pictures_byte_size";--> statement-breakpoint
ALTER TABLE "media" DROP CONSTRAINT "pictures_product_id_products_id_fk";
--> statement-breakpoint
DROP INDEX "pictures_product_idx";--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "kind" "media_kind" DEFAULT 'image' NOT NULL;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_product_idx" ON "media" USING btree ("product_id","position");--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_byte_size" CHECK ("media"."byte_size" >= 0);--> statement-breakpoint
-- Data: names came in with stray blanks, and films were kept as pictures.
UPDATE "users" SET "full_name" = btrim("full_name") WHERE "full_name" <> btrim("full_name");
--> statement-breakpoint
DO $$
BEGIN
	UPDATE "media" SET "kind" = 'video' WHERE "url" ~ '\.(mp4|webm)$';
END
$$;
