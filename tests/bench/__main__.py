"""Our speed and memory next to those of other libraries and of bare engines, side by side on one machine.

python -m tests.bench            everything that ends within 20 minutes; prints a table, asserts nothing
python -m tests.bench --long     the slow pieces in full size, too: an hour and a half, and 6 GB of disk
python -m tests.bench --rows 1 5 these rows only; the others keep what was measured before
python -m tests.bench --write    puts the table into RESULTS.md beside this file

Every number comes from a fresh process in the library's own environment; imports are never timed. The libraries take
turns, so that what else the machine does hits all of them alike.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.bench.peers import python_of

HERE = Path(__file__).parent
RUNS, ENOUGH, LONGEST = 3, 100, 330  # what took over 100 s is not repeated; after 330 s a piece is stopped
LONG_ROWS = 100_000_000


class Piece(NamedTuple):
    library: str
    name: str
    file: str
    customers: int | None = None  # only so many of the file, and the time is scaled up by `scale`
    scale: int = 1
    goal: str = ""  # what we want to reach against it
    only: str = ""  # "long" or "short": not measured in the other kind of run


class Row(NamedTuple):
    title: str
    pieces: list  # the first is ours; the others are compared with it
    limit: str = ""  # what ours is to reach by itself


def fits(model, known, goals):
    """A fit of a million in a fresh process; goals : {peer: goal}, of pieces that end within a minute or two."""
    file = f"{model}_{known}.parquet"
    slow = {("clvkit", "bg"), ("pymc", "pareto")}
    for peer, goal in goals.items():
        if (peer, model) in slow:
            yield Piece(peer, model, file, 100_000, 10, goal, "short")
            yield Piece(peer, model, file, goal=goal, only="long")
        else:
            yield Piece(peer, model, file, goal=goal, only="long" if (peer, model) == ("lifetimes", "pareto") else "")


ours = "crmlearn"
BG_GOALS, PARETO_GOALS = {"lifetimes": "24", "clvkit": "200", "pymc": "20"}, {"lifetimes": "", "pymc": "45"}
BG = Piece(ours, "bg", "bg_quarter.parquet")
ROWS = {
    "1": Row("BG/NBD, a million customers known for 27-39 weeks", [BG, *fits("bg", "quarter", BG_GOALS)]),
    "1b": Row(
        "BG/NBD, a million customers known for up to three years",
        [Piece(ours, "bg", "bg_years.parquet"), *fits("bg", "years", BG_GOALS)],
    ),
    "2": Row(
        "Pareto/NBD, a million customers known for 27-39 weeks",
        [Piece(ours, "pareto", "pareto_quarter.parquet"), *fits("pareto", "quarter", PARETO_GOALS)],
    ),
    "2b": Row(
        "Pareto/NBD, a million customers known for up to three years",
        [Piece(ours, "pareto", "pareto_years.parquet"), *fits("pareto", "years", {"pymc": "45"})],
    ),
    "3": Row(
        "BG/NBD, CDNOW (2,357 customers), warm",
        [Piece(ours, "bg_warm", "cdnow.parquet"), Piece("lifetimes", "bg_warm", "cdnow.parquet", goal="8")]
        + [Piece(peer, "bg_warm", "cdnow.parquet") for peer in ("clvkit", "pymc")],
    ),
    "4": Row(
        "10 million orders to a summary, from Parquet",
        [
            Piece(ours, "parquet", "log.parquet"),
            Piece("bare", "parquet", "log.parquet", goal="1/1.3"),
            Piece("bare", "parquet_daily", "log.parquet"),
            *(Piece(peer, "pandas", "log.parquet", goal="9") for peer in ("lifetimes", "clvkit", "pymc")),
        ],
        "memory at most 1.2 times that of bare Polars",
    ),
    "4b": Row(
        "the same, from a Polars table",
        [Piece(ours, "polars", "log.parquet"), Piece("bare", "polars", "log.parquet", goal="1/1.3")]
        + [Piece("bare", "polars_daily", "log.parquet")],
    ),
    "4c": Row(
        "the same, from a pandas table",
        [Piece(ours, "pandas", "log.parquet")]
        + [Piece(peer, "pandas", "log.parquet", goal="4") for peer in ("lifetimes", "clvkit", "pymc")],
    ),
    "4d": Row(
        "the same, from Parquet, customers named by texts",
        [
            Piece(ours, "parquet", "log_text.parquet"),
            Piece("bare", "parquet", "log_text.parquet", goal="1/1.3"),
            Piece("bare", "parquet_daily", "log_text.parquet"),
            Piece("lifetimes", "pandas", "log_text.parquet", goal="9"),
        ],
    ),
    "5": Row(
        "value of 12 months, a million customers",
        [Piece(ours, "clv", "bg_quarter.parquet"), Piece("lifetimes", "clv", "bg_quarter.parquet", goal="15")]
        + [Piece("pymc", "clv", "bg_quarter.parquet")],
    ),
    "6": Row(
        "1,000 bootstraps of BG/NBD, 200,000 customers, 27-39 weeks",
        [Piece(ours, "bootstrap", "bg_quarter.parquet", 200_000)],
        "60 s",
    ),
    "6b": Row(
        "1,000 bootstraps of BG/NBD, 200,000 customers, three years",
        [Piece(ours, "bootstrap", "bg_years.parquet", 200_000)],
        "60 s",
    ),
    "7": Row(
        f"{LONG_ROWS // 10**6} million orders to counted histories, DuckDB",
        [Piece(ours, "long_duckdb", "long.parquet", only="long")]
        + [Piece("bare", "long_duckdb", "long.parquet", goal="1/1.5", only="long")],
        "4,000 MB",
    ),
    "7b": Row(
        f"{LONG_ROWS // 10**6} million orders to counted histories, Polars",
        [Piece(ours, "long_polars", "long.parquet", only="long")]
        + [Piece("bare", "long_polars", "long.parquet", goal="1/1.5", only="long")],
        "4,000 MB",
    ),
    "8": Row(
        "memory of a BG/NBD fit of a million, read with pandas (as 1) or Polars",
        [BG, Piece(ours, "bg_polars", "bg_quarter.parquet"), Piece("lifetimes", "bg", "bg_quarter.parquet")],
        "300 MB",
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
        return {"problem": (done.stderr.strip().splitlines() or ["no reason given"])[-1][:100]}
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


def seconds(runs, piece):
    return [run["seconds"] * piece.scale for run in runs if "seconds" in run]


def table(results):
    yield "| | | median s | from - to | runs | peak MB | ours is times as fast | to reach |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for number, row in ROWS.items():
        pieces = [piece for piece in row.pieces if key(piece) in results.get(number, {})]
        mine = seconds(results[number][key(pieces[0])], pieces[0]) if pieces else []
        if not mine:
            continue
        yield f"| **{number}** | **{row.title}** | | | | | | {row.limit} |"
        for piece in pieces:
            runs = results[number][key(piece)]
            named = f"{piece.library} {piece.name}" if piece.library in ("bare", ours) else piece.library
            named += f", {piece.customers:,} customers times {piece.scale}" if piece.scale > 1 else ""
            times = seconds(runs, piece)
            if not times:
                yield f"| | {named} | {runs[-1]['problem']} | | | | | |"
                continue
            middle, peak = statistics.median(times), statistics.median(run["peak_mb"] for run in runs)
            ratio = "" if piece is pieces[0] else f"{middle / statistics.median(mine):.3g}"
            span = f"{min(times):.3g} - {max(times):.3g}"
            yield f"| | {named} | {middle:.3g} | {span} | {len(times)} | {peak:,.0f} | {ratio} | {piece.goal} |"


def likelihoods(results, folder):
    """How far the log-likelihood at the parameters of others lies below our maximum, and how they report it."""
    yield "| base | library | ours is higher by | what it reports, less ours at its parameters |"
    yield "|---|---|---:|---:|"
    for number in ("1", "1b", "2", "2b", "3"):
        pieces = ROWS[number].pieces
        found = {
            piece.library: results.get(number, {}).get(key(piece), [{}])[-1] for piece in pieces if not piece.customers
        }  # noqa: E501
        others = {name: run["parameters"] for name, run in found.items() if "parameters" in run}
        if len(others) < 2:
            continue
        file = Piece(ours, "likelihoods", pieces[0].file)
        at = measure(file, sys.executable, folder, json.dumps(others))["at"]
        for name in [name for name in others if name != ours]:
            told = found[name].get("log_likelihood")
            differs = f"{told - at[name]:.2g}" if told else "reports none"
            yield f"| {ROWS[number].title} | {name} | {found[ours]['log_likelihood'] - at[name]:.3g} | {differs} |"


def machine():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )  # noqa: E501
    return f"{cores} cores, {names[0] if names else platform.processor() or platform.machine()}"


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "crmlearn-bench")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="which to measure")
    parser.add_argument("--long", action="store_true", help="the slow pieces, too")
    parser.add_argument("--write", action="store_true", help="into RESULTS.md")
    told = parser.parse_args()
    told.cache.mkdir(parents=True, exist_ok=True)
    kept = told.cache / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    needed = [told.cache / "cdnow.parquet", *([told.cache / "long.parquet"] if told.long else [])]
    if not all(path.exists() for path in needed):
        print("making the data", flush=True)
        rows = [str(LONG_ROWS)] if told.long else []
        subprocess.run([sys.executable, HERE / "data.py", told.cache, *rows], check=True)
    skipped = "short" if told.long else "long"
    wanted = {n: ROWS[n]._replace(pieces=[p for p in ROWS[n].pieces if p.only != skipped]) for n in told.rows}
    libraries = {piece.library for row in wanted.values() for piece in row.pieces}
    pythons = {library: python_of(library, told.cache) for library in sorted(libraries)}
    for number, row in wanted.items():
        if row.pieces:
            print(f"{number} {row.title}", flush=True)
            results[number] = measured(row, pythons, told.cache)
            kept.write_text(json.dumps(results))
    text = "\n".join([*table(results), "", *likelihoods(results, told.cache)])
    print(text)
    if told.write:
        before = (HERE / "RESULTS.md").read_text(encoding="utf-8").split("<!-- measured -->")[0]
        after = f"<!-- measured -->\n\nMeasured on {machine()}.\n\n{text}\n"
        (HERE / "RESULTS.md").write_text(before + after, encoding="utf-8")


if __name__ == "__main__":
    main()
