"""A large base: a million customers with ten million orders are counted right, in bounded time and memory."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from crmlearn import audit, cohorts, rfm
from crmlearn.transactions import ledger

pytestmark = pytest.mark.slow
CUSTOMERS, ORDERS = 1_000_000, 10_000_000
END = "2024-12-31"


def large(customers=CUSTOMERS, orders=ORDERS, seed=1):
    """Everybody orders once, the rest falls at random; some customers cost."""
    random = np.random.default_rng(seed)
    customer = np.r_[np.arange(customers), random.integers(0, customers, orders - customers)]
    day = np.r_[random.integers(0, 1461, customers), random.integers(0, 1461, orders - customers)]
    amount = random.gamma(4, 10, orders).round(2)
    labels = np.array(["tea", "cup", "茶叶", "kain", "தேநீர்", "pot", "mug", "tin", "box", "jar"])
    return pd.DataFrame({
        "customer_id": np.char.add("C", np.char.zfill(customer.astype("U7"), 7)),
        "date": np.datetime64("2021-01-01", "us") + day.astype("timedelta64[D]"),
        "amount": amount,
        "margin": (amount * 0.3 - 5).round(2),
        "category": pd.Series(labels[random.integers(0, 10, orders)], dtype="str"),
        "order_id": np.arange(orders),
    })  # fmt: skip


def test_ten_million_orders_are_counted_as_pandas_counts_them():
    tx = large()
    book = ledger(tx)
    made = audit.exhibits(book, END, "2024", before="2023", acquisition_cost=9)
    tables = {e.name: e.table for e in made.shown}
    assert {name.split(":")[-1] for name, _ in made.left_out} <= {"product", "channel", "refunds"}
    year = tx[tx["date"] >= "2024-01-01"]
    per = year.groupby("customer_id", sort=False)["margin"].agg(["size", "sum"])
    assert tables["frequency"]["customers"].sum() == len(per) and tables["frequency"]["orders"].sum() == len(year)
    assert tables["deciles"]["profit"].sum() == pytest.approx(year["margin"].sum(), rel=1e-9)
    best = per["sum"].nlargest(len(per) // 10 + (len(per) % 10 > 0)).sum()
    assert tables["deciles"]["profit"][0] == pytest.approx(best, rel=1e-9)
    assert tables["unprofitable"].set_index("kind").loc["loss", "customers"] == (per["sum"] < -5e-10).sum()
    assert tables["whole_base"]["revenue"].sum() == pytest.approx(tx["amount"].sum(), rel=1e-9)
    assert tables["acquisition"]["new"].sum() == CUSTOMERS
    assert len(rfm.score(book, END)) == CUSTOMERS
    curve = cohorts.time_to_nth_order(book, END)
    twice = (tx.groupby("customer_id", sort=False).size() > 1).sum()
    assert curve["events"].sum() == twice and curve["at_risk"][0] == CUSTOMERS


def test_six_gigabytes_are_enough():
    if not sys.platform.startswith("linux"):
        pytest.skip("peak memory is measured on Linux")
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.slow.test_audit_size import END, audit, large, peak\n"
        "made = audit.exhibits(large(), END, '2024', before='2023', acquisition_cost=9)\n"
        "print(len(made.shown), peak())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, peak_gb = done.stdout.split()
    assert int(shown) == 27 and float(peak_gb) < 6


def peak():
    """Largest memory of this process so far, GB."""
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
