PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := UV_SYSTEM_CERTS=1 $(BIN)/uv   # the machine's own certificates, as pip uses them
SHELL  := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo site run test lint chaos bench bench-extract fuzz lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(BIN)/uv:
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# A tree that has the tools keeps them: `make demo` must not take away what `make test` brought.
LOCK   := requirements$(if $(wildcard $(VENV)/.installed-dev),-dev).lock

$(VENV)/.installed: $(BIN)/uv requirements.lock requirements-dev.lock pyproject.toml
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(LOCK)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . uv
	@touch $@

$(VENV)/.installed-dev: $(BIN)/uv requirements-dev.lock pyproject.toml
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . uv
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed          ## the product alone, into .venv
install-dev: $(VENV)/.installed-dev  ## with the tools for tests

lock: $(BIN)/uv  ## resolve pyproject.toml anew into the two lock files (names, versions, hashes; no addresses)
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --no-header --no-annotate --group build -o requirements.lock pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --no-header --no-annotate --group build --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml

demo: install  ## ingest the bundled sample site: what Newsmill does, in a minute
	@$(BIN)/python -m tests.site.demo

site: install  ## serve the bundled sample site at http://127.0.0.1:8008, to try things on
	@$(BIN)/python -m tests.site.server --port 8008

run: install  ## ingest URLs of your own: make run URLS="https://… https://…"
	@test -n "$(URLS)" || { echo 'Give the URLs: make run URLS="https://news.example/a.html https://news.example/b.html"'; exit 2; }
	@$(BIN)/newsmill run $(URLS)

lint: install-dev  ## format, style, types, import rules
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 3

test: lint  ## every check and test: the same that .ci/run calls
	@$(BIN)/pytest

chaos: install-dev  ## faults of every kind on real processes, on both databases, in full
	@CHAOS=long $(BIN)/pytest tests/chaos -s --timeout 1200

bench: install-dev  ## timings, by hand; figures go into BENCHMARKS.md
	@$(BIN)/python -m tests.bench

bench-extract: install-dev  ## our extractor beside its peers: make bench-extract DATA=folder [SETS="a b"] [PAGES=150] [SPEED=1]
	@$(BIN)/python -m tests.bench.extract $(DATA) $(if $(SETS),--sets $(SETS)) $(if $(PAGES),--pages $(PAGES)) $(if $(SPEED),--speed)

fuzz: install-dev  ## damaged pages for the extractor, ten minutes: make fuzz [DATA=folder] [FOR=600]
	@$(BIN)/python -m tests.fuzz $(if $(FOR),--seconds $(FOR)) $(DATA)

clean:  ## remove the virtual environments and the demo's home
	@rm -rf $(VENV) .bench demo-home
