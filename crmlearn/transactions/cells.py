"""Acquisition cohorts by period, counted once for whoever compares them."""

from typing import Any, NamedTuple

import numpy as np

from crmlearn.errors import Refusal
from crmlearn.transactions.books import balanced
from crmlearn.transactions.periods import UNITS, first_day, index, iso, label

MOST = 4_000_000
MOST_PERIODS = 10_000  # weeks of nearly two centuries


class Cells(NamedTuple):
    """Counts of cohorts (rows) by calendar period (columns). Cells before a cohort's own period are never read.

    cohorts, periods : numbers of the periods; sizes : customers per cohort; unit : "W", "M", "Q" or "Y"
    active, orders, revenue, profit : arrays, cohorts x periods; currency units for the last two
    partly : the last period is seen in part only; end : last day that counts
    """

    cohorts: np.ndarray
    periods: np.ndarray
    sizes: np.ndarray
    active: np.ndarray
    orders: np.ndarray
    revenue: np.ndarray
    profit: np.ndarray
    partly: bool
    end: int
    unit: str

    def names(self, at):
        return np.array([label(i, self.unit) for i in at], dtype=object)

    def tidy(self):
        """One entry per cell that was seen, by cohort and age: dict of arrays."""
        row, column = np.nonzero(self.periods[None, :] >= self.cohorts[:, None])
        last = column == len(self.periods) - 1
        seen = np.where(last & self.partly, f"until {iso(self.end)}", "whole").astype(object)
        cell: dict[str, Any] = {
            "cohort": self.names(self.cohorts)[row],
            "period": self.names(self.periods)[column],
            "age": self.periods[column] - self.cohorts[row],
            "customers": self.sizes[row],
        }
        cell |= {name: getattr(self, name)[row, column] for name in ("active", "orders", "revenue", "profit")}
        return cell | {"seen": seen}


def cells_of(book, end, unit):
    """Count a ledger's cohorts by period until the day `end`, and hold the sums against the ledger."""
    acquired, here = index(book.acquired, unit), index(book.day, unit)
    cohorts, own = np.unique(acquired, return_inverse=True)
    periods = np.arange(cohorts[0], int(index(end, unit)) + 1)
    shape = len(cohorts), len(periods)
    if shape[0] * shape[1] > MOST or shape[1] > MOST_PERIODS:
        raise Refusal(
            f"cohorts by {UNITS[unit]} make more cells than can be looked at.",
            f"{shape[0]:,} cohorts by {shape[1]:,} periods, from {iso(book.day.min())} to {iso(end)}",
            "a longer period: period='Y'; and look whether these dates are right",
        )
    flat = own[book.customer] * shape[1] + here - cohorts[0]
    changed = np.r_[True, (book.customer[1:] != book.customer[:-1]) | (here[1:] != here[:-1])]

    def added(values):
        return np.bincount(flat, values, shape[0] * shape[1]).reshape(shape)

    found = Cells(
        cohorts, periods, np.bincount(own), added(changed).astype(np.int64), added(book.opens).astype(np.int64),
        added(book.amount), added(book.profit), end < first_day(periods[-1] + 1, unit) - 1, end, unit,
    )  # fmt: skip
    balanced(found.sizes, book.customers, "sum of cohorts = all customers")
    balanced(found.orders.sum(), int(book.opens.sum()), "orders of all cohorts = all orders")
    balanced(found.revenue.ravel(), float(book.amount.sum()), "revenue of all cohorts = all revenue")
    scale = float(np.abs(book.profit).sum())
    balanced(found.profit.ravel(), float(book.profit.sum()), "profit of all cohorts = all profit", scale)
    return found
