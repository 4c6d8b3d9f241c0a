#!/bin/sh
# Double-click on macOS (or run in a terminal, on Linux too): sets crmlearn up once, then opens the course.
# Whatever is typed after it goes to `crmlearn start`; CRMLEARN_VENV names another place for the packages.
set -e
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if [ ! -f "$here/pyproject.toml" ]; then
  echo "start.command lies apart from the rest of crmlearn."
  echo "  Saw: no pyproject.toml next to it"
  echo "  Try: unpack the whole folder and start it there"
  exit 2
fi
case $(uname) in
  Darwin) own="$HOME/Library/Application Support/crmlearn" ;;
  *) own="${XDG_DATA_HOME:-$HOME/.local/share}/crmlearn" ;;
esac
venv=${CRMLEARN_VENV:-$own/venv}

if ! cmp -s "$here/CHANGELOG.md" "$venv/installed.md"; then
  python=
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$name; break; fi
  done
  if [ -z "$python" ]; then
    echo "crmlearn needs Python 3.11 or newer."
    echo "  Saw: $(python3 --version 2>/dev/null || echo 'no Python')"
    echo "  Try: install it from https://www.python.org/downloads/ and start this again"
    exit 2
  fi
  echo "Setting crmlearn up in $venv (once; one to three minutes, about 850 MB)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --progress-bar on -c "$here/constraints.txt" "$here"
  cp "$here/CHANGELOG.md" "$venv/installed.md" # the last step, so that a set-up that was interrupted begins again
fi
exec "$venv/bin/python" -m crmlearn start "$@"
