# make demo   watch a request become applied infrastructure, then play yourself (ARGS=--once: exit after the story)
# make test   everything CI proves
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: demo test setup lint build

ARGS ?=

setup:
	@.ci/setup

build:
	@cargo build --quiet --workspace --bins

demo: setup build
	@source .tools/env
	cargo run --quiet -p tfpilot-tests --bin tfpilot-demo -- $(ARGS)

lint:
	@cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets -- -D warnings

test: setup lint build
	@source .tools/env
	if [ -s .tools/missing ]; then
		echo "the tests need what is missing:" >&2
		cat .tools/missing >&2
		exit 1
	fi
	INSTA_UPDATE=no cargo test --quiet --workspace
