"""Which order does a refund pay back? The one with the same id, else the customer's latest earlier ones."""

from collections import defaultdict
from itertools import groupby

import narwhals.stable.v2 as nw


def net_refunds(frame):
    """Take refunds (negative amounts) off earlier orders.

    frame : eager narwhals table with customer_id, date, amount, and order_id where known; a margin, where there is
        one, moves with its amount
    Returns: (orders only, with reduced amounts; list of the refund amounts, <= 0, that found no order)
    """
    rows = frame.with_row_index("_row")
    with_refunds = rows.filter(nw.col("amount") < 0).select("customer_id").unique()
    # Only these customers' rows leave the table engine: they are few, and a refund needs a look back.
    part = rows.join(with_refunds, on="customer_id", how="semi").sort("customer_id", "date", "_row")
    wanted = [c for c in ("customer_id", "date", "_row", "amount", "order_id", "margin") if c in part.columns]
    records = [dict(zip(wanted, row, strict=True)) for row in part.select(wanted).iter_rows()]
    new, unmatched = {}, []
    for _, orders in groupby(records, key=lambda r: r["customer_id"]):
        unmatched += _look_back(list(orders), new)
    kept = rows.filter(nw.col("amount") >= 0)
    if new:
        changed = {"_row": list(new)} | {
            f"_{c}": [n[c] for n in new.values()] for c in ("amount", "margin") if c in wanted
        }
        table = nw.from_dict(changed, backend=frame.implementation).with_columns(
            nw.col("_row").cast(kept["_row"].dtype)
        )
        kept = kept.join(table, on="_row", how="left")
        kept = kept.with_columns(
            nw.coalesce(f"_{c}", c).alias(c) for c in ("amount", "margin") if f"_{c}" in kept.columns
        )
    return kept.select(frame.columns), unmatched


def _look_back(records, new):
    """Net one customer's refunds; `new` collects the changed rows. Returns what found no order."""
    unmatched = []
    before = defaultdict(list)  # open orders so far, by order id; None holds them all, latest last
    records = sorted(records, key=lambda r: (r["date"], r["amount"] < 0, r["_row"]))
    for record in records:
        if record["amount"] >= 0:
            before[None].append(record)
            if record.get("order_id") is not None:
                before[record["order_id"]].append(record)
            continue
        due = -record["amount"]
        same = before[record["order_id"]] if record.get("order_id") is not None else []
        for order in [*reversed(same), *reversed(before[None])]:
            paid = min(due, order["amount"])
            if paid > 0:
                share = paid / -record["amount"]
                order["amount"] = 0.0 if paid == order["amount"] else order["amount"] - paid
                if order.get("margin") is not None and record.get("margin") is not None:
                    order["margin"] += share * record["margin"]
                new[order["_row"]] = order
                due -= paid
            if due <= 1e-9:
                break
        else:
            if due > 1e-9:
                unmatched.append(-due)
    return unmatched
