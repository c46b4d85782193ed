# Two commands to know: `make run` and `make test`. Each is safe to repeat.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run test check bench dist lock

help:
	@echo "make run    set up, then watch the demo shop (Ctrl-C stops it)"
	@echo "make test   set up, then run every gate: static checks and tests"
	@echo "make setup  environment in .venv, pages' assets, translations, demo shop"
	@echo "make check  static gates only"
	@echo "make bench  measure and write docs/benchmarks.md"
	@echo "make dist   a wheel with assets and translations inside"
	@echo "make lock   write the lock files anew"

setup:
	@$(PYTHON) tools/setup.py run

run: setup
	@$(BIN)/shangdun up --demo

test:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python tools/check.py
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

check:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python tools/check.py

bench:
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python -m tests.bench

dist:
	@$(PYTHON) tools/setup.py run
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist src/guard

lock:
	@tools/lock.sh
