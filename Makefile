# ivrctl: `make demo` shows it, `make test` proves it. Both set up everything they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The system's own first, where it can make an environment: distributions build it guided by profiles, which version managers
# do not unless told, and all that runs on it takes a sixth less processor time.
PYTHON ?= $(shell for python in /usr/bin/python3 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
	[ $$python != /usr/bin/python3 ] || $$python -c 'import ensurepip, venv' 2>/dev/null || continue; echo $$python && break; done)
VENV := .venv
RUN := $(VENV)/bin/python -m

# Bytecode of tests and sources is kept between runs, whatever the environment says: compiled anew it takes half a minute.
unexport PYTHONDONTWRITEBYTECODE

# A library of numpy's starts a thread for each processor, which looks for work again and again.
test check quick one-half other-half thorough patient phones live under-load heavy loaded alone: export OPENBLAS_NUM_THREADS ?= 1

# What tests write lies in memory where there is plenty of it: on a disk files that live for a moment take a third of the time.
ROOMY := $(shell [ "$$(df --output=avail --block-size=G /dev/shm 2>/dev/null | tail -n 1 | tr -dc 0-9)" -ge 4 ] 2>/dev/null && echo /dev/shm)
ifneq ($(ROOMY),)
test check quick one-half other-half thorough patient phones live under-load heavy loaded alone: export TMPDIR ?= $(ROOMY)
phones live under-load heavy loaded alone: export XDG_STATE_HOME ?= $(ROOMY)/ivrctl-tests
endif

.PHONY: help demo run test check lint types quick thorough patient phones live under-load heavy loaded alone images clean lock docs bench bench-page fuzz audit

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.ready flows/operator.sqlite host ## set everything up; softphones dial the demo lines of a real Asterisk
	$(RUN) ivrctl.cli.demo

run: $(VENV)/.ready flows/operator.sqlite host ## set everything up and serve the demo site until interrupted
	$(VENV)/bin/ivrctl pbx up
	$(VENV)/bin/ivrctl prompts build flows
	$(VENV)/bin/ivrctl serve flows

test: tools host $(VENV)/.ready flows/operator.sqlite ## all of it: also what `check` leaves to it, a real PostgreSQL, an editor's language server, a real Asterisk with softphones, the installed wheel, the composed pair
	@$(MAKE) --no-print-directory --jobs 4 --output-sync lint types other-half thorough
	@$(MAKE) --no-print-directory --jobs 3 --output-sync GENTLY=.ci/gently phones patient one-half
	@$(MAKE) --no-print-directory alone

THOROUGH := -m "thorough or postgresql or reader"
IMAGES := tests/containers/test_images.py
PATIENT := $(IMAGES) tests/editor tests/fuzz tests/graphs $(addprefix tests/unit/,acd_books backtesting \
	books_store cli customers docs flow forecast forecasting identities journal mutations recommendation recommending repository \
	scenario schema simulation site site_store speech staffing staffing_loop staffing_store store testkit)
# The rest of what is thorough: it keeps an eye on the clock.
RESTLESS := tests/faults tests/postgresql tests/unit $(addprefix --ignore=,$(PATIENT))
# Collected once before the workers do, each of which would compile all files for itself; what fails in it, fails behind it.
thorough: $(VENV)/.ready
	@$(RUN) pytest -q --collect-only $(THOROUGH) $(RESTLESS) > /dev/null 2>&1 || true
	$(RUN) pytest -q -n 5 --dist loadgroup --override-ini timeout=300 $(THOROUGH) $(RESTLESS)

# Beside the tests with phones, which wait most of the time: it is in no hurry, nor is the half of the quick ones that
# looks at no clock. The images that it builds are there, then, when the pair is tried.
GENTLY :=
patient: $(VENV)/.fuzz
	$(GENTLY) $(RUN) pytest -q -n 2 --dist loadgroup --override-ini timeout=600 $(THOROUGH) $(PATIENT)

phones:
	@$(MAKE) --no-print-directory live
	@$(MAKE) --no-print-directory under-load
	@$(MAKE) --no-print-directory heavy
	@$(MAKE) --no-print-directory loaded

# Collected once before the workers do, as what is thorough is.
LIVE = tests/live $(addprefix --ignore=,$(UNDER_LOAD) $(LOADED) $(ALONE)) --deselect=$(QUICK_ALONE)
live:
	@$(RUN) pytest -q --collect-only $(LIVE) > /dev/null 2>&1 || true
	$(RUN) pytest -q -n 8 --dist loadgroup -m "not heavy" $(LIVE)

# Fifty calls at a time, controllers that are killed under them, and a day of which every time is compared with a phone's.
# What takes longest begins first.
UNDER_LOAD := tests/live/test_queue_day.py tests/faults/test_real.py tests/live/test_survival.py tests/live/test_upgrade.py
under-load:
	$(RUN) pytest -q -n 3 --dist loadgroup --no-loadscope-reorder $(UNDER_LOAD)

heavy:
	$(RUN) pytest -q -n 5 --dist loadgroup -m "heavy or containers or thorough" tests/containers --ignore=$(IMAGES) tests/load tests/wheel $(LIVE)

# Three hundred calls at a time leave little to others.
LOADED := tests/live/test_call_load.py
loaded:
	$(RUN) pytest -q $(LOADED)

# What is to be quick, or to be keyed to a tenth of a second, is so with nobody beside it.
ALONE := tests/live/test_same_as_asterisk.py
QUICK_ALONE := tests/live/test_pbx.py::test_starting_is_fast
alone:
	$(RUN) pytest -q $(QUICK_ALONE) $(ALONE)

check: $(VENV)/.ready flows/operator.sqlite ## import contracts, lint, types, unit and golden tests, all but those marked thorough: two minutes
	@$(MAKE) --no-print-directory --jobs 4 --output-sync lint types one-half other-half

lint: $(VENV)/.ready flows/operator.sqlite
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ivrctl check flows

# What mypy has found out of other checkouts, and of the libraries, holds here too: it compares contents, not times.
types: export MYPY_CACHE_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ivrctl/mypy
types: $(VENV)/.ready
	@mkdir -p "$(MYPY_CACHE_DIR)"
	$(if $(shell command -v flock),flock "$(MYPY_CACHE_DIR)") $(VENV)/bin/mypy

# In two runs, each of which collects its own half: two workers of one would each collect all ten thousand, and a third
# process would hand them out one by one. What is not in the one half is in the other.
QUICK = $(RUN) pytest -q -m "not thorough and not postgresql and not live"
HALF := $(addprefix tests/unit/,agi ami cli customers docs flow forecast interfaces lang rules scenario schema site staffing \
	staffing_actuator)

.PHONY: one-half other-half
quick:
	@$(MAKE) --no-print-directory --jobs 2 --output-sync one-half other-half

one-half: $(VENV)/.ready
	$(GENTLY) $(QUICK) $(HALF)

other-half: $(VENV)/.ready
	$(QUICK) tests/faults tests/fuzz tests/unit $(addprefix --ignore=,$(HALF))

.PHONY: host tools
host: $(VENV)/.ready
	@.ci/host-tools

tools:
	@.ci/host-tools tests

flows/operator.sqlite: flows/operator.sql $(VENV)/.ready
	rm -f $@
	$(VENV)/bin/python -c 'import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1]).read())' $< $@

$(VENV)/.ready: requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "ivrctl needs Python 3.11 to 3.13; try: apt-get install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/host-tools venv
	$(PYTHON) -m venv $(VENV)
	@# Its own first: the one that comes with Python takes twice as long to read an index.
	sed -n '/^pip==/,/^    #/p' requirements-dev.txt > $(VENV)/pip.txt
	$(VENV)/bin/pip --disable-pip-version-check install --quiet --no-compile --require-hashes -r $(VENV)/pip.txt
	@# Each half of them beside the other: pip uses one processor. All that anything needs is named, so nothing is resolved.
	awk '/^[^ #]/ { half = !half } { print > ("$(VENV)/half-" half ".txt") }' requirements-dev.txt
	@$(MAKE) --no-print-directory --jobs 2 --output-sync $(VENV)/half-0 $(VENV)/half-1
	$(VENV)/bin/pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@found=$$($(VENV)/bin/pip --disable-pip-version-check check) || { echo "$$found" >&2; exit 1; }
	$(VENV)/bin/python -m compileall -q src
	@touch $@

.PHONY: $(VENV)/half-0 $(VENV)/half-1
$(VENV)/half-0 $(VENV)/half-1:
	$(VENV)/bin/pip --disable-pip-version-check install -qq --no-compile --no-deps --require-hashes -r $@.txt

bench: tools host $(VENV)/.ready flows/operator.sqlite ## run every benchmark, an hour, and write docs/benchmarks.md from what they find
	$(VENV)/bin/python benchmarks/run_all.py

bench-page: $(VENV)/.ready ## write docs/benchmarks.md anew from the figures that are there
	$(VENV)/bin/python benchmarks/page.py

# Atheris has wheels for Linux on x86-64 with glibc alone; elsewhere the inputs that are kept are tried without it.
$(VENV)/.fuzz: $(VENV)/.ready tests/fuzz/requirements.txt
	@$(VENV)/bin/pip --disable-pip-version-check install -qq --only-binary :all: --require-hashes -r tests/fuzz/requirements.txt \
		|| echo "Atheris cannot be installed here: fuzzing is left out, and the inputs that are kept are tried all the same" >&2
	@touch $@

fuzz: $(VENV)/.fuzz ## fuzz the decoders, the files and the expressions, guided by coverage (SECONDS=300)
	$(RUN) tests.fuzz --seconds $(or $(SECONDS),300)

faults: tools host $(VENV)/.ready ## break things under calls, look what held, and write docs/proof.md from what was found (SEEDS=20)
	$(RUN) tests.faults --seeds $(or $(SEEDS),20) --write

audit: $(VENV)/.ready ## a bill of materials (dist/ivrctl.cdx.json); known vulnerabilities, as far as an advisory service answers
	$(VENV)/bin/pip --disable-pip-version-check check
	$(VENV)/bin/ruff check
	@mkdir -p dist
	$(VENV)/bin/python .ci/audit bill > dist/ivrctl.cdx.json
	$(VENV)/bin/python .ci/audit advisories

docs: $(VENV)/.ready ## write the reference anew from the code
	$(RUN) tests.unit.docs.reference

images: $(VENV)/.ready flows/operator.sqlite ## build the images of the composed pair with Docker or Podman (ENGINE=podman)
	docker/build

lock: ## write the hashed requirements files anew
	$(VENV)/bin/pip-compile $(LOCK) --extra fast --extra postgresql --output-file requirements.txt pyproject.toml
	$(VENV)/bin/pip-compile $(LOCK) --extra fast --extra postgresql --extra dev --output-file requirements-dev.txt pyproject.toml
	$(VENV)/bin/pip-compile $(LOCK) --output-file tests/fuzz/requirements.txt tests/fuzz/requirements.in
LOCK := --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-find-links

clean: ## remove what was made in this folder
	rm -rf $(VENV) .fuzz dist build flows/operator.sqlite .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
