# What a checkout needs, in one word each; `make` alone lists them.
# Everything is set up in .venv of this folder, again only when pyproject.toml has changed.

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The versions that tests are run with; a relative name, because pip would split a path at its spaces.
export PIP_CONSTRAINT ?= constraints.txt

QUERY ?= What is the derivative of x^3 at x = 2, and how many feet is that many meters?
GRAPH ?= graphs/library/desk.yaml
FILES ?= desk-files

# Taken as they are, so that no $ and no quote in a request means anything to make or the shell.
export OCTOGRAPH_QUERY := $(value QUERY)
export OCTOGRAPH_GRAPH := $(value GRAPH)
export OCTOGRAPH_FILES := $(value FILES)

.PHONY: help run test test-all lint format docs bench wheel clean
.DEFAULT_GOAL := help

help:  ## List the targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12
	@echo
	@echo 'Ask something of your own: make run QUERY="Convert 5 miles to kilometers" [GRAPH=graph.yaml] [FILES=folder]'

run: .venv/.run desk-files  ## Answer a request: QUERY="..." [GRAPH=...] [FILES=...]
	@$(BIN)/python -m octograph run "$$OCTOGRAPH_GRAPH" --files "$$OCTOGRAPH_FILES" -- "$$OCTOGRAPH_QUERY"

desk-files:
	@cp -R graphs/library/data desk-files  # a copy of the sample data, which requests may write to

test: .venv/.test  ## Run the tests on two cores
	$(BIN)/python -m pytest -n 2

test-all: lint test docs wheel  ## Run the tests and everything else that CI runs

lint: .venv/.test  ## Check style (ruff) and types (mypy, strict)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.test  ## Put the sources into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.test  ## Build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

bench: .venv/.test  ## Measure, beside the peers
	@for file in $$(grep -l __main__ benchmarks/*.py); do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

wheel: .venv/.test  ## Build the wheel, and try it in an empty folder
	.ci/try-wheel

clean:  ## Remove everything that was built here
	rm -rf .venv desk-files build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n '$(PYTHON)' || { echo 'Octograph needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo '$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=/path/to/python' >&2; exit 1; }
	@'$(PYTHON)' -m venv .venv || { rm -rf .venv; echo 'no virtual environment could be made; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }

.venv/.run: pyproject.toml | .venv/bin/python
	@echo 'setting up .venv (once) ...' >&2
	@$(PIP) --editable '.[tools,serve]' 2>.venv/setup.log || { cat .venv/setup.log >&2; exit 1; }
	@touch $@

.venv/.test: pyproject.toml | .venv/bin/python
	@echo 'setting up .venv with what the tests need (once) ...' >&2
	@$(PIP) --editable '.[tools,serve,train,test]' 2>.venv/setup.log || { cat .venv/setup.log >&2; exit 1; }
	@touch $@ .venv/.run
