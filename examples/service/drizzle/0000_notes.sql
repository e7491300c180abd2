CREATE TABLE "notes" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"text" text NOT NULL
);
