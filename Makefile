# Each target does the set-up it needs and says what it installs; a second run finds it done.
#
#   make build      the program: build/bin/lakegate
#   make demo       files go in over HTTP, rows come out of the Iceberg table
#   make test       everything that must pass; the last line counts it
#   make test-long  the tests that take longer than a coffee
#   make bench      throughput and latency on this machine
#   make format     lays out all sources
#   make clean      removes the build; .deps (what was fetched) stays
#
# JOBS=n limits the compilers at work at a time; LAKEGATE_DEPS=folder shares what was fetched between clones.

export LAKEGATE_DEPS ?= $(CURDIR)/.deps

.DEFAULT_GOAL := build
.PHONY: build demo test test-long bench format clean

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

bench:
	@scripts/setup readers
	@scripts/build lakegate
	@bench/run

format:
	@scripts/setup test
	@scripts/format

clean:
	rm -rf build
