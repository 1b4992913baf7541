# The commands of this project. Each one installs what it needs into .venv first; nothing is asked.

PORT ?= $(or $(NPS_PORT),8000)
WORKERS ?= 3
TESTS ?= tests

BIN := .venv/bin
TRANSLATIONS := web/translations
RUN_READY := .venv/ready-run
DEV_READY := .venv/ready-dev
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --no-config --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run test bench bench-full check fmt lock upgrade-lock messages web-parts clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: $(RUN_READY) ## serve a filled demonstration registry at http://127.0.0.1:8000 (PORT= another)
	@NPS_PORT=$(PORT) $(BIN)/nps-registry demonstration prepare
	@NPS_PORT=$(PORT) exec $(BIN)/nps-registry serve

test: $(DEV_READY) ## run every test, on SQLite and on a private PostgreSQL (TESTS= some)
	@.ci/system-packages test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 15 $(TESTS)

bench: $(DEV_READY) ## measure beside the peers, in at most 10 minutes
	@.ci/system-packages bench || echo "Going on without what stands beside them." >&2
	$(BIN)/python -m benchmarks

bench-full: $(DEV_READY) ## measure everything, large registries included
	@.ci/system-packages bench || echo "Going on without what stands beside them." >&2
	@.ci/system-packages bench-full || echo "Going on without what stands beside them." >&2
	$(BIN)/python -m benchmarks --full

check: $(DEV_READY) ## lint, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(DEV_READY) ## rewrite the Python files in the house's layout
	$(BIN)/ruff check --fix --quiet || true
	$(BIN)/ruff format

lock: $(DEV_READY) ## resolve pyproject.toml again, keeping the versions that still fit
	$(COMPILE) pyproject.toml --group pyproject.toml:build --output-file requirements/run.lock
	$(COMPILE) pyproject.toml --group pyproject.toml:dev --constraint requirements/run.lock --output-file requirements/dev.lock

upgrade-lock: $(DEV_READY) ## the same, with the newest versions
	$(MAKE) lock COMPILE='$(COMPILE) --upgrade'

messages: $(DEV_READY) ## collect the texts that people read, and compile their translations
	$(BIN)/pybabel --quiet extract --mapping-file $(TRANSLATIONS)/babel.cfg --project nps-registry --version "" \
		--keywords "_ gettext ngettext:1,2 pgettext:1c,2 mark" --add-location file --sort-output \
		--copyright-holder "the contributors of nps-registry" --output-file $(TRANSLATIONS)/nps_registry.pot .
	@sed -i.before -e '/^"POT-Creation-Date/d' $(TRANSLATIONS)/nps_registry.pot # so that equal texts make equal files
	@rm $(TRANSLATIONS)/nps_registry.pot.before
	@for catalogue in $$(ls $(TRANSLATIONS)/*/LC_MESSAGES/nps_registry.po 2>/dev/null); do \
		language=$$(basename $$(dirname $$(dirname $$catalogue))); \
		$(BIN)/pybabel --quiet update --domain nps_registry --input-file $(TRANSLATIONS)/nps_registry.pot \
			--output-dir $(TRANSLATIONS) --locale $$language --no-fuzzy-matching || exit 1; \
		$(BIN)/pybabel --quiet compile --domain nps_registry --directory $(TRANSLATIONS) --locale $$language || exit 1; \
	done

web-parts: $(RUN_READY) ## bring what the pages take from npm into web/static/vendor
	@$(BIN)/python .ci/web-parts

clean: ## remove what the other commands made, the registry in var/ excepted
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

$(RUN_READY): requirements/run.lock pyproject.toml .ci/environment .ci/web-parts web/package-lock.json
	@.ci/environment run
	@touch $@

$(DEV_READY): requirements/dev.lock pyproject.toml .ci/environment .ci/web-parts web/package-lock.json
	@.ci/environment dev
	@touch $@ $(RUN_READY)
