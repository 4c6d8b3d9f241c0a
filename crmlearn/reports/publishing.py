"""From an exhibit of the audit to what a page may show: no row that tells of a few persons, and no title that does."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

# Columns that count customers; a row that counts 1 to k - 1 in any of them is left empty.
COUNTS = (
    "customers", "active", "new", "returning", "observed", "repeated", "both", "with_first", "with_second", "gaps",
    "customers_with_refund",
)  # fmt: skip
LABELS = (
    "group", "orders_each", "age", "within_days", "from", "to", "step", "period", "cohort", "kind", "orders",
    "value_per_order", "first", "second", "entry", "channel", "category", "product", "measure", "seen", "total",
)  # fmt: skip
WITHIN = ("period", "cohort", "from")  # sums over these are known from other tables
PLAIN = {
    "factors": "Customers, orders, revenue and profit", "frequency": "Customers by number of orders",
    "spread": "How different the customers are", "deciles": "Customers in ten groups of equal number",
    "equal_profit": "Customers in ten groups of equal profit", "lorenz": "Shares of customers and of profit",
    "concentration": "Concentration", "one_time_buyers": "One order or more", "unprofitable": "Profit and loss",
    "lost_kept_new": "Customers lost, kept and new", "switching": "Moves between groups", "up_down": "Kept customers",
    "bridge": "From one period's profit to the next", "one_cohort": "One cohort over time",
    "cohorts_compared": "Cohorts by age", "repeat_rates": "Repeat rates by cohort", "whole_base": "Profit by cohort",
    "acquisition": "New and returning customers", "penetration": "What was bought",
    "entry": "What customers began with",
    "co_purchase": "What was bought together", "dashboard": "The last whole period",
    "time_between_orders": "Days between orders", "refunds": "Refunds by cohort", "unit_economics": "Value and cost",
}  # fmt: skip


class Published(NamedTuple):
    """title : what the page says; table : pandas, small rows empty; note : sentence or ""; plot : as in the exhibit"""

    title: str
    table: Any
    note: str
    plot: str


def published(exhibit, k=5, customers=None):
    """What may be shown of one exhibit.

    exhibit : audit.Exhibit; its books were held before anything is left out here
    k : the smallest number of customers that a row may tell of
    customers : how many there are in the period, where the table itself does not say
    Returns: Published; the finding stands as title only when nothing had to be left out

    >>> import pandas as pd
    >>> from crmlearn.audit import Exhibit
    >>> table = pd.DataFrame({"kind": ["profit", "none", "loss"], "customers": [40, 30, 2], "profit": [9.0, 0.0, -7.0]})
    >>> shown = published(Exhibit("unprofitable", 1, "2 customers made a loss", table, "shares"))
    >>> shown.title, shown.table.customers.isna().tolist()
    ('Profit and loss', [False, True, True])
    """
    table = pd.DataFrame(exhibit.table).copy()
    thinned, table = _thinned(exhibit.name, table, k, customers)
    counts = [c for c in COUNTS if c in table.columns]
    small = np.zeros(len(table), bool)
    for column in counts:
        values = table[column].to_numpy(float)
        small |= (values > 0) & (values < k)
    hidden = _with_partners(table, small, counts)
    if "unit" in table.columns and "value" in table.columns:
        values = table["value"].to_numpy(float)
        hidden |= ((table["unit"] == "customers") & (values > 0) & (values < k)).to_numpy()
    if not hidden.any():
        return Published(PLAIN[_plain(exhibit)] if thinned else exhibit.title, table, "", exhibit.plot)
    for column in table.columns:
        if column not in LABELS and pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].astype(float).mask(hidden)
    note = (
        f"Rows that tell of fewer than {k} customers, and their neighbours that would give them away, are left empty."
    )
    return Published(PLAIN[_plain(exhibit)], table, note, exhibit.plot)


def _plain(exhibit):
    return exhibit.name.split(":")[0]


def _with_partners(table, small, counts):
    """One hidden row could be found as the rest of a known sum, so the next smallest goes with it."""
    hidden = small.copy()
    if not hidden.any() or not counts:
        return hidden
    sizes = table[counts[0]].fillna(0).to_numpy(float)
    groups = [np.zeros(len(table), int)]
    groups += [pd.factorize(table[c])[0] for c in WITHIN if c in table.columns and table[c].duplicated().any()]
    for group in groups:
        for one in np.unique(group[hidden]):
            rows = np.flatnonzero(group == one)
            if hidden[rows].sum() == 1:
                others = [row for row in rows[np.argsort(sizes[rows], kind="stable")] if not hidden[row]]
                others = [row for row in others if sizes[row] > 0] or others
                hidden[others[:1]] = True
    return hidden


def _thinned(name, table, k, customers):
    """(whether anything was left out, the table without what would describe single customers)"""
    if name == "spread":
        return False, table.drop(columns=["lowest", "highest"])
    if name == "lorenz":
        step = 1 / (len(table) - 1)
        every = max(1, int(np.ceil(k / (step * (customers or len(table) - 1)) - 1e-9)))
        return False, table.iloc[sorted({0, *range(0, len(table) - every, every), len(table) - 1})]
    if name == "concentration" and customers:
        best = table["measure"].str.extract(r"best (\d+)%")[0].astype(float) / 100
        few = (best * customers < k).to_numpy()
        return bool(few.any()), table[~few]
    return False, table
