# Voltbus: every verb a developer or an operator on one machine needs.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STATIONS ?= 20
# Two for what shares a product or a broker, which often waits for a clock, and one beside them (tests/conftest.py).
TEST_PROCESSES ?= 3
# The fast tests often wait for nothing but a clock or a pipe: one process more than cores keeps those busy.
CHECK_PROCESSES ?= 3
UV_VERSION := 0.13.9
# Licences that what Voltbus is made of may have: they let it be used and passed on with any program. A part of the name is enough.
LICENCES := MIT;Apache;BSD;ISC;PSF-2.0;Python Software Foundation;MPL-2.0;Mozilla Public License 2.0;Repoze Public License
# A dependency of tests whose metadata names no licence; the file that it brings is Apache 2.0.
UNNAMED := iso15118

# Hundreds of processes start in the tests, and each would compile what it imports where the caller's environment forbids to save that.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/bytecode

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
	@TEST_EXAMPLES=0.2 $(PY) -m pytest -q -m 'not kafka and not embedded and not processes and not thorough' -n $(CHECK_PROCESSES) --dist loadgroup --no-loadscope-reorder

lint: env ## linters, types and licences
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m piplicenses --from=mixed --partial-match --allow-only='$(LICENCES)' --ignore-packages $(UNNAMED) >/dev/null

test: env ## every test; with Java 17+ and Maven also those on a real Apache Kafka, and chaos in its short form
	@$(PY) -m pytest -q -n $(TEST_PROCESSES) --dist loadgroup --no-loadscope-reorder

chaos: env ## the long form of the chaos tests: faults under load on a real Apache Kafka (about half an hour)
	@$(PY) -m tests.chaos --long

format: env ## format the code
	@$(PY) -m ruff check --fix --quiet .
	@$(PY) -m ruff format --quiet .

docs: env ## generate the topic and record pages in schemas/docs, and what deploy/ says of workers
	@$(PY) -m schemas
	@$(PY) -m services.manifests

licences: env ## the licence of every package that is installed, as a table; fails on one that is not allowed
	@$(PY) -m piplicenses --from=mixed --partial-match --allow-only='$(LICENCES)' --ignore-packages $(UNNAMED) --format=markdown --with-urls

sbom: env ## the software bill of materials (CycloneDX 1.5 JSON) of the packages that the product runs with
	@$(PY) -m uv export --quiet --frozen --no-dev --format cyclonedx1.5

audit: env ## known vulnerabilities of the locked packages; asks the public OSV database, so it needs the Internet
	@$(PY) -m uv audit --locked

.PHONY: help env up check lint test chaos format docs licences sbom audit
