# Two commands for a fresh machine: `make demo` and `make test`. What they need is installed once, into .venv.

PYTHON ?= python3
PORT ?= 8000
ONLY ?=
WORKERS ?= $(shell expr 1 + $$(nproc 2>/dev/null || echo 2))

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt

.PHONY: demo demo-reset test lint bench learn pictures clean browser

demo: .venv/ready
	@PORT=$(PORT) $(BIN)/doorstep demo

demo-reset: .venv/ready
	@PORT=$(PORT) $(BIN)/doorstep demo --reset

# The long stories wait for processes now and then, so there is a worker more than processors. What was compiled
# is kept: the processes of the stories compile nothing a second time.
test: .venv/ready-dev browser .venv/vnu.jar .venv/twilio-api.json .venv/lighthouse/ready .venv/promtool .venv/nginx
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready-dev
	$(BIN)/python -m tests.bench $(ONLY)

# What a text is most like is learned from the labelled ones; see docs/reading.md.
learn: .venv/ready-dev
	@$(PIP) --no-build-isolation -e '.[learn]'
	$(BIN)/python scripts/learn.py tests/sms/reading/*.tsv

# What residents see, for the eye; the pictures are kept.
pictures: .venv/ready-dev browser
	@command -v pngquant >/dev/null || scripts/packages pngquant
	$(BIN)/python -m tests.browser.phone.pictures

clean:
	rm -rf .venv *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The tests play clerk and residents in a real browser, which needs Chinese letters to draw, and residents in two more: one
# of text alone, and an old one, on a screen that nobody sits at. What Chromium is shown is checked by a Java program,
# which npm fetches once, like Twilio's description of its API, and by Lighthouse. Kannel is the real one, too.
browser:
	@missing=""; \
	[ -x /usr/bin/chromium ] || missing="chromium"; \
	[ -n "$$(find /usr/share/fonts -name 'Noto*CJK*' -print -quit 2>/dev/null)" ] || missing="$$missing fonts-noto-cjk"; \
	[ -x /usr/sbin/bearerbox ] || missing="$$missing kannel"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	command -v systemd-analyze >/dev/null || missing="$$missing systemd"; \
	for program in w3m netsurf-gtk xdotool xclip; do command -v $$program >/dev/null || missing="$$missing $$program"; done; \
	command -v Xvfb >/dev/null || missing="$$missing xvfb"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	scripts/packages $$missing

.venv/vnu.jar: scripts/vnu | .venv/bin/pip browser
	@echo "Fetching the Nu HTML checker ..."
	@scripts/vnu $@
	@touch $@

.venv/twilio-api.json: scripts/twilio-api | .venv/bin/pip browser
	@echo "Fetching Twilio's description of its API ..."
	@scripts/twilio-api $@
	@touch $@

.venv/lighthouse/ready: scripts/lighthouse tests/browser/phone/lighthouse/package-lock.json | .venv/bin/pip browser
	@echo "Fetching Lighthouse ..."
	@scripts/lighthouse .venv/lighthouse
	@touch $@

.venv/promtool: scripts/program | .venv/bin/pip
	@echo "Fetching Prometheus' own check of its rules ..."
	@$(abspath scripts/program) prometheus usr/bin/promtool $(abspath $@)

.venv/nginx: scripts/program | .venv/bin/pip
	@echo "Fetching nginx ..."
	@$(abspath scripts/program) nginx usr/sbin/nginx $(abspath $@)

# The build tool is pinned like everything else, so that the build does not fetch one of its own.
.venv/ready: pyproject.toml constraints.txt | .venv/bin/pip
	@echo "Installing what Doorstep needs into .venv (a minute or two) ..."
	@$(PIP) setuptools
	@$(PIP) --no-build-isolation -e .
	@touch $@

.venv/ready-dev: pyproject.toml constraints.txt | .venv/ready
	@echo "Installing what the tests need into .venv ..."
	@$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Doorstep needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || scripts/packages python3-venv
	@$(PYTHON) -m venv .venv
