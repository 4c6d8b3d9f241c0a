from datetime import datetime, timedelta

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import Policy, clean, count_histories, join_back, read, summarise
from crmlearn.transactions.summary import DAYS

BASE = {"customer_id": ["a", "b", "c"], "x": [1, 0, 1], "t_x": [2 / 7, 0.0, 2 / 7], "T": [9.0, 4.0, 9.0]}


def duckdb(table):
    """A relation of a connection of its own, which is not the one that DuckDB falls back to."""
    module = pytest.importorskip("duckdb")
    frame = pd.DataFrame(table)
    return (
        module.connect().from_df(frame)
        if frame.empty
        else module.connect().from_arrow(pl.from_pandas(frame).to_arrow())
    )


KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "lazy": pl.LazyFrame, "duckdb": duckdb}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def rows(table):
    """Rows in memory, sorted, with None where nothing is."""
    frame = nw.from_native(table).lazy().collect("polars").to_native()
    return sorted((tuple(row) for row in frame.fill_nan(None).iter_rows()), key=str)


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    for part in parts:
        assert part in str(refusal.value)


@EVERY_KIND
class TestByHand:
    def test_counts(self, kind):
        counts = count_histories(kind(BASE))
        assert type(counts) is {pd.DataFrame: pd.DataFrame, duckdb: pd.DataFrame}.get(kind, pl.DataFrame)
        assert list(counts.columns) == ["x", "t_x", "T", "customers"]
        assert counts["customers"].to_numpy().dtype == counts["x"].to_numpy().dtype == np.int64
        assert rows(counts) == [(0, 0.0, 4.0, 1), (1, 2 / 7, 9.0, 2)]

    def test_what_was_computed_once_stands_beside_each_customer(self, kind):
        counts = count_histories(kind(BASE))
        # as a model hands it over: arrays of floats
        alive = pd.DataFrame({c: counts[c].to_numpy().astype(float) for c in ("x", "t_x", "T")})
        alive["p_alive"] = alive["t_x"] / 2
        joined = join_back(kind(BASE), alive)
        assert type(joined) is type(kind(BASE))
        assert rows(joined) == [("a", 1, 2 / 7, 9, 1 / 7), ("b", 0, 0, 4, 0), ("c", 1, 2 / 7, 9, 1 / 7)]

    def test_a_history_without_a_result_keeps_its_customer(self, kind):
        only = pl.DataFrame({"x": [0], "t_x": [0.0], "T": [4.0], "p_alive": [1.0]})
        assert [row[-1] for row in rows(join_back(kind(BASE), only))] == [None, 1, None]

    def test_other_columns_may_make_a_history(self, kind):
        counts = count_histories(kind(BASE), on=("x", "T"))
        assert rows(counts) == [(0, 4, 1), (1, 9, 2)]
        assert [row[-1] for row in rows(join_back(kind(BASE), counts, on=("x", "T")))] == [2, 1, 2]

    def test_refuses_what_would_go_wrong_all_at_once(self, kind):
        refused(lambda: count_histories(kind({"x": [1]})), "summaries need 't_x', 'T'")
        refused(lambda: join_back(kind(BASE), pd.DataFrame({"x": [1]})), "results per history need 't_x', 'T'")
        twice = pd.DataFrame(
            {"x": [1, 1, 0], "t_x": [1.0, 1.0, None], "T": [2.0, 2.0, 3.0], "customer_id": ["a", "b", "c"]}
        )
        refused(lambda: join_back(kind(BASE), twice), "columns already", "stands twice", "1 of 3 rows", "missing key")
        refused(lambda: join_back(kind(BASE), pl.LazyFrame(twice)), "needs a table in memory")


@EVERY_KIND
@pytest.mark.parametrize("unit", DAYS)
def test_times_are_what_python_divides_to_the_last_bit(kind, unit):
    end = datetime(2024, 2, 29)
    ago = list(range(9000))  # over leap years, and 2000
    log = {"customer_id": ago, "date": [end - timedelta(days=n) for n in ago], "amount": [1.0] * len(ago)}
    assert [row[3] for row in sorted(rows(summarise(kind(log), end, unit)))] == [n / DAYS[unit] for n in ago]


def test_cdnow_has_1016_histories_in_every_kind():
    tx = clean(read(datasets.path("cdnow")).tx, Policy(end="1997-09-30")).tx
    expected = count_histories(summarise(tx, "1997-09-30"))
    assert len(expected) == 1016 and expected["customers"].sum() == 2357
    for kind in KINDS.values():
        assert rows(count_histories(summarise(kind(tx), "1997-09-30"))) == rows(expected)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(0, 5)), min_size=1, max_size=30))
@settings(deadline=None, max_examples=30)
def test_counts_add_up_to_the_customers_and_find_each_of_them_again(histories):
    x, t_x, T = (list(v) for v in zip(*histories, strict=True))
    table = {"x": x, "t_x": [v / 7 for v in t_x], "T": [(a + b) / 7 for a, b in zip(t_x, T, strict=True)]}
    known = list(zip(*table.values(), strict=True))
    for kind in KINDS.values():
        counts = count_histories(kind(table))
        assert counts["customers"].sum() == len(x)
        assert rows(join_back(kind(table), counts)) == sorted(((*h, known.count(h)) for h in known), key=str)


class TestRefusalsInDuckDB:
    """The same as in memory, and at once: nobody waits for a computation to learn that the log was not clean."""

    def log(self, ids=("a", "a", "b"), days=("2021-03-01", "2021-03-15", "2021-03-08"), amounts=(10.0, 30.0, 5.0)):
        dates = [None if day is None else datetime.fromisoformat(day) for day in days]
        return duckdb(pd.DataFrame({"customer_id": list(ids), "date": dates, "amount": list(amounts)}))

    def test_what_cleaning_would_have_treated(self):
        tx = self.log(["a", None, " "], amounts=[1.0, -2.0, 3.0])
        refused(lambda: summarise(tx, "2021-03-01"), "1 of 3 rows", "2 of 3 rows", "precedes 2 orders")

    def test_holes_infinities_and_nothing_at_all(self):
        tx = self.log(amounts=[1.0, float("nan"), float("inf")])
        refused(lambda: summarise(tx, "2021-04-01"), "needs an amount", "finite numbers below 1e15")
        tx = self.log(days=["2021-03-01", None, "2021-03-02"])
        refused(lambda: summarise(tx, "2021-04-01"), "needs a date")
        refused(lambda: summarise(self.log().limit(0), "2021-04-01"), "the table has no rows")

    def test_a_zone_says_how_to_leave_it(self):
        tx = self.log().project("customer_id, amount, date::timestamptz as date")
        refused(lambda: summarise(tx, "2021-04-01"), "dates without a time zone", "cast 'date' to local time")
        assert len(rows(summarise(tx.project("* replace (date::timestamp as date)"), "2021-04-01"))) == 2
