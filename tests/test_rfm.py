"""RFM: places among others with ties, segments that divide every cell, and what became of them."""

from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets, rfm
from crmlearn.errors import Refusal
from crmlearn.transactions import clean, ledger, read

START = datetime(2021, 1, 1)
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
ORDERS = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 60), st.integers(0, 3000)), min_size=1, max_size=40
)


def log(orders, kind=pd.DataFrame):
    ids, days, cents = zip(*orders, strict=True)
    return kind({
        "customer_id": list(ids),
        "date": [START + timedelta(days=d) for d in days],
        "amount": [c / 100 for c in cents],
    })  # fmt: skip


def rows(table):
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_dict("records")


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    for part in parts:
        assert part in str(refusal.value)


@pytest.fixture(scope="module")
def cdnow():
    return clean(read(datasets.path("cdnow")).tx).tx


class TestPublished:
    """Hughes (1994): fifths of all customers, 555 the best; CDNOW as the data."""

    def test_fifths_of_distinct_values_are_fifths(self):
        tx = log([(f"c{i:03d}", i, 100 * i + 100) for i in range(100)])
        scores = rfm.score(tx, "2021-12-31")
        assert scores["r"].value_counts().to_dict() == dict.fromkeys(range(1, 6), 20)
        assert scores["cell"].tolist()[0] == "111" and scores["cell"].tolist()[-1] == "515"

    def test_hughes_nested_cells_are_about_equally_large(self):
        random = np.random.default_rng(1)
        n = 1 + random.poisson(40, 1250)
        tx = pd.DataFrame({
            "customer_id": np.repeat(np.arange(1250), n),
            "date": np.datetime64("2021-01-01", "us") + random.integers(0, 20_000, n.sum()).astype("timedelta64[D]"),
            "amount": random.gamma(2, 10, n.sum()),
        })  # fmt: skip
        sizes = rfm.score(tx, "2080-01-01", method="nested")["cell"].value_counts()
        assert len(sizes) > 115 and sizes.max() < 40  # 10 each but for ties of days and of counts
        independent = rfm.score(tx, "2080-01-01")["cell"].value_counts()
        assert independent.std() > 1.5 * sizes.std()

    def test_who_ordered_once_scores_one_because_ties_share_the_lower_score(self, cdnow):
        scores = rfm.score(cdnow, "1998-06-30")
        assert len(scores) == 2357
        once = scores[scores["frequency"] == 1]
        assert len(once) / len(scores) > 0.4 and set(once["f"]) == {1}
        assert 2 not in set(scores["f"])  # so many tie that the next ones stand above a fifth twice


class TestScores:
    @given(ORDERS, st.sampled_from(["independent", "nested"]), st.sampled_from(["total", "mean"]), st.integers(2, 9))
    @settings(deadline=None, max_examples=60)
    def test_agrees_with_the_definition_in_every_kind(self, orders, method, monetary, bins):
        own = {}
        for c, d, cents in orders:
            own.setdefault(c, []).append((d, cents))
        facts = {
            c: (max(d for d, _ in o), len(o), sum(x for _, x in o) / (len(o) if monetary == "mean" else 1))
            for c, o in own.items()
        }
        among, expected = dict.fromkeys(own, ()), dict.fromkeys(own, ())
        for i in range(3):
            placed = {}
            for c in own:
                group = [x for x in own if among[x] == among[c]]
                worse = sum(round(facts[x][i] / 100, 6) < round(facts[c][i] / 100, 6) for x in group)
                placed[c] = 1 + bins * worse // len(group)
            expected = {c: (*expected[c], placed[c]) for c in own}
            among = expected if method == "nested" else among
        for kind in KINDS.values():
            table = rows(rfm.score(log(orders, kind), "2021-03-02", bins, method, monetary))
            assert [row["customer_id"] for row in table] == sorted(own)
            for row in table:
                assert (row["r"], row["f"], row["m"]) == expected[row["customer_id"]]
                assert row["cell"] == "".join(map(str, expected[row["customer_id"]]))
                assert row["days_since_last"] == 60 - facts[row["customer_id"]][0]

    @given(ORDERS, st.randoms())
    @settings(deadline=None, max_examples=40)
    def test_the_order_of_rows_does_not_matter(self, orders, random):
        mixed = orders.copy()
        random.shuffle(mixed)
        one, two = (rfm.score(log(o), "2021-03-02").drop(columns="monetary") for o in (orders, mixed))
        assert one.equals(two)

    def test_a_better_customer_never_scores_less(self, cdnow):
        scores = rfm.score(cdnow, "1998-06-30")
        for value, mark, sign in (("days_since_last", "r", -1), ("frequency", "f", 1), ("monetary", "m", 1)):
            ordered = (scores[value] * sign).argsort(kind="stable")
            assert scores[mark].iloc[ordered].is_monotonic_increasing

    def test_ties_everywhere_and_two_customers(self):
        same = rfm.score(log([(c, 5, 700) for c in "abcdefg"]), "2021-02-01")
        assert set(same["cell"]) == {"111"}
        two = rfm.score(log([("a", 1, 100), ("b", 2, 200)]), "2021-02-01")
        assert two["cell"].tolist() == ["111", "313"]

    def test_one_customer_with_a_hundred_thousand_orders(self):
        tx = pd.concat([log([("a", 0, 10)] * 100_000), log([("b", 1, 5), ("c", 2, 6)])])
        scores = rfm.score(tx, "2021-02-01").set_index("customer_id")
        assert scores.loc["a", "frequency"] == 100_000 and scores.loc["a", "monetary"] == pytest.approx(10_000)
        assert scores.loc["a", "f"] == 4 and scores.loc["b", "f"] == 1

    def test_the_window_leaves_out_orders_and_customers(self):
        tx = log([("a", 0, 100), ("b", 30, 100), ("b", 1, 900)])
        scores = rfm.score(tx, "2021-01-31", window_days=10)
        assert scores["customer_id"].tolist() == ["b"] and scores["monetary"].tolist() == [1.0]

    def test_lines_of_one_order_are_one_order(self):
        tx = log([("a", 0, 100), ("a", 0, 200), ("b", 1, 100)]).assign(order_id=[1, 1, 2])
        scores = rfm.score(tx, "2021-02-01")
        assert scores["frequency"].tolist() == [1, 1] and scores["monetary"].tolist() == [3.0, 1.0]

    def test_takes_a_ledger_made_once(self, cdnow):
        assert rfm.score(ledger(cdnow), "1998-06-30").equals(rfm.score(cdnow, "1998-06-30"))

    @EVERY_KIND
    def test_both_meanings_of_money_stand_side_by_side(self, kind):
        both = rfm.monetary_both(log([("a", 0, 1000), ("a", 9, 3000), ("b", 3, 3500)], kind), "2021-02-01")
        assert isinstance(both, kind)
        assert [(r["m_by_total"], r["m_by_mean"], r["moved"]) for r in rows(both)] == [(3, 1, -2), (1, 3, 2)]
        assert [r["cell_by_total"][:2] == r["cell_by_mean"][:2] for r in rows(both)] == [True, True]


class TestSegments:
    def test_each_of_the_125_cells_falls_into_exactly_one(self):
        hits = {c: [n for n, asks in rfm.COMMON.items() if asks(*c)] for c in product(range(1, 6), repeat=3)}
        assert len(hits) == 125 and all(len(names) == 1 for names in hits.values())
        assert {names[0] for names in hits.values()} == set(rfm.COMMON)

    @EVERY_KIND
    def test_names_and_sizes_add_up(self, cdnow, kind):
        tx = cdnow if kind is pd.DataFrame else pl.from_pandas(cdnow)
        sizes = rfm.sizes(rfm.segments(rfm.score(tx, "1998-06-30")))
        assert isinstance(sizes, kind)
        table = rows(sizes)
        assert sum(r["customers"] for r in table) == 2357
        assert sum(r["share_of_monetary"] for r in table) == pytest.approx(1)
        assert [r["customers"] for r in table] == sorted((r["customers"] for r in table), reverse=True)

    def test_custom_ones_with_holes_and_overlaps_are_refused_with_their_cells(self):
        scores = rfm.score(log([("a", 1, 100)]), "2021-02-01", bins=2)
        own = {"best": lambda r, f, m: r == 2 and f == 2, "twice": lambda r, f, m: r == 2 and m == 2}
        said = "5 of 8 cells fall into no segment", "111, 112, 121, 122, 211", "1 of 8 cells fall into more than one"
        refused(lambda: rfm.segments(scores, own, bins=2), *said, "222", "'best' and 'twice'")
        fine = rfm.segments(scores, {"all": lambda r, f, m: True}, bins=2)
        assert fine["segment"].tolist() == ["all"]

    def test_the_common_ones_are_for_five_scores(self):
        for bins in (2, 4, 7):
            scores = rfm.score(log([("a", 1, 100)]), "2021-02-01", bins=bins)
            refused(lambda s=scores, b=bins: rfm.segments(s, bins=b), "segments of your own")
        refused(lambda: rfm.segments(pd.DataFrame({"r": [6], "f": [0], "m": [1]})), "others in r, f")
        refused(lambda: rfm.segments(pd.DataFrame({"r": [6]})), "need 'f', 'm'")
        refused(lambda: rfm.segments(pd.DataFrame({"r": [1], "f": [1], "m": [1]}), {"x": 3}), "names with questions")

    def test_the_grid_has_every_field(self, cdnow):
        grid = rfm.grid(rfm.score(cdnow, "1998-06-30"))
        assert len(grid) == 25 and grid["customers"].sum() == 2357
        assert grid.loc[grid["f"] == 2, "customers"].sum() == 0 and grid.loc[grid["f"] == 2, "monetary"].isna().all()


class TestStability:
    @given(ORDERS.filter(lambda o: min(d for _, d, _ in o) <= 30), st.sampled_from(["segment", "cell", "r", "f", "m"]))
    @settings(deadline=None, max_examples=40)
    def test_agrees_with_two_scorings(self, orders, by):
        tx = log(orders)
        early = tx[tx["date"] <= "2021-01-31"]
        was, became = (
            rfm.segments(rfm.score(t, d)).set_index("customer_id")[by].astype(str)
            for t, d in ((early, "2021-01-31"), (tx, "2021-03-02"))
        )
        told = rfm.stability(tx, "2021-01-31", "2021-03-02", by=by)
        both = was.index.intersection(became.index)
        assert (told.both, told.left, told.entered) == (len(both), 0, len(became) - len(both))
        assert told.unchanged == pytest.approx((was[both] == became[both]).mean())
        table = told.transitions
        assert table["customers"].sum() == len(became)
        sums = table.groupby("from")["share_of_from"].sum()
        assert np.allclose(sums, 1)
        polars = rfm.stability(log(orders, pl.DataFrame), "2021-01-31", "2021-03-02", by=by)
        assert polars.transitions.to_dicts() == table.to_dict("records")

    def test_with_a_window_customers_leave(self):
        tx = log([("a", 0, 100), ("b", 1, 200), ("b", 40, 100), ("c", 45, 100)])
        told = rfm.stability(tx, "2021-01-10", "2021-02-20", by="r", window_days=20)
        assert (told.both, told.left, told.entered) == (1, 1, 1)
        assert {"(not scored)"} < set(told.transitions["to"]) | set(told.transitions["from"])

    def test_refusals(self):
        tx = log([("a", 10, 100), ("b", 40, 200)])
        refused(lambda: rfm.stability(tx, "2021-02-20", "2021-01-10"), "first must lie before second")
        refused(lambda: rfm.stability(tx, "2021-01-05", "2021-02-20"), "no order lies on or before first")
        refused(lambda: rfm.stability(tx, "2021-01-15", "2021-01-20"), "precedes 1 order")
        refused(lambda: rfm.stability(tx, "2021-01-15", "2021-02-20", by="x"), "by='segment'")


@EVERY_KIND
class TestRefusals:
    def test_future_dates_refunds_and_nobody(self, kind):
        refused(lambda: rfm.score(log([("a", 40, 100)], kind), "2021-01-31"), "precedes 1 order", "2021-02-10")
        refused(lambda: rfm.score(log([("a", 4, -100)], kind), "2021-01-31"), "1 of 1 rows", "transactions.clean")
        both = log([("a", 4, -100), (" ", 1, 5)], kind)
        refused(lambda: rfm.score(both, "2021-01-31"), "orders without a customer", "negative amounts")

    def test_words_that_are_no_choice(self, kind):
        tx = log([("a", 4, 100)], kind)
        refused(lambda: rfm.score(tx, "2021-01-31", method="nest"), "method='nested'")
        refused(lambda: rfm.score(tx, "2021-01-31", monetary="sum"), "'total', 'mean'")
        refused(lambda: rfm.score(tx, "2021-01-31", bins=10), "between 2 and 9")
        refused(lambda: rfm.score(tx, "2021-01-31", bins=2.5), "whole number")
        refused(lambda: rfm.score(tx, "2021-03-31", window_days=5), "no order lies in the window")
        refused(lambda: rfm.score(5, "2021-03-31"), "score needs a table")

    def test_scores_of_another_kind(self, kind):
        floats = kind({"r": [1.0, 2.0], "f": [1, 1], "m": [1, 1], "monetary": [3.0, 4.0]})
        assert list(rfm.segments(floats)["segment"]) == ["Hibernating"] * 2
        assert rfm.grid(floats)["customers"].sum() == 2
        empty = {"r": [], "f": [], "m": []}
        refused(lambda: rfm.segments(kind(empty)), "there are no scores")
        refused(lambda: rfm.sizes(kind({"segment": ["a", "b"], "monetary": [1.0, None]})), "'monetary' has gaps")
        tx = log([("a", 4, 100)], kind)
        refused(lambda: rfm.score(tx, "2021-03-31", window_days=1.5), "window_days=1.5 is not a whole number")
        refused(lambda: rfm.segments(floats, {"(not scored)": lambda r, f, m: True}), "this name is taken")
