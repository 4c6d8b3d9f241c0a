"""Ethics: what doing right must bring, six sides of an argument, and differences between groups, told from luck."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmlearn import datasets, ethics
from crmlearn.errors import Refusal


def people(**groups):
    """{group: (chosen, not chosen)}"""
    rows = [(g, k < yes) for g, (yes, no) in groups.items() for k in range(yes + no)]
    return pd.DataFrame(rows, columns=["group", "sent"])


@pytest.fixture(scope="module")
def firms_plans():
    orders = datasets.load("firm/orders").query("kind == 'order' and status == 'completed'")
    return datasets.load("firm/memberships"), orders


class TestTrust:
    def test_by_hand(self):
        # 1,000 customers leave 50 a year; 70 % stay, 72 % after; 1.1 / 0.4 and 1.1 / 0.38 payments, discounted.
        table = ethics.doing_right(5_000, 1_000, 50, 0.70, 0.72, 0.10, cost_per_period=1)
        assert table.loc["value of the customers", "without"] == pytest.approx(50_000 * 1.1 / 0.4)
        assert table.loc["cost of doing right", "with"] == pytest.approx(5_000 + 1_000 * 1.1 / 0.38)

    @given(
        st.floats(0, 1e5),
        st.floats(1, 1e4),
        st.floats(1, 500),
        st.floats(0, 0.95),
        st.floats(0.01, 0.5),
        st.floats(0, 20),
    )
    def test_at_the_break_even_nothing_is_lost(self, cost, customers, margin, retention, discount, each):
        needed = ethics.break_even_retention(cost, customers, margin, retention, discount, each)
        if needed == math.inf:
            best = ethics.doing_right(cost, customers, margin, retention, 1.0, discount, each)
            assert best.difference["left"] < 1e-6 * abs(best["with"].iloc[0]) or margin <= each
        else:
            assert needed >= retention - 1e-9
            left = ethics.doing_right(cost, customers, margin, retention, needed, discount, each)
            assert left.difference["left"] == pytest.approx(0, abs=1e-6 * left["with"].abs().max())


class TestArguments:
    def test_six_sides_and_what_is_missing(self, tmp_path):
        assert len(ethics.perspectives()) == 6 and ethics.perspectives().map(len).min(axis=None) > 10
        begun = ethics.argue("A cheaper heater passes the law's test.")
        whole = begun
        for p in ethics.PERSPECTIVES:
            whole = whole.side(p.name, "something owed")
        whole = whole.decide("the dearer one", "nobody is burnt", "some cannot pay it")
        assert len(begun.missing) == 9 and whole.missing == [] and len(whole.table()) == 9
        path = whole.save(tmp_path / "mine.json")
        assert ethics.Argument.load(path) == whole
        with pytest.raises(Refusal, match="there already"):
            begun.save(path)
        with pytest.raises(Refusal, match="company to customer"):
            begun.side("company to customers", "x")
        (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
        with pytest.raises(Refusal, match="no saved argument"):
            ethics.Argument.load(tmp_path / "bad.json")

    def test_words_are_needed_and_a_folder_is_made(self, tmp_path):
        begun = ethics.argue("A cheaper heater passes the law's test.")
        for wrong in (None, "", "  ", 7):
            with pytest.raises(Refusal, match="needs words"):
                ethics.argue(wrong)
            with pytest.raises(Refusal, match="'company to customer' needs words"):
                begun.side("company to customer", wrong)
            with pytest.raises(Refusal, match="'because' needs words"):
                begun.decide("yes", wrong, "it costs")
        with pytest.raises(Refusal, match="sides are a dict"):
            ethics.Argument("a case", ["company to customer"])
        path = begun.save(tmp_path / "new" / "folder" / "mine.json")
        assert ethics.Argument.load(path) == begun
        with pytest.raises(Refusal, match="no file can be written"):
            begun.save(path / "below a file.json")


class TestSelection:
    def test_the_four_fifths_by_hand(self):
        # 48 of 80 and 12 of 40 chosen are 60 % and 30 %: a half, and yet so few that 0.8 cannot be ruled out.
        told = ethics.selection(people(a=(48, 32), b=(12, 28)), "group", "sent")
        assert told.ratio.tolist() == pytest.approx([1, 0.5]) and told.below_four_fifths.tolist() == [
            "no",
            "cannot tell",
        ]
        many = ethics.selection(people(a=(480, 320), b=(120, 280)), "group", "sent")
        assert many.below_four_fifths.tolist() == ["no", "yes"]
        few = ethics.selection(people(a=(6, 4), b=(3, 7)), "group", "sent")
        assert few.below_four_fifths[1] == "cannot tell" and few.few.all()

    def test_opportunity_counts_only_who_responds(self):
        table = people(a=(50, 50), b=(50, 50)).assign(bought=[True] * 50 + [False] * 50 + [False] * 50 + [True] * 50)
        told = ethics.selection(table, "group", "sent", "bought").set_index("group")
        assert told.chosen.tolist() == [0.5, 0.5]  # parity holds
        assert told.chosen_of_responders["a"] == 1 and told.chosen_of_responders["b"] == 0  # and opportunity does not

    def test_intervals_and_precision_by_hand(self):
        # 20 of a and 10 of b would answer; 15 and 2 of them are chosen, of 30 and 20 chosen.
        a = [(1, 1)] * 15 + [(1, 0)] * 15 + [(0, 1)] * 5 + [(0, 0)] * 5
        b = [(1, 1)] * 2 + [(1, 0)] * 18 + [(0, 1)] * 8 + [(0, 0)] * 12
        rows = pd.DataFrame([("a", *r) for r in a] + [("b", *r) for r in b], columns=["group", "sent", "bought"])
        told = ethics.selection(rows, "group", "sent", "bought").set_index("group")
        assert told.responders.tolist() == [20, 10] and told.chosen_of_responders.tolist() == [0.75, 0.2]
        assert told.responders_of_chosen.tolist() == [0.5, 0.1]
        # Wilson by hand for 15 of 20: (0.75 + 1.92/20 -+ 1.96 sqrt(0.75 x 0.25 / 20 + 3.84/1600)) / (1 + 3.84/20)
        assert told.loc["a", ["opportunity_low", "opportunity_top"]].tolist() == pytest.approx([0.531, 0.888], abs=5e-4)

    def test_nobody_to_answer_has_no_share(self):
        rows = people(a=(5, 5), b=(0, 5)).assign(bought=[True] * 10 + [False] * 5)
        b = ethics.selection(rows, "group", "sent", "bought").set_index("group").loc["b"]
        told = b[["chosen_of_responders", "opportunity_low", "opportunity_top", "responders_of_chosen"]]
        assert b.responders == 0 and told.isna().all()

    def test_a_yardstick_of_one_person_proves_nothing(self):
        # One of one is 100 %, and by Wilson anything from 21 %: 300 of 500 may well be more than four fifths of it.
        told = ethics.selection(people(one=(1, 0), many=(300, 200)), "group", "sent").set_index("group")
        assert told.ratio["many"] == 0.6 and told.below_four_fifths["many"] == "cannot tell"
        told = ethics.selection(people(all=(500, 0), many=(300, 200)), "group", "sent").set_index("group")
        assert told.below_four_fifths["many"] == "yes"
        told = ethics.selection(people(all=(500, 0), others=(490, 10), one=(1, 0)), "group", "sent").set_index("group")
        assert told.below_four_fifths[["others", "one"]].tolist() == ["no", "cannot tell"]

    def test_who_has_not_answered_counts_for_parity_alone(self):
        table = people(a=(6, 4), b=(5, 5)).assign(bought=[1.0, np.nan] * 10)
        told = ethics.selection(table, "group", "sent", "bought").set_index("group")
        assert told.people.tolist() == [10, 10] and told.not_known.tolist() == [5, 5]
        assert told.chosen.tolist() == [0.6, 0.5] and told.responders.tolist() == [5, 5]
        nullable = table.assign(bought=table.bought.astype("boolean"))
        assert ethics.selection(nullable, "group", "sent", "bought").set_index("group").equals(told)

    def test_names_of_columns_do_no_harm(self):
        table = people(a=(6, 4), b=(5, 5))
        asked = ethics.selection(table, "group", "sent")
        kinds = table.assign(group=pd.Categorical(table.group, ["c", "b", "a"]))
        assert ethics.selection(kinds, "group", "sent", "sent").responders.tolist() == [6, 5]
        for name in ("people", "chosen", "ratio", "index", "low"):
            assert ethics.selection(table.rename(columns={"group": name}), name, "sent").equals(asked)

    @given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
    def test_three_measures_and_one_equation(self, a, b, c, d):
        # share chosen x who respond among the chosen = share who respond x opportunity, in every group
        rows = [(g, s, r) for g, n in (("x", (a, b, c, d)), ("y", (d, a, b, c)))
                for (s, r), k in zip(((1, 1), (1, 0), (0, 1), (0, 0)), n, strict=True) for _ in range(k)]  # fmt: skip
        table = pd.DataFrame(rows, columns=["group", "sent", "bought"])
        told = ethics.selection(table, "group", "sent", "bought")
        base = told.responders / told.people
        assert np.allclose(told.chosen * told.responders_of_chosen, base * told.chosen_of_responders)

    @given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
    def test_ratios_lie_at_most_at_one_and_sizes_add_up(self, a, b, c, d):
        told = ethics.selection(people(x=(a, b), y=(c, d)), "group", "sent")
        assert told.people.sum() == a + b + c + d and told.ratio[0] == 1 and (told.ratio <= 1 + 1e-12).all()
        assert ((told.low <= told.chosen + 1e-12) & (told.chosen <= told.top + 1e-12)).all()

    def test_the_firm_chose_by_lot(self):
        who = datasets.load("firm/campaign_customers").query("draw == 'C3'").set_index("customer_id")
        segment = datasets.load("firm/customers").set_index("customer_id").segment
        table = pd.DataFrame({"sent": who.arm != "control", "segment": segment.reindex(who.index)})
        told = ethics.selection(table, "segment", "sent")
        assert told.people.sum() == len(who) and (told.below_four_fifths[~told.few] != "yes").all()


class TestCalibration:
    def test_a_score_that_means_the_same_and_one_that_does_not(self):
        chance = np.random.default_rng(1)
        p, group = chance.random(20_000), np.where(chance.random(20_000) < 0.5, "a", "b")
        same = pd.DataFrame({"g": group, "p": p, "y": chance.random(20_000) < p})
        told = ethics.calibration(same, "g", "p", "y")
        assert len(told) == 10 and ((told.low <= told.expected) & (told.expected <= told.top)).mean() >= 0.8
        other = same.assign(y=np.where(group == "b", chance.random(20_000) < p / 2, same.y))
        told = ethics.calibration(other, "g", "p", "y").set_index("group")
        assert (told.loc["b"].top < told.loc["b"].expected).all()

    def test_refusals(self):
        with pytest.raises(Refusal, match="between 0 and 1"):
            ethics.calibration(pd.DataFrame({"g": ["a"], "p": [70], "y": [1]}), "g", "p", "y")
        two = pd.DataFrame({"g": ["a", "b"], "p": [0.4, 0.5], "y": [0, 1]})
        for table, why in (
            (two.assign(y=[0, 40]), "'y' is not true or false"),
            (two.assign(p=["0.4", "0.5"]), "no numbers"),
            (two.assign(p=[0.4, np.nan]), "'p' is missing"),
            (two.iloc[:0], "there are no people"),
        ):
            with pytest.raises(Refusal, match=why):
                ethics.calibration(table, "g", "p", "y")

    @pytest.mark.parametrize("bins", [1, 3, 10, 11, 20, 50])
    def test_every_step_has_a_name_of_its_own(self, bins):
        p = (np.arange(bins) + 0.5) / bins
        told = ethics.calibration(pd.DataFrame({"g": "a", "p": p, "y": 0}), "g", "p", "y", bins=bins)
        assert told.step.is_unique and len(told) == bins


class TestPrices:
    @given(st.floats(0.5, 2), st.integers(2, 9))
    def test_a_planted_gap_is_found_whatever_the_groups_buy(self, times, n):
        assume(abs(times - 1) > 0.01)
        rows = [("N", product, base * times) for product, base in (("pan", 20), ("wok", 50)) for _ in range(n)]
        rows += [("S", product, base) for product, base in (("pan", 20), ("wok", 50)) for _ in range(3 * n)]
        told = ethics.price_gap(pd.DataFrame(rows, columns=["area", "product", "price"]), "area", "price", "product")
        index = told.set_index("group")["index"]
        assert index["N"] / index["S"] == pytest.approx(times)

    def test_what_one_group_alone_buys_is_left_out(self):
        sold = pd.DataFrame({"area": ["N", "S", "N"], "product": ["pan", "pan", "wok"], "price": [10, 10, 99]})
        told = ethics.price_gap(sold, "area", "price", "product")
        assert told.purchases.sum() == 2 and told["index"].tolist() == [1, 1]
        with pytest.raises(Refusal, match="nothing in common"):
            ethics.price_gap(sold.iloc[1:], "area", "price", "product")

    def test_a_gift_is_no_price_and_shares_nothing(self):
        # S got the wok for nothing: then N alone paid for one, and there is nothing to compare it with.
        sold = pd.DataFrame({"area": ["N", "S", "N", "S"], "product": ["pan", "pan", "wok", "wok"],
                             "price": [10, 10, 99, 0]})  # fmt: skip
        told = ethics.price_gap(sold, "area", "price", "product")
        assert told.purchases.tolist() == [1, 1] and told["index"].tolist() == [1, 1]

    def test_refusals(self):
        sold = pd.DataFrame({"area": ["N", "S"], "product": ["pan", "pan"], "price": [10.0, 9.0]})
        for table, why in (
            (sold.assign(price=["10", "9"]), "no numbers"),
            (sold.assign(price=[10, np.inf]), "without end"),
            (sold.assign(price=[10, np.nan]), "'price' is missing"),
            (sold.iloc[:0], "there are no purchases"),
        ):
            with pytest.raises(Refusal, match=why):
                ethics.price_gap(table, "area", "price", "product")


def plus(*rows):
    """(customer, plan, price, started, ended)"""
    table = pd.DataFrame(rows, columns=["customer_id", "plan", "price", "started_on", "ended_on"])
    return table.assign(started_on=pd.to_datetime(table.started_on), ended_on=pd.to_datetime(table.ended_on))


class TestDarkPatterns:
    def test_each_has_an_honest_version_and_something_to_count(self):
        table = ethics.dark_patterns()
        assert len(table) == 9 and table.name.is_unique and table.map(len).min(axis=None) > 5
        # The families of the two papers, as far as they are used here.
        assert set(table.family) <= {
            "nagging", "obstruction", "sneaking", "interface interference", "forced action",  # Gray and others, 2018
            "misdirection", "urgency", "scarcity", "social proof",  # Mathur and others, 2019
        }  # fmt: skip

    def test_paid_without_use_by_hand(self):
        table = plus(
            ("used", "monthly", 6.0, "2025-01-01", None),
            ("idle", "monthly", 6.0, "2025-01-01", None),
            ("never", "yearly", 60.0, "2025-01-01", None),
            ("gone", "monthly", 6.0, "2025-01-01", "2025-06-01"),
            ("new", "monthly", 6.0, "2025-12-01", None),
        )
        sold = [("used", "2025-12-01"), ("idle", "2025-02-01"), ("gone", "2025-05-01"), ("idle", "2026-01-05")]
        orders = pd.DataFrame(sold, columns=["customer_id", "date"]).assign(date=lambda d: pd.to_datetime(d.date))
        told = ethics.paid_unused(table, orders, "2025-12-28").set_index("plan")
        assert told.members.to_dict() == {"monthly": 2, "yearly": 1, "all": 3}
        assert told.unused.to_dict() == {"monthly": 1, "yearly": 1, "all": 2}
        assert told.paid_per_month.to_dict() == {"monthly": 6, "yearly": 5, "all": 11}

    @given(st.integers(1, 700))
    def test_the_firms_plans_add_up(self, firms_plans, days):
        told = ethics.paid_unused(*firms_plans, "2025-12-28", days).set_index("plan")
        parts = told.drop(index="all")
        assert parts.unused.sum() == told.unused["all"] and (told.unused <= told.members).all()
        assert parts.paid_per_month.sum() == pytest.approx(told.paid_per_month["all"])

    def test_refusals(self):
        orders = pd.DataFrame({"customer_id": ["a"], "date": ["2025-11-01"]})
        with pytest.raises(Refusal, match="weekly"):
            ethics.paid_unused(plus(("a", "weekly", 1.0, "2025-01-01", None)), orders, "2025-12-28")
        with pytest.raises(Refusal, match="run for so long"):
            ethics.paid_unused(plus(("a", "yearly", 1.0, "2025-12-01", None)), orders, "2025-12-28")
        with pytest.raises(Refusal, match="'price'"):
            ethics.paid_unused(plus().drop(columns="price"), orders, "2025-12-28")

    def test_a_number_as_text_is_another_customer_and_is_said(self):
        orders = pd.DataFrame({"customer_id": [1, 2], "date": ["2025-11-01", "2025-11-02"]})
        with pytest.raises(Refusal, match="no member stands in the orders"):
            ethics.paid_unused(plus(("1", "yearly", 60.0, "2025-01-01", None)), orders, "2025-12-28")
        told = ethics.paid_unused(plus((1, "yearly", 60.0, "2025-01-01", None)), orders, "2025-12-28")
        assert told.unused.tolist() == [0, 0]

    def test_prices_and_days_that_nobody_knows_are_not_dropped_in_silence(self):
        orders = pd.DataFrame({"customer_id": ["a"], "date": ["2025-11-01"]})
        one = plus(("a", "yearly", 60.0, "2025-01-01", None))
        for row, why in (
            (one.assign(price=np.nan), "'price' is missing"),
            (one.assign(price=-60.0), "less than nothing"),
            (one.assign(price=np.inf), "without end"),
            (one.assign(price="60 dollars"), "no numbers"),
            (one.assign(started_on=pd.NaT), "'started_on' is missing"),
            (one.assign(started_on="03/04/2025"), "is no date"),
            (one.iloc[:0], "no memberships"),
        ):
            with pytest.raises(Refusal, match=why):
                ethics.paid_unused(row, orders, "2025-12-28")
        with pytest.raises(Refusal, match="is no date"):
            ethics.paid_unused(one, orders.assign(date="01/11/2025"), "2025-12-28")
        with pytest.raises(Refusal, match="as_of"):
            ethics.paid_unused(one, orders, "28/12/2025")
        with pytest.raises(Refusal, match="'date' is missing"):
            ethics.paid_unused(one, orders.assign(date=pd.NaT), "2025-12-28")


class TestRefusals:
    def test_selection(self):
        with pytest.raises(Refusal, match="one group only"):
            ethics.selection(people(a=(1, 2)), "group", "sent")
        with pytest.raises(Refusal, match="nobody was chosen"):
            ethics.selection(people(a=(0, 2), b=(0, 2)), "group", "sent")
        with pytest.raises(Refusal, match="not true or false"):
            ethics.selection(people(a=(1, 2), b=(1, 1)).assign(sent="yes"), "group", "sent")
        with pytest.raises(Refusal, match="'groups'"):
            ethics.selection(people(a=(1, 2)), "groups", "sent")
        two = people(a=(1, 2), b=(1, 1))
        for table, why in (
            (two.iloc[:0], "there are no people"),
            (pd.concat([two, two.group], axis=1), "stands twice"),
            (two.assign(group=[None, *two.group[1:]]), "'group' is missing"),
            (two.assign(sent=[np.nan, *two.sent[1:]]), "'sent' is missing"),
        ):
            with pytest.raises(Refusal, match=why):
                ethics.selection(table, "group", "sent")

    def test_trust(self):
        with pytest.raises(Refusal, match="for 70 % write"):
            ethics.doing_right(1, 1, 1, 70, 0.8, 0.1)
        assert ethics.break_even_retention(1e9, 10, 5, 0.5, 0.1) == math.inf
        with pytest.raises(Refusal, match="too large"):
            ethics.doing_right(1, 1e300, 1e300, 0.7, 0.8, 0.1)
        with pytest.raises(Refusal, match="too large"):
            ethics.break_even_retention(1.7e308, 1e200, 1e108, 0.9, 0.1)
        by_decimal = ethics.break_even_retention(5_000, 1_000, 50, 0.70, Decimal("0.10"), cost_per_period=1)
        assert by_decimal == ethics.break_even_retention(5_000, 1_000, 50, 0.70, 0.10, cost_per_period=1)
