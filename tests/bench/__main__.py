"""Our speed and memory next to those of other libraries and of bare engines, side by side on one machine.

python -m tests.bench            everything that ends within 20 minutes; prints a table, asserts nothing
python -m tests.bench --long     the slow pieces in full size, too: an hour more, and 1 GB of disk
python -m tests.bench --rows 1 5 these rows only; the others keep what was measured before
python -m tests.bench --write    puts the table into RESULTS.md beside this file

Every number comes from a fresh process in the library's own environment; imports are never timed. The libraries take
turns, so that what else the machine does hits all of them alike.
"""

import argparse
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.bench.peers import python_of

HERE = Path(__file__).parent
RUNS, ENOUGH, LONGEST = 3, 60, 330  # what took over a minute is not repeated; after 330 s a piece is stopped
LONG_ROWS = 100_000_000


class Piece(NamedTuple):
    library: str
    name: str
    file: str = ""  # that of its row
    customers: int | None = None  # only so many of the file, and the time is scaled up by `scale`
    scale: int = 1
    goal: str = ""  # so many times as fast we want to be
    only: str = ""  # "long" or "short": not measured in the other kind of run


class Row(NamedTuple):
    title: str
    pieces: list  # the first is ours; the others are compared with it
    limit: str = ""  # what ours is to reach by itself


OURS = "crmlearn"


def row(title, file, *pieces, limit=""):
    return Row(title, [piece._replace(file=file) for piece in pieces], limit)


def slow(library, name, goal):
    """Ten minutes for a million customers, so usually a tenth of them."""
    return Piece(library, name, None, 100_000, 10, goal, "short"), Piece(library, name, goal=goal, only="long")


def peers(name, *goals):
    return [Piece(peer, name, goal=goal) for peer, goal in zip(("lifetimes", "clvkit", "pymc"), goals, strict=True)]


def bare(name, *more, goal="1/1.3"):
    return [Piece("bare", name, goal=goal), *(Piece("bare", other) for other in more)]


BG = [Piece(OURS, "bg"), Piece("lifetimes", "bg", goal="24"), Piece("pymc", "bg", goal="20")]
PARETO = [Piece(OURS, "pareto"), *slow("pymc", "pareto", "45")]
WHOLE_PARETO = Piece("lifetimes", "pareto", only="long")
BOOTSTRAP = Piece(OURS, "bootstrap", customers=200_000)
LONG = f"{LONG_ROWS // 10**6} million orders to counted histories"
ROWS = {
    "1": row(
        "BG/NBD, a million customers known for 27-39 weeks", "bg_quarter.parquet", *BG, *slow("clvkit", "bg", "200")
    ),
    "1b": row("BG/NBD, a million customers known for up to three years", "bg_years.parquet", *BG),
    "2": row("Pareto/NBD, a million, 27-39 weeks", "pareto_quarter.parquet", *PARETO, WHOLE_PARETO),
    "2b": row("Pareto/NBD, a million, up to three years", "pareto_years.parquet", *PARETO),
    "3": row("BG/NBD, CDNOW (2,357), warm", "cdnow.parquet", Piece(OURS, "bg_warm"), *peers("bg_warm", "8", "", "")),
    "4": row(
        "10 million orders to a summary, from Parquet",
        "log.parquet",
        *(Piece(OURS, "parquet"), *bare("parquet", "parquet_daily"), *peers("pandas", "9", "9", "9")),
        limit="memory at most 1.2 times that of bare Polars",
    ),
    "4b": row("... from a Polars table", "log.parquet", Piece(OURS, "polars"), *bare("polars", "polars_daily")),
    "4c": row("... from a pandas table", "log.parquet", Piece(OURS, "pandas"), *peers("pandas", "4", "4", "4")),
    "4d": row(
        "... from Parquet, customers named by texts, with times of day",
        "log_text.parquet",
        *(Piece(OURS, "parquet"), *bare("parquet", "parquet_daily"), *peers("pandas", "9", "9", "9")),
    ),
    "5": row(
        "value of 12 months, a million customers",
        "bg_quarter.parquet",
        *(Piece(OURS, "clv"), Piece("lifetimes", "clv", goal="15"), Piece("pymc", "clv")),
    ),
    "6": row("1,000 bootstraps of BG/NBD, 200,000, 27-39 weeks", "bg_quarter.parquet", BOOTSTRAP, limit="60 s"),
    "6b": row("1,000 bootstraps of BG/NBD, 200,000, three years", "bg_years.parquet", BOOTSTRAP, limit="60 s"),
    "7": row(
        f"{LONG}, DuckDB",
        "long.parquet",
        *(Piece(OURS, "long_duckdb", only="long"), Piece("bare", "long_duckdb", goal="1/1.5", only="long")),
        limit="4,000 MB",
    ),
    "7b": row(
        f"{LONG}, Polars",
        "long.parquet",
        *(Piece(OURS, "long_polars", only="long"), Piece("bare", "long_polars", goal="1/1.5", only="long")),
        limit="4,000 MB",
    ),
    "8": row(
        "memory of a BG/NBD fit of a million, read with pandas or Polars",
        "bg_quarter.parquet",
        *(Piece(OURS, "bg"), Piece(OURS, "bg_polars"), Piece("lifetimes", "bg")),
        limit="300 MB",
    ),
}


def measure(piece, python, folder, given=None):
    """What the piece printed as a dict; {"problem": ...} when it did not end well."""
    command = [python, HERE / f"work_{piece.library}.py", piece.name, folder / piece.file]
    command += [str(piece.customers)] * (piece.customers is not None)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, input=given or "")
    except subprocess.TimeoutExpired:
        return {"problem": f"stopped after {LONGEST} s"}
    if done.returncode:
        return {"problem": (done.stderr.strip().splitlines() or ["no reason given"])[-1][:100].replace("|", "/")}
    return json.loads(done.stdout.strip().splitlines()[-1])


def key(piece):
    return " ".join(map(str, piece[:5]))


def measured(row, pythons, folder):
    """{key of a piece: its runs}, the pieces taking turns."""
    found = {key(piece): [] for piece in row.pieces}
    for _ in range(RUNS):
        for piece in row.pieces:
            runs = found[key(piece)]
            if runs and ("problem" in runs[-1] or runs[-1]["seconds"] > ENOUGH):
                continue
            python = pythons[piece.library]
            runs.append(measure(piece, python, folder) if python else {"problem": "not there"})
            said = runs[-1].get("problem") or f"{runs[-1]['seconds']:.3f} s, {runs[-1]['peak_mb']:.0f} MB"
            print(f"  {piece.library:10} {piece.name:14} {said}", flush=True)
    return found


def middle(runs, piece, what="seconds"):
    """Median of what was measured, for all customers; nan where nothing was."""
    found = [run[what] * piece.scale for run in runs if what in run]
    return statistics.median(found) if found else math.nan


def short(number):
    return "" if math.isnan(number) else f"{number:.3g}"


def table(results):
    yield "| | | s, median | from - to | runs | CPU s | peak MB | as fast, times | by CPU | to reach |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for number, row in ROWS.items():
        known = results.get(number, {})
        pieces = [piece for piece in row.pieces if known.get(key(piece))]
        if not pieces or pieces[0] is not row.pieces[0]:
            continue
        yield f"| **{number}** | **{row.title}** | | | | | | | | {row.limit} |"
        mine = known[key(pieces[0])]
        for piece in pieces:
            runs = known[key(piece)]
            named = f"{piece.library} {piece.name}" if piece.library in ("bare", OURS) else piece.library
            named += f", {piece.customers:,} customers times {piece.scale}" if piece.scale > 1 else ""
            times = [run["seconds"] * piece.scale for run in runs if "seconds" in run]
            if not times:
                yield f"| | {named} | {runs[-1]['problem']} | | | | | | | |"
                continue
            clock, cpu = middle(runs, piece), middle(runs, piece, "cpu")
            ratios = clock / middle(mine, pieces[0]), cpu / middle(mine, pieces[0], "cpu")
            ratios = ["", ""] if piece is pieces[0] else map(short, ratios)
            cells = [named, short(clock), f"{short(min(times))} - {short(max(times))}", len(times), short(cpu)]
            cells += [f"{statistics.median(run['peak_mb'] for run in runs):,.0f}", *ratios, piece.goal]
            yield f"| | {' | '.join(map(str, cells))} |"


def likelihoods(results, folder):
    """How far the log-likelihood at the parameters of others lies below our maximum, and how they report it."""
    yield "| base | library | our log-likelihood | higher than at theirs by | what it reports, less ours there |"
    yield "|---|---|---:|---:|---:|"
    for number in ("1", "1b", "2", "2b", "3"):
        whole = [piece for piece in ROWS[number].pieces if not piece.customers]
        last = {piece.library: results.get(number, {}).get(key(piece), [{}])[-1] for piece in whole}
        found = {library: run for library, run in last.items() if "parameters" in run}
        if len(found) < 2:
            continue
        parameters = json.dumps({library: run["parameters"] for library, run in found.items()})
        at = measure(Piece(OURS, "likelihoods", whole[0].file), sys.executable, folder, parameters)["at"]
        best = found.pop(OURS)["log_likelihood"]
        for library, run in found.items():
            told = f"{run['log_likelihood'] - at[library]:.1e}" if "log_likelihood" in run else "reports none"
            yield f"| {ROWS[number].title} | {library} | {best:.6f} | {best - at[library]:.3g} | {told} |"


def machine():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    return f"{cores} cores, {names[0] if names else platform.processor() or platform.machine()}"


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "crmlearn-bench")
    parser.add_argument("--rows", nargs="*", default=list(ROWS), help="none: only the table of what was measured")
    parser.add_argument("--long", action="store_true", help="the slow pieces, too")
    parser.add_argument("--write", action="store_true", help="into RESULTS.md")
    told = parser.parse_args()
    told.cache.mkdir(parents=True, exist_ok=True)
    kept = told.cache / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    skipped = "short" if told.long else "long"
    wanted = {n: ROWS[n]._replace(pieces=[p for p in ROWS[n].pieces if p.only != skipped]) for n in told.rows}
    files = {piece.file for row in wanted.values() for piece in row.pieces}
    if not all((told.cache / file).exists() for file in files):
        print("making the data", flush=True)
        rows = [str(LONG_ROWS)] if "long.parquet" in files else []
        subprocess.run([sys.executable, HERE / "data.py", told.cache, *rows], check=True)
    libraries = {piece.library for row in wanted.values() for piece in row.pieces}
    pythons = {library: python_of(library, told.cache) for library in sorted(libraries)}
    for number, row in wanted.items():
        if row.pieces:
            print(f"{number} {row.title}", flush=True)
            results[number] = results.get(number, {}) | measured(row, pythons, told.cache)
            kept.write_text(json.dumps(results))
    text = "\n".join([*table(results), "", *likelihoods(results, told.cache)])
    print(text)
    if told.write:
        before = (HERE / "RESULTS.md").read_text(encoding="utf-8").split("<!-- measured -->")[0]
        after = f"<!-- measured -->\n\nMeasured on {machine()}.\n\n{text}\n"
        (HERE / "RESULTS.md").write_text(before + after, encoding="utf-8")


if __name__ == "__main__":
    main()
