# make demo   watch a request become applied infrastructure, then play yourself (ARGS=--once: exit
#             after the story; ARGS=--break: try to break it; ARGS=--picture: write docs/pull-request.png)
# make test   everything CI proves
# make kills  the server killed at random 300 times (KILLS=n); make test does it a few times
# make test-modules  every module of the catalog applied, changed and destroyed on moto, as far as moto goes
# make bench  what TfPilot costs beside what it stands on, as ratios (ARGS="--runs 3 webhooks": part of it)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: demo test test-modules fuzz kills bench setup lint build

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
	export TFPILOT_FUZZ_SEED="$${TFPILOT_FUZZ_SEED:-$$(date +%s)}" TFPILOT_KILL_SEED="$${TFPILOT_KILL_SEED:-$$(date +%s)}"
	echo "seeds of what is left to chance: TFPILOT_FUZZ_SEED=$$TFPILOT_FUZZ_SEED TFPILOT_KILL_SEED=$$TFPILOT_KILL_SEED"
	# Errors that are expected would have their stacks written down each time; panics still have theirs.
	export RUST_LIB_BACKTRACE=0
	# Stories wait for providers and timers as long as they work: two for each processor.
	export RUST_TEST_THREADS="$${RUST_TEST_THREADS:-$$((2 * $$(getconf _NPROCESSORS_ONLN)))}"
	INSTA_UPDATE=no cargo test --quiet --workspace --no-fail-fast

test-modules: setup
	@source .tools/env
	cargo test --quiet -p tfpilot-tests --test modules -- --include-ignored --nocapture

FUZZ ?= 200000

# Inputs of others, changed by chance, until so many of each kind were tried.
fuzz: setup
	@source .tools/env
	TFPILOT_FUZZ_CASES=$(FUZZ) cargo test --quiet -p tfpilot-tests --test fuzz -- --nocapture

KILLS ?= 300
AWS_KILLS ?= 24

kills: setup build
	@source .tools/env
	TFPILOT_KILLS=$(KILLS) TFPILOT_AWS_KILLS=$(AWS_KILLS) cargo test --quiet -p tfpilot-tests --test kill -- --nocapture

# Optimised, so that the ratios are those of what ships; docs/benchmarks.md says what is measured.
bench: setup
	@source .tools/env
	cargo build --quiet --profile bench-fast --bins -p tfpilot -p tfpilot-runner -p tfpilot-action -p tfpilot-tests
	target="$${CARGO_TARGET_DIR:-target}"
	"$$target/bench-fast/tfpilot-bench" $(ARGS)
