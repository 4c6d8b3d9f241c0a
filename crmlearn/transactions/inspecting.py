"""What crmlearn understands of a stranger's file, shown so that a person can confirm it once."""

import re
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import narwhals.stable.v2 as nw

from crmlearn import tables
from crmlearn.errors import Refusal, counted
from crmlearn.transactions.cleaning import clean
from crmlearn.transactions.feeds import KINDS, LATEST, Feed
from crmlearn.transactions.policy import Policy
from crmlearn.transactions.reading import read
from crmlearn.transactions.sources import kind_of

_ORDERS = {"DMY": "the day first (31/12/2021)", "MDY": "the month first (12/31/2021)", "YMD": "the year first"}
_SIGNS = {".": "a point before the decimals", ",": "a comma before the decimals", None: "whole numbers only"}
_GRAINS = {
    "line": "one line of an order; amounts are added up",
    "order": "the order's total, counted once",
    None: "one order",
}


@dataclass(frozen=True)
class Inspection:
    """How a file was understood. `.feed` holds it for the next file, once somebody has looked at it.

    facts, columns, defects : lists of rows of text, as they are shown; unused : names of columns; notes : sentences
    """

    source: str
    feed: Feed
    facts: tuple
    columns: tuple
    defects: tuple
    unused: tuple
    notes: tuple

    def __repr__(self):
        parts = [self.source, *_aligned(self.facts)]
        parts += ["", "Columns (crmlearn's name, the file's name, how it was found)", *_aligned(self.columns)]
        parts += [f"  not used: {', '.join(self.unused)}"] if self.unused else []
        parts += ["", "What cleaning finds (rule, rows, what is done, change of the amount)"]
        parts += _aligned(self.defects) or ["  nothing"]
        parts += ["", "Worth a look", *(f"  {note}" for note in self.notes)] if self.notes else []
        return "\n".join(parts)

    def _repr_html_(self):
        parts = [tables.html([], self.facts, self.source)]
        parts.append(tables.html(["crmlearn's name", "column in the file", "how it was found"], self.columns))
        parts += [f"<p>Not used: {escape(', '.join(self.unused))}.</p>"] if self.unused else []
        head = ["what cleaning finds", "rows", "what is done", "change of the amount"]
        parts += [tables.html(head, self.defects, right=(1, 3))] if self.defects else ["<p>Cleaning finds nothing.</p>"]
        parts += [f"<p>{escape(note[:1].upper() + note[1:])}.</p>" for note in self.notes]
        return "".join(parts)


def inspect(source, columns=None, *, currency=None, as_of=LATEST, policy=None, **terms):
    """Show what is understood of a stranger's file: columns, dates, grain, currency, period, defects.

    source : path or DataFrame
    columns, terms : what `read` may be told (grain, date_order, decimal, ...), where it asks
    currency : the unit of the amounts if the file does not tell; the one to keep if it holds several
    as_of : how reports find their day: a date, "latest-order" or "last-sunday"
    policy : Policy; what reports do with refunds, tests and the like
    Returns: Inspection, with the `.feed` that `Feed.save` writes. It shows no customer's name, address or id
    Errors: Refusal for all that could be understood in two ways

    >>> import pandas as pd
    >>> shop = pd.DataFrame({"Client": ["a", "b"], "Day": ["31/12/2021", "01/02/2022"], "Total": ["20,50", "5,00"]})
    >>> found = inspect(shop, currency="EUR")
    >>> found.feed.terms["date_order"], found.feed.terms["decimal"]
    ('DMY', ',')
    """
    name = "the table" if kind_of(source) == "table" else Path(source).name
    log = read(source, columns, **terms)
    told = log.seen.currencies
    policy = policy or Policy()
    if currency and len(told) > 1:
        policy = replace(policy, currency=currency)
    elif currency and told and currency != told[0]:
        raise Refusal(f"the file says another currency than {currency}.", told[0], f"currency={told[0]!r}")
    feed = Feed.of(log, policy, currency, as_of)
    changes = nw.from_native(clean(log.tx, policy).changes, eager_only=True)
    defects = [
        (row["rule"], f"{row['rows_found']:,}", row["choice"], f"{row['amount_change']:,.2f}")
        for row in changes.iter_rows(named=True)
        if row["rows_found"]
    ]
    mapping = nw.from_native(log.mapping, eager_only=True).iter_rows()
    return Inspection(
        name, feed, tuple(_facts(log, feed)), tuple(mapping), tuple(defects), log.seen.unused, _worth_a_look(log)
    )


def _facts(log, feed):
    """Rows of (what, how) about the file as a whole."""
    tx, form = nw.from_native(log.tx, eager_only=True), feed.form
    written = f", written in {form.file.encoding}, columns separated by {_sign(form.file.separator)}"
    yield "file", KINDS[form.file.kind] + (written if form.file.encoding else "")
    customers = tx["customer_id"].drop_nulls().n_unique()
    yield "size", f"{counted(log.seen.rows, 'row')}, {counted(len(tx), 'order')}, {counted(customers, 'customer')}"
    first, last = tx["date"].min(), tx["date"].max()
    yield "period", f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    why = next((note[note.rindex("(") :] for note in log.notes if note.startswith("date: the ")), "")
    yield "dates", f"{_ORDERS[form.reading.date_order]} {why}".strip()
    if form.reading.timezone:
        yield "time zone", f"local time of {form.reading.timezone}"
    yield "a row holds", _GRAINS[form.reading.grain]
    if form.reading.once_per_order:
        yield "once per order", ", ".join(form.reading.once_per_order)
    size = tx.filter(nw.col("amount") > 0)["amount"]
    sign = "numbers already" if form.file.kind != "csv" and not log.terms["decimal"] else _SIGNS[form.reading.decimal]
    sign = "differs by column" if form.reading.decimal_of else sign
    middle = f"; half of them below {size.median():,.2f}, the largest {size.max():,.2f}" if len(size) else ""
    yield "amounts", sign + middle
    yield "currency", form.money.currency or "not said in the file"
    if form.columns.status:
        yield "status", _statuses(log.seen.statuses, form.cleaning.cancelled_words)
    yield "reports look from", form.as_of


def _statuses(words, cancelled):
    gone = [word for word in words if word in cancelled]
    kept = [word for word in words if word not in cancelled]
    words = f"counted as orders: {', '.join(kept[:12]) or 'none'}; as cancelled: {', '.join(gone) or 'none'}"
    return f"{words} (change it by cancelled_words=A,B)"


def _worth_a_look(log):
    """Notes of the reading that no row above tells."""
    told = (
        "the file is written",
        "columns are separated",
        "not used:",
        "Parquet file",
        "date: t",
        "once per",
        "status:",
    )
    return tuple(n for n in log.notes if not n.startswith(told) and not re.search("stands? (first|before)", n))


def _sign(separator):
    return {"\t": "tabs", ",": "commas", ";": "semicolons"}.get(separator, repr(separator))


def _aligned(rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
