# The two commands of the README are `make run` and `make test`. Both set up what they need in
# .venv, from the pinned versions in requirements/; a second call starts at once. The market of
# `make run` moves by itself; MARKET=fixed lets it stand.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MARKET ?= synthetic
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready

export VENV

.PHONY: run test check soak bench clean

run: $(RUN_READY)
	@exec $(BIN)/clearhouse serve --market $(MARKET)

test: $(DEV_READY)
	@scripts/check
	@scripts/test

check: $(DEV_READY)
	@scripts/check

# Hundreds of crashes instead of tens, streams and books for ten minutes each, audited days of
# thousands of steps, a day of a thousand accounts that is cut short, and a node of nautilus_trader.
soak: $(DEV_READY) .venv-nautilus
	@CLEARHOUSE_NAUTILUS=$(CURDIR)/.venv-nautilus/bin/python CLEARHOUSE_KILLS=300 \
		CLEARHOUSE_SOAK_SECONDS=600 CLEARHOUSE_AUDIT_STEPS=5000 CLEARHOUSE_DAY_ACCOUNTS=1000 \
		scripts/test tests/simulation

bench: $(DEV_READY) .venv-nautilus
	@$(BIN)/python -m benchmarks

# What `matching` is held against, and a client of the soak: it brings pandas and pyarrow, which
# nothing else is to see.
.venv-nautilus:
	@$(PYTHON) -m venv $@
	@$@/bin/pip install --quiet --disable-pip-version-check nautilus_trader==1.221.0 || rm -rf $@

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "installing what the server needs into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements/dev.txt $(RUN_READY)
	@echo "installing what the tests need into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
