"""A log made ready for counting, once: customers and days as whole numbers, each row's profit, rows in order."""

from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmlearn.errors import Refusal, columns, counted, refuse_all
from crmlearn.transactions.amounts import LARGEST
from crmlearn.transactions.checking import facts, opened, typed
from crmlearn.transactions.periods import day_of, iso
from crmlearn.transactions.profits import Profit
from crmlearn.transactions.values import as_text


@dataclass(frozen=True, eq=False, repr=False)
class Ledger:
    """What rfm, cohorts and audit count from. All arrays have one entry per row, by customer, then by day.

    ids : the customers' ids, sorted; a customer's number is the place of the id
    customer, day : whole numbers (days since 1970-01-01)
    amount, profit : currency units
    opens : true on the first row of each order; order : which order a row belongs to
    basis : Profit
    """

    ids: Any
    customer: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    profit: np.ndarray
    opens: np.ndarray
    order: np.ndarray
    basis: Profit
    _frame: Any
    _place: np.ndarray
    _labels: dict = field(default_factory=dict)

    @property
    def customers(self):
        return len(self.ids)

    @property
    def clean(self):
        """Whether no row is a refund."""
        return len(self.amount) == 0 or self.amount.min() >= 0

    @property
    def columns(self):
        return self._frame.columns

    @property
    def acquired(self):
        """The day of each customer's first row."""
        return self.day[np.r_[True, self.customer[1:] != self.customer[:-1]]]

    def per_customer(self, values, rows=slice(None)):
        """Sums per customer over some of the rows."""
        return np.bincount(self.customer[rows], values[rows], self.customers)

    def numbers_of(self, ids):
        """The number of each customer in a narwhals series of ids; -1 for who has no row here."""
        arrow = as_text(ids, ids.name).to_arrow() if ids.dtype == nw.Object else ids.to_arrow()
        arrow = arrow.combine_chunks() if isinstance(arrow, pa.ChunkedArray) else arrow
        try:
            return pc.index_in(arrow.cast(self.ids.type), value_set=self.ids).fill_null(-1).to_numpy(False)
        except pa.ArrowInvalid:  # texts next to numbers
            return np.full(len(arrow), -1)

    def within(self, first, last):
        """Which rows lie in a span of days."""
        return (self.day >= first) & (self.day <= last)

    def labels(self, column):
        """(number of each row's label, the labels sorted); blank and missing ones are "(missing)"."""
        if column not in self._labels:
            columns("transactions", [column], self.columns)
            codes, names = _coded(self._frame[column])
            names = [
                "(missing)" if n is None or not str(n).strip() else str(n).strip() for n in [*names.to_pylist(), None]
            ]
            spelt = sorted(set(names))
            at = {name: i for i, name in enumerate(spelt)}
            self._labels[column] = np.array([at[n] for n in names])[codes][self._place], spelt
        return self._labels[column]

    def table(self, data):
        """A table of the caller's kind from {column: values}."""
        backend = self._frame.implementation
        plain = {name: _plain(values, backend.is_pandas_like()) for name, values in data.items()}
        return nw.from_dict(plain, backend=backend).to_native()


def ledger(tx, margin=None, who="ledger", refunds=False):
    """Make a log ready for rfm, cohorts and audit, which take the log itself too; making it once saves time.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or one row per line of an order,
        where an order_id says which lines belong together. A Ledger passes through as it is.
    margin : share of revenue that is profit, in (0, 1]; or the name of a column with each order's profit; None takes
        the column 'margin', and where there is none revenue stands for profit
    refunds : whether rows with negative amounts are let in; they are no orders
    Returns: Ledger
    Errors: Refusal for what `clean` would have treated: refunds, missing customers; and for missing margins

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> made = ledger(pd.DataFrame({"customer_id": ["b", "a", "a"], "date": days, "amount": [10.0, 30.0, 5.0]}), 0.3)
    >>> made.amount, made.basis.words
    (array([ 5., 30., 10.]), '30 % of revenue')
    """
    if isinstance(tx, Ledger):
        if margin is not None and Profit.of(margin, tx.columns) != tx.basis:
            raise Refusal("this ledger has its profit already.", tx.basis.words, f"{who}(tx, margin=...) of the log")
        if not refunds and not tx.clean:
            raise Refusal(f"{who} takes no refunds.", "a ledger with refunds", "ledger(transactions.clean(tx).tx)")
        return tx
    frame = typed(opened(tx, who))
    basis = Profit.of(margin, frame.collect_schema().names())
    if basis.how == "column" and not frame.collect_schema()[basis.column].is_numeric():
        raise Refusal(f"{who} needs numbers in '{basis.column}'.", "text or dates", "transactions.read(tx).tx")
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    about = facts(frame)
    refuse_all(
        Refusal(wrong, f"{n:,} of {about.rows:,} rows", "tx = transactions.clean(tx).tx")
        for n, wrong in (
            (about.negative * (not refunds), "negative amounts would count as orders."),
            (about.nobody, "orders without a customer would count as one customer."),
        )
        if n
    )
    profit = frame.select(p=basis.expression())["p"]
    basis.refuse_holes(int((profit.is_null() | (profit.abs() >= LARGEST)).fill_null(True).sum()), about.rows)
    customer, ids = _coded(frame["customer_id"])
    days = frame["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    amount = frame["amount"].to_numpy()
    order, several = _orders(frame, customer)
    if several:  # an order's lines count on the day of its first one; refunds on their own
        first = np.full(int(order.max()) + 1, days.max())
        np.minimum.at(first, order[amount >= 0], days[amount >= 0])
        days = np.where(amount >= 0, first[order], days)
    place = np.argsort(customer * (days.max() - days.min() + 1) + (days - days.min()), kind="stable")
    opens = (amount >= 0)[place]
    if several:
        rows = np.flatnonzero(opens)
        opens = np.zeros(len(place), bool)
        opens[rows[np.unique(order[place][rows], return_index=True)[1]]] = True
    profit = profit.to_numpy()[place]
    return Ledger(ids, customer[place], days[place], amount[place], profit, opens, order[place], basis, frame, place)


def until(book, as_of):
    """The day `as_of` as a number; refused where orders lie after it."""
    end = day_of("as_of", as_of)
    after = book.day > end
    late = int((book.opens & after).sum()) or int(after.sum())  # refunds too
    if late:
        raise Refusal(
            f"as_of={iso(end)} precedes {counted(late, 'order')}.",
            f"the latest is of {iso(book.day.max())}",
            "filter them (transactions.split) or move as_of",
        )
    return end


def _orders(frame, customer):
    """(which order each row belongs to, whether any order has several rows)"""
    rows = np.arange(len(customer))
    if "order_id" not in frame.columns:
        return rows, False
    codes, ids = _coded(frame["order_id"])
    if len(ids) == len(rows):
        return rows, False
    codes = np.where(codes < 0, len(ids) + rows, codes)  # without an id, each row is an order
    order = np.unique(customer * (len(ids) + len(rows)) + codes, return_inverse=True)[1]
    return order, True


def _coded(series):
    """(number of each value, -1 where it is missing; the values sorted). Arrow does it alike for every engine."""
    try:
        mixed = series.dtype == nw.Object or series.dtype.is_nested()
        arrow = (as_text(series, series.name) if mixed else series).to_arrow()
    except pa.ArrowInvalid:  # categories of several kinds
        arrow = as_text(series, series.name).to_arrow()
    coded = arrow.dictionary_encode() if not pa.types.is_dictionary(arrow.type) else arrow
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    values = coded.dictionary
    order = pc.array_sort_indices(values).to_numpy()
    place = np.empty(len(order) + 1, np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    return place[coded.indices.fill_null(len(order)).to_numpy()], values.take(pa.array(order))


def _plain(values, pandas_like):
    """Columns as engines like them: pandas knows NaN as a gap, the others None."""
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values.to_pylist()
    if isinstance(values, np.ndarray) and values.dtype.kind == "f" and not pandas_like:
        return [None if v != v else v for v in values.tolist()]
    return values.tolist() if isinstance(values, np.ndarray) and values.dtype.kind in "OU" else values
