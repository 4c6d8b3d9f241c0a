"""Lines of cleaned orders: the labels are those of the file, the money is that of the orders."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import audit, transactions
from crmlearn.errors import Refusal

ENGINES = pytest.mark.parametrize("engine", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
APART = transactions.Policy(same_day="keep")


def shop(seed=1, orders=60, refunds=4, margin=True):
    """Rows of a file: lines of orders, some of amount zero, with later refunds that bear an order's id."""
    random = np.random.default_rng(seed)
    n = random.integers(1, 4, orders)
    order = np.repeat(np.arange(orders), n)
    day = np.repeat(random.integers(0, 300, orders), n)
    amount = np.where(random.random(len(order)) < 0.1, 0.0, random.integers(1, 5000, len(order)) / 100)
    rows = pd.DataFrame({
        "order_id": [f"B{o}" for o in order],
        "customer_id": [f"C{o % 17}" for o in order],
        "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"),
        "amount": amount,
        "category": random.choice(["tea", "茶", "kopi"], len(order)),
    })  # fmt: skip
    if margin:
        rows["margin"] = (rows["amount"] * 0.4 - 1).round(2)
    back = rows.drop_duplicates("order_id").head(refunds)
    back = back.assign(date=back["date"] + pd.Timedelta(days=9), amount=-back["amount"] / 2)
    return pd.concat([rows, back.assign(margin=back["margin"] / -2) if margin else back], ignore_index=True)


def parts(rows, engine=pd.DataFrame):
    read = transactions.read(engine(rows.to_dict("list")), grain="line")
    tx = transactions.clean(read.tx, APART).tx
    return read, tx, transactions.lines(read, tx)


@ENGINES
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 80), st.integers(0, 5), st.booleans())
def test_each_orders_money_is_shared_out_to_the_cent(engine, seed, orders, refunds, margin):
    _, tx, lines = parts(shop(seed, orders, refunds, margin), engine)
    lines, tx = (
        pd.DataFrame(t.to_dict("list") if engine is pd.DataFrame else t.to_dict(as_series=False)) for t in (lines, tx)
    )
    for money in ("amount", "margin") if margin else ("amount",):
        summed = lines.groupby("order_id")[money].sum()
        assert summed[tx["order_id"]].to_numpy() == pytest.approx(tx[money].to_numpy(), abs=1e-9)
    assert (lines["amount"] >= 0).all() and set(lines["customer_id"]) == set(tx["customer_id"])


def test_untouched_lines_keep_what_they_said():
    rows = shop(refunds=0)
    _, _, lines = parts(rows)
    keys = ["order_id", "amount", "category", "margin"]
    told, kept = (t[keys].sort_values(keys, ignore_index=True) for t in (rows, lines))
    assert told["category"].tolist() == kept["category"].tolist()
    assert kept["amount"].to_numpy() == pytest.approx(told["amount"].to_numpy())
    assert kept["margin"].to_numpy() == pytest.approx(told["margin"].to_numpy())


def test_the_audit_counts_products_from_lines_and_its_books_balance():
    read, _, lines = parts(shop())
    tx = transactions.clean(read.tx).tx
    assert "category" not in tx.columns
    made = audit.exhibits(tx, "2024-12-31", period="2024", lines=lines)
    table = next(e.table for e in made.shown if e.name == "penetration:category")
    assert set(table["category"]) == {"tea", "茶", "kopi"}
    assert table["revenue"].sum() == pytest.approx(tx["amount"].sum(), rel=1e-12)
    assert table["profit"].sum() == pytest.approx(tx["margin"].sum(), rel=1e-9)
    made = audit.exhibits(tx, "2024-12-31", period="2024")
    assert ("penetration:category", "no column 'category'") in made.left_out


def test_lines_of_other_orders_are_not_taken_for_these():
    read, _, lines = parts(shop())
    tx = transactions.clean(read.tx).tx
    with pytest.raises(transactions.Unbalanced, match="amounts of all lines"):
        audit.exhibits(tx, "2024-12-31", period="2024", lines=lines.iloc[1:])


def test_refusals():
    one_each = shop().drop_duplicates("order_id")
    read = transactions.read(one_each[one_each["amount"] >= 0])
    with pytest.raises(Refusal, match="needs no table of lines"):
        transactions.lines(read, read.tx)
    read, tx, _ = parts(shop())
    with pytest.raises(Refusal, match="id of its own"):
        transactions.lines(read, pd.concat([tx, tx.head(1)]))
    with pytest.raises(Refusal, match="order_id"):
        transactions.lines(read, tx.drop(columns="order_id"))


class TestASecondFile:
    def apart(self, rows):
        """The same shop as two tables: orders, and the lines of those that were sold."""
        sold = rows[rows["amount"] >= 0]
        money = [c for c in ("amount", "margin") if c in rows]
        orders = sold.groupby("order_id", as_index=False, sort=False).agg(
            {"customer_id": "first", "date": "first"} | dict.fromkeys(money, "sum")
        )
        back = rows.loc[rows["amount"] < 0, list(orders)]
        return pd.concat([orders, back], ignore_index=True), sold[["order_id", "category", *money]]

    @ENGINES
    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 10_000), st.integers(20, 60), st.booleans())
    def test_two_files_make_the_same_lines_as_one(self, engine, seed, orders, margin):
        rows = shop(seed, orders, margin=margin)
        first, second = (engine(t.to_dict("list")) for t in self.apart(rows))
        read = transactions.with_lines(transactions.read(first), second)
        two = transactions.lines(read, transactions.clean(read.tx, APART).tx)
        _, _, one = parts(rows, engine)
        keys = ["order_id", "category", "amount"]
        as_pandas = [
            pd.DataFrame(t.to_dict("list") if engine is pd.DataFrame else t.to_dict(as_series=False))
            for t in (one, two)
        ]
        one, two = (t[keys + ["margin"] * margin].sort_values(keys, ignore_index=True) for t in as_pandas)
        pd.testing.assert_frame_equal(one, two, check_dtype=False)

    def test_notes_say_what_did_not_fit(self):
        orders, items = self.apart(shop(refunds=0))
        items.loc[items["order_id"] == "B3", "amount"] += 5
        items = pd.concat([items[items["order_id"] != "B5"], items.head(2).assign(order_id="B999")])
        told = " | ".join(transactions.with_lines(transactions.read(orders), items).notes)
        assert "2 lines left out, since no order here has their id" in told and "1 order without lines" in told
        assert "those of 1 order do not add up to its amount" in told

    def test_lines_without_money_share_equally(self):
        orders, items = self.apart(shop(refunds=0, margin=False))
        read = transactions.with_lines(transactions.read(orders), items[["order_id", "category"]])
        lines = transactions.lines(read, transactions.clean(read.tx, APART).tx)
        spread = lines.groupby("order_id")["amount"].agg(["min", "max"])
        assert np.allclose(spread["min"], spread["max"]) and "in equal parts" in " ".join(read.notes)

    def test_pieces_times_price_are_amounts(self):
        orders, items = self.apart(shop(refunds=0, margin=False))
        told = items.assign(qty=2, price=items["amount"] / 2).drop(columns="amount")
        a, b = (transactions.with_lines(transactions.read(orders), t) for t in (items, told))
        assert np.allclose(a.lines["amount"], b.lines["amount"])

    def test_a_category_of_the_orders_gives_way_to_that_of_the_lines(self):
        orders, items = self.apart(shop(refunds=0))
        read = transactions.with_lines(transactions.read(orders.assign(category="?")), items)
        lines = transactions.lines(read, transactions.clean(read.tx, APART).tx)
        assert set(lines["category"]) == {"tea", "茶", "kopi"}

    @pytest.mark.parametrize(
        ("orders", "items", "wrong"),
        [
            ({}, {"order_id": "id"}, "lines of orders need 'order_id'"),
            ({}, {"category": "colour"}, "need 'product' or 'category'"),
            ({"order_id": "number of nothing"}, {}, "lines need orders with ids"),
        ],
    )
    def test_what_is_missing_is_named(self, orders, items, wrong):
        first, second = self.apart(shop(refunds=0))
        with pytest.raises(Refusal, match=wrong):
            transactions.with_lines(transactions.read(first.rename(columns=orders)), second.rename(columns=items))

    def test_an_order_whose_lines_do_not_all_know_their_margin_shares_its_own_out(self):
        orders = pd.DataFrame({"order_id": [1, 2], "customer_id": ["a", "b"], "date": ["2021-03-01"] * 2,
                               "amount": [8.0, 5.0], "margin": [10.0, 2.0]})  # fmt: skip
        items = pd.DataFrame({"order_id": [1, 1, 2], "product": ["tea", "cup", "tea"], "amount": [4.0, 4.0, 5.0],
                              "margin": [4.0, None, 2.0]})  # fmt: skip
        read = transactions.with_lines(transactions.read(orders), items)
        lines = transactions.lines(read, transactions.clean(read.tx, APART).tx)
        assert lines["margin"].tolist() == [5.0, 5.0, 2.0]

    def test_profit_of_lines_is_held_against_that_of_orders(self):
        rows = shop(refunds=0)
        _, tx, lines = parts(rows)
        with pytest.raises(audit.Unbalanced, match="profit of all lines"):
            audit.exhibits(tx, "2025-01-31", "2024", lines=lines.assign(margin=lines["margin"] + 1))

    def test_lines_of_refunds_are_told_apart_and_unused_columns_named(self):
        orders, items = self.apart(shop(refunds=0))
        back = orders.head(1).assign(order_id="R1", amount=-3.0, date=orders["date"].max())
        orders = pd.concat([orders, back], ignore_index=True)
        items = pd.concat([items, items.head(1).assign(order_id="R1")]).assign(line_total=1)
        notes = transactions.with_lines(transactions.read(orders), items).notes
        assert "lines: 1 line left out, which is of refunds" in notes and "lines: not used: line_total" in notes
        assert not any("no order here" in note for note in notes)

    def test_engines_and_ids_of_several_kinds_meet(self):
        orders = pl.DataFrame({"order_id": [1, 2], "customer_id": ["a", "b"], "date": ["2021-03-01"] * 2,
                               "amount": [8.0, 5.0]})  # fmt: skip
        items = pd.DataFrame({"order_id": [1, "1", 2], "product": ["tea", "cup", "tea"], "amount": [4.0, 4.0, 5.0]})
        read = transactions.with_lines(transactions.read(orders), items)
        assert isinstance(read.lines, pl.DataFrame) and read.lines["order_id"].to_list() == ["1", "1", "2"]

    def test_no_ids_and_no_reading_are_refused(self):
        orders, items = self.apart(shop(refunds=0))
        with pytest.raises(Refusal, match="no line says its order"):
            transactions.with_lines(transactions.read(orders), items.assign(order_id=None))
        with pytest.raises(Refusal, match="needs what read returned"):
            transactions.with_lines(orders, items)

    def test_lines_of_another_shop_are_refused(self):
        orders, items = self.apart(shop(refunds=0))
        with pytest.raises(Refusal, match="no line belongs to an order"):
            transactions.with_lines(transactions.read(orders), items.assign(order_id="Z1"))
