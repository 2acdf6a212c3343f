# The way in. Each target is one script or one program; `make help` lists them.
# PORT=8001 make run · PYTHON=/path/to/python3.12 make run · make test ARGS="-k feed" · make bench ITEMS=10000

SYSTEM_PYTHON = sh scripts/python
VENV = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test smoke lint format messages requirements audit bench clean

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-14s%s\n' "$$name" "$$what"; done

run: ## Prepares the folder and runs the whole system on http://127.0.0.1:8000 (or PORT)
	@$(SYSTEM_PYTHON) scripts/run.py

test: ## Runs every check and the whole suite, on SQLite and on PostgreSQL
	@$(SYSTEM_PYTHON) scripts/checks.py $(ARGS)

smoke: ## Clones the last commit elsewhere and tries `make run` there, from nothing and again
	@$(SYSTEM_PYTHON) scripts/smoke.py

lint: ## Runs the checks that need no test: ruff, imports, translations, migrations, deployment
	@$(SYSTEM_PYTHON) scripts/checks.py --without-suite

format: ## Formats the Python files and mends what ruff can mend
	@$(SYSTEM_PYTHON) scripts/checks.py --prepare-only
	@$(VENV)/ruff check --fix-only --quiet .
	@$(VENV)/ruff format .

messages: ## Brings the English catalogue up to date with the texts of the code
	@$(SYSTEM_PYTHON) scripts/checks.py --prepare-only
	@$(VENV)/python scripts/translations.py update

requirements: ## Pins and hashes requirements.in and requirements-test.in anew (needs uv)
	@$(SYSTEM_PYTHON) scripts/requirements.py

audit: ## Asks whether a pinned package is known to be vulnerable (needs the network)
	@$(SYSTEM_PYTHON) scripts/audit.py

bench: ## Measures publishing and reading with ITEMS items (1000)
	@$(SYSTEM_PYTHON) scripts/checks.py --prepare-only
	@$(VENV)/python bench/publish.py --items $(or $(ITEMS),1000)

clean: ## Removes what can be made again from the repository; keeps var/, the data
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -path ./var -prune -o \( -name __pycache__ -o -name '*.mo' \) -print | while read -r path; do rm -rf "$$path"; done
