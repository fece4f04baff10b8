# `make` lists the targets. Everything is installed into .venv and node_modules, nothing elsewhere (`make test` adds a browser and a font with apt).
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
STAMPS := .venv/.stamps
UV := tools/uv.sh
# Half of the tests each, in order, and who is done takes over: what a file's tests share is made once.
PYTEST_ARGS ?= -n 2 --dist worksteal
BENCH_ARGS ?=

# Hundreds of short processes run here, and each would compile every module anew where this is set (as in many containers).
export PYTHONDONTWRITEBYTECODE :=

# A stamp carries the checksum of what it was made from: a branch switched back and forth installs again only when contents differ.
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)

READY := $(STAMPS)/uv-$(call sum,requirements/uv.lock)
BASE := $(STAMPS)/base-$(call sum,requirements/base.lock)
PROJECT := $(STAMPS)/project-$(call sum,pyproject.toml src/qunyu/__init__.py requirements/base.lock)
TEST := $(STAMPS)/test-$(call sum,requirements/test.lock)
BENCH := $(STAMPS)/bench-$(call sum,requirements/bench.lock)
ASSETS := node_modules/.stamp-$(call sum,package.json package-lock.json .npmrc)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard src/qunyu/locale/*/LC_MESSAGES/*.po))

INSTALL_LOCKED := $(UV) pip install --quiet --require-hashes --compile-bytecode -r

.PHONY: help install test lint bench demo lock clean test-system format words

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(BASE) $(PROJECT) $(ASSETS) $(CATALOGUES) ## set up .venv, the console's files and the translations

demo: install ## start the demo with a made-up brand
	$(BIN)/qunyu demo

test: lint test-system ## lint, then the tests on SQLite and again on PostgreSQL
	$(BIN)/pytest $(PYTEST_ARGS)
	$(BIN)/pytest $(PYTEST_ARGS) --postgres

lint: install $(TEST) ## style, types, import contracts, committed words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	QUNYU_DATA=build/lint $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_sizes.py src tests tools benchmarks
	QUNYU_DATA=build/lint $(BIN)/python tools/metrics_page.py --check
	QUNYU_DATA=build/lint $(BIN)/python tools/labels_page.py --check
	tools/check_words.sh

format: install $(TEST) ## let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

words: install ## bring the catalogues of translations up to date with the pages
	$(BIN)/python tools/messages.py

bench: install $(TEST) $(BENCH) ## measure speed, and compare with other programs
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lock: $(READY) ## renew every lock file (UPGRADE=1 takes newer releases)
	tools/lock.sh

clean: ## remove everything that make made (data under var stays)
	rm -rf .venv node_modules build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf src/qunyu/console/static/vendor
	rm -f src/qunyu/locale/*/LC_MESSAGES/*.mo
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

test-system:
	@tools/system_packages.sh

$(READY):
	tools/venv.sh
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/uv-* && touch $@

$(BASE): | $(READY)
	$(INSTALL_LOCKED) requirements/base.lock
	@rm -f $(STAMPS)/base-* && touch $@

# Hatchling comes from base.lock: a build of its own would fetch it without a hash.
$(PROJECT): | $(BASE)
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -f $(STAMPS)/project-* && touch $@

$(TEST): | $(BASE)
	$(INSTALL_LOCKED) requirements/test.lock
	@rm -f $(STAMPS)/test-* && touch $@

$(BENCH): | $(TEST)
	$(INSTALL_LOCKED) requirements/bench.lock
	@rm -f $(STAMPS)/bench-* && touch $@

$(ASSETS): tools/front_end.py | $(READY)
	tools/npm_ci.sh
	$(BIN)/python tools/front_end.py
	@rm -f node_modules/.stamp-* && touch $@

%.mo: %.po | $(BASE)
	$(BIN)/pybabel --quiet compile -D django -i $< -o $@
