# Voltbus: every verb a developer or an operator on one machine needs.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STATIONS ?= 20
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help

help: ## print this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.locked: uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Voltbus needs Python 3.11 or newer; this is %s. Say which with: make PYTHON=/path/to/python3.11" % sys.version.split()[0])'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(PY) -m uv sync --quiet --locked
	@touch $@

env: $(VENV)/.locked ## create the environment from the lock file

up: env ## run everything on this machine: bus, gateway, services, ClickHouse, console, STATIONS=20 simulated stations
	@$(PY) -m deploy.local --stations $(STATIONS)

check: env ## linters, types and the fast tests
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m pytest -q -m 'not kafka and not embedded'

lint: env ## linters and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

test: env ## every test; with Java 17+ and Maven also those on a real Apache Kafka, and chaos in its short form
	@$(PY) -m pytest

chaos: env ## the long form of the chaos tests: faults under load on a real Apache Kafka (about half an hour)
	@$(PY) -m tests.chaos --long

format: env ## format the code
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .

docs: env ## generate the topic and record pages in schemas/docs
	@$(PY) -m schemas

.PHONY: help env up check lint test chaos format docs
