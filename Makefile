# Each target does the set-up it needs and says what it installs; a second run finds it done.
#
#   make build      the program: build/bin/lakegate
#   make demo       files go in over HTTP, rows come out of the Iceberg table
#   make test       everything that must pass; the last line counts it
#   make test-long  the tests that take longer than a coffee
#   make crash      kills the server CYCLES (50) times, and each time looks for what was answered; SEED=n plans the same again
#   make bench      throughput and latency on this machine
#   make format     lays out all sources
#   make clean      removes the build; .deps (what was fetched) stays
#
# JOBS=n limits the compilers at work at a time; LAKEGATE_DEPS=folder shares what was fetched between clones.

export LAKEGATE_DEPS ?= $(CURDIR)/.deps

.DEFAULT_GOAL := build
CYCLES ?= 50
.PHONY: build demo test test-long crash bench format clean

build:
	@scripts/setup build
	@scripts/build lakegate

demo:
	@scripts/setup readers
	@scripts/build lakegate
	@demo/run

test:
	@scripts/setup test
	@scripts/build all
	@scripts/test

test-long:
	@scripts/setup test
	@scripts/build all
	@scripts/test --long

crash:
	@scripts/setup test
	@scripts/build lakegate
	@$(LAKEGATE_DEPS)/venv/bin/python tests/crash/cycles.py --cycles $(CYCLES) $(if $(SEED),--seed $(SEED))

bench:
	@scripts/setup bench
	@scripts/build lakegate
	@bench/run

format:
	@scripts/setup test
	@scripts/format

clean:
	rm -rf build
