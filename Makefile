# The commands of a working day. What needs more than a line lives in .ci/, so that people
# and the build server run the same thing.

CARGO ?= cargo
LAYOUT := layouts/masterclass.kdl
TARGET ?= decode
SECONDS ?= 1800
FILES ?= src/plan/** src/render/**

# Variables of the demo's manifest, when named on the command line: make demo PORT=11500.
# Only there, because PORT in an environment usually means another program. They travel as
# environment, which needs no quoting.
ifeq ($(origin PORT),command line)
demo: export TRIAD_VAR_PORT := $(PORT)
endif
ifeq ($(origin DB),command line)
demo: export TRIAD_VAR_DB := $(DB)
endif
ifeq ($(origin MODEL),command line)
demo: export TRIAD_VAR_MODEL := $(MODEL)
endif

.DEFAULT_GOAL := help
.PHONY: help demo demo-down test test-tmux prove mutants check build install setup bench fuzz clean

help: ## show this list
	@printf 'make TARGET, where TARGET is one of\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\nFirst time here? make demo, then make test. Both install what they need and say so.\n'
	@printf 'UPDATE=1 make test           rewrites the expected results; git diff is the review\n'
	@printf 'TRIAD_TMUX=PATH make test    runs on another build of tmux\n'
	@printf 'TRIAD_TMUXES="PATH PATH" make test-tmux  runs on these builds, too\n'
	@printf 'TRIAD_HOSTILE=all make test  puts each hostile text into each place that others write to\n'
	@printf 'TRIAD_SEED=N make prove      begins the random runs at another seed\n'
	@printf 'make demo PORT=… DB=…        another port or database for the demo\n'

demo: ## bring the agent triad up on a tmux server of its own, and show it
	@.ci/setup
	@.ci/demo up $(LAYOUT)

demo-down: ## end the demo: its processes, its session, its server
	@.ci/demo down $(LAYOUT)

test: ## install what the tests need, then run all of them
	@.ci/setup --tests
	@$(CARGO) test --locked

test-tmux: ## the same on other releases of tmux, which it downloads and does not install
	@.ci/setup --tests
	@CARGO='$(CARGO)' .ci/test-tmux

prove: ## faults at every step and random layouts, thousands of them; prints its figures
	@.ci/setup --tests
	@.ci/prove

mutants: ## change FILES of the source in small ways, and see a test fail; needs cargo-mutants
	$(CARGO) mutants $(foreach file,$(FILES),--file '$(file)') --minimum-test-timeout 60 -- \
		--lib --test integration -- cases plan:: render:: laws::lives laws::prove::tags

check: ## formatting, lints and documentation, all without a warning
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --locked

build: ## build the release binary
	$(CARGO) build --release --locked

install: ## install triad for this user, where cargo puts programs
	$(CARGO) install --locked --path .

setup: ## install tmux and python3 where they are missing
	@.ci/setup

bench: ## run the benchmarks
	$(CARGO) bench --locked

fuzz: ## fuzz TARGET=decode|template|fmt for SECONDS; needs a nightly toolchain and cargo-fuzz
	$(CARGO) +nightly fuzz run --fuzz-dir tests/fuzz --sanitizer none $(TARGET) -- \
		-max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=8192

clean: ## remove what was built
	$(CARGO) clean
