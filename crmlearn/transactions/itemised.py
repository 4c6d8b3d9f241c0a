"""From cleaned orders back to their lines, for questions about products; the money stays that of the orders."""

from dataclasses import replace

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, counted
from crmlearn.errors import columns as need
from crmlearn.transactions.mapping import match
from crmlearn.transactions.reading import parsed
from crmlearn.transactions.sources import open_table

LABELS = ("category", "product")
_NO_MONEY = "no column of amounts was found, so each order's amount is shared out to its lines in equal parts"
_BESIDE = ("order_id", "amount", "margin", "quantity", "unit_price")


def with_lines(read, source, columns=None):
    """Add what was in each order, where it stands in a file of its own.

    read : what `transactions.read` returned for the orders
    source : path or DataFrame, one row per line of an order: order_id, category or product (or both), and if it has
        them amount (or quantity and unit_price) and margin, by which an order's money is shared out
    columns : {crmlearn's name: the file's name}; the others are guessed by name, as `read` does
    Returns: Read with `.lines` for `transactions.lines`, and notes on what was found
    Errors: Refusal for orders without ids, for lines without labels, and when no line belongs to an order

    >>> import pandas as pd
    >>> from crmlearn import transactions
    >>> orders = pd.DataFrame({"order_id": [1, 2], "customer_id": ["a", "b"], "date": ["2021-03-01"] * 2,
    ...                        "amount": [8.0, 5.0]})
    >>> items = pd.DataFrame({"order_id": [1, 1, 2], "product": ["tea", "cup", "tea"], "amount": [6.0, 2.0, 5.0]})
    >>> log = with_lines(transactions.read(orders), items)
    >>> tx = transactions.clean(log.tx, transactions.Policy(same_day="keep")).tx
    >>> lines(log, tx)[["order_id", "product", "amount"]].sort_values("amount", ignore_index=True)
      order_id product  amount
    0        1     cup     2.0
    1        2     tea     5.0
    2        1     tea     6.0
    """
    if not hasattr(read, "lines"):
        saw = type(read).__name__
        raise Refusal("with_lines needs what read returned.", saw, "with_lines(transactions.read(orders), lines)")
    orders = nw.from_native(read.tx, eager_only=True)
    if "order_id" not in orders.columns:
        mend = "read(..., columns={'order_id': 'COLUMN'})"
        raise Refusal("lines need orders with ids.", f"columns {', '.join(orders.columns)}", mend)
    raw, _, origin = open_table(source)
    mapping = match(raw.columns, columns, needed=("order_id",), who=("lines of orders", "with_lines"))
    known = {name: mapping[name] for name in (*_BESIDE, *LABELS) if name in mapping and mapping[name][0] is not None}
    labels = [name for name in LABELS if name in known]
    if not labels:
        saw, mend = f"columns {', '.join(map(str, raw.columns))}", "with_lines(..., columns={'product': 'COLUMN'})"
        raise Refusal("lines of orders need 'product' or 'category'.", saw, mend)
    found, notes, _ = parsed(raw, known, origin)
    if found.implementation != orders.implementation:  # only now, when all columns are plain texts and numbers
        found = nw.from_arrow(found.to_arrow(), backend=orders.implementation)
    found = found.drop_nulls("order_id")
    if not len(found):
        raise Refusal("no line says its order.", counted(len(raw), "line"), "fill the column of order ids")
    priced = {"quantity", "unit_price"} <= set(found.columns)
    if "amount" not in found.columns:
        found = found.with_columns(amount=nw.col("quantity") * nw.col("unit_price") if priced else nw.lit(0.0))
        notes = [*notes, *([] if priced else [_NO_MONEY])]
    unused = [str(c) for c in raw.columns if c not in {column for column, _ in known.values()}]
    notes = [*notes, *_told(found, orders), *([f"not used: {', '.join(unused[:12])}"] if unused else [])]
    own = [c for c in ("order_id", "amount", "margin", *labels) if c in found.columns]
    told = tuple(f"lines: {note}" for note in notes)
    return replace(read, lines=found.select(own).to_native(), notes=(*read.notes, *told))


def lines(read, tx):
    """The lines of cleaned orders, each with its part of the order's amount.

    read : what `read` returned for the file of lines
    tx : its orders after `clean` with Policy(same_day="keep"), which keeps each order's id
    Returns: table, one row per line, and one for an order of which no line is known: customer_id, date, order_id,
        amount and margin (currency units) and the labels. An order's amount is shared out in proportion to the amounts
        of its lines, so that what the cleaning took off (refunds, tax) is taken off its lines; sums by order are those
        of `tx`. The margin of a line is its own, where all lines of the order have
        one; what cleaning changed, and the margin of other orders, is shared out in the same way.
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
    need("orders", ["order_id", "customer_id", "date", "amount"], orders.columns)
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
        all_known = nw.col("own").is_null().cast(nw.Int64).sum().over("order_id") == 0
        shared["margin"] = nw.when(all_known).then(nw.col("own") + rest * nw.col("weight")).otherwise(
            nw.col("margin") * nw.col("weight"))  # fmt: skip
    elif "margin" in orders.columns:
        shared["margin"] = nw.col("margin") * nw.col("weight")
    return table.with_columns(**shared).drop("weight", *own).to_native()


def _told(found, orders):
    """How the lines fit the orders, in sentences; refuses lines that belong to none."""
    with_id = orders.filter(~nw.col("order_id").is_null())
    sold = with_id.filter(nw.col("amount") >= 0).select("order_id", whole="amount")
    sums = found.group_by("order_id").agg(parts=nw.col("amount").sum(), lines=nw.len())
    both = sums.join(sold, on="order_id", how="inner")
    if not len(both):
        saw = f"order ids such as {sold['order_id'][0] if len(sold) else 'none'} and {found['order_id'][0]}"
        raise Refusal("no line belongs to an order.", saw, "two files of the same export")
    known = len(found.join(with_id.select("order_id").unique(), on="order_id", how="semi"))
    of_refunds, bare = known - int(both["lines"].sum()), len(sold) - len(both)
    yield f"{counted(len(found), 'line')} of {counted(len(both), 'order')}"
    if known < len(found):
        yield f"{counted(len(found) - known, 'line')} left out, since no order here has their id"
    if of_refunds:
        yield f"{counted(of_refunds, 'line')} left out, which {'is' if of_refunds == 1 else 'are'} of refunds"
    if bare:
        yield f"{counted(bare, 'order')} without lines"
    if both["parts"].sum() and (
        off := int(((both["parts"] - both["whole"]).abs() > 0.01 * both["whole"].abs() + 0.005).sum())
    ):
        yield f"those of {counted(off, 'order')} do not add up to its amount; the amount is shared out by them"
