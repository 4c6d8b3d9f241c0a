"""What a run leaves for machines: manifest.json (what made this page) and status.json (how it went)."""

import hashlib
import json
import platform
from datetime import UTC
from importlib import metadata
from pathlib import Path

import crmlearn

PACKAGES = ("ipykernel", "matplotlib", "narwhals", "nbconvert", "numpy", "pandas", "papermill", "scipy", "xlsxwriter")
CODES = {"good": 0, "failed": 1, "warnings": 3}


def fingerprint(path):
    """Name, SHA-256 and size of a file; no folder."""
    path = Path(path)
    with path.open("rb") as file:
        return {
            "name": path.name,
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
            "bytes": path.stat().st_size,
        }


def manifest(folder, report, parameters, as_of, rule, data, feed, started, finished):
    """Write manifest.json: everything that made this run, and the files in its folder. No paths, nobody's name."""
    said = {
        "report": report,
        "crmlearn": crmlearn.__version__,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "data": data,
        "feed": feed,
        "parameters": parameters,
        "as_of": as_of,
        "as_of_rule": rule,
        "seed": parameters.get("seed"),
        "started_at_utc": _utc(started),
        "finished_at_utc": _utc(finished),
        "files": {path.name: fingerprint(path)["sha256"] for path in sorted(folder.iterdir())},
    }
    _write(folder / "manifest.json", said)


def status(folder, word, as_of, warnings, page, started, seconds, error=None):
    """Write status.json, small and always with the same keys, for whatever starts the runs."""
    said = {
        "status": word,
        "exit_code": CODES[word],
        "as_of": as_of,
        "warnings": list(warnings),
        "error": error,
        "page": page,
        "started_at_utc": _utc(started),
        "seconds": round(seconds, 1),
    }
    _write(folder / "status.json", said)


def _utc(moment):
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _write(path, said):
    text = json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
