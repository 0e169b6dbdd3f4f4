PY ?= python3
V := .venv
LOCK := pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q

unexport PYTHONDONTWRITEBYTECODE  # a container may set it; then each of a test run's processes compiles all of it anew

.DEFAULT_GOAL := help
.PHONY: help $(V) demo test check faults bench lock clean

help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /  -  /'

$(V): $(V)/.ok   ## the virtual environment, from the lock

$(V)/.ok: requirements-dev.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kbot needs Python 3.11 or newer; say: make PY=python3.11 ..." or 0)'
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python has no venv module here; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PY) -m venv $(V)
	$(V)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(V)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(V)/.ok   ## the whole loop on this machine: a tour, then a page to click in (ARGS=--tour-only to stop there)
	$(V)/bin/kbot demo $(ARGS)

test: $(V)/.ok   ## every test, on SQLite and PostgreSQL
	$(V)/bin/pytest $(ARGS)

check: $(V)/.ok  ## style, types, the direction of imports, a fresh lock
	$(V)/bin/ruff check .
	$(V)/bin/ruff format --check .
	$(V)/bin/mypy
	$(V)/bin/lint-imports
	$(V)/bin/python .ci/lock_is_fresh.py

faults: $(V)/.ok ## the long tests: hundreds of SIGKILLs, 10,000 weeks of people at the gate, properties on many examples
	$(V)/bin/pytest -m slow -n 0 --timeout 1800 tests/faults tests/rooms/test_histories.py tests/rooms/test_case_property.py $(ARGS)
	KBOT_TEST_EXAMPLES=20 $(V)/bin/pytest -m hypothesis --timeout 1800 tests/rules tests/rooms $(ARGS)
	KBOT_TEST_EXAMPLES=10 $(V)/bin/pytest --timeout 600 tests/rooms/test_help_histories.py tests/rooms/test_erasing.py $(ARGS)

bench: $(V)/.ok  ## speed, as ratios to a floor of the same run
	$(V)/bin/python -m benchmarks $(ARGS)

lock: $(V)/.ok   ## pin what pyproject.toml asks for
	$(V)/bin/uv $(LOCK) -o requirements.lock pyproject.toml
	$(V)/bin/uv $(LOCK) --group dev -o requirements-dev.lock pyproject.toml

clean:           ## remove what was made here
	rm -rf $(V) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
