# Every command there is. `make help` prints them.
.DEFAULT_GOAL := help
.PHONY: help demo test test-setup test-gates test-unit test-contract test-e2e test-fault test-file check fix bench schema install clean

platform = $(shell uname -s | tr '[:upper:]' '[:lower:]')-$(shell uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
# The pinned Node that `npm ci` brings; read when a recipe starts, so after installation.
node = $(shell ls node_modules/node-$(platform)/bin/node 2>/dev/null || echo node)

help: ## Print this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: node_modules/.package-lock.json ## Work the example's backlog into merged pull requests, on this machine alone (FOLDER=…, ARGS=…)
	@bin/disinto demo $(or $(FOLDER),examples/parcel-rates) $(ARGS)

test: node_modules/.package-lock.json ## Run everything: gates, then every suite; the last line is `N passed, N failed` (one: make test-setup|gates|unit|contract|e2e|fault)
	@$(node) test/run.ts

test-setup test-gates test-unit test-contract test-e2e test-fault: test-%: node_modules/.package-lock.json
	@$(node) test/run.ts $*

test-file: node_modules/.package-lock.json ## Run the tests of one file or folder (FILE=…)
	@$(node) node_modules/vitest/vitest.mjs run $(FILE)

check: node_modules/.package-lock.json ## Run the gates: types, lint, format, imports, cycles, sizes and more; never writes (GATE=…)
	@$(node) test/gates/check.ts $(GATE)

fix: node_modules/.package-lock.json ## Format, and mend what the linter can mend
	@$(node) test/gates/check.ts --fix

bench: node_modules/.package-lock.json ## Measure latency, forge calls, cost per merged issue, lateness and footprint
	@$(node) bench/main.ts $(ARGS)

schema: node_modules/.package-lock.json ## Write docs/disinto.schema.json, the JSON Schema of disinto.toml for editors
	@$(node) shared/config/json-schema.ts

install: node_modules/.package-lock.json ## Install what package-lock.json pins, where that is not done yet

node_modules/.package-lock.json: package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error </dev/null
	@touch $@

clean: ## Remove what was installed
	rm -rf node_modules
