# kypek-sync: the chores. `make demo` and `make test` need nothing but Python 3.11+ and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FAST := -m "not server and not slow" -n 2
# The rules: each of their branches is reached by the tests beside them, which is watched; watching all takes half again.
RULES := tests/seminar $(addprefix tests/sync/test_,plan.py plan_to_the_letter.py plan_refused.py guard.py guard_to_the_letter.py desired.py departures.py)
WHOLE := kypek_sync/seminar/*,kypek_sync/sync/planning/plan.py,kypek_sync/sync/planning/guard.py,kypek_sync/sync/planning/desired.py
ONLY ?=
KILLS ?= 200
MINUTES ?= 40
SEED ?= 1

.PHONY: help setup demo servers test coverage check lint format bench mutants chaos clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(STAMP) ## the virtual environment with tested versions

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/need-venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@.ci/fast-ldap try
	@touch $@

demo: setup ## a sandbox, two syncs, and the addresses until Ctrl-C (ONCE=1: leave after the second sync)
	$(BIN)/kypek-sync demo $(if $(ONCE),--once)

servers: ## install the Debian packages that the tests need (root)
	.ci/servers install

test: setup ## everything
	.ci/servers ensure
	.ci/fast-ldap ensure
	$(BIN)/coverage erase
	$(BIN)/pytest -q -n 2 --cov --cov-report= $(RULES)
	$(BIN)/coverage report --skip-covered --fail-under=100 --include='$(WHOLE)'
	$(BIN)/pytest -q -n 2 $(RULES:%=--ignore=%) $(ARGS)

coverage: setup ## everything, and which lines and branches no test reaches
	$(BIN)/coverage erase
	$(BIN)/pytest -q -n 2 --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --skip-covered --sort=cover

check: setup ## the fast part of the tests
	$(BIN)/pytest -q $(FAST) $(ARGS)

lint: setup ## ruff, mypy, import-linter, stale files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m kypek_sync.plugins.schema --check

format: setup ## write the house's formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## speed and memory: figure, target, limit (ONLY=name for one part)
	$(BIN)/python -m tests.bench $(ONLY)

mutants: setup ## does a test notice each small change of the guard, the plan and the seats? (MINUTES=30 ONLY=seats)
	$(BIN)/python -m tests.mutants $(MINUTES) $(ONLY)

chaos: setup ## die at each moment of a pass and of an undo; kill a daemon again and again, compare with one that never died (KILLS=200 MINUTES=40 SEED=1)
	EVERY_DEATH=1 $(BIN)/pytest -q -n 2 tests/sync -k a_death_at_any_moment
	$(BIN)/python -m tests.chaos --kills $(KILLS) --minutes $(MINUTES) --seed $(SEED) $(ARGS)

clean: ## remove what the chores made
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .coverage*
