# demo: build and run on real data · test: everything · check: format, lints, docs · galaxy: a server with the tools
# bench: against the peers · fuzz: the parsers · install PREFIX=: after build · dist: an archive for a release
# manual: the pages of docs/manual
# All of them install what is missing into .tools/ and ask for the rest by name.

export CMAKE ?= $(shell sh scripts/cmake.sh --path)
TARGET := $(or $(CARGO_TARGET_DIR),target)
CARGO := cargo
# One profile for demo, tests and benchmarks: the C libraries are built once.
PROFILE := --release
PREFIX ?= /usr/local

.PHONY: install dist manual gallery demo test ahead check bench build tools interop slurm fuzz clean galaxy galaxy-test galaxy-stop
GALAXY_PY := python3 galaxy-wrappers/server/galaxy.py

demo: build
	@sh scripts/demo.sh "$(TARGET)/release"

build: tools
	$(CARGO) build $(PROFILE) --workspace
	@python3 scripts/licences.py "$(TARGET)/release/THIRD-PARTY.txt"

test: ahead check
	$(CARGO) test $(PROFILE) --workspace
	sh scripts/interop.sh "$(TARGET)/release"
	sh scripts/bucket.sh "$(TARGET)/release"
	sh scripts/stac-servers.sh "$(TARGET)/release"
	sh scripts/slurm-test.sh "$(TARGET)/release"
ifeq ($(GALAXY),skip)
	@echo "SKIPPED Galaxy: GALAXY=skip"
else
	$(GALAXY_PY) test "$(TARGET)/release"
endif

# Galaxy comes from the network while the compilers are at work; what fails is told when its turn comes.
ahead:
ifneq ($(GALAXY),skip)
	@$(GALAXY_PY) install </dev/null >/dev/null 2>&1 &
endif

# Binaries, pages for man, completions, licences; DESTDIR goes before PREFIX. Build first, as yourself.
install:
	@sh scripts/install.sh "$(TARGET)/release" "$(PREFIX)"

dist: tools
	sh scripts/dist.sh "$(TARGET)" dist

# What tools and forms say, as pages; a test fails while they say something else.
manual: build
	UPDATE_EXPECTED=1 $(CARGO) test $(PROFILE) -p testkit --test manual pages_are_what_the_tools_say

# A server with the tools that stays up until `make galaxy-stop`.
galaxy: build
	$(GALAXY_PY) up "$(TARGET)/release"

galaxy-stop:
	$(GALAXY_PY) stop

galaxy-test: build
	$(GALAXY_PY) test "$(TARGET)/release"

check: tools
	sh scripts/msrv.sh
	python3 scripts/licences.py
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(PROFILE) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(PROFILE) --workspace --no-deps --document-private-items

interop: build
	sh scripts/interop.sh "$(TARGET)/release"

# A store by an array of jobs, in a Slurm that is started for it.
slurm: build
	sh scripts/slurm-test.sh "$(TARGET)/release"

# The pictures of docs/gallery; look at them.
gallery: build
	sh scripts/gallery.sh "$(abspath $(TARGET)/release)"

bench: build
	sh scripts/bench.sh "$(TARGET)/release"

fuzz: tools
	sh scripts/fuzz.sh

tools:
	@sh scripts/tools.sh

clean:
	$(CARGO) clean
	rm -rf .tools dist
