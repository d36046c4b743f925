# Needs python3 (3.11 or newer) and nothing else. `make` or `make help` lists what there is.

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --quiet --require-hashes
WORKERS ?= auto

# What is installed is known by the content of the lock files, so a checkout of another version installs its own.
digest = $(firstword $(shell cat $(1) | cksum))
RUNTIME := requirements.txt requirements-devstack.txt
DEVELOPMENT := $(RUNTIME) requirements-dev.txt
RUNS := $(VENV)/.runs-$(call digest,$(RUNTIME))
DEVELOPS := $(VENV)/.develops-$(call digest,$(DEVELOPMENT))

TEMPLATES := $(wildcard templates */templates)
BENCHMARKS := $(patsubst benchmarks/%.py,%,$(filter-out benchmarks/_%,$(wildcard benchmarks/bench_*.py)))
NOWHERE := 127.0.0.1:1
PRODUCTION := DEBUG=false ALLOWED_HOSTS=switchboard.example \
	SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	ENCRYPTION_KEYS=b25seS1mb3ItdGhlLWNoZWNrLTAxMjM0NTY3ODktYWI= \
	JWT_SIGNING_KEYS=check:only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	DATABASE_URL=postgresql://check@$(NOWHERE)/check REDIS_URL=redis://$(NOWHERE)/0 MONGODB_URI=mongodb://$(NOWHERE)/ \
	API_KEY=check-key ADMIN_API_KEY=check-admin-key CHECKOUT_API_KEY=check-checkout-key METRICS_TOKEN=check-token \
	SMTP_SERVER=127.0.0.1 EMAIL_SENDER=check@switchboard.example CTO_EMAIL=cto@switchboard.example \
	API_BASE_URL=https://switchboard.example AUDIT_SIGNING_KEYS=b25seS1mb3ItdGhlLWNoZWNrLTAxMjM0NTY3ODktYWI= \
	AUDIT_CHECKPOINTS_FILE=/nowhere/audit-checkpoints.ndjson

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help up test check lint bench bench-import bench-assign bench-daily bench-profiles bench-profiles-size bench-checkin bench-agents bench-mongo drill-checkin drill-audit demo manage lock reset

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: $(RUNS) ## run the whole platform on 127.0.0.1:$PORT (8000) until Ctrl-C
	@$(PY) -m devstack up

test: $(DEVELOPS) ## run the tests on servers of their own (ARGS="tests/core -x", WORKERS=2)
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

check: lint test ## everything that must be right before a change lands: lint, then test

lint: $(DEVELOPS) ## style, types, layers, migrations, production settings, templates
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@DEBUG=true $(PY) -m mypy .
	@$(VENV)/bin/lint-imports
	@$(PRODUCTION) $(PY) -W "ignore:Got an error checking a consistent migration history" manage.py makemigrations --check
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	@$(if $(TEMPLATES),$(PY) -m djlint --quiet --lint $(TEMPLATES))

bench: $(DEVELOPS) ## run every benchmark
	@set -e; for name in $(BENCHMARKS); do echo "== $$name"; $(PY) -m benchmarks.$$name; done

bench-import: $(DEVELOPS) ## how fast sales are imported, beside a bare COPY
	@$(PY) -m benchmarks.bench_import

bench-assign: $(DEVELOPS) ## how fast sales are assigned, beside a bare read
	@$(PY) -m benchmarks.bench_assign

bench-daily: $(DEVELOPS) ## how fast a day with 10,000 due clients is done by two worker processes
	@$(PY) -m benchmarks.bench_daily

bench-profiles: $(DEVELOPS) ## lists and reports of logged-out profiles, beside FastAPI, SQLAlchemy and Pydantic
	@$(PY) -m benchmarks.bench_profiles

bench-profiles-size: $(DEVELOPS) ## how fast a log of a million logouts answers, beside one of ten thousand
	@$(PY) -m benchmarks.bench_profiles_size

bench-checkin: $(DEVELOPS) ## how fast a thousand sessions are refreshed, beside the upstream's own latency
	@$(PY) -m benchmarks.bench_checkin

bench-agents: $(DEVELOPS) ## lists, statistics and bulk actions of AI agents, beside bare SQL and plain viewsets
	@$(PY) -m benchmarks.bench_agents

bench-mongo: $(DEVELOPS) ## search, history, metrics and the audit log, beside MongoDB's bare commands
	@$(PY) -m benchmarks.bench_mongo

drill-checkin: $(DEVELOPS) ## refresh ten thousand times, by three processes, at an upstream that misbehaves
	@DRILL_REFRESHES=10000 $(PY) -m pytest --numprocesses 0 tests/checkin/drills

drill-audit: $(DEVELOPS) ## write twenty thousand audit entries while MongoDB dies five times and the worker ten times
	@DRILL_WRITES=20000 $(PY) -m pytest --numprocesses 0 tests/faults/test_audited_writes.py

demo: $(RUNS) ## be a customer of the running platform: import, process, follow, print
	@$(PY) -m demo.customer

manage: $(RUNS) ## run a command on the running platform: make manage ARGS="outbox"
	@test -n "$$DATABASE_URL" -o -e .data/stack.env || { echo "No platform runs in this checkout. Start it first: make up"; exit 1; }
	@$(PY) manage.py $(ARGS)

lock: $(DEVELOPS) ## compile requirements*.in into requirements*.txt (ARGS=--upgrade for newer versions)
	@set -e; for name in requirements requirements-devstack requirements-dev; do \
		$(VENV)/bin/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --quiet \
			--custom-compile-command "make lock" $(ARGS) --output-file $$name.txt $$name.in; done

reset: ## remove all data of this checkout (.data/)
	@$(PYTHON) -m devstack.reset

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNS): | $(VENV)/.made
	@echo "Installing what the platform needs into $(VENV)"
	@$(PIP) $(RUNTIME:%=-r %)
	@touch $@

$(DEVELOPS): | $(RUNS)
	@echo "Installing what development needs into $(VENV)"
	@$(PIP) $(DEVELOPMENT:%=-r %)
	@touch $@
