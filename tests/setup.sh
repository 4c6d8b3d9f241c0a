#!/bin/sh
# Make the virtual environment: uv when it works here, else pip. Says what it does, because it takes a minute or two.
set -e
python=$1 venv=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "crmlearn needs Python 3.11 or newer."
  echo "  Saw: $("$python" --version 2>/dev/null || echo "no program named $python")"
  echo "  Try: make lab PYTHON=python3.11"
  exit 1
fi
echo "[1/3] a virtual environment in $venv ($("$python" --version))"
rm -rf "$venv"
if uv --version >/dev/null 2>&1; then
  uv venv --quiet --python "$("$python" -c 'import sys; print(sys.executable)')" "$venv"
  echo "[2/3] installing the packages with uv (about 170 packages)"
  # Compiled once here, or every kernel start would pay for it again.
  UV_COMPILE_BYTECODE=1 uv pip install --python "$venv/bin/python" -c constraints.txt -e '.[dev,anki,interop,duckdb,dask]'
else
  "$python" -m venv "$venv"
  echo "[2/3] installing the packages with pip (about 170 packages, one to three minutes)"
  "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar on -c constraints.txt -e '.[dev,anki,interop,duckdb,dask]' |
    awk '/^Collecting/ {n++; printf "\r      found %d packages", n; fflush()} /^Installing collected/ {printf "\n      installing them all\n"; fflush()}'
  "$venv/bin/python" -c 'import crmlearn, papermill'
fi
# A peer that one test is held against. It pins NumPy and pandas of long ago, so it comes alone; without it that test skips.
pip="$venv/bin/python -m pip"
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || pip="uv pip"
VIRTUAL_ENV="$venv" $pip install --quiet --no-deps pycanon==1.3.6 || echo "      without pyCANON: one test will be skipped"
echo "[3/3] ready: crmlearn $("$venv/bin/python" -c 'import crmlearn; print(crmlearn.__version__)')"
