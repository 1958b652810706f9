# Everything a user needs; each target does its own set-up. The environment lies in .venv/, uv (where missing) in .tools/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c

PORT ?= 5005
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
PYTHON := .venv/bin/python
# Of pytest: three processes for two cores, since many tests wait; each file in one of them, in the order of tests/conftest.py.
TOGETHER := -n 3 --dist loadfile --no-loadscope-reorder
export RASA_TELEMETRY_ENABLED := false
# Libraries are compiled once, not by each process again, also where somebody forbids it: 3 s of each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run demo chat train test evaluate bench lock clean

help:
	@echo "make run    start the bot (PORT=5005) and say where it answers"
	@echo "make demo   start it with 200 made-up conversations, to show the console of staff (PORT=5005)"
	@echo "make chat   talk to it in this terminal"
	@echo "make test   run all checks and tests"
	@echo "make train  train the model, if anything it is made from has changed"
	@echo "make evaluate  measure how well messages are understood, into docs/evaluation.md"
	@echo "make bench  measure the peer recipe, the classifiers that were tried, the website, its load, the webhooks and the start (hours)"
	@echo "make lock   compile requirements.in and requirements.overrides to requirements.lock"
	@echo "make clean  remove the environment, the model and the caches"

run: .venv/ready
	@$(PYTHON) -m bot train
	exec $(PYTHON) -m bot run --port $(PORT)

demo: .venv/ready
	@$(PYTHON) -m bot train
	exec $(PYTHON) -m bot demo --port $(PORT)

chat: .venv/ready
	@$(PYTHON) -m bot train
	exec $(PYTHON) -m bot chat

train: .venv/ready
	@$(PYTHON) -m bot train

test: .venv/ready
	@echo "check: style, types, imports"
	.venv/bin/ruff check bot actions bench tests
	.venv/bin/ruff format --check bot actions bench tests
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) -m bot train
	$(PYTHON) -m bot test data/stories
	$(PYTHON) -m pytest tests/attack $(TOGETHER)
	$(PYTHON) -m pytest --ignore tests/attack -m "not alone" $(TOGETHER)
	$(PYTHON) -m pytest --ignore tests/attack -m alone  # what is timed

evaluate: .venv/ready
	@$(PYTHON) -m bot train
	measured=$$($(PYTHON) -m bot evaluate all)
	chosen=$$(sed '/^<!-- measured -->/,$$d' docs/evaluation.md)
	printf '%s\n\n<!-- measured -->\n\n%s\n' "$$chosen" "$$measured" > docs/evaluation.md

bench: .venv/ready
	@$(PYTHON) -m bench.peer train
	$(PYTHON) -m bench.peer measure
	$(PYTHON) -m bench.classifiers
	$(PYTHON) -m bench.website
	$(PYTHON) -m bench.load
	$(PYTHON) -m bench.webhooks
	$(PYTHON) -m bench.start

.venv/ready: requirements.lock .python-version
	@if [ ! -x "$(UV)" ]; then
	  echo "install: uv $(UV_VERSION) into .tools/"
	  python3 -m pip --version >/dev/null 2>&1 || { echo "error: python3 has no pip; install it with: apt install python3-pip" >&2; exit 1; }
	  python3 -m pip install --quiet --disable-pip-version-check --target .tools/uv "uv==$(UV_VERSION)"
	fi
	echo "install: Python $$(cat .python-version) and the packages of requirements.lock (about 2 GB; once)"
	began=$$SECONDS
	"$(UV)" venv --quiet --allow-existing --python "$$(cat .python-version)" .venv
	"$(UV)" pip sync --quiet --python $(PYTHON) --require-hashes requirements.lock
	touch .venv/ready
	echo "install: done in $$((SECONDS - began)) s"

lock:
	@"$(UV)" pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version "$$(cat .python-version)" \
	  --custom-compile-command "make lock" --override requirements.overrides requirements.in --output-file requirements.lock

clean:
	@rm -rf .venv .tools .rasa .encoded .demo models
