# The commands of the project; `make help` lists them. Everything lives in .venv/, build/ and dist/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON_RUN := .venv/bin/python

.PHONY: help setup demo test test-fast fuzz lint format licences lock docs dist env sbom bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: ## set up whatever is missing, into .venv; the targets below call it first
	@scripts/setup.sh

demo: setup ## run the whole pipeline on the built-in sample crawl; the output goes to build/demo
	@$(PYTHON_RUN) scripts/demo.py

WORKERS ?= 2
test: ## run every test, WORKERS files at a time (more for pytest: make test ARGS="-k minhash")
	@scripts/setup.sh --spark35 --pretraining
	@$(PYTHON_RUN) -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-fast: setup ## run the tests but the slow ones and those that start a cluster
	@$(PYTHON_RUN) -m pytest -n $(WORKERS) --dist loadfile -m "not slow and not cluster" $(ARGS)

FUZZ_SECONDS ?= 600
fuzz: setup ## try to break readers, kernels and run folders (make fuzz FUZZ_SECONDS=3600; ARGS="-k archives")
	@end=$$((SECONDS + $(FUZZ_SECONDS))); while [ $$SECONDS -lt $$end ]; do \
	  $(PYTHON_RUN) -m pytest tests/fuzz tests/run/test_faults.py -x -q --hypothesis-profile=long --hypothesis-seed=$$RANDOM $(ARGS) || exit 1; \
	done

lint: setup ## check style and types: ruff, mypy --strict
	$(PYTHON_RUN) -m ruff check .
	$(PYTHON_RUN) -m ruff format --check .
	$(PYTHON_RUN) -m mypy --strict ccnet_lite jobs

format: setup ## put the code into form: ruff
	$(PYTHON_RUN) -m ruff check --fix .
	$(PYTHON_RUN) -m ruff format .

licences: setup ## check that every installed package has a licence that licences.toml allows
	@$(PYTHON_RUN) scripts/licences.py

lock: ## write constraints.lock anew, after a change of a pin: the hashes of what set-up may install
	@[ -x .venv/bin/uv ] || { echo "make lock: run \`make setup\` with the pins as they were"; exit 1; }
	@$(PYTHON_RUN) scripts/lock.py

docs: setup ## build the documentation site into build/site; a warning fails it
	@$(PYTHON_RUN) scripts/make_site.py

dist: setup ## build dist/*.whl, and dist/ccnet_lite.zip for spark-submit --py-files
	@$(PYTHON_RUN) scripts/make_dist.py

env: setup ## build dist/environment.tar.gz, what Python needs on a cluster, for spark-submit --archives
	@$(PYTHON_RUN) scripts/make_env.py

sbom: setup ## write dist/ccnet_lite.cdx.json: all that is installed, as a CycloneDX bill of materials
	@$(PYTHON_RUN) scripts/make_sbom.py

bench: setup ## measure throughput against the floor of the native calls alone
	@$(PYTHON_RUN) benchmarks/throughput.py $(ARGS)

clean: ## remove what was built, but not .venv
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis spark-warehouse
