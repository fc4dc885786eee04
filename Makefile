# The doors of the project. Each one makes what it needs in .venv, once, and again when pyproject.toml changes.
#
#   make run     run an example notebook as a pipeline
#   make test    run every test, on a fresh machine too
#   make containers   install what tests in containers need; part of make test
#   make check   what to run before each commit: format, lint, types, layers, fast tests
#   make docs    build the documentation into site/
#   make bench   measure: notebook against pipeline, start-up, the local engine beside its peers, bundles, conversion
#
# PYTHON=/path/to/python3 chooses the interpreter that .venv is made with; it must be 3.10 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# An interpreter with papermill and kfp, for `make bench`; without it they are left out.
PEERS ?= $(BIN)/python

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test containers check format docs bench clean

help:
	@sed -n 's/^#   //p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "nbflow needs Python 3.10 or newer; name one with PYTHON=/path/to/python3")'
	$(PYTHON) -m venv $(VENV)

# What `make run` needs. The tests' environment holds it too, so it is not installed twice.
$(VENV)/.examples: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[examples]"
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[dev]"
	touch $(VENV)/.examples $@

run: $(VENV)/.examples
	$(BIN)/nbflow run notebooks/churn.ipynb --output .nbflow/churn.executed.ipynb --report .nbflow/churn
	@echo
	@echo "The executed notebook:  .nbflow/churn.executed.ipynb"
	@echo "The report:             .nbflow/churn/"
	@echo "What each step made:    $(BIN)/nbflow runs notebooks/churn.ipynb"
	@echo "Your own notebook:      $(BIN)/nbflow run path/to/notebook.ipynb"

test: $(VENV)/.dev containers
	$(BIN)/python -m pytest -n auto

# What the tests start beside Python, where it is missing and can be had: an engine of containers, and what makes its
# image out of Debian's packages. Tests that find no engine say so and are skipped.
containers:
	@command -v dockerd >/dev/null && command -v mmdebstrap >/dev/null || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
	  docker.io containerd runc iptables tini mmdebstrap >/dev/null || echo "no engine of containers"; \
	fi

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not slow" -n auto

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/local_engine.py --peers $(abspath $(PEERS))
	$(BIN)/python benchmarks/dataplane.py
	$(BIN)/python benchmarks/convert.py
	$(BIN)/python benchmarks/equivalence.py notebooks --per-cell

clean:
	rm -rf $(VENV) .containers site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
