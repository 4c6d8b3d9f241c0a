"""From cleaned orders back to their lines, for questions about products; the money stays that of the orders."""

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, columns, counted


def lines(read, tx):
    """The lines of cleaned orders, each with its part of the order's amount.

    read : what `read` returned for the file of lines
    tx : its orders after `clean` with Policy(same_day="keep"), which keeps each order's id
    Returns: table, one row per line, and one for an order of which no line is known: customer_id, date, order_id,
        amount and margin (currency units) and the labels. An order's amount is shared out in proportion to the amounts
        of its lines, so that what the cleaning took off (refunds, tax) is taken off its lines; sums by order are those
        of `tx`. The margin of a line is its own; what cleaning changed is shared out in the same way.
    Errors: Refusal when the file has no labels that vary within an order, and for orders merged by day

    >>> import pandas as pd
    >>> from crmlearn import transactions
    >>> shop = pd.DataFrame({"order_id": [1, 1, 2], "customer_id": ["a", "a", "b"], "date": ["2021-03-01"] * 3,
    ...                      "amount": [6.0, 2.0, 5.0], "category": ["tea", "cup", "tea"]})
    >>> read = transactions.read(shop, grain="line")
    >>> tx = transactions.clean(read.tx, transactions.Policy(same_day="keep")).tx
    >>> lines(read, tx)[["customer_id", "category", "amount"]].sort_values("amount", ignore_index=True)
      customer_id category  amount
    0           a      cup     2.0
    1           b      tea     5.0
    2           a      tea     6.0
    """
    if read.lines is None:
        saw = "no label that varies within an order"
        raise Refusal(
            "this file needs no table of lines.", saw, "use the orders themselves: transactions.clean(...).tx"
        )
    orders, parts = nw.from_native(tx, eager_only=True), nw.from_native(read.lines, eager_only=True)
    columns("orders", ["order_id", "customer_id", "date", "amount"], orders.columns)
    ids = orders.drop_nulls("order_id")["order_id"]
    if ids.n_unique() < len(ids):
        saw = counted(len(ids) - ids.n_unique(), "order id") + " on more than one order"
        raise Refusal("each order needs an id of its own.", saw, "drop refunds and duplicates before: Policy(...)")
    labels = [c for c in parts.columns if c not in ("order_id", "amount", "margin")]
    parts = parts.with_columns(weight=nw.max_horizontal(nw.col("amount"), nw.lit(0.0)))
    whole, n = nw.col("weight").sum().over("order_id"), nw.len().over("order_id")
    parts = parts.with_columns(weight=nw.when(whole > 0).then(nw.col("weight") / whole).otherwise(1 / n))
    own = {"own": nw.col("margin")} if "margin" in parts.columns and "margin" in orders.columns else {}
    parts = parts.with_columns(**own).select("order_id", "weight", *own, *labels)
    kept = [c for c in orders.columns if c not in labels]
    table = orders.select(kept).join(parts, on="order_id", how="left")
    table = table.with_columns(weight=nw.col("weight").fill_null(1.0))
    shared = {"amount": nw.col("amount") * nw.col("weight")}
    if own:
        rest = nw.col("margin") - nw.col("own").sum().over("order_id")
        shared["margin"] = nw.when(~nw.col("own").is_null()).then(nw.col("own") + rest * nw.col("weight")).otherwise(
            nw.col("margin") * nw.col("weight"))  # fmt: skip
    elif "margin" in orders.columns:
        shared["margin"] = nw.col("margin") * nw.col("weight")
    return table.with_columns(**shared).drop("weight", *own).to_native()
