"""Value: an exchange adds up, levers move what they say, a gift costs margin, and a trial finds the planted effect."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import datasets, plots, value
from crmlearn.errors import Refusal
from crmlearn.transactions.books import balanced
from crmlearn.value import Lever, Offer

money = st.floats(0, 1e4).map(lambda x: round(x, 2))
price = st.floats(1, 1e4).map(lambda x: round(x, 2))
crowd = st.lists(st.floats(-100, 1e4).map(lambda x: round(x, 2)), min_size=1, max_size=30)
KETTLE = Offer(40, 24, benefits={"use": 63}, sacrifices={"time": 4, "effort": 3, "risk": 5})


class TestPublished:
    def test_break_even_of_a_price_change_matches_nagle(self):
        # Nagle, The Strategy and Tactics of Pricing: break-even sales change = -change of price / new margin.
        # With a price of 10 and a variable cost of 5.50 a cut of 5 % needs 12.5 % more sales, a rise allows 10 % less.
        assert value.break_even_units(4.5, 0.5, 4000) / 4000 == pytest.approx(0.125)
        assert value.break_even_units(4.5, -0.5, 4000) / 4000 == pytest.approx(-0.10)

    def test_welch_interval_matches_student_1908(self):
        # Student (1908), Biometrika 6: hours of sleep gained with two drugs. R: t.test(extra ~ group, data = sleep).
        one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        trial = pd.DataFrame({"arm": ["one"] * 10 + ["two"] * 10, "margin": one + two})
        row = value.lift(trial, control="two").iloc[0]
        assert row[["low", "high"]].tolist() == pytest.approx([-3.3654832, 0.2054832], abs=1e-7)
        assert row["lift"] == pytest.approx(-1.58)

    def test_many_customers_with_evenly_spread_willingness_match_the_textbook_triangle(self):
        # Linear demand on [0, 100], cost 0: the best price is 50; customers keep 1/4, firm 1/2, 1/4 is not created.
        willing = (np.arange(10_000) + 0.5) / 100
        table = value.by_price(willing, range(0, 101), cost=0).set_index("price")
        assert table.margin.idxmax() == 50
        shares = table.loc[50, ["surplus", "margin", "kept_out"]] / table.loc[50, "possible"]
        assert shares.tolist() == pytest.approx([0.25, 0.5, 0.25], abs=1e-4)


class TestExchange:
    @given(crowd, price, money)
    def test_parts_add_up_for_each_customer_and_for_all(self, willing, p, c):
        table = value.split(willing, p, c)
        assert np.allclose(table.surplus + table.margin, table.created)
        assert np.allclose(table.created + table.kept_out + table.wasted, np.maximum(np.array(willing) - c, 0))
        row = value.market(willing, p, c).iloc[0]
        balanced([row.created, row.kept_out, row.wasted], row.possible, "possible", scale=1e5 * len(willing))
        assert row.buyers == table.buys.sum() and row.customers == len(willing)

    @given(crowd, price, price)
    def test_a_price_above_cost_destroys_nothing_and_a_higher_one_keeps_more_out(self, willing, p, q):
        low, high = sorted((p, q))
        table = value.by_price(willing, [low, high], cost=low)
        assert (table.wasted == 0).all() and table.buyers.is_monotonic_decreasing
        assert table.kept_out.is_monotonic_increasing and table.surplus.is_monotonic_decreasing
        assert table.kept_out[0] == pytest.approx(0, abs=1e-6)  # at cost all buy who create something

    @given(st.floats(50, 100), st.floats(50, 100))
    def test_a_price_moves_value_and_creates_none_while_the_customer_buys(self, p, q):
        one, other = value.by_price([100], [p, q], cost=50).itertuples()
        assert one.created == pytest.approx(50) and other.created == pytest.approx(50)
        assert one.surplus - other.surplus == pytest.approx(other.margin - one.margin)

    def test_selling_below_cost_to_those_who_value_it_less_wastes(self):
        assert value.split(15, price=10, cost=24).loc[0, ["surplus", "margin", "created", "wasted"]].tolist() == [
            5, -14, -9, 9,
        ]  # fmt: skip

    def test_who_is_indifferent_buys(self):
        assert value.split({"a": 40}, 40, 24).loc[0, ["customer", "buys", "surplus"]].tolist() == ["a", True, 0]

    def test_names_come_from_dicts_and_series_and_else_are_numbers(self):
        named = value.split(pd.Series([1.0, 2.0], index=["x", "y"]), 1, 0)
        assert named.customer.tolist() == ["x", "y"] and value.split((1, 2), 1, 0).customer.tolist() == [1, 2]
        assert value.split(np.array([3.0]), 1, 0).willingness.tolist() == [3]

    @given(st.dictionaries(st.text(min_size=1), money), st.dictionaries(st.text(min_size=1), money))
    def test_value_for_the_customer_is_what_is_left(self, gets, gives):
        left = value.for_customer(gets, gives)
        assert left == pytest.approx(sum(gets.values()) - sum(gives.values()))
        assert left == pytest.approx(value.for_customer(sum(gets.values()), sum(gives.values())))
        assert left == value.for_customer(list(gets.values()), tuple(gives.values()))


adds = st.dictionaries(st.sampled_from(["use", "looks", "gift"]), st.floats(0, 50), max_size=3)
levers = st.builds(
    Lever,
    name=st.just("it"),
    way=st.sampled_from(value.WAYS),
    adds=adds,
    saves=st.fixed_dictionaries({}, optional={"time": st.floats(0, 4), "effort": st.floats(0, 3)}),
    price_change=st.floats(-20, 20),
    unit_cost=st.floats(0, 30),
    fixed_cost=st.floats(0, 1e4),
)


class TestLevers:
    def test_an_offer_says_who_gains_what(self):
        assert (KETTLE.willingness, KETTLE.surplus, KETTLE.margin, KETTLE.created) == (51, 11, 16, 27)
        assert value.for_customer(KETTLE.benefits, {"price": 40, **KETTLE.sacrifices}) == KETTLE.surplus

    @given(levers)
    def test_a_lever_raises_the_willingness_by_its_worth_and_the_parts_still_add_up(self, lever):
        after = value.pull(KETTLE, lever)
        assert after.willingness == pytest.approx(KETTLE.willingness + lever.worth)
        assert after.surplus + after.margin == pytest.approx(after.created)
        assert after.created - KETTLE.created == pytest.approx(lever.worth - lever.unit_cost)
        assert KETTLE.willingness == 51  # the offer itself stays

    @given(levers, st.integers(1, 5000))
    def test_break_even_units_leave_the_profit_as_it_was(self, lever, units):
        row = value.compare(KETTLE, [lever], units).iloc[0]
        if math.isfinite(row.break_even_units):
            profit = (units + row.break_even_units) * row.margin_after - lever.fixed_cost
            assert profit == pytest.approx(units * KETTLE.margin, rel=1e-6, abs=1e-4)
        else:
            assert row.margin_after <= 1e-9
        assert row.profit_same_units == pytest.approx(
            units * (row.margin_after - KETTLE.margin) - lever.fixed_cost, abs=1e-6
        )

    @given(levers, st.lists(st.floats(0, 100), min_size=5, max_size=200))
    def test_the_profit_rises_just_when_more_buy_than_break_even(self, lever, willing):
        as_it_is, pulled = value.profits(KETTLE, [lever], willing).itertuples()
        if not as_it_is.buyers or as_it_is.buyers != value.market(willing, 40, 24).buyers[0]:
            return
        needed = value.compare(KETTLE, [lever], as_it_is.buyers).break_even_units[0]
        if math.isfinite(needed) and abs(pulled.more_buyers - needed) > 1e-6:
            assert (pulled.change > 0) == (pulled.more_buyers > needed)

    def test_gift_and_cut_of_one_cost_need_the_same_units_but_only_the_gift_can_create(self):
        cut, gift = Lever("cut", "ratio", price_change=-3), Lever("gift", "ratio", {"gift": 4}, unit_cost=3)
        table = value.compare(KETTLE, [cut, gift], 700).set_index("lever")
        assert table.break_even_units["cut"] == table.break_even_units["gift"] == pytest.approx(700 * 3 / 13)
        assert table.created_after.tolist() == [27, 28] and table.ratio_after["cut"] > table.ratio_after["gift"]

    def test_the_ratio_per_dollar_counts_price_cost_and_fixed_cost(self):
        both = Lever("both", "service", {"help": 8}, unit_cost=1, price_change=-1, fixed_cost=1400)
        row = value.compare(KETTLE, both, 700).iloc[0]
        assert row.spent == pytest.approx(4) and row.ratio_per_dollar == pytest.approx((59 / 39 - 51 / 40) / 4)

    def test_where_nothing_is_spent_there_is_no_ratio_per_dollar(self):
        row = value.compare(KETTLE, Lever("dearer", "brand", price_change=2), 700).iloc[0]
        assert math.isnan(row.ratio_per_dollar) and row.break_even_units == pytest.approx(700 * -2 / 18)

    def test_a_gift_as_dear_as_the_margin_is_never_made_up_for(self):
        assert value.break_even_units(16, 16, 100) == math.inf == value.break_even_units(16, 20, 100)
        assert value.break_even_units(16, 0, 100, fixed_cost=160) == 10

    def test_nobody_can_change_an_offer_behind_its_back(self):
        mine = {"use": 63}
        offer = Offer(40, 24, mine)
        mine["use"] = 0
        assert offer.willingness == 63
        with pytest.raises(TypeError):
            offer.benefits["use"] = 1


@pytest.fixture(scope="module")
def trials():
    table = datasets.load("firm/campaign_customers")
    return {name: part for name, part in table.groupby("draw")}


class TestTrials:
    """The firm's trials, whose truth was planted."""

    def test_c3_finds_the_truth_within_its_interval(self, trials):
        found = value.lift(trials["C3"]).set_index("arm")
        truth = datasets.truth("firm")["estimands"]["C3"]["value"]
        for arm in ("voucher", "gift", "delivery"):
            assert found.low[arm] < truth[arm] < found.high[arm], arm
        assert found.lift.to_dict() == pytest.approx({"voucher": 0.963, "gift": 2.041, "delivery": 3.021}, abs=1e-3)
        assert found.lift.idxmax() == "delivery" and max(truth, key=truth.get) == "gift"  # luck, as the page says

    def test_the_pilot_of_fast_help_was_drawn_by_lot_and_finds_the_truth(self, trials):
        row = value.lift(trials["pilot"], control="usual help").iloc[0]
        truth = datasets.truth("firm")["estimands"]["pilot"]["value"]["margin"]
        assert 0 < row.low < truth < row.high and row.lift == pytest.approx(13.02, abs=0.01)

    def test_a_campaign_that_does_nothing_is_not_told_from_nothing(self, trials):
        row = value.lift(trials["C4"]).iloc[0]
        assert row.low < 0 < row.high

    @given(st.integers(0, 10_000), st.floats(-5, 5))
    def test_a_shift_is_found_to_the_cent(self, seed, shift):
        random = np.random.default_rng(seed)
        trial = pd.DataFrame({"arm": ["control"] * 20 + ["it"] * 20, "margin": random.normal(10, 3, 40)})
        before = value.lift(trial).lift[0]
        trial.loc[trial.arm == "it", "margin"] += shift
        assert value.lift(trial).lift[0] - before == pytest.approx(shift, abs=1e-9)

    def test_about_95_of_100_intervals_hold_the_truth(self):
        random, held = np.random.default_rng(10), 0
        for _ in range(400):
            values = np.r_[random.exponential(10, 200), random.exponential(12, 120)]
            trial = pd.DataFrame({"arm": ["control"] * 200 + ["it"] * 120, "margin": values})
            row = value.lift(trial).iloc[0]
            held += row.low < 2 < row.high
        assert 0.92 < held / 400 < 0.98

    def test_costs_come_off_lift_and_interval_alike(self, trials):
        found = value.lift(trials["C3"], per_contact={"gift": 3.09, "voucher": 0.09}, fixed_cost=1400)
        cost = found.set_index("arm").cost
        shared = 1400 / len(trials["C3"])
        assert cost.to_dict() == pytest.approx({"delivery": shared, "gift": 3.09 + shared, "voucher": 0.09 + shared})
        for end in ("", "_low", "_high"):
            assert np.allclose(found[f"net{end}"], found[end.strip("_") or "lift"] - found.cost)

    def test_other_tables_give_the_same(self, trials):
        c3 = trials["C3"][["arm", "margin"]]
        polars = value.lift(pl.DataFrame(c3.to_dict("list")))
        assert isinstance(polars, pl.DataFrame) and polars["lift"].to_list() == value.lift(c3).lift.tolist()


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "said"),
        [
            (lambda: value.split([], 40, 24), "willingness needs an amount"),
            (lambda: value.split(["much"], 40, 24), "willingness needs an amount"),
            (lambda: value.split([50, None], 40, 24), "willingness needs an amount"),
            (lambda: value.split([50], -1, 24), "price=-1 is not at least 0"),
            (lambda: value.split([50], 40, "24"), "cost needs a number"),
            (lambda: value.by_price([50], [], 24), "no price to try"),
            (lambda: value.for_customer({"use": -1}, 3), r"benefits\['use'\]=-1 is not at least 0"),
            (lambda: value.for_customer([50, "much"], 3), r"benefits\[1\] needs a number"),
            (lambda: Offer(0, 24), "price=0 is not above 0"),
            (lambda: Offer(40, 24, 63), "benefits need a name and dollars"),
            (lambda: Offer(40, 24, sacrifices={"price": 40}), "the price stands twice"),
            (lambda: Lever("x", "gift"), "way='gift' is not a choice"),
            (lambda: Lever("x", "ratio", unit_cost=-1), "unit_cost=-1 is not at least 0"),
            (lambda: value.pull(KETTLE, Lever("x", "easy", saves={"tme": 1})), "saves of 'x'='tme' is not a choice"),
            (lambda: value.pull(Offer(4, 2), Lever("x", "easy", saves={"time": 1})), "is not a choice"),
            (lambda: value.pull(KETTLE, Lever("x", "easy", saves={"time": 5})), "saves more time than there is"),
            (lambda: value.pull(KETTLE, Lever("x", "ratio", price_change=-40)), "price=0.0 is not above 0"),
            (lambda: value.compare(KETTLE, [], 700), "levers need different names"),
            (lambda: value.compare(KETTLE, [Lever("x", "ratio"), Lever("x", "brand")], 700), "different names"),
            (lambda: value.compare(KETTLE, [Lever("x", "ratio")], 0), "units=0 is not above 0"),
            (lambda: value.break_even_units(0, 1, 100), "margin=0 is not above 0"),
        ],
    )
    def test_what_is_wrong_is_said(self, call, said):
        with pytest.raises(Refusal, match=said):
            call()

    def test_trials(self):
        trial = pd.DataFrame({"arm": ["control", "control", "gift", "gift"], "margin": [1.0, 2, 3, 4]})
        with pytest.raises(Refusal, match="control='nobody' is not a choice"):
            value.lift(trial, control="nobody")
        with pytest.raises(Refusal, match="margin is missing") as refusal:
            value.lift(trial.assign(margin=[1.0, np.nan, 3, 4]))
        assert "1 customer" in refusal.value.saw
        with pytest.raises(Refusal, match="two arms with two customers") as refusal:
            value.lift(trial[:3])
        assert "gift" in refusal.value.saw
        with pytest.raises(Refusal, match="two arms"):
            value.lift(trial[:2])
        with pytest.raises(Refusal, match="trial need 'margin'"):
            value.lift(trial.drop(columns="margin"))
        with pytest.raises(Refusal, match="per_contact of 'gift'=-1 "):
            value.lift(trial, per_contact=-1)


class TestCharts:
    @pytest.fixture(autouse=True)
    def closed(self):
        import matplotlib.pyplot as plt

        yield
        plt.close("all")

    def test_bars_stand_from_the_cost_to_the_willingness_and_are_cut_by_the_price(self):
        table = value.split({"Tan": 20, "Raj": 35, "Mei": 60}, 40, 24)
        ax = plots.exchanges(table, "finding", 40, 24).axes[0]
        assert [t.get_text() for t in ax.get_xticklabels()] == ["Mei", "Raj", "Tan"]
        bars = [(p.get_y(), p.get_height()) for p in ax.patches]
        assert bars == [(40, 20), (40, 0), (40, 0), (24, 16), (24, 0), (24, 0), (24, 0), (24, 11), (24, 0)]

    def test_many_customers_are_areas_without_names(self):
        ax = plots.exchanges(value.split(range(100), 40, 24), "finding", 40, 24).axes[0]
        assert len(ax.collections) == 3 and not ax.patches
        assert [t.get_text() for t in ax.texts] == ["price 40", "cost 24"]

    def test_the_parts_of_each_price_stand_on_each_other(self):
        table = value.by_price([60, 35, 20], [30, 40], 24)
        bars = plots.price_parts(table, "finding").axes[0].patches
        assert [(p.get_y(), p.get_height()) for p in bars] == [(0, 35), (0, 20), (35, 12), (20, 16), (47, 0), (36, 11)]

    def test_each_lever_stands_at_its_ratio_and_its_change(self):
        pulled = [Lever("gift", "ratio", {"gift": 4}, unit_cost=3), Lever("tap", "easy", saves={"effort": 2})]
        compared = value.compare(KETTLE, pulled, 2)
        earned = value.profits(KETTLE, pulled, [60, 45, 38, 30])
        lines = plots.ratio_and_profit(compared, earned, "finding").axes[0].lines[:2]
        assert [(x.get_xdata()[0], x.get_ydata()[0]) for x in lines] == [
            (compared.ratio_after[i], earned.change[i + 1]) for i in (0, 1)
        ]

    def test_lifts_show_interval_estimate_and_truth(self, trials):
        found = value.lift(trials["C3"])
        ax = plots.lifts(found, "finding", "dollars", truth={"voucher": 1.0, "gift": 2.0, "delivery": 3.0}).axes[0]
        assert [t.get_text() for t in ax.get_yticklabels()] == ["voucher", "gift", "delivery"]
        assert np.allclose(ax.lines[0].get_xdata(), found.loc[2, ["low", "high"]].astype(float))
        assert [ax.lines[i].get_xdata()[0] for i in (2, 5, 8)] == [1.0, 2.0, 3.0]
