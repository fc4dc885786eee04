# The doors of the project. Each one makes what it needs in .venv, once, and again when pyproject.toml changes.
#
#   make run     run an example notebook as a pipeline
#   make test    run every test, on a fresh machine too
#   make containers   install what tests in containers need; part of make test
#   make browser   install a browser for the tests of the panel; part of make test
#   make lab     start JupyterLab with nbflow and the example notebooks
#   make panel   build the panel for JupyterLab out of js/ (needs node)
#   make check   what to run before each commit: format, lint, types, layers, fast tests, the panel
#   make docs    build the documentation into site/
#   make bench   measure: notebook against pipeline, start-up, the local engine beside its peers, bundles, conversion
#
# PYTHON=/path/to/python3 chooses the interpreter that .venv is made with; it must be 3.10 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# An interpreter with papermill and kfp, for `make bench`; without it they are left out.
PEERS ?= $(BIN)/python

# For `make lab`, for example LAB_OPTIONS="--port=9000 --no-browser".
LAB_OPTIONS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run lab panel types check-panel test containers browser check check-python format docs bench clean

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

# The panel of this checkout stands before the copy that was installed, so a new build shows when the page is loaded
# again. The kernels and runs are those of the environment.
lab: $(VENV)/.dev
	mkdir -p $(VENV)/panel/labextensions
	ln -sfn $(abspath nbflow/labextension) $(VENV)/panel/labextensions/nbflow
	JUPYTER_PATH=$(abspath $(VENV)/panel) $(BIN)/jupyter lab --notebook-dir=notebooks $(LAB_OPTIONS)

js/node_modules/.installed: js/package.json js/package-lock.json
	@command -v npm >/dev/null || if [ "$$(id -u)" = 0 ]; then apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends nodejs npm >/dev/null; fi
	cd js && npm ci --ignore-scripts
	touch $@

panel: types
	cd js && npm run build

# What the panel knows of requests and answers: from the schema of the server, through its OpenAPI document.
types: js/node_modules/.installed $(VENV)/.dev
	$(BIN)/python -m nbflow.server > js/openapi.json
	cd js && npm run types

# The built panel is committed: it has to be what the sources give.
check-panel: js/node_modules/.installed
	cd js && npm run lint:check && npm test && npm run types && npm run build
	git diff --exit-code -- js/src/schema.ts nbflow/labextension
	test -z "$$(git status --porcelain -- nbflow/labextension)"

test: $(VENV)/.dev containers browser check-panel
	$(BIN)/python -m pytest -n auto --dist worksteal

browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
	  chromium fonts-dejavu-core >/dev/null || echo "no browser"; \
	fi

# What the tests start beside Python, where it is missing and can be had: an engine of containers, and what makes its
# image out of Debian's packages. Tests that find no engine say so and are skipped.
containers:
	@command -v dockerd >/dev/null && command -v mmdebstrap >/dev/null || if [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
	  docker.io containerd runc iptables tini mmdebstrap >/dev/null || echo "no engine of containers"; \
	fi

check: check-panel check-python

check-python: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal

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
	rm -rf $(VENV) .containers .screenshots js/node_modules js/lib site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
