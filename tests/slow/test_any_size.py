"""A log that nobody wants in memory: 30 million orders in a Parquet file become counted histories, right and in bounds.

`python -m tests.bench --long --rows 7 7b` does the same with 100 million.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.data import long_log

pytestmark = pytest.mark.slow
ORDERS = 30_000_000
WORK = Path(__file__).parents[1] / "bench" / "work_crmlearn.py"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "long.parquet"
    long_log(path, ORDERS)
    return path


@pytest.fixture(scope="module")
def truth(log):
    """Counted in SQL, another way: no summary, only what it must add up to."""
    duckdb = pytest.importorskip("duckdb")
    customers = "select count(*) n, min(date) a, max(date) b from read_parquet(?) group by customer_id"
    of_each = f"select n, datediff('day', a, b) d, datediff('day', a, date '2024-12-31') t from ({customers})"
    sums = "count(*), count(distinct (n, d, t)), sum(n), sum(d), sum(t)"
    row = duckdb.connect().execute(f"select {sums} from ({of_each})", [str(log)]).fetchone()
    return dict(zip(("customers", "histories", "orders", "days", "age"), map(int, row), strict=True))


# DuckDB is told to stay within 2 GB and does; 30 million orders held in memory by pandas would need more than 4.
@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_thirty_million_orders_are_counted_right_within_two_and_a_half_gigabytes(log, truth, engine):
    if not sys.platform.startswith("linux"):
        pytest.skip("peak memory is measured on Linux")
    pytest.importorskip(engine)
    command = [sys.executable, "-c", START, WORK, f"long_{engine}", log]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert {name: told[name] for name in truth} == truth
    assert told["peak_mb"] < 2_500, told


# Linux counts the memory of whoever starts a process as its own peak; so a small one starts the one that is measured.
START = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, *sys.argv[1:]]).returncode)"
