# Accord from a clone: `make demo` shows it, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.complete
NEWER_STAMP := .venv-newer/.complete
PIP := -m pip --quiet --disable-pip-version-check

.PHONY: setup machine demo test test-here test-newer lint format bench schemas lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.11'; exit 1; }
	@echo 'setting up .venv (once, about a minute) …'
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) install --require-hashes -r requirements.lock
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: setup
	@test -d demo/call || $(BIN)/accord new demo/call --sides 2 --proposals 100 --experts 150 --seed 1
	@$(BIN)/accord check demo/call
	@echo
	@$(BIN)/accord run demo/call --out demo/record --overwrite
	@echo
	@$(BIN)/accord record verify demo/record

test: machine test-here test-newer

# A browser, Java, LibreOffice, Poppler: installed where we may, else told what is skipped.
machine: setup
	@$(BIN)/python tools/machine.py

test-here: setup
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term

# The whole suite once more on a newer Python, where the machine has one; and the same bytes from both.
test-newer: setup
	@newer=$$($(BIN)/python tools/newer_python.py) || exit 1; \
	if [ -z "$$newer" ]; then echo 'no newer Python on this machine: the suite ran on one version only'; \
	else $(MAKE) --no-print-directory $(NEWER_STAMP) NEWER="$$newer" && \
	  .venv-newer/bin/python -m pytest -n 2 && \
	  $(BIN)/python tools/same_bytes.py .venv/bin/accord .venv-newer/bin/accord; fi

$(NEWER_STAMP): requirements.lock pyproject.toml
	@echo "setting up .venv-newer with $(NEWER) …"
	@rm -rf .venv-newer && $(NEWER) -m venv .venv-newer
	@.venv-newer/bin/python $(PIP) install --require-hashes -r requirements.lock
	@.venv-newer/bin/python $(PIP) install --no-deps --no-build-isolation -e .
	@touch $(NEWER_STAMP)

lint: setup
	@$(BIN)/ruff check src tests tools benchmarks
	@$(BIN)/ruff format --check src tests tools benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python tools/licences.py

format: setup
	@$(BIN)/ruff check --fix src tests tools benchmarks
	@$(BIN)/ruff format src tests tools benchmarks

schemas: setup
	@$(BIN)/accord schema --out docs/schemas

bench: setup
	@$(BIN)/python benchmarks/run.py --write

# Needs uv (pip install uv). Names, versions and hashes; no address.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group dev -o requirements.lock

clean:
	rm -rf .venv .venv-newer demo
