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
