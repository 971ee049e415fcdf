# Accord from a clone: `make demo` shows it, `make test` proves it. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.complete
NEWER_STAMP := .venv-newer/.complete
CRATE_STAMP := .venv-crate/.complete
PIP := -m pip --quiet --disable-pip-version-check

.PHONY: setup machine demo serve test test-here test-newer lint format bench schemas lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.11'; exit 1; }
	@echo 'setting up .venv (once, about a minute) …'
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python $(PIP) install --require-hashes -r requirements.lock
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# A fictional call from its plan to a record that two Sides signed and cosigned, on a fresh log.
ACCORD := $(BIN)/accord
WATCH := --host "$$($(ACCORD) key show demo/keys/host.key)" --origin host.example/quantum-2026
demo: setup
	@rm -rf demo
	@$(ACCORD) new demo/call --sides 2 --proposals 100 --experts 150 --seed 1 --keys demo/keys
	@$(ACCORD) check demo/call
	@echo && echo 'The host begins the log; each Side signs the plan; the call closes.'
	@$(ACCORD) log begin demo/log --key demo/keys/host.key --origin host.example/quantum-2026
	@for side in JP EU; do $(ACCORD) sign demo/call/plan.toml --key demo/keys/$$side.key --out demo/plan.$$side.note; done
	@$(ACCORD) log act demo/log demo/plan.*.note --key demo/keys/host.key
	@$(ACCORD) log close demo/log --key demo/keys/host.key --plan demo/call
	@echo && echo 'Each Side commits to a secret; both cosign; the log gives the root; only then do they reveal.'
	@for side in JP EU; do $(ACCORD) lottery commit demo/call --side $$side --secret demo/keys/$$side.secret && \
	  $(ACCORD) sign demo/call/lottery-commitments.csv --key demo/keys/$$side.key --out demo/commitment.$$side.note; done
	@$(ACCORD) log act demo/log demo/commitment.*.note --key demo/keys/host.key
	@for side in JP EU; do $(ACCORD) witness demo/log --key demo/keys/$$side.key $(WATCH) --memory demo/memory-of-$$side; done
	@$(ACCORD) lottery root demo/call --log demo/log
	@for side in JP EU; do $(ACCORD) lottery reveal demo/call --side $$side --secret demo/keys/$$side.secret --log demo/log && \
	  $(ACCORD) sign demo/call/lottery-reveals.csv --key demo/keys/$$side.key --out demo/reveal.$$side.note; done
	@$(ACCORD) log act demo/log demo/reveal.*.note --key demo/keys/host.key
	@echo && echo 'The plan is executed.'
	@$(ACCORD) run demo/call --out demo/record
	@echo && echo 'Each Side signs the recommendation, checks that the log only grew, and cosigns it.'
	@for side in JP EU; do $(ACCORD) sign demo/record --key demo/keys/$$side.key --out demo/record.$$side.note; done
	@$(ACCORD) log act demo/log demo/record.*.note --key demo/keys/host.key
	@for side in JP EU; do $(ACCORD) witness demo/log --key demo/keys/$$side.key $(WATCH) --memory demo/memory-of-$$side; done
	@$(ACCORD) record seal demo/record --log demo/log
	@echo && echo 'The other Side, on a machine of its own, with nothing but the folder:'
	@$(ACCORD) record verify demo/record

# The site on this machine, with demonstration calls: Ctrl-C stops it.
serve: setup
	@$(ACCORD) serve --demo --folder demo/site

test: machine test-here test-newer

# A browser, Java, LibreOffice, Poppler: installed where we may, else told what is skipped.
machine: setup
	@$(BIN)/python tools/machine.py

test-here: setup $(CRATE_STAMP)
	@ROC_VALIDATOR_PYTHON=$(CURDIR)/.venv-crate/bin/python $(BIN)/python -m pytest -n 2 --cov --cov-report=term

# A validator of RO-Crates that is not ours wants older packages than ours: an environment of its own.
$(CRATE_STAMP): tools/crate-validator.lock
	@echo 'setting up .venv-crate …'
	@rm -rf .venv-crate && $(PYTHON) -m venv .venv-crate
	@.venv-crate/bin/python $(PIP) install --require-hashes -r tools/crate-validator.lock
	@touch $(CRATE_STAMP)

# The suite once more on a newer Python, where the machine has one, and the same bytes from both; the browser has
# looked at those bytes once.
test-newer: setup
	@newer=$$($(BIN)/python tools/newer_python.py) || exit 1; \
	if [ -z "$$newer" ]; then echo 'no newer Python on this machine: the suite ran on one version only'; \
	else $(MAKE) --no-print-directory $(NEWER_STAMP) NEWER="$$newer" && \
	  .venv-newer/bin/python -m pytest -n 2 --ignore=tests/pages --ignore=tests/server/journeys && \
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
