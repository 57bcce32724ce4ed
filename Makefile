# Everything happens in .venv; nothing but Python 3.11 and make is needed.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
# All that need no words; benchmarks.select is told what to choose.
CLAIMS := $(filter-out __init__ select, $(basename $(notdir $(wildcard benchmarks/*.py))))
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast lint types format bench docs check clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(STAMP)  ## Make .venv with the core and every plugin, editable

$(STAMP): $(PROJECTS) constraints.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "UniTrack needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -r requirements-dev.txt \
	  -e '.[video]' $(patsubst %/pyproject.toml,-e %,$(wildcard plugins/*/pyproject.toml))
	$(BIN)/python -m pip install --quiet --no-deps 'imgsim>=0.1.2'
	@touch $(STAMP)

demo: $(STAMP)  ## Track a rendered crowd with real pretrained weights and show what came out
	$(BIN)/unitrack demo --out runs/demo

test: $(STAMP)  ## Run every test
	UNITRACK_STRICT=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -q -n auto --dist loadfile

test-fast: $(STAMP)  ## Run the tests that take less than two seconds
	UNITRACK_STRICT=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -q -n auto --dist loadfile -m 'not slow'

lint: $(STAMP)  ## Check format, style and who imports whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --verbose --no-cache | tail -n 20

types: $(STAMP)  ## Check types (mypy, strict)
	$(BIN)/mypy

format: $(STAMP)  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## Print the ratios that the documentation claims, measured now
	@for name in $(CLAIMS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

docs: $(STAMP)  ## Write the generated parts of the documentation again
	$(BIN)/python docs/generate.py

check: lint types test  ## All that CI checks

clean:  ## Remove .venv, caches and runs
	rm -rf .venv runs .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
