from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import Policy, clean, from_lifetimes, read, split, summarise, to_lifetimes

KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "lazy": pl.LazyFrame}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
DAYS = ["2021-03-01", "2021-03-15", "2021-03-08"]


def log(kind, ids=("a", "a", "b"), days=DAYS, amounts=(10.0, 30.0, 5.0)):
    dates = [None if day is None else datetime.fromisoformat(day) for day in days]
    return kind({"customer_id": list(ids), "date": dates, "amount": list(amounts)})


def rows(table):
    table = table.collect() if isinstance(table, pl.LazyFrame) else table
    values = table.itertuples(index=False, name=None) if isinstance(table, pd.DataFrame) else table.iter_rows()
    return [tuple(None if pd.isna(value) else value for value in row) for row in values]


def names(table):
    return table.collect_schema().names() if isinstance(table, pl.LazyFrame) else list(table.columns)


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    for part in parts:
        assert part in str(refusal.value)
    return str(refusal.value)


@pytest.fixture(scope="module")
def cdnow():
    """The raw log under the default policy until 30 September 1997, as in Fader, Hardie & Lee (2005)."""
    return clean(read(datasets.path("cdnow")).tx, Policy(end="1997-09-30")).tx


ORDERS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.datetimes(datetime(1899, 1, 1), datetime(2031, 1, 1)), st.integers(0, 999)),
    min_size=1,
    max_size=30,
)


@given(ORDERS, st.sampled_from(["day", "week", "month", "year"]))
def test_a_log_too_large_for_memory_is_counted_alike(orders, unit):
    ids, dates, amounts = zip(*orders, strict=True)
    tx = pl.LazyFrame({"customer_id": ids, "date": dates, "amount": [float(a) for a in amounts]})
    in_memory = summarise(tx, "2031-12-31", unit).collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crmlearn.transactions.summary._FITS", 0)
        assert summarise(tx, "2031-12-31", unit).collect().equals(in_memory)


class TestPublished:
    """Fader, Hardie & Lee (2005), Marketing Science 24(2), and the counts of the raw log itself."""

    @EVERY_KIND
    def test_the_calibration_sample_of_cdnow(self, cdnow, kind):
        tx = cdnow if kind is pd.DataFrame else pl.from_pandas(cdnow)
        summary = summarise(tx.lazy() if kind is pl.LazyFrame else tx, as_of="1997-09-30")
        assert isinstance(summary, kind) and names(summary) == ["customer_id", "x", "t_x", "T", "mean_spend"]
        table = pd.DataFrame(rows(summary), columns=names(summary))
        assert len(table) == 2357
        assert table["x"].sum() == 2457 and (table["x"] == 0).sum() == 1411
        assert table["x"].mean() == pytest.approx(1.0424, abs=5e-5)
        assert table["mean_spend"].count() == 946
        assert table["mean_spend"].mean() == pytest.approx(35.0778, abs=5e-5)
        assert table["T"].min() == 27 and table["T"].max() == pytest.approx(38.857, abs=5e-4)
        assert len(table.groupby(["x", "t_x", "T"])) == 1016

    def test_customer_0001_is_the_first_line_of_the_published_file(self, cdnow):
        first = rows(summarise(cdnow, as_of="1997-09-30"))[0]
        assert first[:2] == ("0001", 2)
        assert first[2:] == pytest.approx((30.43, 38.86, 22.35), abs=0.0051)  # two decimals there

    def test_other_units_are_the_same_time(self, cdnow):
        weeks = summarise(cdnow, as_of="1997-09-30")
        for unit, per_week in {"day": 7, "month": 7 / (365.25 / 12), "year": 7 / 365.25}.items():
            other = summarise(cdnow, as_of="1997-09-30", unit=unit)
            assert other["T"].to_numpy() == pytest.approx(weeks["T"].to_numpy() * per_week)
            assert other["t_x"].to_numpy() == pytest.approx(weeks["t_x"].to_numpy() * per_week)

    def test_split_at_the_end_of_calibration(self, cdnow):
        whole = clean(read(datasets.path("cdnow")).tx).tx
        calibration, holdout = split(whole, at="1997-09-30")
        assert len(calibration) == 4814 and len(holdout) == 6696 - 4814
        assert rows(calibration) == rows(cdnow)


class TestSummarise:
    @EVERY_KIND
    def test_by_hand(self, kind):
        assert rows(summarise(log(kind), as_of="2021-03-29")) == [("a", 1, 2, 4, 30), ("b", 0, 0, 3, None)]

    @EVERY_KIND
    def test_time_counts_whole_days_and_the_last_day_belongs_to_it(self, kind):
        tx = log(kind, days=["2021-03-01T23:00", "2021-03-08T01:00", "2021-03-29T23:59"])
        assert rows(summarise(tx, as_of=datetime(2021, 3, 29, 8)))[0][2:4] == (1, 4)
        assert rows(summarise(tx, as_of="2021-03-29"))[1][3] == 0

    @EVERY_KIND
    def test_one_customer_and_nobody_repeating(self, kind):
        one = log(kind, ["a"], DAYS[:1], [10.0])
        assert rows(summarise(one, as_of=date(2021, 3, 1))) == [("a", 0, 0, 0, None)]
        nobody = log(kind, ["b", "a", "c"])
        assert [row[1:3] + row[4:] for row in rows(summarise(nobody, as_of="2021-04-01"))] == [(0, 0, None)] * 3

    @EVERY_KIND
    def test_orders_of_the_first_day_kept_apart_share_its_mean(self, kind):
        tx = log(kind, ["a"] * 3, ["2021-03-01", "2021-03-01", "2021-03-08"], [10.0, 20.0, 50.0])
        assert rows(summarise(tx, as_of="2021-03-08")) == [("a", 2, 1, 1, (80 - 15) / 2)]

    def test_days_may_be_dates_and_ids_numbers_or_categories(self):
        expected = [row[1:] for row in rows(summarise(log(pd.DataFrame), as_of="2021-03-29"))]
        plain, polars = log(pd.DataFrame), log(pl.DataFrame)
        for tx in (
            plain.astype({"date": "date32[pyarrow]"}),
            plain.astype({"date": "datetime64[s]", "customer_id": "category"}),
            plain.assign(customer_id=[1, 1, 2], amount=[10, 30, 5]),
            plain.assign(customer_id=pd.Series([1, "1", "b"], dtype=object)),
            plain.set_index("customer_id"),
            plain.set_axis([4, 4, 4]),
            polars.cast({"date": pl.Date, "amount": pl.Float32}),
            polars.cast({"customer_id": pl.Categorical}),
            polars.cast({"customer_id": pl.Categorical}).lazy(),
        ):
            assert [row[1:] for row in rows(summarise(tx, as_of="2021-03-29"))] == expected

    @given(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 100), st.integers(0, 5000)), min_size=1, max_size=25),
        st.integers(0, 50),
    )
    @settings(deadline=None, max_examples=40)
    def test_agrees_with_the_definition_in_every_kind(self, orders, later):
        start = datetime(2021, 1, 1)
        as_of = start + timedelta(days=100 + later)
        expected = []
        for customer in sorted({c for c, _, _ in orders}):
            own = sorted((day, cents / 100) for c, day, cents in orders if c == customer)
            first = [amount for day, amount in own if day == own[0][0]]
            x = len(own) - 1
            spend = (sum(amount for _, amount in own) - sum(first) / len(first)) / x if x else None
            expected.append((customer, x, (own[-1][0] - own[0][0]) / 7, (100 + later - own[0][0]) / 7, spend))
        for kind in KINDS.values():
            ids, days, cents = zip(*orders, strict=True)
            tx = kind(
                {
                    "customer_id": list(ids),
                    "date": [start + timedelta(days=day, hours=day % 24) for day in days],
                    "amount": [c / 100 for c in cents],
                }
            )
            summary = rows(summarise(tx, as_of=as_of))
            assert [row[:2] for row in summary] == [row[:2] for row in expected]
            for row, wanted in zip(summary, expected, strict=True):
                assert row[2:4] == pytest.approx(wanted[2:4])
                assert row[4] == pytest.approx(wanted[4], abs=1e-9) if wanted[1] else row[4] is None

    def test_leaves_its_input_alone(self):
        tx = log(pd.DataFrame)
        before = tx.copy()
        summarise(tx, as_of="2021-03-29")
        split(tx, at="2021-03-08")
        assert tx.equals(before)


class TestSplit:
    @EVERY_KIND
    def test_the_day_itself_belongs_to_the_calibration(self, kind):
        tx = log(kind, days=["2021-03-01", "2021-03-08T23:59", "2021-03-09"])
        for at in ("2021-03-08", date(2021, 3, 8), pd.Timestamp("2021-03-08 01:00"), np.datetime64("2021-03-08")):
            parts = split(tx, at=at)
            assert isinstance(parts.calibration, kind) and isinstance(parts.holdout, kind)
            assert [row[2] for row in rows(parts.calibration)] == [10, 30] and len(rows(parts.holdout)) == 1

    @EVERY_KIND
    def test_nothing_is_lost_and_nothing_changed(self, kind):
        tx = kind({"date": [date(2021, 3, 1), date(2021, 3, 9)], "x": [1, 2]})
        tx = tx.astype({"date": "date32[pyarrow]"}) if kind is pd.DataFrame else tx
        parts = split(tx, at="2021-03-05")
        assert rows(parts.calibration) + rows(parts.holdout) == rows(tx) and names(parts.holdout) == ["date", "x"]


@EVERY_KIND
class TestRefusals:
    def test_an_as_of_before_orders(self, kind):
        text = refused(lambda: summarise(log(kind), as_of="2021-03-07"), "as_of=2021-03-07 precedes 2 orders")
        assert "the latest is of 2021-03-15" in text and "transactions.split" in text
        refused(lambda: summarise(log(kind), as_of="2021-03-14"), "precedes 1 order.")

    @pytest.mark.parametrize("wrong", ["03/04/2021", "soon", "", None, 20210401, [1], pd.NaT, np.datetime64("NaT")])
    def test_what_is_no_date(self, kind, wrong):
        refused(lambda: summarise(log(kind), as_of=wrong), "as_of", "as_of='2021-04-03'")
        refused(lambda: split(log(kind), at=wrong), "at='2021-04-03'")

    def test_an_unknown_unit(self, kind):
        refused(lambda: summarise(log(kind), as_of="2021-04-01", unit="weeks"), "unit='week'")

    def test_what_cleaning_would_have_treated_all_at_once(self, kind):
        tx = log(kind, ["a", None, " "], amounts=[1.0, -2.0, 3.0])
        text = refused(lambda: summarise(tx, as_of="2021-03-01"), "1 of 3 rows", "2 of 3 rows", "precedes 2 orders")
        assert (
            "negative amounts" in text and "orders without a customer" in text and "transactions.clean(tx).tx" in text
        )

    def test_holes_and_infinities(self, kind):
        tx = log(kind, amounts=[1.0, float("nan"), float("inf")])
        refused(lambda: summarise(tx, as_of="2021-04-01"), "needs an amount", "finite numbers below 1e15")
        tx = log(kind, days=["2021-03-01", None, "2021-03-02"])
        refused(lambda: summarise(tx, as_of="2021-04-01"), "needs a date")
        refused(lambda: split(tx, at="2021-03-01"), "needs a date")

    def test_text_where_dates_or_numbers_should_be(self, kind):
        tx = kind({"customer_id": ["a"], "date": ["2021-03-01"], "amount": ["5"]})
        refused(lambda: summarise(tx, as_of="2021-04-01"), "needs dates in 'date'", "needs numbers in 'amount'")
        refused(lambda: split(tx, at="2021-03-01"), "split needs dates in 'date'")

    def test_missing_columns_and_empty_tables(self, kind):
        refused(lambda: summarise(kind({"customer_id": ["a"]}), as_of="2021-04-01"), "need 'date', 'amount'")
        refused(lambda: split(kind({"x": [1]}), at="2021-04-01"), "need 'date'")
        for how in (lambda t: summarise(t, as_of="2021-04-01"), lambda t: split(t, at="2021-04-01")):
            refused(lambda how=how: how(log(kind).head(0)), "the table has no rows")

    def test_a_cut_that_does_not_divide(self, kind):
        for at in ("2020-01-01", "2021-03-15", "2022-01-01"):
            text = refused(lambda at=at: split(log(kind), at=at), "does not divide", "from 2021-03-01 to 2021-03-15")
            assert len(rows(split(log(kind), at=text.split("at='")[-1].rstrip("'")).holdout)) > 0
        one = log(kind, ["a"], DAYS[:1], [1.0])
        refused(lambda: split(one, at="2021-03-01"), "more days of orders")


@pytest.mark.parametrize("wrong", [None, [1], "orders.csv", 5])
def test_refuses_what_is_no_table(wrong):
    refused(lambda: summarise(wrong, as_of="2021-04-01"), "summarise needs a table")
    refused(lambda: split(wrong, at="2021-04-01"), "split needs a table")
    refused(lambda: to_lifetimes(wrong), "to_lifetimes needs a table")
    refused(lambda: from_lifetimes(wrong), "from_lifetimes needs a table")


@EVERY_KIND
class TestLifetimes:
    def test_there_and_back_is_the_same(self, kind):
        summary = summarise(log(kind), as_of="2021-03-29")
        theirs = to_lifetimes(summary)
        assert names(theirs) == ["customer_id", "frequency", "recency", "T", "monetary_value"]
        assert rows(theirs) == [("a", 1, 2, 4, 30), ("b", 0, 0, 3, 0)]
        assert rows(from_lifetimes(theirs)) == rows(summary) and names(from_lifetimes(theirs)) == names(summary)

    def test_a_gap_in_spend_stays_a_gap_where_there_were_repeats(self, kind):
        summary = kind({"x": [1, 0], "t_x": [1.0, 0.0], "T": [2.0, 3.0], "mean_spend": [None, None]})
        assert [row[3] for row in rows(to_lifetimes(summary))] == [None, 0]

    def test_takes_floats_for_counts(self, kind):
        theirs = kind({"frequency": [2.0, 0.0], "recency": [30.43, 0.0], "T": [38.86, 38.86]})
        assert rows(from_lifetimes(theirs)) == [(2, 30.43, 38.86), (0, 0, 38.86)]

    def test_refuses_another_recency_and_another_frequency(self, kind):
        days_since = kind({"frequency": [2.0, 1.5, 0.0], "recency": [50.0, 1.0, 3.0], "T": [40.0, 50.0, 60.0]})
        text = refused(lambda: from_lifetimes(days_since), "frequency must count", "recency must lie between 0 and T")
        assert "recency must be 0 where frequency is 0" in text and text.count("1 of 3 rows") == 3

    def test_refuses_missing_columns_text_and_both_names_at_once(self, kind):
        refused(lambda: to_lifetimes(kind({"x": [1]})), "need 't_x', 'T'")
        refused(lambda: from_lifetimes(kind({"frequency": [1]})), "need 'recency', 'T'")
        text = {"x": ["2"], "t_x": ["1"], "T": [3.0]}
        refused(lambda: to_lifetimes(kind(text)), "summaries need numbers", "'x' is String")
        refused(lambda: from_lifetimes(kind({"frequency": ["2"], "recency": [1.0], "T": [3.0]})), "need numbers")
        refused(
            lambda: to_lifetimes(kind({"x": [1], "t_x": [1.0], "T": [2.0], "recency": [1.0]})), "both kinds of names"
        )
        refused(lambda: from_lifetimes(kind({"frequency": [1], "recency": [1.0], "T": [2.0], "x": [1]})), "both kinds")


def test_the_customers_of_lifetimes_stand_in_the_index():
    theirs = pd.DataFrame({"frequency": [2.0], "recency": [3.0], "T": [4.0]}, index=pd.Index(["a"], name="customer_id"))
    assert rows(from_lifetimes(theirs)) == [("a", 2, 3, 4)]


def test_the_index_follows_the_customers():
    days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08", "2021-03-20"])
    tx = pd.DataFrame({"customer_id": list("bbaa"), "date": days, "amount": [10.0, 30, 5, 5]})
    base = summarise(tx, as_of="2021-03-29")
    assert base.index.tolist() == [0, 1] and base.customer_id.tolist() == ["a", "b"]
