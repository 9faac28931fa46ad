# Every target sets up what it needs first; nothing but Python 3.11+, make and git has to be there.
PYTHON ?= python3
BIN := .venv/bin
MUTATE ?=
CHAOS ?=
SCREENS ?=

# Where a container's environment forbids bytecode, each of a hundred processes would compile every package anew.
export PYTHONDONTWRITEBYTECODE :=

PYTHON_IS_NEW := command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: $(PYTHON) is not there. Choose one: make PYTHON=/path/to/python3.11 run"; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is older. Choose one: make PYTHON=python3.11 run"; exit 1; };
INSTALL = @$(PYTHON_IS_NEW) exec $(PYTHON) -m emojiforge.launch.install

.DEFAULT_GOAL := help
.PHONY: help run setup test test-postgres fuzz chaos screenshots lighthouse test-models lint types messages bench bench-load bench-edit bench-export smoke models mutate

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run:  ## set up what is missing, then serve http://127.0.0.1:8000
	$(INSTALL) run

setup:  ## set up everything for development, start nothing
	$(INSTALL) setup

# One thread for pixels, as a worker has: more of them in each of four processes would only wait for a core.
test:  ## the whole test suite
	$(INSTALL) test
	@OPENBLAS_NUM_THREADS=1 RAYON_NUM_THREADS=1 OPENCV_FOR_THREADS_NUM=1 \
		$(BIN)/python -m pytest --numprocesses 4 --dist loadgroup

# Where rows, jobs, deletions, sockets and migrations are tested, but for what waits for a real GPU endpoint, or looks
# at the pixels of what was made.
test-postgres:  ## the tests of rows, jobs and sockets, on PostgreSQL
	$(INSTALL) test
	@OPENBLAS_NUM_THREADS=1 RAYON_NUM_THREADS=1 OPENCV_FOR_THREADS_NUM=1 \
		$(BIN)/python -m tests.postgres $(BIN)/python -m pytest --numprocesses 4 --dist loadgroup \
		--ignore tests/work/test_outages.py --ignore tests/work/test_framing.py --ignore tests/api/exports/test_soft_art_exports.py \
		tests/actions tests/admin tests/api tests/consumers tests/management tests/models tests/payloads tests/web tests/work

# The same tests as in the suite, with many more requests.
fuzz:  ## requests made of the schema, 10,000 damaged uploads
	$(INSTALL) test
	@FUZZ_EXAMPLES=200 FUZZ_UPLOADS=10000 OPENBLAS_NUM_THREADS=1 \
		$(BIN)/python -m pytest tests/fuzz --numprocesses 0 --log-cli-level INFO

# CHAOS="--database postgres --seed 2" for another run
chaos:  ## kill every kind of process 60 times while people work
	$(INSTALL) test
	@$(BIN)/python -m tests.chaos $(CHAOS)

# SCREENS="studio new" for some of them
screenshots:  ## every screen, in both themes at four widths (docs/screens)
	$(INSTALL) test
	@$(BIN)/python -m tests.screens $(SCREENS)

lighthouse:  ## Lighthouse's scores of the main pages (five minutes)
	$(INSTALL) test
	@$(BIN)/python -m tests.screens.lighthouse

test-models:  ## the tests of SAM 2 and BiRefNet, small and on CPU torch
	$(INSTALL) test-models
	@gpu_worker/.venv/bin/python -m pytest -c tests/gpu_worker/models/pytest.ini tests/gpu_worker/models

lint:  ## style, templates, import contracts, migrations, Dockerfiles
	$(INSTALL) lint
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m djlint --lint --quiet templates
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/hadolint emojiforge/Dockerfile gpu_worker/Dockerfile gpu_worker/cpu.Dockerfile

types:  ## mypy strict, and tsc with types made from the API's schema
	$(INSTALL) types
	$(BIN)/python -m mypy
	@mkdir -p build
	$(BIN)/python manage.py spectacular --format openapi-json --file build/openapi.json
	requirements/node_modules/.bin/openapi-typescript build/openapi.json --output build/openapi.d.ts
	requirements/node_modules/.bin/tsc --project tsconfig.json

messages:  ## collect the texts to translate, compile the catalogues
	$(INSTALL) lint
	@DJANGO_SETTINGS_MODULE=emojiforge.settings $(BIN)/python -m tools.messages

bench:  ## the benchmarks, with their figures (a quarter of an hour)
	$(INSTALL) bench
	@$(BIN)/python -m tests.bench

bench-load:  ## 50 people and 200 sockets at once: how long they wait
	$(INSTALL) bench
	@$(BIN)/python -m tests.bench load

bench-edit:  ## from a tap in the cut-out editor to the new edge; the brush
	$(INSTALL) test
	@$(BIN)/python -m tests.bench edit

# A run that was ended is taken up where it was; one that went through to the end begins anew.
bench-export:  ## files for 21 platforms beside others' (half an hour)
	$(INSTALL) bench
	@$(BIN)/python -m tests.bench export

smoke:  ## one call of each GPU task, timed, to the settings' endpoint
	$(INSTALL) app
	@$(BIN)/python manage.py gpu_smoke

models:  ## torch, SAM 2 and its weights for the local GPU worker
	$(INSTALL) models
	@gpu_worker/.venv/bin/python -m gpu_worker.weights sam2.1-hiera-small || \
		echo "Until they are there, the GPU worker runs without SAM 2. The line above says how to bring them by hand."

# MUTATE="--room motion" for one room
mutate:  ## empty each public function in turn, list what no test saw
	$(INSTALL) bench
	@$(BIN)/python -m tools.mutate $(MUTATE)
