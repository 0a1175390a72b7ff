# One command for each thing one does. Only Python 3.11+ and make are needed; everything else sets itself up.
.DEFAULT_GOAL := help
.PHONY: help demo dev sql test search bench scale chaos consumer day soak model mutants conformance documents stored-documents lint check infra-check checks verify preflight enrol drain pictures format lock clean

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TERRAFORM ?=
export TERRAFORM
# Containers like to set this; then each worker of pytest compiles every test for itself, which takes as long again.
export PYTHONDONTWRITEBYTECODE :=
SEARCHES := tests/searches/chaos tests/searches/consumer tests/searches/model tests/searches/soak
PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
NO_SEARCH = -m "not (search or rehearsal)"
SPECIFICATIONS := tests/contract/specifications
INFRA_TESTS = $(BIN)/python -m pytest $(or $(ONLY),tests/infra) --junitxml .infra-results.xml

# What was set up with a Python that has gone meanwhile is set up anew.
$(shell test -x $(BIN)/python || rm -f $(VENV)/python $(VENV)/runtime $(VENV)/tools $(VENV)/uv)

help:  ## what there is to run
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/'

demo: $(VENV)/runtime  ## the main job, end to end on this machine, in under a minute
	@$(BIN)/python -m tests.tools.demo

dev: $(VENV)/runtime  ## leave the whole system running here, to play with; PORT=8080: watches, others follow; STATE=folder: keep it; BASELINE=acl: told in the stream, too
	@$(BIN)/python -m tests.tools.dev $(if $(PORT),--port $(PORT)) $(if $(STATE),--state "$(STATE)") $(BASELINE:%=--baseline "%")

sql: $(VENV)/tools  ## ask what make dev has told what CONSUMING.md asks in SQL: make sql WATCHES=http://127.0.0.1:…; WHO=carol@example.com DAY=2026-11-28
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.sql "$(WATCHES)" $(WHO:%=--who "%") $(DAY:%=--day %)

test: $(VENV)/tools  ## every test but the searches, with branch coverage; ONLY=tests/api: a part, without
ifdef ONLY
	$(PYTEST) --numprocesses 2 $(if $(findstring ::,$(ONLY)),,$(NO_SEARCH)) $(ONLY)
else
	$(PYTEST) --numprocesses 4 $(NO_SEARCH) --cov --cov-report term:skip-covered \
		--junitxml .test-results.xml $(SEARCHES:%=--ignore %)
endif

search: $(VENV)/tools  ## what takes long and rarely tells more, a part of what model and soak do, a tenth of chaos
	$(PYTEST) --numprocesses 2 -m "(search or hypothesis) and not rehearsal" --hypothesis-profile thorough $(SEARCHES:%=--ignore %)
	$(PYTEST) --numprocesses 2 $(SEARCHES)
	@$(MAKE) --no-print-directory chaos SEEDS=50

bench: $(VENV)/tools  ## speed and cost as one table, some minutes; WHICH=burst: one part of it
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.bench $(WHICH)

scale: $(VENV)/tools  ## a thousand to ten million watches, simulated, as one table; WHICH=real: 5,000 in real processes
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.scale $(WHICH)

chaos: $(VENV)/tools  ## break everything at once, 200,000 steps, some nine minutes; SEED=7 repeats one run of 500, DIGEST=1 hashes 50, RESTORE="nine days" loses the database (or hour, day)
	@PYTHONPATH=functions:. $(BIN)/python -m tests.searches.chaos \
		$(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),$(if $(DIGEST),50,500))) --steps $(or $(STEPS),400) $(if $(DIGEST),--digest) $(if $(RESTORE),--restore "$(RESTORE)")

consumer: $(VENV)/tools  ## the consumer of infra/consumer, killed, doubled, reordered, with gaps and restores; SEEDS=200
	@PYTHONPATH=functions:infra/consumer:. $(BIN)/python -m tests.searches.consumer --seeds $(or $(SEEDS),200) --steps $(or $(STEPS),60)

day: $(VENV)/tools  ## a day in which much gets lost: how long until changes are told
	@PYTHONPATH=functions:. $(BIN)/python -m tests.searches.chaos.day

soak: $(VENV)/tools  ## real processes, killed every 2 s and frozen: MINUTES=5 SEED=7 OPTIONS=--lossless
	@PYTHONPATH=functions $(BIN)/python -m tests.searches.soak --minutes $(or $(MINUTES),5) $(if $(SEED),--seed $(SEED)) $(OPTIONS)

model: $(VENV)/runtime  ## search the model of the protocol, some eight minutes; WHICH=mutants: with each rule weakened
	@PYTHONPATH=functions $(BIN)/python -m tests.searches.model $(WHICH)

mutants: $(VENV)/tools  ## put slips in on purpose, and see that the tests notice; some minutes
	@PYTHONPATH=functions $(BIN)/python -m tests.searches.mutants

conformance: $(VENV)/runtime  ## the claims about Google, held against the simulator; QUIRKS=1: each quirk; SIDE=google: the real one
	@PYTHONPATH=functions:. $(BIN)/python -m tests.conformance $(if $(QUIRKS),--quirks) $(SIDE:%=--side %) $(IMPERSONATE:%=--impersonate %) \
		$(WEBHOOK:%=--webhook %) $(ARRIVALS:%=--arrivals %) $(if $(LONG),--long)

documents: $(VENV)/tools  ## record anew what functions/asyncapi.json and the examples in /openapi.json show
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.documents

stored-documents: $(VENV)/tools  ## keep what this version stores, for every later one to read; once, before it is tagged
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.documents stored

lint: $(VENV)/tools  ## style, types, layers; documents and Cloud Build's files against their schemas
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy infra/consumer/main.py
	PYTHONPATH=functions:infra/consumer $(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.cloudbuild cloudbuild.yaml infra/cloudbuild.plan.yaml
	$(BIN)/check-jsonschema --schemafile $(SPECIFICATIONS)/asyncapi-3.0.schema.json functions/asyncapi.json
	PYTHONPATH=functions:. $(BIN)/python -m tests.tools.documents openapi | \
		$(BIN)/check-jsonschema --schemafile $(SPECIFICATIONS)/openapi-3.1.schema.json -

check: lint test conformance search  ## everything that must hold before a change lands

infra-check: $(VENV)/tools  ## Terraform: format, validity, tests; ONLY=tests/infra/test_examples.py: a part; TERRAFORM=… names one that needs no init
	@if [ -n "$(TERRAFORM)" ]; then $(TERRAFORM) -chdir=infra get >/dev/null && $(INFRA_TESTS); \
	elif command -v terraform >/dev/null; then \
		terraform -chdir=infra init -backend=false -input=false && TERRAFORM=terraform $(INFRA_TESTS); \
	else echo "SKIPPED: there is no Terraform here: https://developer.hashicorp.com/terraform/install"; fi

checks:  ## does a deployment work? make checks WATCHES=https://… SUBJECT=alice@example.com CALENDAR=…
	@$(PYTHON) -m infra.tools.checks "$(WATCHES)" $(if $(SUBJECT),--subject "$(SUBJECT)") $(if $(CALENDAR),--calendar "$(CALENDAR)")

verify:  ## after an apply: checks, and one real change: make verify WATCHES=https://… SUBJECT=… CALENDAR=… (new makes a test calendar)
	@$(PYTHON) -m infra.tools.verify "$(WATCHES)" $(if $(SUBJECT),--subject "$(SUBJECT)") $(if $(CALENDAR),--calendar "$(CALENDAR)") \
		$(ACCOUNT:%=--account "%") $(GUEST:%=--guest "%") $(WITHIN:%=--within %) $(OPTIONS)

preflight:  ## what would stop the first terraform apply, and what to do; CONFIGURATION=… names another file
	@$(PYTHON) -m infra.tools.preflight $(or $(CONFIGURATION),infra/terraform.tfvars)

enrol:  ## have a domain watched: make enrol WATCHES=https://… ADMIN=… DOMAIN=…, or FILE=users.txt; DRY_RUN=1 LEAVERS=show
	@$(PYTHON) -m infra.tools.enrol "$(WATCHES)" $(DOMAIN:%=--domain "%") $(ADMIN:%=--admin "%") $(ACCOUNT:%=--account "%") \
		$(if $(FILE),--file "$(FILE)") $(if $(DRY_RUN),--dry-run) $(LEAVERS:%=--leavers %) $(AT_MOST:%=--at-most %) $(OPTIONS)

drain:  ## end every watch before leaving: make drain WATCHES=https://…
	@$(PYTHON) -m infra.tools.drain "$(WATCHES)"

pictures: $(VENV)/runtime  ## take the papers' pictures of the console anew; needs chromium and chromium-driver
	@PYTHONPATH=functions:. $(BIN)/python -m tests.tools.pictures

format: $(VENV)/tools  ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(VENV)/uv  ## pin each requirements.in, with hashes
	@for folder in functions infra/consumer tests; do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--no-strip-extras --upgrade $$folder/requirements.in -o $$folder/requirements.txt || exit; \
	done

clean:  ## forget everything that was built
	rm -rf $(VENV) .coverage .coverage.* .test-results.xml .infra-results.xml .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache .schemathesis

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { exec >&2; \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1 | head -n 1)."; \
		echo "Name another: make $(MAKECMDGOALS) PYTHON=python3.12; or install one: https://www.python.org/downloads"; \
		exit 1; }
	@$(PYTHON) -m tests.tools.install $@

$(VENV)/runtime: functions/requirements.txt | $(VENV)/python
	@$(BIN)/python -m tests.tools.install $@ $<

$(VENV)/tools: tests/requirements.txt $(VENV)/runtime
	@$(BIN)/python -m tests.tools.install $@ $<

$(VENV)/uv: | $(VENV)/python
	@$(BIN)/pip --quiet install uv
	@touch $@
