.DEFAULT_GOAL := help
GO ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# What runs concurrently; the rest has no goroutines of its own. Of packages
# whose tests spend their time in PostgreSQL, git or the SQL parser, those tests
# are run in which goroutines meet. The command line's stories are not: the
# JavaScript engine in them is translated code, a hundred times slower under the
# detector.
RACE := ./internal/filefacts ./internal/history ./internal/snapshot ./internal/pgserver/... ./internal/secret
RACE_PARTS := ./internal/sqltree ./internal/replay ./internal/kube ./internal/check ./internal/migrate ./internal/cli .
RACE_SOME := ParseAll|TwoAtOnce|TwoForwards
RACE_CHECK := LookedAtOnce|LandedSQL
RACE_MIGRATE := ManyAtOnce|Waiter|Interrupted|TerminatedBackend|LostAtCommit|Readers|Blocker|Deadlock|Events
RACE_CLI := CtrlC|TestProgress
RACE_LIBRARY := PoolOfOne|TestBusy$$|TestLog$$
RACE_STUDIO := AtOnce|SQLCancel|Gone|ApplyCanceled

help: ## show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The studio's page, built again when a file of its source is newer.
PAGE := internal/studio/page/dist/index.html

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(PAGE): web/node_modules/.package-lock.json web/index.html web/package.json web/vite.config.ts $(shell find web/src -type f)
	cd web && npm run build
	@touch $@

build: $(PAGE) ## build bin/skein, with the studio's page in it
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/skein ./cmd/skein

test: ## run every test
	$(GO) test ./...

page: web/node_modules/.package-lock.json ## check the studio's page: types and what is pure
	cd web && npm test

browser: build ## drive the studio in Chromium (CHROMIUM=path if it is not found)
	cd web && npm run test:browser

shots: build ## take the README's pictures anew, in Chromium
	cd web && npm run shots

race: ## run the tests of everything concurrent under the race detector
	CGO_ENABLED=1 $(GO) test -race $(RACE)
	CGO_ENABLED=1 $(GO) test -race -run '$(RACE_SOME)|$(RACE_CHECK)|$(RACE_MIGRATE)|$(RACE_CLI)|$(RACE_LIBRARY)' $(RACE_PARTS)
	CGO_ENABLED=1 $(GO) test -race -run '$(RACE_STUDIO)' ./internal/studio ./internal/studio/pool

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l *.go cmd internal examples skeinotel | tee /dev/stderr)" || { echo 'gofmt these files' >&2; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

bench: ## compare with drizzle-kit, goose, tern and psql on this machine
	$(GO) run ./internal/bench

# PGWEB=path measures beside a pgweb that is here.
figures: build ## measure the studio on ten million rows, beside pgweb and psql
	$(GO) run ./internal/bench -studio -rows 10000000 $(if $(PGWEB),-pgweb $(PGWEB))

compare: ## put skein and its peers into bad situations and under load, into docs/comparison.md
	$(GO) run ./internal/bench -matrix -load -rows 5000000 > comparison.md~ && mv comparison.md~ docs/comparison.md

faults: ## kill runners, backends, connections and servers, 100 times each
	SKEIN_TEST_FAULTS=100 $(GO) test -v -timeout 60m -run '^(TestKilledAtEachStatement|TestTerminatedAgainAndAgain|TestServerDies|TestCutAtCommit|TestManyRunnersAreKilled)$$' ./internal/migrate

demo: ## watch the main job happen on a throwaway PostgreSQL
	$(GO) run ./cmd/skein demo

check: ## all that CI runs
	./.ci/run

.PHONY: help build test page browser shots race lint bench figures compare faults demo check
