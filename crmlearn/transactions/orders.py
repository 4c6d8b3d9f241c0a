"""From rows to orders: a file whose order ids repeat says either lines or totals, and only its owner knows which."""

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal
from crmlearn.transactions.mapping import MONEY


def to_orders(tx, grain, once_per_order=None):
    """Return (one row per order, notes). Without order ids, or when none repeats, the rows are the orders already."""
    if "order_id" not in tx.columns:
        return _with_amounts(tx), []
    sizes = tx.drop_nulls("order_id").group_by("order_id").agg(rows=nw.len()).filter(nw.col("rows") > 1)
    if len(sizes) == 0:
        return _with_amounts(tx), []
    if grain is None:
        _refuse_unknown_grain(tx, sizes)
    many = tx.join(sizes.select("order_id"), on="order_id", how="semi")
    _refuse_two_customers(many)
    money = [c for c in (*MONEY, "quantity") if c in tx.columns]
    side = [c for c in money if c not in ("amount", "quantity")]
    if grain == "order":
        _refuse_different_totals(many)
        once = ["amount", *(c for c in side if not len(_differing(many, c)))]
    else:
        _refuse_blank_lines(many)
        once = _once_per_order(many, side, once_per_order)
    others = [c for c in tx.columns if c not in (*money, "order_id")]
    kept, left_out = _constant(many, others)
    sums = [nw.col(c).max() if c in once else nw.col(c).sum() for c in money]
    orders = many.group_by("order_id").agg(*sums, *(nw.col(c).min() for c in kept))
    single = tx.join(sizes.select("order_id"), on="order_id", how="anti")
    columns = [c for c in tx.columns if c in (*money, *kept, "order_id")]
    added = [c for c in side if c not in once]
    notes = [f"{len(many):,} rows are {len(orders):,} orders ({_GRAIN[grain]})"]
    if side:
        counted_once = [c for c in side if c in once]
        notes.append(f"once per order: {', '.join(counted_once) or 'none'}; added up: {', '.join(added) or 'none'}")
    if left_out:
        notes.append(f"left out, because it varies within an order: {', '.join(left_out)}")
    orders = nw.concat([single.select(columns), orders.select(columns)]).sort("date", "order_id")
    return _with_amounts(orders), notes


_GRAIN = {"line": "amounts of lines were added up", "order": "each order's total was counted once"}


def _with_amounts(tx):
    """Refuse rows without an amount; only now, because blanks under an order's total are no holes."""
    holes = tx.with_row_index("row").filter(nw.col("amount").is_null())
    if len(holes):
        raise Refusal(
            f"{len(holes)} order{'s have' if len(holes) > 1 else ' has'} no amount.",
            f"first on {holes['date'][0]:%Y-%m-%d}",
            "fill or delete these rows",
        )
    return tx


def _refuse_unknown_grain(tx, sizes):
    rows = sizes["rows"].sum()
    copies = int(tx.is_duplicated().sum())
    raise Refusal(
        "order ids repeat: does a row hold one line of an order, or the order's total again?",
        f"{len(sizes):,} order ids stand on {rows:,} rows" + (f"; {copies} rows are exact copies" if copies else ""),
        "grain='line' (amounts are added up) or grain='order' (each total is counted once)",
    )


def _refuse_two_customers(many):
    shared = _differing(many, "customer_id")
    if len(shared):
        raise Refusal(
            f"{len(shared)} order ids belong to more than one customer.",
            f"for example order {shared['order_id'][0]}",
            "make order ids unique, for example shop + number",
        )


def _spread(many, column):
    return many.group_by("order_id").agg(
        low=nw.col(column).min(), high=nw.col(column).max(), filled=nw.col(column).count(), rows=nw.len()
    )


def _differing(many, column):
    return _spread(many, column).filter(nw.col("low") != nw.col("high")).sort("order_id")


def _refuse_different_totals(many):
    differ = _differing(many, "amount")
    if len(differ):
        raise Refusal(
            f"with grain='order', {len(differ)} orders show more than one total.",
            f"order {differ['order_id'][0]}: {differ['low'][0]:g} and {differ['high'][0]:g}",
            "grain='line' if each row holds its own line's amount",
        )


def _refuse_blank_lines(many):
    blank = _spread(many, "amount").filter(nw.col("filled") < nw.col("rows")).sort("order_id")
    if len(blank):
        raise Refusal(
            f"with grain='line', {len(blank)} orders have lines without an amount.",
            f"order {blank['order_id'][0]}: {blank['filled'][0]} of {blank['rows'][0]} lines",
            "grain='order' if the first line holds the order's total",
        )


def _once_per_order(many, columns, said):
    """The side columns (shipping, tax, ...) to count once; refused when each line shows the same and nobody said."""
    if said is not None:
        unknown = [c for c in said if c not in columns]
        if unknown:
            raise Refusal(f"once_per_order names {unknown[0]!r}.", f"columns {', '.join(columns)}", "leave it out")
        for column in said:
            differ = _differing(many, column)
            if len(differ):
                raise Refusal(
                    f"'{column}' differs between lines of one order, so it cannot count once.",
                    f"order {differ['order_id'][0]}: {differ['low'][0]:g} and {differ['high'][0]:g}",
                    f"once_per_order without '{column}'",
                )
        return list(said)
    for column in columns:
        spread = _spread(many, column).filter(nw.col("filled") > 1, nw.col("high") != 0)
        if len(spread) and (spread["low"] == spread["high"]).all():
            raise Refusal(
                f"'{column}' shows the same value on every line of an order: the order's once, or each line's?",
                f"{len(spread)} orders repeat it",
                f"once_per_order=['{column}'] or once_per_order=[]",
            )
    return []


def _constant(many, columns):
    kept, left_out = [], []
    for column in columns:
        same = column in ("customer_id", "date") or not len(_differing(many, column))
        (kept if same else left_out).append(column)
    return kept, left_out
