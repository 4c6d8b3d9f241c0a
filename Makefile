# make lab opens the course; make test runs every test. The rest is listed by make help.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# A container often runs as root, which JupyterLab refuses unless told.
ROOT   := $(if $(filter 0,$(shell id -u)),--allow-root)
# A home of its own, so that no test touches anybody's answers.
NBVAL  := CRMLEARN_HOME=$$(mktemp -d) $(BIN)/python -m pytest -p no:cacheprovider --nbval --nbval-sanitize-with tests/nbval.cfg -n 2 --dist loadscope -q

.PHONY: help setup lab test test-slow report bench lint outputs exercises firm clean
help:
	@echo "make lab        open the course in JupyterLab (the first time sets everything up)"
	@echo "make test       every test that fits into ten minutes"
	@echo "make report     the customer-base report on the embedded data, in a folder under out"
	@echo "make setup      only set up .venv      make test-slow  stress and full browser tests"
	@echo "make bench      speed next to peers    make lint       style checks"
	@echo "make outputs    run all notebooks and store what they show"
	@echo "make exercises  write and run every exercise from its solution"
	@echo "make firm       draw the invented firm anew into datasets/firm"
	@echo "make clean      remove .venv and everything generated"

setup: $(READY)
$(READY): pyproject.toml constraints.txt
	@sh tests/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $(READY)

lab: setup
	$(BIN)/jupyter lab $(ROOT) --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
	  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadscope -q -m "not slow"
	$(NBVAL) notebooks exercises

test-slow: setup
	$(BIN)/python -m pytest -q -m slow

report: setup
	$(BIN)/python -m crmlearn report customer_base --out out

bench: setup
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.quiz
	$(BIN)/python -m tests.bench.risk
	$(BIN)/python -m pytest -q -s tests/bench/quiz_in_lab.py

outputs: setup
	$(BIN)/python tests/store_outputs.py

exercises: setup
	$(BIN)/python -m crmlearn.checks
	$(BIN)/python tests/store_outputs.py exercises/solutions/*.ipynb exercises/*.ipynb

firm: setup
	$(BIN)/python -m crmlearn.simulate

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf $(VENV) out build dist .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +
