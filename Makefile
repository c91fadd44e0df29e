# Evently on this machine. GNU Make 3.81 will do; `make` alone lists what there is.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run stop reset stress bench test crash faults check lint fmt shell manage runtime development

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

run: runtime ## Run Evently here, with its own database and sample data (PORT=8000)
	@exec $(BIN)/python -m local.run

stop: runtime ## Stop it, and clean up after a crash
	@$(BIN)/python -m local.stop stop

reset: runtime ## Stop it and delete its data
	@$(BIN)/python -m local.stop reset

stress: runtime ## A rush of virtual buyers on what runs: make stress ARGS="some-event --buyers 1000"
	@$(BIN)/python -m local.stress $(ARGS)

test: development ## Run the tests: make test ARGS="-k waitlist"
	@$(BIN)/python -m local.native chromium
	@$(BIN)/python -m pytest -n 2 $(ARGS)

bench: runtime ## How fast it is here, with servers of its own: make bench ARGS="--quick"
	@exec $(BIN)/python -m local.bench $(ARGS)

crash: development ## Kill web and database twenty times in the middle of rushes, and look for what is lost
	@CRASHES=20 $(BIN)/python -m pytest tests/test_crashes.py $(ARGS)

faults: development ## Kill a part of a whole installation, one after the other, and say what it cost
	@$(BIN)/python -m pytest tests/faults -q -s -p no:randomly --show-capture=no $(ARGS)

check: lint test ## Everything that has to pass before a change is merged

lint: development ## Style, types, imports, templates, migrations, deployment checks
	@$(BIN)/python -m local.lint

fmt: development ## Format the code and fix what can be fixed by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

shell: runtime ## A Python shell with Django and the data of `make run`
	@$(BIN)/python -m local.manage shell

manage: runtime ## manage.py with the data of `make run`: make manage ARGS="audit_inventory"
	@$(BIN)/python -m local.manage $(ARGS)

runtime:
	@$(PYTHON) -m local.bootstrap requirements-local.txt

development:
	@$(PYTHON) -m local.bootstrap requirements-dev.txt
