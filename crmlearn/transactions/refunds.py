"""Which order does a refund pay back? The one with the same id, else the customer's latest ones up to that day."""

from collections import defaultdict
from itertools import groupby

import narwhals.stable.v2 as nw

_DUST = 1e-12  # of an amount: what floats leave over, as 0.1 + 0.2 - 0.3 does


def net_refunds(frame):
    """Take refunds (negative amounts) off orders.

    frame : eager narwhals table with customer_id, date, amount, and order_id where known. Where there is a margin, the
        refund's own margin goes with it; without one, the order keeps the same share of margin in its amount
    Returns: (orders only, with reduced amounts; list of the refund amounts, <= 0, that found no order)
    """
    row = nw.generate_temporary_column_name(8, frame.columns)
    rows = frame.with_row_index(row)
    with_refunds = rows.filter(nw.col("amount") < 0).select("customer_id").unique()
    # Only these customers' rows leave the table engine: they are few, and a refund needs a look back.
    part = rows.join(with_refunds, on="customer_id", how="semi").sort("customer_id", "date", row)
    wanted = [c for c in ("customer_id", "date", row, "amount", "order_id", "margin") if c in part.columns]
    names = ["row" if c == row else c for c in wanted]
    records = [dict(zip(names, values, strict=True)) for values in part.select(wanted).iter_rows()]
    changed, unmatched = {}, []
    for _, orders in groupby(records, key=lambda r: r["customer_id"]):
        unmatched += _look_back(list(orders), changed)
    kept = rows.filter(nw.col("amount") >= 0)
    if changed:
        money = [c for c in ("amount", "margin") if c in wanted]
        new = {c: nw.generate_temporary_column_name(8, rows.columns) for c in money}
        table = nw.from_dict(
            {row: list(changed)} | {new[c]: [order[c] for order in changed.values()] for c in money},
            schema={row: kept[row].dtype} | {new[c]: nw.Float64 for c in money},
            backend=frame.implementation,
        )
        kept = kept.join(table, on=row, how="left").sort(row)
        kept = kept.with_columns(nw.coalesce(new[c], c).alias(c) for c in money)
    return kept.select(frame.columns), unmatched


def _look_back(records, changed):
    """Net one customer's refunds; `changed` collects the reduced rows. Returns what found no order."""
    unmatched = []
    records.sort(key=lambda r: (r["date"].date(), r["amount"] < 0))  # a clock may lack; orders of a day come first
    by_id, before = defaultdict(list), []
    for record in records:
        if record["amount"] > 0 and _known(record.get("order_id")):
            by_id[record["order_id"]].append(record)
    for record in records:
        if record["amount"] >= 0:
            before.append(record)
            continue
        due = -record["amount"]
        for orders in (by_id[record["order_id"]] if _known(record.get("order_id")) else [], before):
            while orders and due > _DUST * -record["amount"]:
                if orders[-1]["amount"] > 0:
                    due -= _pay_back(orders[-1], record, due)
                    changed[orders[-1]["row"]] = orders[-1]
                if orders[-1]["amount"] == 0:
                    orders.pop()  # for good: no refund has to pass it again
        if due > _DUST * -record["amount"]:
            unmatched.append(-due)
    return unmatched


def _known(value):
    return value is not None and value == value


def _pay_back(order, refund, due):
    """Reduce an order by what is due, or by all it has; return how much that was."""
    paid = min(due, order["amount"])
    left = order["amount"] - paid
    left = left if left > _DUST * order["amount"] else 0.0
    if _known(order.get("margin")):
        if _known(refund.get("margin")):
            order["margin"] += refund["margin"] * paid / -refund["amount"]
        else:
            order["margin"] *= left / order["amount"]
    order["amount"] = left
    return paid
