# 百家门. `make run` starts everything; `make help` lists the rest.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv 2>/dev/null),.tool/bin/uv)
BAIJIAMEN := .venv/bin/baijiamen
# Processes that share the tests out; each starts its own PostgreSQL and Redis. WORKERS=0: one by one.
WORKERS ?= auto
# A shell may forbid Python to keep what it compiled; every start would then take twice as long.
unexport PYTHONDONTWRITEBYTECODE
LEARNED := $(shell find intents -name '*.yaml' -o -name '*.py' 2>/dev/null)

.PHONY: help run install test check bench bench-rasa test-rasa
.DEFAULT_GOAL := help

help:
	@echo "make run      install what is needed and open the door on http://127.0.0.1:8000 (PORT=... moves it)"
	@echo "make install  only the installation; afterwards the command is $(BAIJIAMEN)"
	@echo "make test     every test, with a real PostgreSQL, Redis and Chromium"
	@echo "make check    format, lint, types, import rules, tests"
	@echo "make bench    all measurements, one table with ratios; JSON in var/bench.json"
	@echo "make bench-rasa   ours against Rasa's classifiers (RASA_PYTHON= names a Python 3.10)"
	@echo "make test-rasa    our client against a real Rasa server"

run: install
	@$(if $(PORT),BAIJIAMEN_WEB__PORT=$(PORT)) exec $(BAIJIAMEN) serve --local

install: .venv/installed var/models/trained

test: .venv/equipped var/models/trained
	@.venv/bin/python -m tests.prepare
	@.venv/bin/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/equipped
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@$(MAKE) --no-print-directory test

bench: .venv/equipped var/models/trained
	@.venv/bin/python -m tests.prepare
	@.venv/bin/python -m bench

bench-rasa: .venv/equipped var/models/trained
	@UV="$(abspath $(UV))" .venv/bin/python -m bench.rasa

test-rasa: .venv/equipped
	@UV="$(abspath $(UV))" .venv/bin/python -m pytest tests/with_rasa.py

# The import leaves the compiled files behind for the first start.
# --inexact: an installation does not take away what the tests need, and the other way round.
.venv/installed: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --quiet --locked --inexact
	@.venv/bin/python -c 'import app.cli.commands, app.demo'
	@touch $@

.venv/equipped: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --quiet --locked --inexact --group dev
	@touch $@ .venv/installed

# The model bears the key of the catalogue and of the code that reads it: what is there already is not trained again.
var/models/trained: $(LEARNED) | .venv/installed
	@$(BAIJIAMEN) train --if-missing
	@mkdir -p $(@D) && touch $@

.tool/bin/uv:
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory venv-module
	@$(PYTHON) -m venv .tool
	@.tool/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.PHONY: venv-module
venv-module:
	@if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3-venv; \
	else echo "One package is missing. Please run: sudo apt-get install python3-venv" >&2; exit 1; fi
