"""The audit: published indices and identities, books that balance under any orders, and sentences that are true."""

import math
from datetime import datetime, timedelta
from itertools import permutations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import erf, erfinv

from crmlearn import audit, datasets, plots
from crmlearn.errors import Refusal
from crmlearn.transactions import Profit, clean, ledger, read

START = datetime(2021, 1, 1)
ONE, TWO = ("2021-01-01", "2021-02-19"), ("2021-02-20", "2021-04-10")  # 50 days each
END = "2021-04-10"
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
ORDERS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 99), st.integers(0, 3000), st.integers(-900, 900)),
    min_size=1,
    max_size=30,
)
MEASURES = ("orders", "revenue", "profit")


def log(orders, kind=pd.DataFrame, **columns):
    ids, days, cents, *margin = zip(*orders, strict=True)
    table = {"customer_id": list(ids), "date": [START + timedelta(days=d, hours=d % 24) for d in days]}
    table["amount"] = [c / 100 for c in cents]
    if margin:
        table["margin"] = [c / 100 for c in margin[0]]
    return kind(table | columns)


def rows(table):
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_dict("records")


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    for part in parts:
        assert part in str(refusal.value)


def value(table, measure):
    return table.set_index("measure").loc[measure, "value"]


def spending(values):
    """One order per customer, worth these."""
    n = len(values)
    return pd.DataFrame({"customer_id": np.arange(n), "date": START, "amount": np.asarray(values, float)})


@pytest.fixture(scope="module")
def cdnow():
    return clean(read(datasets.path("cdnow")).tx).tx


class TestPublished:
    def test_gini_of_known_distributions(self):
        u = (np.arange(20_000) + 0.5) / 20_000
        known = {
            "uniform on (0, 1)": (u, 1 / 3),
            "exponential": (-np.log(1 - u), 0.5),
            "Pareto, shape 3": ((1 - u) ** (-1 / 3), 1 / 5),
            "lognormal, sigma 1": (np.exp(math.sqrt(2) * erfinv(2 * u - 1)), erf(1 / 2)),
        }
        for name, (values, gini) in known.items():
            table = audit.concentration(spending(values), "2021", of="revenue")
            assert value(table, "gini") == pytest.approx(gini, abs=3e-3), name

    def test_gini_of_the_extremes_and_its_definition_by_pairs(self):
        assert value(audit.concentration(spending([5, 5, 5]), "2021"), "gini") == pytest.approx(0)
        assert value(audit.concentration(spending([0, 0, 0, 9]), "2021"), "gini") == pytest.approx(3 / 4)
        x = np.array([1.0, 4, 4, 11, 30])
        pairs = np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean())
        assert value(audit.concentration(spending(x), "2021"), "gini") == pytest.approx(pairs)

    def test_lorenz_of_the_exponential_and_the_best_tenth(self):
        u = (np.arange(20_000) + 0.5) / 20_000
        table = audit.lorenz(spending(-np.log(1 - u)), "2021")
        p = table["share_of_customers"].to_numpy()[:-1]
        assert np.allclose(table["share_of_profit"][:-1], p + (1 - p) * np.log(1 - p), atol=2e-3)
        best = value(audit.concentration(spending(-np.log(1 - u)), "2021"), "best 10%")
        assert best == pytest.approx(0.1 * (1 + math.log(10)), abs=2e-3)

    def test_lmdi_is_exact_and_leaves_no_residual(self):
        """Ang (2005): each part is L(V1, V0) ln(x1 / x0), and the parts add up to V1 - V0."""
        before, after = (100, 2.0, 30.0, 0.25), (130, 1.8, 33.0, 0.22)
        parts = audit.lmdi(before, after)
        v0, v1 = math.prod(before), math.prod(after)
        assert math.fsum(parts) == pytest.approx(v1 - v0, rel=1e-12)
        assert parts[0] == pytest.approx((v1 - v0) / math.log(v1 / v0) * math.log(1.3))
        assert np.allclose(audit.lmdi(before, before), 0)

    def test_shapley_is_the_mean_over_all_orders_of_change(self):
        before, after = (3.0, -2.0, 0.0, 5.0), (4.0, 1.5, 2.0, -1.0)
        expected = np.zeros(4)
        for order in permutations(range(4)):
            now = list(before)
            for at in order:
                old = math.prod(now)
                now[at] = after[at]
                expected[at] += (math.prod(now) - old) / 24
        assert np.allclose(audit.shapley(before, after), expected)

    def test_cdnow(self, cdnow):
        """The 1/10 sample: 2,357 customers, 6,696 purchases after days are merged."""
        table = audit.factors(cdnow, ("1997-01-01", "1998-06-30"))
        assert value(table, "customers") == 2357 and value(table, "orders") == 6696
        assert value(table, "profit") == pytest.approx(cdnow["amount"].sum(), rel=1e-9)
        assert (
            audit.frequency(cdnow, ("1997-01-01", "1997-09-30"))["customers"][0] == 1411
        )  # Fader, Hardie & Lee (2005)


class TestBooks:
    def test_balanced_is_relative_to_the_larger_side_and_to_what_was_turned_over(self):
        audit.balanced(1e12, 1e12 + 100, "within")
        audit.balanced([0.1, 0.2, -0.3], 0.0, "floats")
        audit.balanced(1e-7, 0.0, "of large parts", scale=1e6)
        for left, right in ((1.0, 1.0 + 1e-8), (float("nan"), 1.0), ([1, 2], 4), (0.0, 1e-30)):
            with pytest.raises(audit.Unbalanced, match="books do not balance: this"):
                audit.balanced(left, right, "this")

    def test_a_table_that_does_not_balance_is_not_published(self, monkeypatch):
        from crmlearn.audit import counting, one_period

        honest = counting.grouped

        def crooked(*args):
            table = honest(*args)
            table["profit"][0] += 1e-6 * table["profit"].sum()
            return table

        monkeypatch.setattr(one_period, "grouped", crooked)
        tx = log([("a", 0, 100), ("b", 1, 200)])
        with pytest.raises(audit.Unbalanced, match="profit of all rows"):
            audit.frequency(tx, "2021")
        with pytest.raises(audit.Unbalanced):
            audit.exhibits(tx, END, "2021")

    @given(ORDERS, st.sampled_from([None, 0.3, "margin"]), st.randoms())
    @settings(deadline=None, max_examples=60)
    def test_one_period_adds_up_in_every_kind_and_order(self, orders, margin, random):
        mixed = orders.copy()
        random.shuffle(mixed)
        tx = log(orders if margin == "margin" else [o[:3] for o in orders])
        other = log(mixed if margin == "margin" else [o[:3] for o in mixed], pl.DataFrame)
        share = {None: 1, 0.3: 0.3}.get(margin)
        profit = tx["margin"].sum() if share is None else share * tx["amount"].sum()
        whole = {"customers": tx["customer_id"].nunique(), "orders": len(tx), "revenue": tx["amount"].sum()}
        whole["profit"] = profit
        makers = [audit.frequency, audit.one_time_buyers, audit.unprofitable]
        if whole["customers"] >= 2:
            makers.append(lambda t, p, m: audit.deciles(t, p, m, groups=2))
        if (pd.Series(tx.get("margin", tx["amount"])).groupby(tx["customer_id"]).sum() > 0).any():
            makers.append(lambda t, p, m: audit.deciles(t, p, m, by="profit"))
        for maker in makers:
            one, two = rows(maker(tx, "2021", margin)), rows(maker(other, "2021", margin))
            for name, total in whole.items():
                assert math.fsum(r[name] for r in one) == pytest.approx(total, rel=1e-9, abs=1e-9)
                assert [r[name] for r in one] == pytest.approx([r[name] for r in two], abs=1e-9)
        factors = audit.factors(tx, "2021", margin)
        if whole["revenue"] > 0:
            assert math.prod(factors["value"][:4]) == pytest.approx(profit, rel=1e-9, abs=1e-9)

    @given(ORDERS, st.sampled_from([None, "margin"]))
    @settings(deadline=None, max_examples=60)
    def test_two_periods_add_up(self, orders, margin):
        days = [d for _, d, *_ in orders]
        assume(min(days) < 50 <= max(days))
        tx = log(orders).rename(columns={"margin": "margin" if margin else "other"})
        tx["profit"] = tx["margin"] if margin else tx["amount"]
        tx["orders"], tx["revenue"] = 1, tx["amount"]
        first = tx[tx["date"] < "2021-02-20"].groupby("customer_id")[list(MEASURES)].sum()
        second = tx[tx["date"] >= "2021-02-20"].groupby("customer_id")[list(MEASURES)].sum()
        table = audit.lost_kept_new(tx, ONE, TWO).set_index("group")
        both = first.index.intersection(second.index)
        assert table["customers"].tolist() == [len(first) - len(both), len(both), len(second) - len(both), 0]
        for name in MEASURES:
            lost, kept = table.loc["lost", f"{name}_first"], table.loc["kept", f"{name}_first"]
            assert lost + kept == pytest.approx(first[name].sum(), rel=1e-9, abs=1e-9)
            rest = table.loc[["kept", "new", "back"], f"{name}_second"].sum()
            assert rest == pytest.approx(second[name].sum(), rel=1e-9, abs=1e-9)
        bridge = audit.bridge(tx, ONE, TWO)
        assert bridge["change"][:-1].sum() == pytest.approx(bridge["change"].iloc[-1], abs=1e-9)
        change = (second["profit"] - first["profit"]).dropna()
        steps = bridge.set_index("step")
        assert steps.loc["kept up", "change"] == pytest.approx(change[change > 1e-9].sum(), abs=1e-9)
        assert steps.loc["kept down", "change"] == pytest.approx(change[change < -1e-9].sum(), abs=1e-9)
        if len(both):
            moved = audit.up_down(tx, ONE, TWO)
            assert moved["customers"].sum() == len(both)
            assert moved["change"].sum() == pytest.approx(change.sum(), abs=1e-9)
        if len(first) > 1 < len(second):
            switch = audit.switching(tx, ONE, TWO, groups=2)
            assert switch["customers"].sum() == len(first.index.union(second.index))
            kept_from = switch[(switch["from"] != "not active") & (switch["to"] != "not active")]
            assert kept_from["customers"].sum() == len(both)
        if first["revenue"].sum() > 0 < second["revenue"].sum():
            factors = audit.factor_bridge(tx, ONE, TWO)
            assert factors["change"][:-1].sum() == pytest.approx(factors["change"].iloc[-1], rel=1e-9, abs=1e-9)
            if first["profit"].sum() > 0.01 < second["profit"].sum():
                assert audit.factor_bridge(tx, ONE, TWO, method="lmdi")["change"][:-1].sum() == pytest.approx(
                    factors["change"].iloc[-1], rel=1e-9, abs=1e-9
                )

    @given(ORDERS, st.sampled_from("WMQY"), st.randoms())
    @settings(deadline=None, max_examples=40)
    def test_time_adds_up(self, orders, period, random):
        mixed = orders.copy()
        random.shuffle(mixed)
        tx, other = log(orders), log(mixed, pl.DataFrame)
        base = audit.whole_base(tx, END, period)
        assert base["profit"].sum() == pytest.approx(tx["margin"].sum(), abs=1e-9)
        flow = audit.acquisition(tx, END, period)
        by_period = base.groupby("period")[["active", "orders", "revenue", "profit"]].sum()
        assert flow["active"].tolist() == by_period["active"].tolist()
        assert np.allclose(flow["profit"], by_period["profit"])
        assert flow["new"].sum() == tx["customer_id"].nunique() == flow["acquired_so_far"].iloc[-1]
        assert np.allclose(audit.acquisition(other, END, period)["profit"].to_numpy(), flow["profit"])
        compared = audit.cohorts_compared(tx, END, period)
        assert compared["orders"].sum() == len(tx)
        cohort = compared["cohort"].iloc[0]
        mine = compared[compared["cohort"] == cohort]
        last = mine["cumulative_profit_per_customer"].iloc[-1] * mine["customers"].iloc[0]
        assert last == pytest.approx(mine["profit"].sum(), abs=1e-9)
        if period != "W":
            alone = audit.one_cohort(tx, cohort, END, period)
            assert np.allclose(alone["profit"], mine["profit"]) and alone["active"].tolist() == mine["active"].tolist()
        gaps = len(tx) - tx["customer_id"].nunique()
        if gaps:
            assert audit.time_between_orders(tx, END).set_index("step").loc["all", "gaps"] == gaps

    @given(ORDERS, st.data())
    @settings(deadline=None, max_examples=40)
    def test_products_add_up(self, orders, data):
        labels = data.draw(
            st.lists(st.sampled_from(["tea", "书", "", "தேநீர்"]), min_size=len(orders), max_size=len(orders))
        )
        tx, named = log(orders, category=labels), [label or "(missing)" for label in labels]
        tx["named"] = named
        table = audit.penetration(tx, "2021").set_index("category")
        assert table["revenue"].sum() == pytest.approx(tx["amount"].sum(), abs=1e-9)
        assert table["customers"].to_dict() == tx.groupby("named")["customer_id"].nunique().to_dict()
        assert table["orders"].to_dict() == tx["named"].value_counts().to_dict()
        entry = audit.entry(tx, END)
        assert entry["customers"].sum() == tx["customer_id"].nunique()
        assert entry["profit"].sum() == pytest.approx(tx["margin"].sum(), abs=1e-9)
        held = tx.groupby("named")["customer_id"].agg(set).drop("(missing)", errors="ignore")
        if len(held) > 1:
            n = tx["customer_id"].nunique()
            for pair in audit.co_purchase(tx, "2021").itertuples():
                a, b = held[pair.first], held[pair.second]
                assert (pair.both, pair.with_first, pair.with_second) == (len(a & b), len(a), len(b))
                assert pair.support == pytest.approx(len(a & b) / n)
                assert pair.confidence_second_given_first == pytest.approx(len(a & b) / len(a))
                assert pair.lift == pytest.approx(len(a & b) * n / len(a) / len(b))

    def test_every_exhibit_of_cdnow_balances_and_pandas_equals_polars(self, cdnow):
        tx = cdnow.assign(margin=cdnow["amount"] * 0.3 - 2, category=np.array(["CD", "书"])[np.arange(len(cdnow)) % 2])
        terms = {"period": "1998 Q2", "before": "1998 Q1", "acquisition_cost": 9.0}
        one, two = (audit.exhibits(t, "1998-06-30", with_refunds=t, **terms) for t in (tx, pl.from_pandas(tx)))
        assert [str(e) for e in one.shown] == [str(e) for e in two.shown] and len(one.shown) == 28
        assert one.left_out == two.left_out
        assert {name.split(":")[1] for name, _ in one.left_out} == {"product", "channel"}
        for e, other in zip(one.shown, two.shown, strict=True):
            assert isinstance(other.table, pl.DataFrame)
            for mine, theirs in zip(rows(e.table), rows(other.table), strict=True):
                for name in mine:
                    a, b = (None if v != v else v for v in (mine[name], theirs[name]))
                    assert a == (pytest.approx(b, rel=1e-9, abs=1e-9) if isinstance(b, float) else b), (e.name, name)


class TestMeaning:
    def test_profit_is_a_column_a_share_or_revenue_and_the_table_says_which(self):
        tx = log([("a", 0, 1000, 200)])
        for margin, profit, words in ((None, 2, "column 'margin'"), (0.5, 5, "50 % of revenue")):
            row = audit.frequency(tx, "2021", margin).iloc[0]
            assert (row["profit"], row["profit_is"]) == (profit, words)
        bare = tx.drop(columns="margin")
        assert audit.frequency(bare, "2021")["profit_is"][0] == "revenue"
        assert audit.frequency(tx.rename(columns={"margin": "gain"}), "2021", "gain")["profit"][0] == 2
        assert Profit.of(1, []).words == "100 % of revenue"

    def test_tenths_of_customers_and_of_profit(self):
        tx = spending([10] * 90 + [100] * 9 + [900])
        tenths = audit.deciles(tx, "2021")
        assert tenths["customers"].tolist() == [10] * 10 and tenths["profit"][0] == 1800
        equal = audit.deciles(tx, "2021", by="profit")
        assert equal["customers"].tolist()[:5] == [1, 0, 0, 0, 0] or equal["customers"].sum() == 100
        assert equal["profit"].sum() == 2700 and len(equal) == 10

    def test_losses_are_told_and_not_hidden(self):
        tx = log([("a", 0, 100, 900), ("b", 1, 100, 300), ("c", 2, 100, -200), ("d", 3, 100, 0)])
        equal = audit.deciles(tx, "2021", by="profit", groups=2)
        assert equal["group"].tolist() == ["1", "2", "no profit", "loss"]
        assert equal["cumulative_share_of_profit"].tolist() == pytest.approx([0.9, 1.2, 1.2, 1.0])
        assert audit.lorenz(tx, "2021")["share_of_profit"].min() == pytest.approx(-0.2)
        assert value(audit.concentration(tx, "2021"), "peak") == pytest.approx(1.2)
        made = audit.exhibits(tx, END, "2021", groups=2)
        notes = {e.name: e.notes for e in made.shown}
        assert any("100 %" in note for note in notes["equal_profit"])
        assert any("100 %" in note for note in notes["unprofitable"])

    def test_whoever_comes_back_is_not_new(self):
        tx = log([("a", 0, 100), ("b", 30, 100), ("a", 60, 100), ("c", 61, 100), ("b", 62, 300)])
        table = audit.lost_kept_new(tx, ("2021-01-20", "2021-02-19"), TWO).set_index("group")
        assert table["customers"].to_dict() == {"lost": 0, "kept": 1, "new": 1, "back": 1}

    def test_lines_of_an_order_count_once_and_on_its_first_day(self):
        tx = log([("a", 49, 100), ("a", 51, 200), ("b", 60, 100)], order_id=[7, 7, 8], category=["x", "y", "x"])
        assert audit.factors(tx, ONE).set_index("measure")["value"][["orders", "revenue"]].tolist() == [1, 3]
        pair = audit.co_purchase(tx, "2021", of="orders").iloc[0]
        assert (pair["both"], pair["base"]) == (1, 2)

    def test_entry_of_several_categories_on_the_first_day(self):
        tx = log([("a", 0, 1), ("a", 0, 1), ("b", 0, 1), ("b", 9, 1)], category=["x", "y", "x", "y"])
        table = audit.entry(tx, END).set_index("entry")
        assert table["customers"].to_dict() == {"x": 1, "(several on the first day)": 1}
        assert table.loc["x", "repeat_share"] == 1 and table.loc["(several on the first day)", "repeated"] == 0

    def test_repeat_rates_know_only_who_was_seen_long_enough(self):
        tx = log([("a", 0, 1), ("a", 40, 1), ("b", 0, 1), ("b", 20, 1), ("c", 80, 1), ("c", 81, 1)])
        table = audit.repeat_rates(tx, END, "M", within_days=30)
        assert table["repeated"].tolist() == [1, 0] and table["observed"].tolist() == [2, 0]
        assert table["repeat_rate"][0] == 0.5 and np.isnan(table["repeat_rate"][1])

    def test_refunds_by_cohort(self):
        tx = log([("a", 0, 1000), ("a", 9, -400), ("b", 40, 500), ("z", 5, -100)])
        table = audit.refunds(tx, END, "M").set_index("cohort")
        assert table["refund_share"].tolist()[:2] == [0.4, 0.0]
        assert table.loc["(no order in the log)", ["customers", "refunded"]].tolist() == [1, 1.0]
        refused(lambda: audit.refunds(log([("a", 0, -5)]), END), "only refunds")

    def test_cost_payback_and_value_to_cost(self):
        tx = log([("a", 0, 1000), ("a", 40, 1000), ("b", 40, 400)])
        table = audit.unit_economics(tx, END, 15, margin=1)
        assert table["payback_periods"].tolist()[0] == 2 and np.isnan(table["payback_periods"][1])
        assert table["value_to_cost"].tolist() == pytest.approx([20 / 15, 4 / 15])
        assert table["caveat"][0] == "3:1 is a rule of thumb; we know of no research that supports it."
        given_ = audit.unit_economics(tx, END, {"2021-01": 10, "2021-02": 2}, lifetime_value=30)
        assert given_["value_to_cost"].tolist() == [3, 15] and given_["counts"][0] == "lifetime value, as given"
        refused(lambda: audit.unit_economics(tx, END, {"2021-01": 10}), "lacks cohorts", "2021-02")
        refused(lambda: audit.unit_economics(tx, END, 0), "above 0")

    def test_the_dashboard_names_cost_only_when_it_is_known(self):
        tx = log([("a", 0, 1000), ("a", 40, 1000), ("b", 40, 400)])
        measures = audit.dashboard(tx, END)["measure"].tolist()
        assert not any("cost" in m for m in measures)
        table = audit.dashboard(tx, END, acquisition_cost=10)
        assert value(table, "value so far to acquisition cost") == pytest.approx(24 / 20)
        assert any(audit.CAVEAT in note for note in table["meaning"])


class TestSentences:
    """A title never says what is not so."""

    def said(self, orders, name, **terms):
        made = audit.exhibits(log(orders), END, "2021", groups=2, **terms)
        return next(e.title for e in made.shown if e.name == name)

    def test_ties_and_tiny_bases(self):
        two = [("a", 0, 500), ("b", 1, 500)]
        assert self.said(two, "deciles") == "Every group brought the same revenue"
        assert self.said(two, "lorenz") == "All customers brought the same revenue"
        assert self.said(two, "frequency") == "Every customer ordered exactly once"
        assert (
            self.said([("a", 0, 500), ("b", 1, 1500)], "deciles")
            == "The best 1 of 2 customers brought 75 % of the revenue"
        )

    def test_losses(self):
        assert self.said([("a", 0, 9, -500), ("b", 1, 9, -100)], "deciles") == "All customers together made a loss of 6"
        assert self.said([("a", 0, 9, 500), ("b", 1, 9, -100)], "deciles") == (
            "The best 1 of 2 customers brought 125 % of the profit; others cost a part of it"
        )

    def test_nearly_all_is_not_all(self):
        from crmlearn.audit.wording import percent

        assert [percent(s) for s in (0, 1e-4, 0.004, 0.996, 1, 1.004)] == [
            "0 %", "less than 1 %", "less than 1 %", "more than 99 %", "100 %", "100 %"
        ]  # fmt: skip

    def test_labels_that_are_missing_or_tie(self):
        tx = log([("a", 0, 9), ("b", 0, 9), ("c", 0, 9)], category=[None, "x", "y"], channel=["web", "web", "app"])
        titles = {e.name: e.title for e in audit.exhibits(tx, END, "2021").shown}
        assert titles["penetration:category"] == "“x” and “y” were each bought by 33 % of the customers"
        assert titles["penetration:channel"] == "“web” was used by 67 % of the customers"
        assert titles["entry:category"] == "33 % of the customers came in with each of “x” and “y”"
        assert titles["co_purchase:category"] == "No two of them go together"

    def test_nothing_changed(self):
        same = [("a", 10, 500), ("b", 10, 300), ("a", 60, 500), ("b", 60, 300)]
        made = audit.exhibits(log(same), END, TWO, before=ONE, groups=2)
        titles = {e.name: e.title for e in made.shown}
        assert titles["bridge"] == titles["bridge:factors"] == "The revenue and all its parts stayed the same"

    def test_the_title_of_cdnow_is_its_table(self, cdnow):
        made = audit.exhibits(cdnow, "1998-06-30", ("1997-01-01", "1998-06-30"))
        best = next(e for e in made.shown if e.name == "deciles")
        assert (
            best.title
            == f"The best tenth of the customers brought {best.table['share_of_profit'][0]:.0%} of the revenue".replace(
                "%", " %"
            )
        )

    @given(ORDERS)
    @settings(deadline=None, max_examples=40)
    def test_every_exhibit_has_a_title_a_plot_that_exists_or_a_reason(self, orders):
        tx = log(orders, category=["x", "y"] * (len(orders) // 2) + ["z"] * (len(orders) % 2))
        whole = "2021-01-01", END
        made = audit.exhibits(tx, END, whole, acquisition_cost=3, with_refunds=tx, groups=2)
        names = [e.name for e in made.shown] + [name for name, _ in made.left_out]
        assert len(names) == len(set(names)) == 34
        assert all(e.title and "nan" not in e.title and (not e.plot or hasattr(plots, e.plot)) for e in made.shown)
        assert all(reason for _, reason in made.left_out)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
class TestBadInput:
    def test_one_period_only(self, kind):
        made = audit.exhibits(log([("a", 0, 100), ("b", 3, 50)], kind), END, "2021")
        reasons = dict(made.left_out)
        assert reasons["bridge"] == "only one period was given: before=..."
        assert reasons["deciles"].startswith("10 groups need at least 10 customers")
        assert reasons["unprofitable"].startswith("profit is revenue here")
        assert made.profit_is == "revenue"

    def test_all_refunds_nobody_and_future_dates(self, kind):
        refused(lambda: audit.factors(log([("a", 0, -100)], kind), "2021"), "negative amounts", "1 of 1 rows")
        refused(lambda: audit.factors(log([(" ", 0, 100)], kind), "2021"), "without a customer")
        refused(lambda: audit.whole_base(log([("a", 200, 100)], kind), END), "precedes 1 order")
        refused(lambda: audit.factors(log([("a", 0, 100)], kind), "2019"), "no order lies in period=2019", "2021-01-01")
        refused(lambda: audit.factors(log([("a", 0, 100)], kind), "soon"), "needs a period")
        refused(lambda: audit.bridge(log([("a", 0, 9), ("a", 60, 9)], kind), TWO, ONE), "must end before")
        refused(
            lambda: audit.factors(ledger(log([("a", 0, 9), ("a", 1, -3)], kind), refunds=True), "2021"), "no refunds"
        )

    def test_worthless_orders(self, kind):
        tx = log([("a", 0, 0), ("b", 1, 0)], kind)
        assert rows(audit.factors(tx, "2021"))[4]["value"] == 0
        refused(lambda: audit.lorenz(tx, "2021"), "there is no profit to have shares of")
        refused(lambda: audit.deciles(tx, "2021", by="profit"), "nobody brought any profit")
        assert audit.exhibits(tx, END, "2021", groups=2).shown[0].title.startswith("2 customers")

    def test_a_customer_with_a_hundred_thousand_orders(self, kind):
        tx = log([("a", i % 100, 1) for i in range(100_000)] + [("b", 5, 700)], kind)
        table = rows(audit.frequency(tx, "2021"))
        assert [r["customers"] for r in table] == [1, *[0] * 8, 1] and table[-1]["orders_each"] == "10 or more"
        assert rows(audit.time_between_orders(tx, END))[-1]["gaps"] == 99_999

    def test_categories_in_many_scripts(self, kind):
        labels = ["茶叶", "kain batik", "தேநீர்", "🫖", "a\nb"]
        tx = log([(str(i), i, 100 + i) for i in range(5)], kind, category=labels)
        found = {r["category"] for r in rows(audit.penetration(tx, "2021"))}
        assert found == set(labels)


def test_refusals_of_choices():
    tx = log([("a", 0, 100), ("b", 60, 50), ("a", 61, 5)])
    refused(lambda: audit.deciles(tx, "2021", groups=2.5), "whole number")
    refused(lambda: audit.deciles(tx, "2021", by="revenue"), "'customers', 'profit'")
    refused(lambda: audit.factor_bridge(tx, ONE, TWO, method="lmid"), "method='lmdi'")
    refused(lambda: audit.factor_bridge(tx.assign(margin=[1, -9, -9]), ONE, TWO, method="lmdi"), "method='shapley'")
    refused(lambda: audit.penetration(tx, "2021"), "need 'category'")
    refused(lambda: audit.one_cohort(tx, "2020", END), "nobody was acquired in cohort=2020")
    refused(lambda: audit.factors(ledger(tx), "2021", margin=0.2), "has its profit already")
    refused(lambda: audit.co_purchase(tx.assign(category="x"), "2021"), "fewer than two labels")
    refused(lambda: audit.time_between_orders(tx[:2], END), "nobody ordered twice")


class TestNewOrReturning:
    @settings(max_examples=60, deadline=None)
    @given(ORDERS)
    def test_each_period_is_divided_by_who_had_ordered_before(self, orders):
        tx = log(orders)
        assume(tx["date"].le("2021-02-20").any() and tx["date"].ge("2021-02-20").any())
        told = audit.new_or_returning(tx, ONE, TWO).set_index("group")
        first = tx.groupby("customer_id")["date"].transform("min")
        for name, (a, b) in (("first", ONE), ("second", TWO)):
            rows = tx[tx["date"].dt.normalize().between(a, b)]
            for group, new in (("new", True), ("returning", False)):
                part = rows[(first[rows.index] >= a) == new]
                assert told.loc[group, f"customers_{name}"] == part["customer_id"].nunique()
                assert told.loc[group, f"profit_{name}"] == pytest.approx(part["margin"].sum(), abs=1e-9)
                assert told.loc[group, f"revenue_{name}"] == pytest.approx(part["amount"].sum(), abs=1e-9)

    def test_the_firms_growth_stands_with_those_who_return(self):
        tx = clean(read(datasets.load("firm/orders")).tx).tx
        told = audit.new_or_returning(tx, "2024", "2025")
        assert told[["customers_first", "customers_second"]].to_numpy().tolist() == [[3007, 2815], [2475, 3616]]
        said = "2,815 new customers (3,007 before) brought a profit of 192,000 (205,000 before); 3,616 who had ordered"
        assert audit.findings.new_or_returning(told.to_dict("list"), "profit").startswith(said)


class TestPayback:
    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    @settings(max_examples=40, deadline=None)
    @given(ORDERS, st.integers(1, 40), st.integers(1, 6))
    def test_each_step_counts_those_who_were_watched_to_its_end(self, kind, orders, length, steps):
        tx = log(orders)
        first = tx["date"].dt.normalize().groupby(tx["customer_id"]).transform("min")
        age, seen = (tx["date"].dt.normalize() - first).dt.days, (pd.Timestamp(END) - first).dt.days + 1
        assume(seen.max() >= length)
        earned = 0.0
        told = rows(audit.payback(log(orders, kind), END, 3.0, step_days=length, steps=steps))
        for at, row in enumerate(told):
            there = seen >= (at + 1) * length
            n = tx.loc[there, "customer_id"].nunique()
            earned += tx.loc[there & (age // length == at), "margin"].sum() / n
            assert row["watched"] == n and row["age_days"] == (at + 1) * length
            assert row["profit_per_customer"] == pytest.approx(earned, rel=1e-9, abs=1e-9)
            assert row["value_to_cost"] == pytest.approx(earned / 3, rel=1e-9, abs=1e-9)
        assert len(told) == min(steps, seen.max() // length)

    def test_the_firms_channels_pay_back_in_the_order_of_their_truth(self):
        tx = clean(read(datasets.load("firm/orders")).tx).tx
        people = datasets.load("firm/customers").query("kind == 'person'")
        told = audit.payback(tx, "2025-12-28", people, by="acquired_by")
        paid = told[told["value_to_cost"] >= 1].groupby("group")["age_days"].min()
        assert paid.to_dict() == {"partner": 240, "referral": 30, "search": 150, "shop": 30, "social": 180}
        year = told[told["age_days"] == 360].set_index("group")["value_to_cost"]
        assert year.sort_values().index.tolist() == ["partner", "social", "search", "referral", "shop"]
        assert told.groupby("group")["watched"].max().sum() < len(people)

    def test_what_cannot_be_told_is_refused(self):
        tx = log([("a", 0, 100, 50), ("b", 90, 100, 50)])
        cost = pd.DataFrame({"customer_id": ["a", "b"], "acquisition_cost": [2.0, 3.0], "by": ["x", "y"]})
        refused(lambda: audit.payback(tx, END, cost.assign(acquisition_cost=[0.0, 1.0])), "above 0", "1 customer")
        refused(lambda: audit.payback(tx, END, pd.concat([cost, cost])), "names customers twice", "2 rows")
        refused(lambda: audit.payback(tx, END, cost.assign(customer_id=["q", "z"])), "no customer of the orders")
        refused(lambda: audit.payback(tx, END, cost.assign(customer_id=[1, 2])), "no customer of the orders")
        refused(lambda: audit.payback(tx, END, cost, by="region"), "region")
        refused(lambda: audit.payback(tx, END, 5, by="by"), "one cost for all knows no groups")
        refused(lambda: audit.payback(tx, END, "five"), "needs a number or a table", "str")
        refused(lambda: audit.payback(tx, END, 0), "above 0")
        refused(lambda: audit.payback(tx, END, 5, step_days=101), "nobody was watched for 101 days", "step_days=100")
        assert rows(audit.payback(tx, END, cost, by="by", step_days=5, steps=1))[1]["acquisition_cost"] == 3

    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    def test_a_customer_without_a_group_stands_under_missing(self, kind):
        tx = log([("a", 0, 100, 50), ("b", 90, 100, 50)], kind)
        cost = kind({"customer_id": ["a", "b"], "acquisition_cost": [2.0, 3.0], "by": ["x", None]})
        assert [row["group"] for row in rows(audit.payback(tx, END, cost, by="by", step_days=5, steps=1))] == [
            "(missing)",
            "x",
        ]

    @pytest.mark.parametrize(
        ("ratios", "said"),
        [
            ({"all customers": [0.5, 1.0, 2.0]}, "On average the customers had earned back their cost after 60 days"),
            ({"all customers": [0.5, 0.7]}, "After 60 days the customers had earned back 70 % of their cost"),
            ({"all customers": [-0.5]}, "After 30 days the customers had brought a loss, and nothing of their cost"),
            (
                {"all customers": [2.0, 0.2]},
                "On average the customers had earned back their cost after 30 days, and have lost it again",
            ),
            (
                {"x": [2], "y": [1], "z": [0.1]},
                "2 of 3 groups have earned back their cost, soonest “x” and “y” (after 30",
            ),
            ({"x": [0.2], "y": [0.1]}, "0 of 2 groups have earned back their cost"),
        ],
    )
    def test_its_sentence(self, ratios, said):
        t = {
            "group": [g for g, v in ratios.items() for _ in v],
            "value_to_cost": [r for v in ratios.values() for r in v],
        }
        t["age_days"] = [30 * (i + 1) for v in ratios.values() for i in range(len(v))]
        assert audit.shop_findings.payback(t, "profit").startswith(said)


class TestTotalsThatAreNoWhole:
    """Where all together made a loss, or nothing but rounding is left, no part of it is a share."""

    def made(self, rows, **terms):
        days = [(c, START + timedelta(days=d), a, m) for c, d, a, m in rows]
        tx = pd.DataFrame(days, columns=["customer_id", "date", "amount", "margin"])
        return {e.name: e for e in audit.exhibits(tx, END, ("2021-01-01", END), groups=2, **terms).shown}

    def test_a_loss_has_no_shares(self):
        losers = [(f"l{i}", 0, 10.0, -5.0) for i in range(30)]
        winners = [(f"w{i}", d, 10.0, m) for i in range(30) for d, m in ((0, 4.0), (1, -0.5))]
        made = self.made(losers + winners)
        assert made["frequency"].title == "30 of 60 customers (50 %) ordered once"
        assert made["deciles"].table["share_of_profit"].isna().all() and made["unprofitable"].notes == ()
        assert made["deciles"].title == "All customers together made a loss of 45"
        assert made["factors"].title.endswith("make a loss of 45")

    def test_dust_is_nothing(self):
        made = self.made([("a", 0, 9.0, 0.1), ("b", 1, 9.0, 0.2), ("c", 2, 9.0, -0.3), ("c", 40, 9.0, 0.0)])
        assert made["frequency"].title == "2 of 3 customers ordered once"
        assert made["deciles"].title == "The customers brought no profit"
        assert made["factors"].title.endswith("make a profit of 0")

    def test_few_are_counted_and_time_is_not_yet_there(self):
        made = self.made([("a", 0, 9.0, 3.0)])
        assert made["concentration"].title.startswith("1 of 1 customer brought half")
        assert made["equal_profit"].title == "1 of 1 customer brought 100 % of the gains"
        late = audit.exhibits(log([("a", 0, 900)]), "2031-05-05", "2021", groups=2).shown
        assert next(e.title for e in late if e.name == "acquisition") == "Nobody ordered in 2031 Q1"
        assert audit.findings.spread({"measure": ["revenue"], "median": [1234.0], "mean": [1234.0]}, "") == (
            "The customer in the middle spent 1,230; the mean is 1,230"
        )

    def test_a_cost_that_was_earned_and_lost_again(self):
        made = self.made([("a", 0, 100.0, 20.0), ("a", 40, 10.0, -18.0)], acquisition_cost=10)
        assert made["unit_economics"].title == "In 0 of 1 cohort the mean profit covers the cost by now"
        assert "have lost it again" in made["payback"].title

    def test_a_name_of_two_hundred_letters_is_cut(self):
        assert audit.wording.listed(["x\n y", "a b " * 50])[:13] == "“x y” and “a "
        assert len(audit.wording.listed(["a b " * 50])) <= 62

    def test_arguments_that_mean_another_thing(self):
        tx = log([("a", 0, 9), ("b", 1, 9)], category=["x", "y"])
        made = audit.exhibits(tx, END, ONE, groups=2, columns="category")
        assert "entry:category" in {e.name for e in made.shown} and not any(n[-2:] == ":c" for n, _ in made.left_out)
        refused(lambda: audit.penetration(tx.assign(orders="x"), ONE, column="orders"), "stands in the answer already")
        refused(lambda: audit.repeat_rates(tx, END, within_days=1.5), "within_days=1.5 is not a whole number")
        refused(lambda: audit.acquisition(tx, "9999-12-31", "W"), "more periods than can be looked at")
        refused(lambda: audit.whole_base(tx, "9999-12-31", "W"), "more periods than can be looked at")
        mixed = audit.penetration(tx.assign(category=pd.Categorical([1, "x"])), ONE)
        assert set(mixed["category"]) == {"1", "x"}
