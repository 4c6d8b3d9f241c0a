"""Cohorts: every cell counted in another way, nothing zero by accident, and the product-limit curve of textbooks."""

from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import cohorts, datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import clean, read

START = datetime(2021, 1, 1)
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
ORDERS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 500), st.integers(0, 3000)), min_size=1, max_size=30
)
FORMS = {"M": "%Y-%m", "Y": "%Y"}


def log(orders, kind=pd.DataFrame):
    ids, days, cents = zip(*orders, strict=True)
    return kind({
        "customer_id": list(ids),
        "date": [START + timedelta(days=d, hours=d % 24) for d in days],
        "amount": [c / 100 for c in cents],
    })  # fmt: skip


def rows(table):
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_dict("records")


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    for part in parts:
        assert part in str(refusal.value)


def period_of(day, unit):
    """The name of a day's period, worked out by hand."""
    if unit == "W":
        return (day - timedelta(days=day.weekday())).strftime("%Y-%m-%d")
    return f"{day.year} Q{(day.month + 2) // 3}" if unit == "Q" else day.strftime(FORMS[unit])


@pytest.fixture(scope="module")
def cdnow():
    return clean(read(datasets.path("cdnow")).tx).tx


class TestPublished:
    """Freireich et al. (1963), weeks of remission under 6-mercaptopurine: 21 patients, 12 censored; the curve and its
    standard errors as in Kleinbaum & Klein, Survival Analysis, chapter 2."""

    WEEKS = (6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
    RELAPSE = (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)

    def test_the_curve_of_freireich_1963(self):
        curve = cohorts.kaplan_meier(self.WEEKS, self.RELAPSE).set_index("time")
        published = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
        for week, share in published.items():
            assert curve.loc[week, "waiting"] == pytest.approx(share, abs=5e-5)
        assert curve.loc[[6, 7, 10, 13, 16, 22, 23], "at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
        assert cohorts.reached(curve.reset_index()) == 23 and cohorts.reached(curve.reset_index(), 0.9) is None

    def test_greenwoods_standard_errors(self):
        curve = cohorts.kaplan_meier(self.WEEKS, self.RELAPSE).set_index("time")
        for week, se in {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}.items():
            s, low, high = curve.loc[week, ["waiting", "low", "high"]]
            for bound in (low, high):  # the interval on the log-log scale, undone
                z = abs(np.log(np.log(bound) / np.log(s))) * s * abs(np.log(s))
                assert z / 1.96 == pytest.approx(se, abs=1.5e-4)

    def test_cdnow_came_in_one_quarter(self, cdnow):
        table = cohorts.table(cdnow, "1998-06-30", period="M", what="customers")
        assert table["cohort"].tolist() == ["1997-01", "1997-02", "1997-03"]
        assert table["acquired"].sum() == 2357
        quarter = cohorts.tidy(cdnow, "1998-06-30", period="Q")
        assert quarter["active"].iloc[0] == 2357 and quarter["orders"].sum() == 6696
        assert quarter["revenue"].sum() == pytest.approx(cdnow["amount"].sum(), rel=1e-9)


class TestTables:
    @given(ORDERS, st.sampled_from("WMQY"), st.integers(0, 40), st.randoms())
    @settings(deadline=None, max_examples=60)
    def test_every_cell_counted_by_hand(self, orders, unit, later, random):
        end = START + timedelta(days=500 + later)
        first = {c: min(d for x, d, _ in orders if x == c) for c, _, _ in orders}
        named = {c: period_of(START + timedelta(days=d), unit) for c, d in first.items()}
        active, revenue, orders_in = defaultdict(set), defaultdict(float), defaultdict(int)
        for c, d, cents in orders:
            cell = named[c], period_of(START + timedelta(days=d), unit)
            active[cell].add(c)
            revenue[cell] += cents / 100
            orders_in[cell] += 1
        mixed = orders.copy()
        random.shuffle(mixed)
        for kind, given_ in ((pd.DataFrame, orders), (pl.DataFrame, mixed)):
            table = rows(cohorts.tidy(log(given_, kind), end, unit))
            for row in table:
                cell = row["cohort"], row["period"]
                assert row["active"] == len(active[cell]) and row["orders"] == orders_in[cell]
                assert row["revenue"] == pytest.approx(revenue[cell], abs=1e-9)
                assert row["customers"] == sum(n == row["cohort"] for n in named.values())
                assert row["retention"] == row["active"] / row["customers"]
                assert (row["seen"] == "whole") == (
                    row["period"] < period_of(end, unit)
                    or period_of(end, unit) != period_of(end + timedelta(days=1), unit)
                )
            assert sum(r["orders"] for r in table) == len(orders)
            assert max(r["period"] for r in table) == period_of(end, unit)
            oldest = [r["age"] for r in table if r["cohort"] == table[0]["cohort"]]
            assert oldest == list(range(len(oldest)))

    def test_future_cells_are_empty_and_real_zeros_are_zero(self):
        tx = log([("a", 0, 100), ("b", 40, 100), ("a", 95, 300)])
        left = cohorts.table(tx, "2021-04-30", what="revenue")
        assert list(left.columns) == ["cohort", "acquired", "0", "1", "2", "3"]
        assert left.iloc[0, 2:].tolist() == [1.0, 0.0, 0.0, 3.0]
        assert left.iloc[1, 2:5].tolist() == [1.0, 0.0, 0.0] and np.isnan(left.iloc[1, 5])
        calendar = cohorts.table(tx, "2021-04-30", what="revenue", align="calendar")
        assert list(calendar.columns)[2:] == ["2021-01", "2021-02", "2021-03", "2021-04"]
        assert np.isnan(calendar.iloc[1, 2]) and calendar.iloc[1, 3:].tolist() == [1.0, 0.0, 0.0]

    def test_a_period_cut_by_as_of_is_empty_or_kept_on_demand(self):
        tx = log([("a", 0, 100), ("b", 40, 100), ("a", 95, 300)])
        cut = cohorts.table(tx, "2021-04-29", what="orders")
        assert np.isnan(cut.loc[0, "3"]) and np.isnan(cut.loc[1, "2"]) and cut.loc[1, "1"] == 0
        kept = cohorts.table(tx, "2021-04-29", what="orders", partial="keep")
        assert kept.loc[0, "3"] == 1 and kept.loc[1, "2"] == 0
        seen = cohorts.tidy(tx, "2021-04-29").query("period == '2021-04'")["seen"]
        assert set(seen) == {"until 2021-04-29"}

    def test_polars_has_true_gaps(self):
        table = cohorts.table(log([("a", 0, 100), ("b", 40, 100)], pl.DataFrame), "2021-02-28")
        assert table["1"].to_list() == [0.0, None]

    def test_one_cohort_and_one_period(self):
        table = cohorts.table(log([("a", 0, 100), ("b", 3, 100)]), "2021-01-31")
        assert table.to_dict("records") == [{"cohort": "2021-01", "acquired": 2, "0": 1.0}]

    def test_profit_follows_the_margin_and_says_so(self):
        tx = log([("a", 0, 100), ("b", 3, 300)])
        assert cohorts.tidy(tx, "2021-01-31").loc[0, ["profit", "profit_is"]].tolist() == [4.0, "revenue"]
        share = cohorts.tidy(tx, "2021-01-31", margin=0.3).iloc[0]
        assert share["profit"] == pytest.approx(1.2) and share["profit_is"] == "30 % of revenue"
        column = cohorts.tidy(tx.assign(margin=[-1.0, 2.5]), "2021-01-31").iloc[0]
        assert column["profit"] == 1.5 and column["profit_is"] == "column 'margin'"

    def test_refusals(self):
        tx = log([("a", 0, 100), ("b", 40, 300)])
        refused(lambda: cohorts.table(tx, "2021-01-31"), "precedes 1 order")
        refused(lambda: cohorts.table(tx, "2021-12-31", period="month"), "'W', 'M', 'Q', 'Y'")
        refused(lambda: cohorts.table(tx, "2021-12-31", what="margins"), "is not a choice")
        refused(lambda: cohorts.table(tx, "2021-12-31", margin=30), "for 30 % write margin=0.30")
        refused(lambda: cohorts.table(tx.assign(margin=[1.0, None]), "2021-12-31"), "'margin' is missing", "1 of 2")
        endless = tx.assign(gain=[1.0, float("inf")])
        refused(lambda: cohorts.table(endless, "2021-12-31", margin="gain"), "'gain' is missing (or no finite")
        old = [START - timedelta(weeks=i) for i in range(8000)]
        many = pd.DataFrame({"customer_id": range(8000), "date": old, "amount": 1.0})
        refused(lambda: cohorts.table(many, "2021-01-31", period="W"), "more cells than can be looked at")


class TestWaiting:
    @given(ORDERS, st.integers(2, 4))
    @settings(deadline=None, max_examples=40)
    def test_without_censoring_it_is_the_share_who_wait(self, orders, n):
        own = defaultdict(list)
        for c, d, _ in orders:
            own[c].append(d)
        waits = [sorted(d)[n - 1] - min(d) for d in own.values() if len(d) >= n]
        never = [501 - min(d) for d in own.values() if len(d) < n]
        curve = cohorts.time_to_nth_order(log(orders), START + timedelta(days=501), n)
        assert curve["events"].sum() == len(waits) and curve["censored"].sum() == len(never)
        expected = 1.0
        for row in curve.itertuples():
            at_risk = sum(w >= row.time for w in waits + never)
            assert row.at_risk == at_risk
            expected *= 1 - waits.count(row.time) / at_risk if at_risk else 1
            assert row.waiting == pytest.approx(expected)
        polars = cohorts.time_to_nth_order(log(orders, pl.DataFrame), START + timedelta(days=501), n)
        assert np.allclose(polars["waiting"].to_numpy(), curve["waiting"])

    def test_by_cohort_each_has_its_own_curve(self, cdnow):
        curves = cohorts.time_to_nth_order(cdnow, "1998-06-30", period="M")
        assert curves["cohort"].unique().tolist() == ["1997-01", "1997-02", "1997-03"]
        one = curves[curves["cohort"] == "1997-01"]
        january = cdnow[cdnow.groupby("customer_id")["date"].transform("min") < "1997-02-01"]
        alone = cohorts.time_to_nth_order(january, "1998-06-30")
        assert np.allclose(one["waiting"], alone["waiting"])
        refused(lambda: cohorts.reached(curves), "several curves")

    def test_nobody_and_everybody_comes_back(self):
        nobody = cohorts.time_to_nth_order(log([("a", 0, 1), ("b", 1, 1)]), "2021-12-31")
        assert set(nobody["waiting"]) == {1.0} and nobody["low"].isna().all() and cohorts.reached(nobody) is None
        all_ = cohorts.time_to_nth_order(log([("a", 0, 1), ("a", 5, 1)]), "2021-12-31")
        assert all_["waiting"].tolist() == [1.0, 0.0] and cohorts.reached(all_) == 5

    def test_refusals(self):
        tx = log([("a", 0, 100)])
        refused(lambda: cohorts.time_to_nth_order(tx, "2021-12-31", n=1), "at least 2")
        refused(lambda: cohorts.time_to_nth_order(tx, "2021-12-31", n=2.5), "whole number")
        refused(lambda: cohorts.kaplan_meier([1, -2], [1, 1]), "not negative")
        refused(lambda: cohorts.kaplan_meier([1, 2], [1, 3]), "true or false")
        refused(lambda: cohorts.kaplan_meier([1, 2], [1]), "2 times and 1 answers")
        refused(lambda: cohorts.kaplan_meier(["a"], [1]), "numbers")
