"""From a stranger's file to a canonical log: the mapping that was guessed is shown, doubt is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from crmlearn import tables
from crmlearn.errors import Refusal, counted, one_of, refuse_all
from crmlearn.transactions import values
from crmlearn.transactions.dates import ORDERS
from crmlearn.transactions.mapping import FLAGS, MONEY, NEEDED, in_cents, match
from crmlearn.transactions.orders import to_orders
from crmlearn.transactions.seen import Seen, shared, status_note, unusual
from crmlearn.transactions.sources import open_table


@dataclass(frozen=True)
class Read:
    """What was read: the canonical log, how the file's columns were understood, and what else was worked out.

    terms : what to tell `read` so that it reads this source once more in the same way and guesses nothing
    seen : what stood in the source
    lines : table of the lines of orders, where labels such as the category vary within one (order_id, amount, margin,
        labels); for `transactions.lines`; else None
    """

    tx: Any
    mapping: Any
    notes: tuple[str, ...]
    terms: dict = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    lines: Any = None

    def _repr_html_(self):
        rows = nw.from_native(self.mapping, eager_only=True).iter_rows()
        n = len(nw.from_native(self.tx, eager_only=True))
        about = f"{counted(n, 'order')}. This is how the file was understood:"
        notes = "".join(f"<p>{escape(note[:1].upper() + note[1:])}.</p>" for note in self.notes)
        return tables.html(["crmlearn's name", "column in the file", "how it was found"], rows, about) + notes

    def __repr__(self):
        rows = nw.from_native(self.mapping, eager_only=True).iter_rows()
        lines = [f"  {name:12} <- {column} ({how})" for name, column, how in rows]
        return "\n".join(["Read", *lines, *(f"  {note}" for note in self.notes)])


def read(
    source,
    columns=None,
    *,
    grain=None,
    once_per_order=None,
    date_order=None,
    decimal=None,
    timezone=None,
    encoding=None,
    separator=None,
    guess=True,
):
    """Read orders from a CSV file, a Parquet file or a table.

    source : path or DataFrame (pandas, Polars, ...)
    columns : {crmlearn's name: the file's name}; the others are guessed by name and shown in ``.mapping``
    grain : "line" (each row's amount is that line's) or "order" (each row repeats the order's total, or leaves it
        blank after the first); needed only when order ids repeat
    once_per_order : the money columns (tax, shipping, ...) that repeat one value of the whole order on each line
    date_order : "DMY" or "MDY", needed only when 03/04/2021 could be either; "YMD" takes only dates with the year first
    decimal : "." or ",", needed only when 1,234 could be either; {column: sign} where columns differ
    timezone : name such as "Asia/Singapore", or "UTC+08:00"; needed only when rows carry different zones
    encoding, separator : of a text file; found by themselves in all usual cases
    guess : False takes all of the above as said: only those columns, commas and UTF-8 unless said, years first unless
        said; signs in amounts and time zones that nobody spoke of are refused. ``read(source, **earlier.terms)``
    Returns: Read(tx, mapping, notes, terms, seen); tx has one row per order: customer_id (text), date, amount
        (currency units), and those of the other columns that crmlearn knows; a file gives a pandas table, a table its
        own kind
    Errors: Refusal for all that could be understood in two ways or not at all, told at once

    >>> import pandas as pd
    >>> shop = pd.DataFrame({"Client": ["a", "b"], "Order Date": ["2021-03-01", "2021-03-02"], "Total": [20.0, 5.5]})
    >>> read(shop)
    Read
      customer_id  <- Client (guessed by name)
      date         <- Order Date (guessed by name)
      amount       <- Total (guessed by name)
    """
    for name, value, choices in (("grain", grain, ("line", "order")), ("date_order", date_order, ORDERS)):
        if value is not None:
            one_of(name, value, choices)
    raw, notes, origin = open_table(source, encoding, separator, guess)
    mapping = match(raw.columns, columns, guess)
    tx, more, told = parsed(raw, mapping, origin, date_order, decimal, timezone, guess)
    notes += more
    if mapping["amount"][0] is None:
        tx = tx.with_columns(amount=nw.col("quantity") * nw.col("unit_price"))
    tx, more = _filled(raw, tx, origin)
    notes += more
    problems, lines = _undated(tx, origin), None
    try:
        columns_first = [*NEEDED, *(c for c in tx.columns if c not in NEEDED)]
        tx, more, once_per_order, lines = to_orders(tx.select(columns_first), grain, once_per_order)
    except Refusal as problem:
        problems.append(problem)
    refuse_all(problems)
    odd = unusual(tx)
    notes += [*more, *odd]
    used = {name: column for name, (column, _) in mapping.items() if column is not None}
    unused = tuple(str(c) for c in raw.columns if c not in used.values())
    if unused:
        notes.append(f"not used: {', '.join(unused[:12])}{' and more' if unused[12:] else ''}")
    terms = {"columns": used, "grain": grain, "once_per_order": once_per_order, **told.terms}
    terms |= {"encoding": origin.encoding, "separator": origin.separator, "guess": False}
    seen = Seen(origin.kind, tuple(map(str, raw.columns)), len(raw), unused, *told.seen, tuple(odd))
    shown = {
        "column": list(mapping),
        "in_file": ["-" if column is None else str(column) for column, _ in mapping.values()],
        "found": [how for _, how in mapping.values()],
    }
    table = nw.from_dict(shown, backend=raw.implementation).to_native()
    lines = None if lines is None else lines.to_native()
    return Read(tx.drop("row").to_native(), table, tuple(notes), terms, seen, lines)


class _Told(NamedTuple):
    """What the cells told about how they are written."""

    terms: dict  # date_order, timezone, decimal
    seen: tuple  # signs, currencies, statuses


def parsed(raw, mapping, origin, date_order=None, decimal=None, timezone=None, guess=True):
    """Every column by its own rules; all that is wrong in any of them is told at once."""
    made, notes, problems, money, order = {}, [], [], {}, {}
    apart = decimal if isinstance(decimal, Mapping) else None
    for name, (column, how) in list(mapping.items()):
        if column is None:
            continue
        series = raw.get_column(column)
        try:
            if name == "date":
                made[name], more, order = values.dates(series, origin, date_order, timezone, guess)
            elif name in (*MONEY, "quantity", "unit_price"):
                said = decimal if apart is None else apart.get(name)
                known = "currency" in mapping
                made[name], more, money[name] = values.amounts(series, name, origin, said, known, guess)
                if name != "quantity" and in_cents(column):
                    made[name], cents = values.from_cents(made[name], name, column, origin)
                    more = [*more, *cents]
            elif name in FLAGS:
                made[name], more = values.flags(series, name, origin)
            else:
                made[name], more = values.texts(series, name)
        except Refusal as problem:
            if name not in FLAGS or how != "guessed by name":
                problems.append(problem)
                continue
            del mapping[name]  # a column 'test' may hold anything
            more = [f"{name}: '{column}' was not taken, for it says neither yes nor no"]
        notes += more
    refuse_all(problems)
    if "currency" in made:
        made["currency"] = made["currency"].str.to_uppercase()
    if "status" in made:
        notes.append(status_note(made["status"]))
    frame = nw.DataFrame.from_dict({name: s.alias(name) for name, s in made.items()}, backend=raw.implementation)
    written = {name: told["decimal"] for name, told in money.items() if told["decimal"]}
    signs = tuple(dict.fromkeys(sign for told in money.values() for sign in told["signs"]))
    if decimal is None:  # one word for all columns, where one fits all
        decimal = written if len(set(written.values())) > 1 else next(iter(written.values()), None)
    seen = (signs, shared(frame, "currency"), shared(frame, "status"))
    return frame, notes, _Told({**order, "decimal": decimal}, seen)


def _filled(raw, tx, origin):
    """Leave out rows in which nothing stands, as spreadsheets export them; add each row's number in the source."""
    tx = tx.with_row_index("row").with_columns(row=nw.col("row").cast(nw.Int64) + origin.first_row)
    empty = raw.select(empty=nw.all_horizontal(nw.all().is_null(), ignore_nulls=False))["empty"]
    n = int(empty.sum())
    if n == len(raw):
        raise Refusal("the table has no rows.", f"{n} rows in which nothing stands", "export the orders again")
    return (tx.filter(~empty), [f"{counted(n, 'empty row')} left out"]) if n else (tx, [])


def _undated(tx, origin):
    holes = tx.filter(nw.col("date").is_null())
    if not len(holes):
        return []
    return [
        Refusal(
            "every order needs a date.",
            f"{counted(len(holes), 'row')} without one, the first is row {holes['row'][0]}",
            f"fill or delete these rows ({origin.counting})",
        )
    ]
