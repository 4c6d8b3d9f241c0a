from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import Policy, clean, read, summarise

ENGINES = pytest.mark.parametrize("engine", [pd, pl], ids=["pandas", "polars"])
DAYS = ["2021-03-01", "2021-03-05", "2021-03-09"]
RULES = [
    "other currencies",
    "dates outside the window",
    "cancelled orders",
    "test orders",
    "staff orders",
    "orders without a customer",
    "exact duplicates",
    "tax",
    "shipping",
    "discounts",
    "refunds",
    "orders of amount zero",
    "same-day orders",
]


def log(engine, ids, days, amounts, **more):
    """A log with dates from ISO texts."""
    dates = [None if day is None else datetime.fromisoformat(day) for day in days]
    return engine.DataFrame({"customer_id": ids, "date": dates, "amount": amounts, **more})


def rows(table):
    """A table as plain tuples, with None where something is missing."""
    values = table.itertuples(index=False, name=None) if isinstance(table, pd.DataFrame) else table.iter_rows()
    return [tuple(None if value is None or value != value else value for value in row) for row in values]


def column(table, name):
    return [None if value is None or value != value else value for value in table[name].to_list()]


def change(cleaned, rule):
    """(rows found, change of rows, change of amount) of one rule."""
    found = [row for row in rows(cleaned.changes) if row[0] == rule]
    assert len(found) == 1
    return found[0][2:5]


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    text = str(refusal.value)
    assert len(text.splitlines()) % 3 == 0
    for part in parts:
        assert part in text
    return text


class TestPublished:
    """The raw log of the CDNOW sample, calibrated until 30 September 1997 as in Fader, Hardie & Lee (2005)."""

    def test_the_default_policy_keeps_zeros_and_copies_and_merges_days(self):
        cleaned = clean(read(datasets.path("cdnow")).tx, Policy(end="1997-09-30"))
        assert change(cleaned, "dates outside the window")[:2] == (1959, -1959)
        assert change(cleaned, "orders of amount zero") == (8, 0, 0)
        assert change(cleaned, "exact duplicates") == (9, 0, 0)
        assert change(cleaned, "same-day orders") == (258, -146, 0)
        assert len(cleaned.tx) == 4814 == 2357 + 2457  # customers and repeat orders

    def test_the_whole_file_holds_21_copies_and_8_zeros(self):
        cleaned = clean(read(datasets.path("cdnow")).tx)
        assert change(cleaned, "exact duplicates") == (21, 0, 0)
        assert change(cleaned, "orders of amount zero") == (8, 0, 0)
        assert change(cleaned, "same-day orders") == (400, -223, 0) and len(cleaned.tx) == 6696

    def test_without_the_zeros_eight_customers_are_gone(self):
        cleaned = clean(read(datasets.path("cdnow")).tx, Policy(end="1997-09-30", zeros="drop"))
        assert cleaned.tx["customer_id"].nunique() == 2349


@ENGINES
class TestRules:
    def test_every_planted_defect_is_counted_once(self, engine):
        planted = [
            # id, day, amount, order, status, test, staff, currency
            ("a", "2021-01-01", 10.0, "1", "paid", False, False, "SGD"),
            ("a", "2021-01-01", 5.0, "2", "paid", False, False, "SGD"),  # same day
            ("b", "2021-01-02", 7.0, "3", " CANCELLED ", False, False, "SGD"),
            ("b", "2021-01-03", 7.0, "4", None, True, None, "SGD"),
            ("b", "2021-01-04", 7.0, "5", "paid", None, True, "SGD"),
            (None, "2021-01-05", 7.0, "6", "paid", False, False, "SGD"),
            (" ", "2021-01-05", 2.0, "6", "paid", False, False, "SGD"),
            ("c", "2021-01-06", 0.0, "7", "paid", False, False, "SGD"),
            ("c", "2021-01-07", 9.0, "8", "paid", False, False, "SGD"),
            ("c", "2021-01-07", 9.0, "8", "paid", False, False, "SGD"),  # copy, and the same day
            ("c", "2021-01-09", -3.0, "8", "paid", False, False, "SGD"),  # refund
            ("d", "2021-01-09", -4.0, "0", "paid", False, False, "SGD"),  # refund of nothing
            ("e", "2020-12-31", 7.0, "9", "paid", False, False, "SGD"),  # too early
            ("e", "2021-02-01", 7.0, "9", "paid", False, False, "SGD"),  # too late
            ("f", "2021-01-10", 7.0, "10", "paid", False, False, "USD"),
            ("f", "2021-01-10", 7.0, "11", "paid", False, False, None),
        ]
        names = ("order_id", "status", "is_test", "is_staff", "currency")
        flag = {"is_test": "boolean", "is_staff": "boolean"}
        tx = log(
            engine,
            *([row[n] for row in planted] for n in range(3)),
            **{name: [row[n] for row in planted] for n, name in enumerate(names, 3)},
        )
        tx = tx.astype(flag) if engine is pd else tx
        cleaned = clean(tx, Policy(start="2021-01-01", end="2021-01-31", currency="SGD"))
        expected = {
            "other currencies": (2, -2, -14),
            "dates outside the window": (2, -2, -14),
            "cancelled orders": (1, -1, -7),
            "test orders": (1, -1, -7),
            "staff orders": (1, -1, -7),
            "orders without a customer": (2, -2, -9),
            "exact duplicates": (1, 0, 0),
            "refunds": (1, -1, 0),
            "refunds of orders not in the file": (1, -1, 4),
            "orders of amount zero": (1, 0, 0),
            "same-day orders": (4, -2, 0),
        }
        assert {rule: change(cleaned, rule) for rule in expected} == expected
        assert [row[:3] for row in rows(cleaned.tx)] == [
            ("a", datetime(2021, 1, 1), 15),
            ("c", datetime(2021, 1, 6), 0),
            ("c", datetime(2021, 1, 7), 15),
        ]

    def test_changes_name_every_rule_in_order_even_where_nothing_was_found(self, engine):
        cleaned = clean(log(engine, ["a"], DAYS[:1], [1.0]))
        assert column(cleaned.changes, "rule") == RULES
        assert set(column(cleaned.changes, "rows_found")) == {0} and set(column(cleaned.changes, "rows_left")) == {1}
        assert isinstance(cleaned.tx, engine.DataFrame) and isinstance(cleaned.changes, engine.DataFrame)

    def test_a_window_holds_its_first_and_its_last_day(self, engine):
        tx = log(
            engine, ["a"] * 4, ["2021-03-01", "2021-03-02T00:00", "2021-03-03T23:59:59.999999", "2021-03-04"], [1.0] * 4
        )
        for start, end in (
            ("2021-03-02", date(2021, 3, 3)),
            (np.datetime64("2021-03-02"), pd.Timestamp("2021-03-03 12:00")),
        ):
            assert change(clean(tx, Policy(start=start, end=end)), "dates outside the window")[0] == 2

    def test_cancelled_words_in_any_letters(self, engine):
        tx = log(engine, ["a", "b", "c"], DAYS, [1.0, 2.0, 3.0], status=["Storno ", "paid", None])
        assert column(clean(tx, Policy(cancelled_words=["STORNO"])).tx, "amount") == [2, 3]
        assert column(clean(tx).tx, "amount") == [1, 2, 3]

    def test_money_beside_the_amount_is_added_or_taken_off_once(self, engine):
        tx = log(engine, ["a", "b"], DAYS[:2], [10.0, 4.0], tax=[1.0, None], shipping=[2.0, 3.0], discount=[0.5, 0.0])
        cleaned = clean(tx, Policy(tax="subtract", shipping="add", discounts="subtract"))
        assert column(cleaned.tx, "amount") == [10.5, 7]
        assert [change(cleaned, rule) for rule in ("tax", "shipping", "discounts")] == [
            (1, 0, -1),
            (2, 0, 5),
            (1, 0, -0.5),
        ]

    def test_merging_adds_money_and_keeps_the_first_of_all_else(self, engine):
        tx = log(
            engine,
            ["b", "a", "b"],
            ["2021-03-02T15:00", "2021-03-01", "2021-03-02T09:00"],
            [1.0, 2.0, 3.0],
            channel=["x", "y", "z"],
            quantity=[1, 1, 2],
        )
        assert rows(clean(tx).tx) == [("b", datetime(2021, 3, 2), 4, "x", 3), ("a", datetime(2021, 3, 1), 2, "y", 1)]
        kept = clean(tx, Policy(same_day="keep"))
        assert column(kept.tx, "date")[0] == datetime(2021, 3, 2, 15) and change(kept, "same-day orders") == (2, 0, 0)

    def test_an_unknown_margin_stays_unknown(self, engine):
        ids, days = ["a", "b", "b", "c"], ["2021-03-01"] * 4
        tx = log(engine, ids, days, [9.0, 4.0, 5.0, 6.0], margin=[None, 1.0, None, 2.0], tax=[None, 1.0, None, None])
        assert column(clean(tx).tx, "margin") == [None, None, 2] and column(clean(tx).tx, "tax") == [None, 1, None]

    def test_columns_of_any_name_come_through(self, engine):
        names = ["_row", "_day", "rows", "n", "row", "refund", "low", "_amount", "index", "rule", "rows in group"]
        tx = log(
            engine,
            ["a", "a", "a", "b"],
            ["2021-03-01", "2021-03-01", "2021-03-09", "2021-03-01"],
            [10.0, 5.0, -4.0, 1.0],
            **{name: [1, 2, 3, 4] for name in names},
        )
        cleaned = clean(tx).tx
        assert column(cleaned, "amount") == [11, 1]
        assert list(cleaned.columns) == list(tx.columns) and all(column(cleaned, name) == [1, 4] for name in names)

    def test_ids_of_any_kind(self, engine):
        for ids, left in ((["", " ", "a"], ["a"]), ([1.0, float("nan"), 1.0], [1, 1]), ([1, 1, 2], [1, 1, 2])):
            assert column(clean(log(engine, ids, DAYS, [1.0, 2.0, 3.0])).tx, "customer_id") == left

    def test_amounts_of_any_kind(self, engine):
        assert column(clean(log(engine, ["a", "b", "c"], DAYS, [1, 2, 3])).tx, "amount") == [1, 2, 3]
        assert column(clean(log(engine, ["a", "b"], DAYS[:2], [1e12, 5.0])).tx, "amount") == [1e12, 5]
        zero = clean(log(engine, ["a", "b"], DAYS[:2], [-0.0, 5.0]))
        assert not np.signbit(column(zero.tx, "amount")[0]) and change(zero, "orders of amount zero")[0] == 1


@ENGINES
class TestRefunds:
    def net(self, engine, *orders, names=("customer_id", "day", "amount", "order_id", "margin")):
        told = {name: [order[n] for order in orders] for n, name in enumerate(names[: len(orders[0])])}
        ids, days, amounts = (told.pop(name) for name in names[:3])
        return clean(log(engine, ids, days, amounts, **told))

    def test_goes_off_the_order_with_its_id(self, engine):
        cleaned = self.net(engine, ("a", DAYS[0], 10.0, "1"), ("a", DAYS[1], 10.0, "2"), ("a", DAYS[2], -4.0, "1"))
        assert column(cleaned.tx, "amount") == [6, 10] and change(cleaned, "refunds") == (1, -1, 0)

    def test_else_off_the_latest_orders_before_it(self, engine):
        cleaned = self.net(
            engine, ("a", DAYS[0], 5.0), ("a", DAYS[1], 10.0), ("b", DAYS[1], 9.0), ("a", DAYS[2], -12.0)
        )
        assert column(cleaned.tx, "amount") == [3, 0, 9]

    def test_what_exceeds_all_orders_is_dropped_and_told(self, engine):
        cleaned = self.net(engine, ("a", DAYS[0], 5.0), ("a", DAYS[1], 10.0), ("a", DAYS[2], -20.0))
        assert column(cleaned.tx, "amount") == [0, 0]
        assert change(cleaned, "refunds of orders not in the file") == (1, -1, 5)
        assert change(cleaned, "orders of amount zero")[0] == 2

    @pytest.mark.parametrize("order_id", [None, "1"])
    def test_several_go_off_one_order_as_long_as_it_lasts(self, engine, order_id):
        parts = [(DAYS[0], 10.0), (DAYS[1], -4.0), (DAYS[1], -3.0), (DAYS[2], -5.0)]
        cleaned = self.net(engine, *(("a", day, amount, order_id) for day, amount in parts))
        assert column(cleaned.tx, "amount") == [0] and change(cleaned, "refunds") == (2, -2, 0)
        assert change(cleaned, "refunds of orders not in the file") == (1, -1, 2)

    def test_before_any_order_it_has_none_unless_the_ids_agree(self, engine):
        before = self.net(engine, ("a", DAYS[0], -5.0), ("a", DAYS[1], 10.0))
        assert column(before.tx, "amount") == [10] and change(before, "refunds of orders not in the file") == (1, -1, 5)
        same = self.net(engine, ("a", DAYS[0], -5.0, "1"), ("a", DAYS[1], 10.0, "1"))
        assert column(same.tx, "amount") == [5] and change(same, "refunds") == (1, -1, 0)

    def test_on_one_day_the_clock_does_not_count(self, engine):
        cleaned = self.net(engine, ("a", "2021-03-01T00:00", -5.0), ("a", "2021-03-01T15:00", 10.0))
        assert column(cleaned.tx, "amount") == [5]

    def test_of_another_customer_or_of_nobody_it_pays_nothing_back(self, engine):
        cleaned = self.net(engine, ("a", DAYS[0], 10.0, "1"), ("b", DAYS[1], -4.0, "1"), (None, DAYS[1], -1.0, "1"))
        assert column(cleaned.tx, "amount") == [10]
        assert change(cleaned, "refunds of orders not in the file") == (1, -1, 4)
        assert change(cleaned, "orders without a customer") == (1, -1, 1)

    def test_takes_its_margin_along_or_the_same_share(self, engine):
        own = self.net(engine, ("a", DAYS[0], 10.0, None, 5.0), ("a", DAYS[1], -4.0, None, -1.0))
        assert column(own.tx, "margin") == [4]
        share = self.net(engine, ("a", DAYS[0], 10.0, None, 5.0), ("a", DAYS[1], -4.0, None, None))
        assert column(share.tx, "margin") == [3]

    def test_leaves_no_dust_of_floats(self, engine):
        for refund in (-0.3, -(0.1 + 0.2)):
            cleaned = self.net(engine, ("a", DAYS[0], 0.1), ("a", DAYS[1], 0.2), ("a", DAYS[2], refund))
            assert column(cleaned.tx, "amount") == [0, 0] and change(cleaned, "orders of amount zero")[0] == 2
            assert change(cleaned, "refunds of orders not in the file")[0] == 0

    def test_dropping_them_leaves_the_orders_whole(self, engine):
        cleaned = clean(log(engine, ["a", "a"], DAYS[:2], [5.0, -3.0]), Policy(refunds="drop"))
        assert column(cleaned.tx, "amount") == [5] and change(cleaned, "refunds") == (1, -1, 3)

    def test_a_customer_with_many_orders_is_no_burden(self, engine):
        n = 20_000
        days = (pd.Timestamp("2001-01-01") + pd.to_timedelta(np.arange(n), unit="h")).to_pydatetime().tolist()
        amounts = [1.0 if i % 2 else -1.0 for i in range(1, n + 1)]
        tx = engine.DataFrame({"customer_id": ["a"] * n, "date": days, "amount": amounts})
        started = datetime.now()
        cleaned = clean(tx)
        assert (datetime.now() - started).total_seconds() < 2 and sum(column(cleaned.tx, "amount")) == 0


words = st.sampled_from
choices = {
    "refunds": ("net", "drop"),
    "zeros": ("keep", "drop"),
    "same_day": ("merge", "keep"),
    "duplicates": ("keep", "drop"),
    "cancelled": ("keep", "drop"),
    "test": ("keep", "drop"),
    "staff": ("keep", "drop"),
    "tax": ("as_recorded", "add", "subtract"),
    "shipping": ("as_recorded", "add"),
    "discounts": ("as_recorded", "subtract"),
    "start": (None, "2021-01-05"),
    "end": (None, "2021-01-20"),
    "currency": (None, "SGD"),
}
cents = st.integers(-2000, 8000).map(lambda c: c / 100)
orders = st.fixed_dictionaries(
    {
        "customer_id": words(["a", "b", "c", "a", "b", "a", "b", " ", None]),
        "date": st.builds(lambda day, hour: datetime(2021, 1, day, hour), st.integers(1, 28), words([0, 0, 9, 17])),
        "amount": cents | words([0.0, -0.0, 10.0, -10.0]),
        "order_id": words(["1", "2", "3", "4", None]),
        "margin": st.none() | cents,
        "tax": st.none() | st.integers(0, 200).map(lambda c: c / 100),
        "shipping": st.none() | words([0.0, 4.5]),
        "discount": st.none() | words([0.0, 1.25]),
        "status": words(["paid", "paid", None, "Cancelled"]),
        "is_test": words([False, False, False, True]),
        "is_staff": words([False, False, False, True]),
        "note": words(["x", "y"]),
    }
)
# Which columns a file happens to have, and its currencies.
absent = st.sets(words(["order_id", "margin", "tax", "shipping", "discount", "status", "is_test", "is_staff", "note"]))
currencies = words([[], [], ["SGD"], ["SGD"], ["SGD", "SGD", "USD", None]])
types = {"customer_id": pl.String, "date": pl.Datetime("us"), "order_id": pl.String, "status": pl.String}
types |= dict.fromkeys(("margin", "tax", "shipping", "discount"), pl.Float64) | {"currency": pl.String}


@st.composite
def logs(draw):
    """One log as a pandas and as a Polars table. Some rows stand twice."""
    table = draw(st.lists(orders, min_size=1, max_size=8)) + draw(st.lists(orders, min_size=4, max_size=20))
    table += draw(st.lists(words(table), max_size=2))
    left_out, found = draw(absent), draw(currencies)
    table = [{name: value for name, value in row.items() if name not in left_out} for row in table]
    if found:
        table = [row | {"currency": draw(words(found))} for row in table]
    frame = pl.DataFrame(table, schema_overrides={name: t for name, t in types.items() if name in table[0]})
    return frame.to_pandas(), frame


@st.composite
def cases(draw):
    """A log in both engines and a policy that asks for no column which the log lacks, unless by a rare chance."""
    both = draw(logs())
    told = {name: draw(words(options)) for name, options in choices.items()}
    lacking = {"tax", "shipping", "discounts"} - {"discounts" if c == "discount" else c for c in both[0].columns}
    if draw(st.integers(0, 9)):
        told |= dict.fromkeys(lacking, "as_recorded")
        told["currency"] = "SGD" if "USD" in both[0].get("currency", default=pd.Series()).to_list() else None
    return both, Policy(**told)


def answer(tx, policy):
    """(log, changes, None), or (None, None, the refusal)."""
    try:
        cleaned = clean(tx, policy)
    except Refusal as refusal:
        return None, None, str(refusal)
    return rows(cleaned.tx), rows(cleaned.changes), None


def same(one, other):
    return len(one) == len(other) and all(
        x == pytest.approx(y, rel=1e-9, abs=1e-9) if isinstance(x, float) else x == y
        for a, b in zip(one, other, strict=True)
        for x, y in zip(a, b, strict=True)
    )


class TestProperties:
    @given(cases())
    @settings(deadline=None, max_examples=70)
    def test_the_books_balance_and_both_engines_agree(self, case):
        (pandas, polars), policy = case
        tx, changes, refusal = answer(pandas, policy)
        other_tx, other_changes, other_refusal = answer(polars, policy)
        assert refusal == other_refusal
        if refusal:
            return
        assert same(tx, other_tx) and same(changes, other_changes)
        assert [row[2:4] + row[5:] for row in changes] == [row[2:4] + row[5:] for row in other_changes]
        scale = pandas["amount"].abs().sum()
        amount = pandas.columns.get_loc("amount")
        assert len(pandas) + sum(row[3] for row in changes) == len(tx)
        after = sum(row[amount] for row in tx)
        assert pandas["amount"].sum() + sum(row[4] for row in changes) == pytest.approx(
            after, rel=1e-9, abs=1e-9 * scale
        )
        left = len(pandas)
        for _, _, found, rows_change, _, rows_left in changes:
            left += rows_change
            assert rows_left == left and 0 <= -rows_change <= found

    @given(cases())
    @settings(deadline=None, max_examples=25)
    def test_no_order_is_negative_and_no_input_is_touched(self, case):
        both, policy = case
        for tx in both:
            before = tx.copy() if isinstance(tx, pd.DataFrame) else tx.clone()
            cleaned, _, refusal = answer(tx, policy)
            assert tx.equals(before)
            if not refusal:
                assert all(row[list(tx.columns).index("amount")] >= 0 for row in cleaned)

    @given(logs())
    @settings(deadline=None, max_examples=25)
    def test_cleaning_twice_is_cleaning_once(self, both):
        for tx in both:
            try:
                once = clean(tx)
            except Refusal:
                continue
            twice = clean(once.tx)
            assert rows(twice.tx) == rows(once.tx) and list(twice.tx.columns) == list(tx.columns)
            assert not any(row[3] or row[4] for row in rows(twice.changes))

    @given(logs())
    @settings(deadline=None, max_examples=25)
    def test_what_was_cleaned_can_be_summarised(self, both):
        for tx in both:
            try:
                cleaned = clean(tx).tx
            except Refusal:
                continue
            summary = rows(summarise(cleaned, as_of="2021-01-28"))
            assert sum(row[1] for row in summary) + len(summary) == len(cleaned)
            assert all((x == 0) == (t_x == 0) and t_x <= T for _, x, t_x, T, _ in summary)


class TestPolicy:
    def test_tells_all_wrong_choices_at_once(self):
        text = refused(
            lambda: Policy(
                refunds="nett", zeros=["keep"], start="03/04/2021", end=float("nan"), cancelled_words="void"
            ),
            "refunds='nett' is not a choice",
            "zeros=['keep'] is not a choice",
            "start='03/04/2021' is no date",
            "end needs a date",
            "cancelled_words needs several words",
        )
        assert len(text.splitlines()) == 15 and "refunds='net'" in text

    def test_a_window_runs_forwards(self):
        refused(lambda: Policy(start="2021-03-05", end="2021-03-01"), "start lies after end")
        assert Policy(start="2021-03-05", end="2021-03-05").days()[0] == datetime(2021, 3, 5)

    @pytest.mark.parametrize("wrong", [{"zeros": "drop"}, "drop", 1, Policy])
    def test_clean_takes_a_policy_and_nothing_else(self, wrong):
        refused(lambda: clean(log(pd, ["a"], DAYS[:1], [1.0]), wrong), "clean needs a Policy")


@ENGINES
class TestRefusals:
    def test_several_currencies_and_blanks_beside_one(self, engine):
        for currency in (["SGD", "USD", "SGD"], ["SGD", None, "SGD"]):
            tx = log(engine, ["a", "b", "c"], DAYS, [1.0, 2.0, 3.0], currency=currency)
            refused(lambda tx=tx: clean(tx), "more than one currency", "SGD on 2 rows", "Policy(currency='SGD')")
            assert change(clean(tx, Policy(currency="SGD")), "other currencies") == (1, -1, -2)
            refused(lambda tx=tx: clean(tx, Policy(currency="EUR")), "no order is in EUR")
        tx = log(engine, ["a"], DAYS[:1], [1.0])
        refused(lambda: clean(tx, Policy(currency="SGD")), "no order says its currency")

    def test_everything_the_policy_refuses_is_told_at_once(self, engine):
        tx = log(
            engine, ["a", "a", "a", None], ["2021-03-01"] * 4, [0.0, 1.0, 1.0, 3.0], is_test=[True, False, False, True]
        )
        policy = Policy(duplicates="refuse", missing_ids="refuse", test="refuse", start="2021-04-01", outside="refuse")
        text = refused(
            lambda: clean(tx, policy),
            "refuses dates outside the window",
            "refuses test orders",
            "refuses orders without a customer",
            "refuses exact duplicates",
            "4 of 4 rows, the first of 2021-03-01",
        )
        assert len(text.splitlines()) == 12

    def test_refunds_and_zeros_can_be_refused(self, engine):
        tx = log(engine, ["a", "a"], DAYS[:2], [0.0, -1.0])
        refused(
            lambda: clean(tx, Policy(refunds="refuse", zeros="refuse")), "refuses refunds", "refuses orders of amount"
        )

    def test_a_policy_that_leaves_nothing_says_which_rule_it_was(self, engine):
        tx = log(engine, ["a", "b"], DAYS[:2], [1.0, 2.0], is_test=[True, False])
        refused(lambda: clean(tx, Policy(end="2021-03-01")), "no orders", "dates outside the window -1; test orders -1")

    def test_a_subtraction_that_turns_amounts_negative_cannot_be_right(self, engine):
        tx = log(engine, ["a", "b"], DAYS[:2], [10.0, 4.0], tax=[1.0, 7.0])
        text = refused(lambda: clean(tx, Policy(tax="subtract", shipping="add")), "tax='subtract' cannot be right")
        assert "1 positive amount would become negative" in text and "needs a column 'shipping'" in text

    def test_types_are_told_at_once_with_the_way_back(self, engine):
        raw = {"customer_id": ["a"], "date": ["2021-01-01"], "amount": ["5"], "tax": ["1"], "is_test": ["no"]}
        text = refused(lambda: clean(engine.DataFrame(raw)), "needs dates in 'date'", "numbers in 'amount'", "'tax'")
        assert "true or false in 'is_test'" in text and text.count("transactions.read(tx).tx") == 4
        assert len(clean(read(engine.DataFrame(raw)).tx).tx) == 1

    def test_holes_and_infinities_are_told_at_once(self, engine):
        tx = log(engine, ["a", "b", "c"], [None, *DAYS[:2]], [1.0, float("nan"), float("inf")])
        refused(lambda: clean(tx), "needs a date", "needs an amount", "finite numbers below 1e15")
        tx = log(engine, ["a"], DAYS[:1], [1.0], margin=[float("-inf")])
        refused(lambda: clean(tx), "finite numbers below 1e15")

    def test_zones_and_missing_columns(self, engine):
        zoned = pd.DataFrame({"customer_id": ["a"], "date": pd.to_datetime(["2021-01-01"], utc=True), "amount": [5.0]})
        zoned = zoned if engine is pd else pl.from_pandas(zoned)
        refused(lambda: clean(zoned), "dates without a time zone", "timezone='Asia/Singapore'")
        refused(lambda: clean(engine.DataFrame({"Customer_ID": ["a"]})), "need 'customer_id', 'date', 'amount'")

    def test_empty_tables(self, engine):
        refused(lambda: clean(log(engine, ["a"], DAYS[:1], [1.0]).head(0)), "the table has no rows")


def test_refuses_what_is_no_table_in_memory():
    tx = log(pl, ["a"], DAYS[:1], [1.0])
    refused(lambda: clean(tx.lazy()), "needs a table in memory", "clean(tx.collect())")
    for wrong in (None, [1], read(tx), "orders.csv"):
        refused(lambda wrong=wrong: clean(wrong), "clean needs a table")
    refused(
        lambda: clean(log(pd, ["a"], DAYS[:1], [1.0]).assign(**{"x": 1}).rename(columns={"x": 0})), "texts as names"
    )
    refused(lambda: clean(log(pd, ["a"], DAYS[:1], [1.0], tags=[[1]])), "rows cannot be compared")


def test_pandas_types_and_indexes_of_every_kind():
    plain = log(pd, ["1", "1", "b"], DAYS, [1.0, 1.0, 3.0])
    expected = rows(clean(plain).tx)
    for tx in (
        plain.set_axis([7, 7, 3]),
        plain.set_index("customer_id")[["date", "amount"]],
        plain.astype({"customer_id": "category"}),
        plain.assign(customer_id=pd.Series([1, "1", "b"], dtype=object)),
        plain.astype({"date": "datetime64[ns]"}),
        plain.astype({"date": "datetime64[s]"}),
        plain.astype({"date": "date32[pyarrow]"}),
        plain.astype({"amount": "Float64", "customer_id": "string"}),
    ):
        assert rows(clean(tx).tx[["customer_id", "date", "amount"]]) == expected
        assert clean(tx).tx.index.equals(pd.RangeIndex(3))
    refused(lambda: clean(plain.assign(amount=[Decimal(1)] * 3)), "needs numbers in 'amount'")
