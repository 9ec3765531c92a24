# Satark: the commands people need. `make help` lists them. Nothing here needs root.

SHELL := /bin/bash
PYTHON := .venv/bin/python

# The checks load the starter knowledge into a place of their own, so that what staff did in data/ changes no figure, and
# ask no language model, whatever .env says: figures are to be the same tomorrow, and cost nothing.
CHECK_DATA := $(CURDIR)/build/check-data
IN_CHECK_DATA := DATA_DIR="$(CHECK_DATA)" DATABASE_URL="sqlite:///$(CHECK_DATA)/satark.sqlite3" \
	EMBEDDING_MODEL=bundled:multilingual-e5-small CHAT_MODEL=none

# Offline: no library may look for models or send usage figures. What our tests serve themselves is on loopback.
OFFLINE := HF_HUB_OFFLINE=1 ANONYMIZED_TELEMETRY=False NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost

# As many tests at once as there are cores, but not so many that those which watch the clock disturb each other.
AT_ONCE := $(shell cores=$$(nproc); echo $$((cores < 4 ? cores : 4)))

.DEFAULT_GOAL := help
.PHONY: help set-up run test check evals train bench bench-alerts soak drills check-data

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name words; do \
		printf 'make %-8s %s\n' "$$name" "$$words"; done

run: set-up ## Set everything up, load the starter advisories, start the bot (Telegram with a token, else a local page) and the watcher
	@echo "Loading the starter advisories (about a minute the first time, a moment afterwards) ..."
	@.venv/bin/satark-ingest add --starter --publish
	@exec requirements/serve.sh

test: set-up ## Set everything up and run the tests, offline
	@$(OFFLINE) $(PYTHON) -m pytest -n $(AT_ONCE)

check: set-up ## Check format, style, types and import directions, then the floors that quality must not fall below
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	@$(MAKE) --no-print-directory check-data
	@echo "Measuring retrieval ..."
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m evals.retrieval.evaluate --floor
	@echo "Measuring replies ..."
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m evals.offers.evaluate --floor evals/offers/floor.toml
	@echo "Measuring how agents are found ..."
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m evals.agents.evaluate --floor

evals: set-up check-data ## Measure retrieval and replies and write docs/results.md; MODEL=a,b compares language models instead
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m evals.$(if $(MODEL),models "$(MODEL)" $(if $(CASES),--cases "$(CASES)"),results)

train: set-up check-data ## Train the sentence and topic classifiers anew and write what they are worth (two minutes)
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m knowledge.meaning.training
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m ingest.understanding.topic_training

bench: set-up check-data ## Time replies, retrieval at up to 100,000 passages, the index, ingest, start, memory (10 minutes)
	@$(OFFLINE) $(IN_CHECK_DATA) $(PYTHON) -m benchmarks --write docs/benchmarks.md

bench-alerts: set-up ## Time matching a million subscriptions on SQLite and PostgreSQL, and how fast one process sends
	@$(OFFLINE) PYTHONPATH=tests $(PYTHON) benchmarks/matching.py
	@$(OFFLINE) $(PYTHON) benchmarks/sending.py

soak: set-up ## Kill, flood and cut off the bot while alerts go out, for about half an hour, and print the figures
	@$(OFFLINE) $(PYTHON) -m pytest -m soak -s -o addopts="--strict-markers" tests/soak

drills: set-up ## Kill, damage and fill up the index at 10,000 passages, and watch that nobody notices (about 8 minutes)
	@$(OFFLINE) $(PYTHON) -m tests.drills

set-up:
	@requirements/set_up.sh

check-data: set-up
	@echo "Preparing the data of the checks ..."
	@$(OFFLINE) $(IN_CHECK_DATA) .venv/bin/satark-ingest add --starter --publish
