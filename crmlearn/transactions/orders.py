"""From rows to orders: a file whose order ids repeat says either lines or totals, and only its owner knows which."""

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, counted, refuse_all
from crmlearn.transactions.mapping import MONEY

_GRAIN = {"line": "amounts of lines were added up", "order": "each order's total was counted once"}
_KEYS = ["order_id", "refund"]  # a refund that bears its order's id stays a row of its own, for the policy to treat


def to_orders(tx, grain, once_per_order=None):
    """Return (one row per order, notes, what counts once per order or None where nobody had to know, the lines).

    Without order ids, or when none repeats, the rows are the orders already. The lines are kept where labels vary
    within an order: order_id, amount, margin and those labels, without refunds; else None.

    tx : eager narwhals table; its column row says where each row stands in the source
    """
    if "order_id" not in tx.columns:
        if grain or once_per_order:
            saw = "no column 'order_id'"
            raise Refusal("grain and once_per_order need order ids.", saw, "read(..., columns={'order_id': 'COLUMN'})")
        return _with_amounts(tx), [], once_per_order, None
    repeated = _repeated(tx)
    many = tx.join(repeated, on="order_id", how="semi")
    _refuse_two_customers(many)
    if not len(_repeated(tx.filter(nw.col("amount").is_null() | (nw.col("amount") >= 0)))):
        return _with_amounts(tx), [], once_per_order, None  # only refunds bear the id of another row
    if grain is None:
        _refuse_unknown_grain(many)
    single = tx.join(repeated, on="order_id", how="anti")
    many = _with_refunds_apart(many, grain)
    money = [c for c in (*MONEY, "quantity") if c in tx.columns]
    side = [c for c in money if c not in ("amount", "quantity")]
    once = _once(many, side, grain, once_per_order)
    kept, left_out = _constant(many, [c for c in tx.columns if c not in (*money, "order_id", "customer_id", "date")])
    kept += ["customer_id", "date"]
    orders = added_up(many, _KEYS, [c for c in money if c not in once], [*once, *kept])
    columns = [c for c in tx.columns if c in (*money, *kept, "order_id")]
    notes = [f"{len(many):,} rows make {counted(len(orders), 'order')} ({_GRAIN[grain]})", *_told(many, grain)]
    if side:
        counted_once = ", ".join(c for c in side if c in once) or "none"
        notes.append(
            f"once per order: {counted_once}; added up: {', '.join(c for c in side if c not in once) or 'none'}"
        )
    if left_out:
        notes.append(f"left out, because it varies within an order: {', '.join(left_out)}")
    lines = None
    if left_out and grain == "line":
        own = [c for c in ("order_id", "amount", "margin", *left_out) if c in tx.columns]
        lines = nw.concat([single.select(own), many.filter(~nw.col("refund")).select(own)])
    orders = nw.concat([single.select(columns), orders.select(columns)]).sort("date", "row")
    # Of lines, a doubt stays a doubt; of totals, the data have decided and shall not decide anew.
    known = [c for c in once if c != "amount"] if grain == "order" else once_per_order
    return _with_amounts(orders), notes, known, lines


def added_up(frame, keys, sums, firsts=()):
    """One row per group: sums of some columns, the lowest filled value of others.

    A margin is unknown as soon as a part of it is; a tax, shipping or discount left blank counts as none.
    """
    filled = {c: f"{c} filled" for c in sums}
    groups = frame.group_by(keys).agg(
        nw.len().alias("rows in group"),
        *(nw.col(c).sum() for c in sums),
        *(nw.col(c).count().alias(name) for c, name in filled.items()),
        *(nw.col(c).min() for c in firsts),
    )
    needed = {c: nw.col("rows in group") if c == "margin" else 1 for c in sums}
    groups = groups.with_columns(nw.when(nw.col(filled[c]) >= needed[c]).then(nw.col(c)).alias(c) for c in sums)
    return groups.drop("rows in group", *filled.values())


def _with_amounts(tx):
    """Refuse rows without an amount; only now, because blanks under an order's total are no holes."""
    holes = tx.filter(nw.col("amount").is_null())
    if len(holes):
        raise Refusal(
            "every order needs an amount.",
            f"{counted(len(holes), 'order')} without one, the first in row {holes['row'].min()}",
            "fill or delete these rows",
        )
    return tx


def _repeated(tx):
    sizes = tx.drop_nulls("order_id").group_by("order_id").agg(rows=nw.len())
    return sizes.filter(nw.col("rows") > 1).select("order_id")


def _refuse_unknown_grain(many):
    ids, copies = many["order_id"].n_unique(), int(many.drop("row").is_duplicated().sum())
    raise Refusal(
        "order ids repeat: does a row hold one line of an order, or the order's total again?",
        f"{counted(ids, 'order id')} on {len(many):,} rows" + (f", {copies:,} of them copies" if copies else ""),
        "grain='line' (amounts are added up) or grain='order' (each total is counted once)",
    )


def _refuse_two_customers(many):
    shared = _differing(many, "customer_id", ["order_id"])
    if len(shared):
        raise Refusal(
            "one order id belongs to more than one customer.",
            f"{counted(len(shared), 'order id')}, for example order {shared['order_id'][0]}",
            "make order ids unique, for example shop + number",
        )


def _with_refunds_apart(many, grain):
    """Negative rows of a later day are refunds of the order; on its own day they are lines, such as a coupon's."""
    refund = nw.col("amount") < 0
    if grain == "line":
        refund &= nw.col("date").dt.truncate("1d") > nw.col("date").min().over("order_id").dt.truncate("1d")
    return many.with_columns(refund=refund.fill_null(False))


def _told(many, grain):
    """What adding up hides, said while it can still be seen."""
    notes = []
    refunds = int(many["refund"].sum())
    if refunds:
        notes.append(f"refunds that bear an order's id stay rows of their own ({counted(refunds, 'row')})")
    days = many.group_by(_KEYS).agg(first=nw.col("date").min(), last=nw.col("date").max())
    several = len(days.filter(nw.col("first").dt.truncate("1d") < nw.col("last").dt.truncate("1d")))
    if several:
        notes.append(f"of lines on several days the first day counts ({counted(several, 'order')})")
    if grain == "order":
        return notes
    minus = int(((many["amount"] < 0) & ~many["refund"]).sum())
    if minus:
        notes.append(f"negative lines of an order's first day were taken off it ({counted(minus, 'line')})")
    copies = len(many) - len(many.drop("row").unique())
    if copies:
        notes.append(f"lines equal to another of their order were added up too ({counted(copies, 'line')})")
    spread = _spread(many, "amount")
    if len(spread) > 2 and (spread["low"] == spread["high"]).all():
        notes.append("all lines of each order show the same amount: if it is the order's total, say grain='order'")
    return notes


def _spread(many, column, keys=_KEYS):
    return many.group_by(keys).agg(
        low=nw.col(column).min(), high=nw.col(column).max(), filled=nw.col(column).count(), rows=nw.len()
    )


def _differing(many, column, keys=_KEYS):
    spread = _spread(many, column, keys).filter(~nw.col("low").is_null())  # what is missing throughout does not differ
    return spread.filter(nw.col("low") != nw.col("high")).sort("order_id")


def _once(many, side, grain, said):
    """The money columns to count once per order; refused where only the file's owner can know."""
    said = [said] if isinstance(said, str) else said
    unknown = [c for c in said or [] if c not in side]
    if unknown:
        raise Refusal(
            f"once_per_order names {unknown[0]!r}.", f"the file's columns {', '.join(side) or 'none'}", "leave it out"
        )
    if grain == "order":
        return _once_with_totals(many, side, said)
    blank = _spread(many, "amount").filter(nw.col("filled") < nw.col("rows")).sort("order_id")
    problems = []
    if len(blank):
        problems.append(
            Refusal(
                "with grain='line', each line needs an amount.",
                f"{counted(len(blank), 'order')} with blanks; order {blank['order_id'][0]} has "
                f"{counted(blank['filled'][0], 'amount')} on {blank['rows'][0]} lines",
                "grain='order' if the first line holds the order's total",
            )
        )
    problems += _changing(many, said, "once_per_order without '{}'") if said is not None else _repeating(many, side)
    refuse_all(problems)
    return list(said or [])


def _once_with_totals(many, side, said):
    problems = [*_changing(many, ["amount"], "grain='line' if each row holds its own line's amount")]
    if said is None:
        said = [c for c in side if not len(_differing(many, c))]
    else:
        problems += _changing(many, said, "once_per_order without '{}'")
    refuse_all(problems)
    return ["amount", *said]


def _changing(many, columns, try_):
    """Refusals of columns that were said to repeat but do not."""
    for column in columns:
        differ = _differing(many, column)
        if len(differ):
            yield Refusal(
                f"'{column}' differs within an order, so it cannot count once.",
                f"{counted(len(differ), 'order')}; order {differ['order_id'][0]} shows "
                f"{differ['low'][0]:g} and {differ['high'][0]:g}",
                try_.format(column),
            )


def _repeating(many, columns):
    """Refusals of columns that may be the order's own: most orders of several lines show one value on each of them."""
    suspects = []
    for column in columns:
        spread = _spread(many, column).filter(nw.col("filled") > 1, nw.col("high") != 0)
        if len(spread) and (spread["low"] == spread["high"]).mean() >= 0.5:
            suspects.append(column)
    for column in suspects:
        yield Refusal(
            f"'{column}' shows one value on every line of most orders: the order's once, or each line's?",
            "an order's shipping is often repeated so",
            f"once_per_order={suspects} if it is the order's, once_per_order=[] if each line has its own",
        )


def _constant(many, columns):
    """(columns with one value in each order, columns that vary)"""
    varying = [c for c in columns if c != "row" and len(_differing(many, c))]
    return [c for c in columns if c not in varying], varying
