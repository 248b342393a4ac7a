# Every target sets up what it needs the first time (.ci/setup), and starts at once after that.
# PYTHON=… chooses the interpreter, TORCH_INDEX=… where torch comes from (README.md).

PY := .venv/bin/python
DEMO := build/demo
JOBS := 2

export PYTHON TORCH_INDEX
# Bytecode is kept wherever this runs: the tests start ganview a hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test tests soak lint style types format demo screenshots bench wheel clean

help:
	@echo "make run          open the window (without a display: see make demo)"
	@echo "make test         every check: ruff, mypy, import-linter, pytest"
	@echo "make soak         the trials that take long, SOAK=kill one of them; prints JSON"
	@echo "make lint         the checks without the tests"
	@echo "make format       let ruff put the code in order"
	@echo "make demo         drive the real window unseen, keep what it shows in $(DEMO)"
	@echo "make screenshots  make the README's pictures from the running program"
	@echo "make bench        measure; prints JSON"
	@echo "make wheel        build dist/ganview-….whl"
	@echo "make clean        delete .venv and everything that was built"

# ganview ends with 2 when it finds no display; the demo then does the same job unseen.
run:
	@sh .ci/setup run
	@$(PY) -m ganview; status=$$?; \
	if [ $$status -eq 2 ]; then exec $(PY) -m ganview demo --out $(DEMO); fi; exit $$status

demo:
	@sh .ci/setup run
	@$(PY) -m ganview demo --out $(DEMO)

screenshots: demo
	@mkdir -p docs/images
	@for scheme in light dark; do \
	    cp $(DEMO)/training-$$scheme-1280x800.png docs/images/training-$$scheme.png; \
	done
	@cp $(DEMO)/learning.gif $(DEMO)/page-*.png docs/images

# make bench BENCH=runtime measures that alone.
bench:
	@sh .ci/setup test
	@$(PY) -m tests.bench $(BENCH)

# mypy takes half a minute where it has no cache yet, and spends it beside the tests.
test: style
	@$(MAKE) --no-print-directory -j 2 types tests

# Two processes take two cores and 3 GB; make test JOBS=0 runs all in one.
tests:
	@$(PY) -m pytest -n $(JOBS) --dist loadfile

# make soak SOAK=kill runs that trial alone; tests/soak/conftest.py says how to run one short.
soak:
	@sh .ci/setup test
	@$(PY) -m pytest -m soak $(if $(SOAK),-k "$(SOAK)") tests/soak

lint: style types

style:
	@sh .ci/setup test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo

types:
	@$(PY) -m mypy

format:
	@sh .ci/setup test
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

wheel:
	@sh .ci/setup test
	@$(PY) -m pip --disable-pip-version-check wheel --no-deps --no-build-isolation -w dist .

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
