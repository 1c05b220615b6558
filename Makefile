# Recipes call tools; what they do is told in the tools' own help. `make` alone lists the targets.
ENV ?= dev
# When `make deploy` asks a person: never, broadening (of permissions) or any-change.
APPROVAL ?= broadening

SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)

READY := .venv/.ready
READY_DEV := .venv/.ready-dev
CDK := node_modules/.bin/cdk
ASSEMBLY := cdk.out/$(ENV)
CDK_ARGS := --no-lookups --context env=$(ENV) --output $(ASSEMBLY)
SYNTH_INPUTS := app.py cdk.json pyproject.toml $(shell find config serving stacks constructs k8s -type f -not -path '*/__pycache__/*' | sort)
# Their list: of a file that was deleted only that tells.
SYNTH_LIST := cdk.out/inputs
COMPILE := uv pip compile - --quiet --no-annotate --python-version 3.11 \
	--python-platform x86_64-manylinux_2_35 --custom-compile-command "make lock"

# An empty name would make paths that belong to no environment.
ENVIRONMENTS := $(basename $(notdir $(sort $(wildcard config/environments/*.toml))))
ifeq ($(strip $(ENV)),)
ifneq ($(filter up down synth diff deploy destroy bench,$(MAKECMDGOALS)),)
$(error ENV is empty: choose one of $(ENVIRONMENTS), such as `make $(firstword $(MAKECMDGOALS)) ENV=dev`)
endif
endif
ifeq ($(strip $(BASE)),)
ifneq ($(filter review,$(MAKECMDGOALS)),)
$(error BASE is empty: name another checkout to compare with, such as `make review BASE=../main`)
endif
endif

.PHONY: help up down test check format synth diff review deploy destroy bench snapshots lock generate FORCE

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

up: $(READY) $(ASSEMBLY)/manifest.json ## set up, synthesize, start the platform here and prove that it serves
	@tritonctl up --environment $(ENV)

down: $(READY) ## stop everything that `make up` started
	@tritonctl down --environment $(ENV)

test: $(READY_DEV) $(CDK) ## run every test; those that start a platform one after the other
	@pytest --numprocesses 2 tests/unit tests/snapshot tests/rules
	@pytest tests/integration

check: $(READY_DEV) generate ## format, lint, types, import contracts, generated files unchanged
	ruff format --check .
	ruff check .
	mypy .
	lint-imports --no-cache
	git diff --exit-code -- config/schema.json docs/reference

format: $(READY_DEV) ## put every file into the house style
	ruff format .
	ruff check --fix .

synth: $(READY) $(ASSEMBLY)/manifest.json ## make the CloudFormation templates of ENV; needs no AWS account
	@echo "templates: $(ASSEMBLY)/*.template.json"

diff: $(READY) $(CDK) ## what a deployment of ENV would change
	cdk diff $(CDK_ARGS)

review: $(READY) ## what every environment would change against BASE, another checkout; offline
	@for checkout in "$(BASE)" .; do \
		for file in "$$checkout"/config/environments/*.toml; do \
			$(MAKE) --no-print-directory --directory "$$checkout" synth ENV="$$(basename "$$file" .toml)" || exit; \
		done; \
	done
	@tritonctl review "$(BASE)/cdk.out" cdk.out --report cdk.out/report $(if $(EVENT),--event "$(EVENT)")

deploy: synth ## deploy ENV to AWS, exactly the templates that `make synth` made
	cdk deploy --app $(ASSEMBLY) --all --require-approval $(APPROVAL)

destroy: $(READY) ## delete ENV on AWS, after showing the plan and asking for its name
	@tritonctl teardown --environment $(ENV)

bench: $(READY) ## measure a running platform with NVIDIA's perf_analyzer
	@tritonctl bench digits --environment $(ENV)

snapshots: $(READY_DEV) ## write the golden files anew, to be reviewed in git
	pytest tests/snapshot --snapshot-update

generate: $(READY) ## write the generated files anew
	python -m config schema > config/schema.json
	python -m config reference > docs/reference/settings.md

lock: $(READY_DEV) ## resolve the dependencies of pyproject.toml and package.json anew
	echo "-e ." | $(COMPILE) --output-file requirements.txt > /dev/null
	echo "-r requirements.txt" | $(COMPILE) --group pyproject.toml:dev --output-file requirements-dev.txt > /dev/null
	npm install --package-lock-only

$(READY): setup.sh requirements.txt pyproject.toml
	@./setup.sh

$(READY_DEV): setup.sh requirements-dev.txt pyproject.toml $(READY)
	@./setup.sh dev

$(CDK): package.json package-lock.json $(READY)
	@echo "installing the CDK CLI"
	@npm ci --silent
	@touch $@

$(SYNTH_LIST): FORCE
	@mkdir -p cdk.out
	@echo "$(SYNTH_INPUTS)" | cmp --silent - $@ || echo "$(SYNTH_INPUTS)" > $@

$(ASSEMBLY)/manifest.json: $(SYNTH_INPUTS) $(SYNTH_LIST) $(READY) $(CDK)
	@echo "synthesizing the AWS platform of $(ENV), offline"
	@cdk synth $(CDK_ARGS) --quiet 2> cdk.out/synth.log || { cat cdk.out/synth.log >&2; exit 1; }
	@touch $@
