# The two commands that matter are `make run` and `make test`; both set the machine up first.
SHELL := /bin/bash
DATA ?= ./latchkey-data
RELEASE := swift build -c release --static-swift-stdlib

.PHONY: run test lint format bench

# Builds, makes a data directory on the first run, and serves. A first build takes minutes.
run:
	@scripts/install-packages build
	$(RELEASE) --product latchkey
	@[ -e $(DATA) ] || .build/release/latchkey init --data $(DATA)
	.build/release/latchkey serve --data $(DATA)

# Every test; the last line is the sum.
test:
	@scripts/install-packages build test
	@scripts/test

lint:
	swift format lint --strict -r Sources Tests Package.swift
	@! grep -rnE 'try!|as! |fatalError\(|preconditionFailure\(' Sources || { echo "lint: no traps in Sources" >&2; exit 1; }

format:
	swift format -i -r Sources Tests Package.swift

# Figures, not a test: see docs/benchmarks.md.
bench:
	@scripts/install-packages build bench
	$(RELEASE) --product latchkey-bench
	.build/release/latchkey-bench
