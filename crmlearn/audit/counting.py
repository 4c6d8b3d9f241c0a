"""What every exhibit starts from: each customer's orders, revenue and profit in a period."""

from typing import Any, NamedTuple

import numpy as np

from crmlearn.errors import Refusal
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger
from crmlearn.transactions.periods import iso, span

MONEY = ("orders", "revenue", "profit")


class Counted(NamedTuple):
    """One period of a ledger, one entry per customer of the whole ledger.

    book : Ledger; span : Span; rows : which rows lie in the period
    orders, revenue, profit : arrays per customer, currency units; scale : currency units of profit turned over
    """

    book: Any
    span: Any
    rows: np.ndarray
    orders: np.ndarray
    revenue: np.ndarray
    profit: np.ndarray
    scale: float

    @property
    def there(self):
        return self.orders > 0

    def active(self):
        """(orders, revenue, profit) of those who ordered."""
        return tuple(getattr(self, name)[self.there] for name in MONEY)

    @property
    def words(self):
        return self.book.basis.words


def counted_in(tx, period, margin, who, name="period"):
    """Count a period; refused when no order lies in it."""
    book, when = ledger(tx, margin, who), span(name, period)
    rows = book.within(when.first, when.last)
    orders = book.per_customer(book.opens, rows).astype(np.int64)
    if not orders.any():
        raise Refusal(
            f"no order lies in {name}={when.label}.",
            f"orders from {iso(book.day.min())} to {iso(book.day.max())}",
            f"another {name}",
        )
    # Sums of cents leave dust (-2e-15), and dust must not make anybody a loss.
    revenue, profit = (_clean(book.per_customer(values, rows)) for values in (book.amount, book.profit))
    found = Counted(book, when, rows, orders, revenue, profit, float(np.abs(book.profit[rows]).sum()))
    # Counted once more without the customers: a sum of parts and a sum of rows.
    balanced(float(revenue.sum()), float(book.amount[rows].sum()), "revenue of all customers = revenue of all orders")
    balanced(
        float(profit.sum()),
        float(book.profit[rows].sum()),
        "profit of all customers = profit of all orders",
        found.scale,
    )
    balanced(int(orders.sum()), int(book.opens[rows].sum()), "orders of all customers = all orders")
    return found


def _clean(sums):
    return np.where(np.abs(sums) < 1e-9, 0.0, sums)


def check(found, table, customers=None):
    """Hold a table that divides the customers of a period against the whole period."""
    whole = int(found.there.sum()) if customers is None else customers
    for name, total in zip(("customers", *MONEY), (whole, *(float(v.sum()) for v in found.active())), strict=True):
        if name in table:
            scale = found.scale if name == "profit" else 0.0
            balanced(np.asarray(table[name], float), total, f"{name} of all rows = {name} of {found.span.label}", scale)


def shares(values, total):
    """Parts of a total; missing where the total is a loss, or nothing but what rounding left over."""
    values = np.asarray(values, float)
    return values / total if total > 1e-9 * np.abs(values).sum() else np.full(len(values), np.nan)


def ratio(above, below):
    above, below = np.asarray(above, float), np.asarray(below, float)
    return np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below != 0)


def said(book, n):
    """The column that tells what profit is here."""
    return {"profit_is": np.full(n, book.basis.words, object)}


def grouped(found, group, n):
    """Sums of the active customers by group number: customers, orders, revenue, profit."""
    orders, revenue, profit = found.active()
    return {
        "customers": np.bincount(group, minlength=n),
        "orders": np.bincount(group, orders, n).astype(np.int64),
        "revenue": np.bincount(group, revenue, n),
        "profit": np.bincount(group, profit, n),
    }


def ranked(orders, revenue, profit):
    """Places from the most profitable down; revenue, then orders, break ties, so that the file's order does not."""
    return np.lexsort((-orders, -np.round(revenue, 6), -np.round(profit, 6)))
