# Everything a developer runs. `make` alone lists it; each target makes the environment it needs.
#
# The interpreter is the first that runs and is new enough (a shim on PATH may only complain); PYTHON=... names another.
CANDIDATES = $(if $(PYTHON),"$(PYTHON)",python3.14 python3.13 python3.12 python3.11 python3)
FOUND = $(shell for p in $(CANDIDATES); do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)

RUN = .venv/bin/python -m
PIP = $(RUN) pip --disable-pip-version-check
READY = .venv/project.stamp
REPLAY = .venv-replay/replay.stamp
PEERS = .venv-peers/peers.stamp
BENCH = .venv-bench/bench.stamp
BROWSER = .browser/browser.stamp
CHROMIUM = /usr/bin/chromium

# Where writing bytecode is forbidden, each of the hundreds of processes of a test run would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.PHONY: help setup replay-env peers-env bench-env browser demo pictures test test-fast test-cluster torture bench bench-smoke lint format types check requirements clean FORCE

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(READY)  ## make .venv, every package pinned by hash (PYTHON=... picks the interpreter)

replay-env: $(REPLAY)  ## make .venv-replay, in which pywb replays an archive, every package pinned by hash

peers-env: $(PEERS)  ## make .venv-peers, in which other tools archive what tests import, every package pinned by hash

bench-env: $(BENCH)  ## make .venv-bench, with the peers that `make bench` measures beside ours, every package pinned by hash

browser: $(BROWSER)  ## install Chromium, Chinese fonts, ReplayWeb.page and axe-core, by which tests look at pages

demo: $(READY)  ## crawl a small site of our own, on this machine, into data/demo
	$(RUN) tests.demo

pictures: $(READY) $(REPLAY) $(BROWSER)  ## make the pictures of README.md again
	$(RUN) pytest -n0 tests/browser/test_pictures.py
	mkdir -p docs/pictures && cp build/pictures/*.png docs/pictures/

test: $(READY) $(REPLAY) $(PEERS) $(BROWSER)  ## run all tests
	@command -v systemd-analyze >/dev/null && test -x /usr/sbin/logrotate \
	|| { $(call debian,test,no systemd-analyze or /usr/sbin/logrotate,systemd logrotate); }
	@command -v wget >/dev/null || { $(call debian,test,no wget,wget); }
	@$(call servers,test)
	$(RUN) pytest

test-fast: $(READY)  ## run the tests that take no time
	$(RUN) pytest -m 'not slow'

torture: $(READY)  ## kill 200 crawls at every kind of moment, live through a month unattended; nothing may be lost (short forms are among the tests)
	$(RUN) tests.torture --rounds 200 --month

test-cluster: $(READY)  ## four workers, 2,000 articles, one killed every few seconds, on Redis, PostgreSQL and an S3 of the tests' own
	@$(call servers,test-cluster)
	CLUSTER_ARTICLES=2000 CLUSTER_KILLS=30 $(RUN) pytest -n0 -s -o faulthandler_timeout=3600 tests/cluster
	$(RUN) tests.cluster

bench: $(READY) $(PEERS) $(BENCH)  ## measure ours beside its peers, and write benchmarks/RESULTS.md (takes minutes; leave the machine alone)
	@$(call bench_tools,bench)
	@.venv-bench/bin/python -c 'import magic' 2>/dev/null || { $(call debian,bench,no libmagic,libmagic1); }
	$(RUN) benchmarks

bench-smoke: $(READY)  ## run every benchmark with tiny numbers: wrong results fail, slow ones do not
	@$(call bench_tools,bench-smoke)
	$(RUN) benchmarks --smoke

lint: $(READY)  ## check style and format
	$(RUN) ruff check
	$(RUN) ruff format --check

format: $(READY)  ## mend style and format, as far as a tool can
	$(RUN) ruff check --fix
	$(RUN) ruff format

types: $(READY)  ## check types, strictly
	$(RUN) mypy

check: lint types test  ## all of lint, types, test

clean:  ## remove .venv, .venv-replay, .venv-peers, .venv-bench, .browser and what tools left; the archive in data/ stays
	rm -rf .venv .venv-replay .venv-peers .venv-bench .browser build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -path ./data -prune -o -name __pycache__ -prune -exec rm -rf {} +

# --- .venv ---
# A stamp is written last, so what was interrupted is made again; so is an environment whose interpreter has gone.
ifneq ($(shell test -x .venv/bin/python && echo yes),yes)
.venv/requirements.stamp: FORCE
endif

.venv/requirements.stamp: requirements/dev.txt
	@test -n '$(FOUND)' || { echo 'make setup: none of these runs and is Python 3.11 or newer: $(CANDIDATES)' >&2; exit 1; }
	@'$(FOUND)' -c 'import ensurepip, venv' 2>/dev/null || { $(install_venv); }
	'$(FOUND)' -m venv --clear .venv
	$(PIP) -qq install --require-hashes --requirement requirements/dev.txt
	@touch $@

.venv/project.stamp: pyproject.toml .venv/requirements.stamp
	$(PIP) -qq install --no-index --no-deps --no-build-isolation --editable .
	@said=$$($(PIP) check) || { echo "$$said"; echo 'make setup: pyproject.toml asks for more than requirements/ holds: make requirements'; exit 1; } >&2
	@touch $@

# Debian keeps the standard library's venv in a package of its own.
define install_venv
package=$$('$(FOUND)' -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
$(call debian,setup,$(FOUND) cannot make virtual environments,"$$package")
endef

# debian TARGET,PROBLEM,PACKAGES: install Debian's packages where that is allowed, else say on one line what is missing
define debian
if [ "$$(id -u)" = 0 ]; then sudo=; else sudo='sudo -n'; fi; \
{ command -v apt-get && $$sudo true; } >/dev/null 2>&1 \
&& $$sudo apt-get -qq update \
&& $$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $(3) >/dev/null \
|| { echo "make $(1): $(2): install "$(3)", then try again" >&2; exit 1; }
endef

# servers TARGET: what workers share in the tests of many machines
define servers
{ command -v redis-server && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
|| { $(call debian,$(1),no redis-server or PostgreSQL,redis-server postgresql); }
endef

# bench_tools TARGET: what is measured, and what serves the site
define bench_tools
{ test -x /usr/sbin/nginx && command -v eatmydata && command -v wget && command -v curl; } >/dev/null \
|| { $(call debian,$(1),no nginx or eatmydata or wget or curl,nginx-light eatmydata wget curl); }
endef

# --- environments of their own: .venv-replay, .venv-peers, .venv-bench ---
# aside NAME,WORDS: WORDS go to pip. Some packages come as source only, so what builds them comes first, pinned like the rest.
define aside
.venv/bin/python -m venv --clear .venv-$(1)
$(call aside_pip,$(1)) -qq install --require-hashes --requirement requirements/build.txt
$(call aside_pip,$(1)) -qq install --require-hashes --no-build-isolation $(2) --requirement requirements/$(1).txt
@touch $@
endef
aside_pip = .venv-$(1)/bin/python -m pip --disable-pip-version-check

ifneq ($(shell test -x .venv-replay/bin/python && echo yes),yes)
$(REPLAY): FORCE
endif

$(REPLAY): requirements/build.txt requirements/replay.txt | .venv/requirements.stamp
	$(call aside,replay)

ifneq ($(shell test -x .venv-peers/bin/python && echo yes),yes)
$(PEERS): FORCE
endif

$(PEERS): requirements/build.txt requirements/peers.txt | .venv/requirements.stamp
	$(call aside,peers)

ifneq ($(shell test -x .venv-bench/bin/python && echo yes),yes)
$(BENCH): FORCE
endif

# No dependencies but those of the list, which has all of them: it holds what some of these packages forbid (bench.over).
$(BENCH): requirements/build.txt requirements/bench.txt | .venv/requirements.stamp
	$(call aside,bench,--no-deps)

# --- .browser ---
# ReplayWeb.page and axe-core are installed, not kept here: their licences are the AGPL and the MPL. Each comes as one npm
# package with all that it needs, and gets a folder of its own.
ifneq ($(shell test -x $(CHROMIUM) && echo yes),yes)
$(BROWSER): FORCE
endif

$(BROWSER): requirements/browser.sha512
	@test -x $(CHROMIUM) && fc-list :lang=zh 2>/dev/null | grep -q . || { $(call debian,browser,no $(CHROMIUM) with Chinese fonts,chromium fontconfig fonts-noto-cjk); }
	@command -v npm >/dev/null || { $(call debian,browser,no npm,npm); }
	rm -rf .browser && mkdir .browser
	cd .browser && sed 's/.*  \(.*\)-\(.*\)[.]tgz/\1@\2/' ../$< | xargs npm pack --silent >/dev/null
	cd .browser && sha512sum --quiet --check ../$<
	cd .browser && sed 's/.*  \(.*\)-.*[.]tgz/\1/' ../$< | while read -r name; do \
		mkdir "$$name" && tar -xzf "$$name"-*.tgz -C "$$name" --strip-components 1 || exit 1; done
	@touch $@

# --- requirements ---
# Pins are kept where pyproject.toml allows them. dev.txt comes first and the others follow it, so that a package has
# one version everywhere. No file names a host: what a hash lets through may come from any mirror.
requirements: .venv/requirements.stamp  ## make requirements/*.txt from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(call pin,dev)
	@$(call pin,run)
	@$(call pin,full)
	@$(call pin,build)
	@$(call pin,replay)
	@$(call pin,peers)
	@$(call pin,bench)

dev_is = what a developer and CI have: all of run.txt and build.txt, the tests, the linters, uv.
dev_asks = pyproject.toml --all-extras --group dev $(if $(UPGRADE),--upgrade)
run_is = what the crawler and the library need to run, and nothing else.
run_asks = pyproject.toml --constraints requirements/dev.txt
full_is = run.txt, and what `export parquet` and `report --png` need beside it.
full_asks = pyproject.toml --all-extras --constraints requirements/dev.txt
build_is = what `pip install --no-build-isolation --no-deps .` needs beside run.txt.
build_asks = --group build --constraints requirements/dev.txt
replay_is = what .venv-replay holds: pywb, and the tools that our exports are held against. Resolved by itself.
replay_asks = --group replay
peers_is = what .venv-peers holds: tools of others, whose archives tests import. Resolved by itself.
peers_asks = --group peers
bench_is = what .venv-bench holds: peers of ours, to be measured. Resolved by itself, and against the will of some (bench.over).
bench_asks = --group rivals --override requirements/bench.over

# pin NAME: a file is replaced whole, and only when something in it is new
define pin
set -e; new=.venv/$(1).txt; kept=requirements/$(1).txt; \
cp "$$kept" "$$new" 2>/dev/null || rm -f "$$new"; \
.venv/bin/uv --quiet --no-config pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $($(1)_asks) --output-file "$$new" >/dev/null; \
{ echo '# $(1).txt: $($(1)_is)'; echo '# Made by `make requirements`; pip install --require-hashes takes it.'; cat "$$new"; } >"$$new.whole"; \
cmp -s "$$new.whole" "$$kept" || { mv "$$new.whole" "$$kept"; echo "new: $$kept"; }
endef
