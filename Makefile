# Thin on purpose: each target is also shown as plain commands in the README.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 3000
export PORT

.DEFAULT_GOAL := help

help: ## What there is to do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/run: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/run ## Serve the whole product on http://localhost:3000 (PORT=… for another port)
	$(BIN)/python -m marketplace run

dev: .venv/run ## The same with hot reload
	$(BIN)/python -m marketplace dev

test: .venv/dev ## Lint, types, laws, and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --strict marketplace/domain marketplace/gateways
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.browser_setup
	$(BIN)/python -m pytest -n 2 --dist loadscope

# Another seed each time, printed with the steps; CHAOS_SEED=… plays the same games again.
ifndef CHAOS_SEED
CHAOS_SEED := $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')
endif
CHAOS_RULES ?= 9000
CHAOS_KILLS ?= 400

chaos: .venv/dev ## Tens of thousands of steps of the money tests, in about half an hour
	CHAOS_SEED=$(CHAOS_SEED) CHAOS_RULES=$(CHAOS_RULES) CHAOS_KILLS=$(CHAOS_KILLS) \
		$(BIN)/python -m pytest tests/chaos

bench: .venv/dev ## The benchmarks; each prints one JSON object
	@for file in bench/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

.PHONY: help run dev test chaos bench
