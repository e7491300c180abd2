// Package shop is the example project as files inside of the program, for
// `skein studio --demo`. It has nothing else in Go.
package shop

import "embed"

// Files are the project as a user has it, and rows.sql with rows for it.
//
//go:embed all:drizzle all:src packages/shared/package.json packages/shared/src drizzle.config.ts package.json tsconfig.json tsconfig.base.json rows.sql
var Files embed.FS
