"""Two paradigms: what a deal and what a relationship are worth, when which pays, and where a firm stands."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import datasets, paradigm, transactions
from crmlearn.errors import Refusal
from crmlearn.paradigm import Strategy

DEAL = Strategy("hard sell", close=0.30, margin=60, repeat=0.05, cost_per_prospect=8)
BOND = Strategy("relationship", close=0.25, margin=50, repeat=0.60, cost_per_prospect=6, care=5)
AMOUNTS = st.lists(st.tuples(st.integers(0, 8), st.sampled_from("XYZ"), st.floats(0.01, 1e4)), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def tx():
    return transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx


def spending(rows):
    return pd.DataFrame(rows, columns=["customer_id", "brand", "amount"])


class TestPublished:
    def test_a_member_who_pays_in_advance_gupta_lehmann_2003(self):
        assert paradigm.customer_value(100, 0.8, 0.1) == pytest.approx(1100 / 3)

    def test_market_share_is_the_product_of_farris_and_others(self):
        # 4 buyers of the category; 2 buy X; they spend 400 of the 600 and give X half of it.
        rows = [(1, "X", 100), (1, "Y", 100), (2, "X", 100), (2, "Y", 100), (3, "Y", 120), (4, "Y", 80)]
        x = paradigm.market_share(spending(rows)).set_index("brand").loc["X"]
        assert (x.penetration, x.share_of_requirements, x.heavy_usage) == pytest.approx((0.5, 0.5, 4 / 3))
        assert x.market_share == pytest.approx(200 / 600)

    def test_break_even_by_hand(self):
        deal = Strategy("d", close=0.5, margin=50, cost_per_prospect=5)  # worth 20
        bond = Strategy("b", close=0.4, margin=40, cost_per_prospect=6, care=10)  # 0.4 x 30 x 1.1 / (1.1 - r) - 6
        assert paradigm.break_even_repeat(deal, bond, 0.1) == pytest.approx(1.1 - 13.2 / 26)


class TestProperties:
    @given(AMOUNTS)
    def test_three_factors_give_the_share_of_money_and_the_shares_add_up(self, rows):
        table, money = paradigm.market_share(spending(rows)), spending(rows).groupby("brand").amount.sum()
        product = table.penetration * table.share_of_requirements * table.heavy_usage
        assert table.market_share.sum() == pytest.approx(1)
        assert product.tolist() == pytest.approx((money / money.sum()).tolist())

    @given(st.floats(0, 1), st.floats(0.001, 1), st.integers(1, 40))
    def test_more_periods_are_worth_more_and_never_more_than_all(self, repeat, discount, periods):
        few = paradigm.customer_value(100, repeat, discount, periods=periods)
        more = paradigm.customer_value(100, repeat, discount, periods=periods + 1)
        assert 100 - 1e-9 <= few <= more + 1e-9 <= paradigm.customer_value(100, repeat, discount) + 1e-6

    @given(st.floats(0.05, 1), st.floats(1, 200), st.floats(0, 20), st.floats(0.01, 0.5), st.sampled_from([None, 6]))
    def test_at_the_break_even_both_are_worth_the_same(self, close, margin, cost, discount, periods):
        bond = Strategy("b", close, margin, 0.5, cost)
        repeat = paradigm.break_even_repeat(DEAL, bond, discount, periods)
        goal = paradigm.value(DEAL, discount, periods)
        if repeat == 0:
            assert paradigm.value(replace(bond, repeat=0), discount, periods) >= goal
        elif repeat == math.inf:
            assert paradigm.value(replace(bond, repeat=1), discount, periods) < goal
        else:
            assert paradigm.value(replace(bond, repeat=repeat), discount, periods) == pytest.approx(goal, abs=1e-6)

    @given(st.lists(st.booleans(), min_size=2, max_size=60))
    def test_a_share_of_yes_has_the_usual_interval(self, answers):
        row = paradigm.continuum({"dialogue": answers}).set_index("characteristic").loc["dialogue"]
        share = np.mean(answers)
        error = 1.96 * math.sqrt(share * (1 - share) / (len(answers) - 1))
        assert (row.value, row.low) == pytest.approx((share, max(0, share - error)))

    @given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 100)), min_size=2, max_size=40))
    def test_a_share_of_money_lies_between_its_ends(self, pairs):
        whole = np.array([w for _, w in pairs])
        part = whole * [p for p, _ in pairs]
        row = paradigm.continuum({"customer_share": (part, whole)}).set_index("characteristic").loc["customer_share"]
        assert 0 <= row.low <= row.value + 1e-12 and row.value <= row.high + 1e-12 <= 1 + 1e-12


class TestPlaying:
    @pytest.mark.parametrize("spread", [None, 2.0])
    def test_the_game_agrees_with_the_expected_value(self, spread):
        game = paradigm.play([DEAL, BOND], 0.1, periods=6, prospects=4000, worlds=100, spread=spread, seed=3)

        def power(mean, t):  # E[p^t] of one chance, or of a Beta distribution
            if spread is None:
                return mean**t
            return math.prod((mean * spread + k) / (spread + k) for k in range(t))

        for s in (DEAL, BOND):
            times = sum(power(s.repeat, t) / 1.1**t for t in range(6))
            expected = s.close * (s.margin - s.care) * times - s.cost_per_prospect
            worlds = game.worlds[s.name]
            assert abs(worlds.mean() - expected) < 4 * worlds.std() / 10

    def test_the_same_seed_gives_the_same_game_and_another_another(self):
        one, same, other = (paradigm.play([DEAL, BOND], 0.1, worlds=5, seed=s).worlds for s in (1, 1, 2))
        assert one.equals(same) and not one.equals(other)

    def test_people_of_their_own_make_the_difference_blunter_and_no_mean_move(self):
        one, other = (paradigm.play([DEAL, BOND], 0.1, 6, 400, 400, same_people=same, seed=4) for same in (True, False))
        gaps = [game.worlds["relationship"] - game.worlds["hard sell"] for game in (one, other)]
        assert gaps[0].std() < 0.95 * gaps[1].std() and abs(gaps[0].mean() - gaps[1].mean()) < 4 * gaps[1].std() / 20

    def test_the_same_luck_makes_the_difference_sharper(self):
        game = paradigm.play([DEAL, replace(DEAL, name="other", margin=61)], 0.1, worlds=100, seed=1)
        mean, low, high = game.difference("other", "hard sell")
        assert 0 < low < mean < high
        spread = game.summary.high - game.summary.low
        assert high - low < spread.min() / 10


class TestFirm:
    def test_both_views_add_up_to_the_books(self, tx):
        views = paradigm.both_views(tx, "2025-12-28")
        assert views.deals.sum() == len(tx) and views.so_far.sum() == pytest.approx(tx.margin.sum())
        assert (views.lifetime == views.so_far).all()
        firsts = tx.sort_values("date", kind="stable").groupby("customer_id").margin.first()
        assert views.set_index("customer_id").first_deal.tolist() == pytest.approx(firsts.sort_index().tolist())
        more = paradigm.both_views(tx, "2025-12-28", expected=dict.fromkeys(views.customer_id, 2.0))
        assert (more.lifetime - views.lifetime).tolist() == pytest.approx([2.0] * len(views))

    def test_the_best_by_lifetime_hold_most_of_it(self, tx):
        held = paradigm.held_by_best(paradigm.both_views(tx, "2025-12-28")).set_index("chosen_by")
        assert held.also_best_by_what["lifetime"] == 1 and held.customers.eq(1000).all()
        assert held.share_of_value["lifetime"] > held.share_of_value["margin_per_deal"] > 0.1

    def test_wallets_of_the_survey(self):
        wave = datasets.load("firm/survey").query("wave == 4")
        mine = wave.query("brand == 'Kualiwick Home'")
        placed = paradigm.continuum({"customer_share": (mine.year_spent_here, mine.year_spent_all)})
        row = placed.set_index("characteristic").loc["customer_share"]
        assert row.value == pytest.approx(mine.year_spent_here.sum() / mine.year_spent_all.sum())
        assert row.low < row.value < row.high and row.high - row.low < 0.03 and row.cases == 2200

    @pytest.mark.parametrize("kind", ["polars", "pyarrow"])
    def test_other_tables_give_the_same(self, tx, kind):
        import narwhals.stable.v2 as nw

        few = tx.head(500)[["customer_id", "date", "amount", "margin"]]
        other = nw.from_dict({c: few[c].to_list() for c in few}, backend=kind).to_native()
        mine = paradigm.both_views(few, "2025-12-28")
        theirs = nw.from_native(paradigm.both_views(other, "2025-12-28"))
        assert theirs["lifetime"].to_list() == pytest.approx(mine.lifetime.tolist())


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"close": 30}, "for 30 % write close=0.30"),
            ({"close": 0}, "close=0"),
            ({"repeat": 1.2}, "repeat=1.2"),
            ({"care": -1}, "care=-1"),
            ({"margin": "60"}, "margin needs a number"),
        ],
    )
    def test_a_strategy_that_cannot_be(self, change, said):
        with pytest.raises(Refusal, match=said):
            replace(DEAL, **change)

    def test_for_ever_needs_a_discount(self):
        with pytest.raises(Refusal, match="discount_per_period=0"):
            paradigm.value(BOND, 0)
        assert paradigm.value(BOND, 0, periods=3) > 0

    def test_ranges_name_what_they_change(self):
        with pytest.raises(Refusal, match=r"bond\.repeat"):
            paradigm.sensitivity(DEAL, BOND, {"bond.repeats": (0, 1)}, 0.1)
        with pytest.raises(Refusal, match="no range"):
            paradigm.sensitivity(DEAL, BOND, {}, 0.1)

    def test_periods_are_whole(self):
        for periods in (0, 2.5, "3"):
            with pytest.raises(Refusal, match="periods"):
                paradigm.value(BOND, 0.1, periods=periods)

    def test_a_game_needs_two_names(self):
        with pytest.raises(Refusal, match="different names"):
            paradigm.play([DEAL, DEAL], 0.1)

    def test_spending_below_zero_or_nothing_at_all(self):
        with pytest.raises(Refusal, match="0 or more"):
            paradigm.market_share(spending([(1, "X", -1)]))
        with pytest.raises(Refusal, match="nobody spent"):
            paradigm.market_share(spending([(1, "X", 0)]))
        with pytest.raises(Refusal, match="brand"):
            paradigm.market_share(pd.DataFrame({"customer_id": [1], "amount": [2]}))

    def test_all_wrong_evidence_is_told_at_once(self):
        wrong = {"customer_share": ([2.0], [1.0]), "lifetime_value": ([1.0], [0.0]), "dialogue": [math.nan]}
        with pytest.raises(Refusal) as caught:
            paradigm.continuum(wrong)
        assert all(f"'{name}'" in str(caught.value) for name in wrong)
        with pytest.raises(Refusal, match="dialogue"):
            paradigm.continuum({"dialog": [True]})

    def test_everybody_needs_an_expectation(self):
        days = pd.to_datetime(["2021-03-01", "2021-03-08"])
        tx = pd.DataFrame({"customer_id": ["a", "b"], "date": days, "amount": [10.0, 35.0]})
        with pytest.raises(Refusal, match="without an expected value"):
            paradigm.both_views(tx, "2021-03-31", expected={"a": 1.0})
