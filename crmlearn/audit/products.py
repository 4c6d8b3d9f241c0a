"""What was bought: how many buy a category, what they came in with, and what goes together."""

import numpy as np
from scipy.sparse import csr_array

from crmlearn.audit.counting import counted_in, ratio, said, shares
from crmlearn.errors import Refusal, number, one_of
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger, until

SEVERAL = "(several on the first day)"
_TAKEN = ("customers", "penetration", "orders", "revenue", "profit", "share_of_revenue", "orders_per_buyer",
          "revenue_per_buyer", "profit_is")  # fmt: skip


def penetration(tx, period, margin=None, column="category"):
    """How many customers of a period bought each category, and what it brought.

    tx : table, one row per order or per line of an order: customer_id, date, amount (>= 0, currency units) and the
        column; or a Ledger
    period : "2021", "2021 Q1", "2021-03" or (first day, last day); margin : as in transactions.ledger
    column : "category", "product", "channel" or any other with labels
    Returns: one row per label, the most bought first: the column, customers, penetration (share of the customers of
        the period), orders, revenue, profit, share_of_revenue, orders_per_buyer, revenue_per_buyer, profit_is.
        Customers who bought several count in each, so customers do not add up; money does. Lines without a label
        stand under "(missing)".

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> penetration(tx.assign(category=["tea", "cup", "tea"]), "2021-03")[["category", "customers", "penetration"]]
      category  customers  penetration
    0      tea          2          1.0
    1      cup          1          0.5
    """
    if column in _TAKEN:
        raise Refusal(f"a column '{column}' stands in the answer already.", f"column={column!r}", "rename it before")
    found = counted_in(tx, period, margin, "penetration")
    book, rows = found.book, found.rows
    codes, names = book.labels(column)
    here, n = codes[rows], len(names)
    table = {"customers": np.bincount(_pairs(book.customer[rows], here, n)[1], minlength=n)}
    table["penetration"] = table["customers"] / int(found.there.sum())
    table["orders"] = np.bincount(_pairs(book.order[rows], here, n)[1], minlength=n)
    table["revenue"], table["profit"] = (np.bincount(here, v[rows], n) for v in (book.amount, book.profit))
    balanced(table["revenue"], float(found.revenue.sum()), f"sum of every {column} = revenue of the period")
    balanced(table["profit"], float(found.profit.sum()), f"sum of every {column} = profit of the period", found.scale)
    table["share_of_revenue"] = shares(table["revenue"], table["revenue"].sum())
    table["orders_per_buyer"] = ratio(table["orders"], table["customers"])
    table["revenue_per_buyer"] = ratio(table["revenue"], table["customers"])
    order = [i for i in np.lexsort((np.arange(n), -table["revenue"], -table["customers"])) if table["customers"][i]]
    table = {name: values[order] for name, values in table.items()}
    return book.table({column: np.array(names, object)[order]} | table | said(book, len(order)))


def entry(tx, as_of, margin=None, column="category"):
    """What customers bought on their first day, and what became of those who came in that way.

    tx, margin, column : as in penetration; as_of : date, orders after it are refused
    Returns: one row per label, the most frequent first: entry, customers, share_of_customers, repeated (customers with
        an order after the first day), repeat_share, revenue, profit, profit_per_customer (to date), profit_is. Who
        bought several on the first day stands under "(several on the first day)". Repeat shares compare fairly only
        where the customers of each label have been customers for about as long; and customers chose their entry, so a
        difference is no effect of it.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> entry(tx.assign(category=["tea", "cup", "tea"]), "2021-03-31")[["entry", "customers", "repeat_share"]]
      entry  customers  repeat_share
    0   tea          2           0.5
    """
    book = ledger(tx, margin, "entry")
    until(book, as_of)
    codes, names = book.labels(column)
    opening = book.day == book.acquired[book.customer]
    n, who = len(names), book.customer[opening]
    highest, lowest = np.zeros(book.customers, np.int64), np.full(book.customers, n)
    np.maximum.at(highest, who, codes[opening])
    np.minimum.at(lowest, who, codes[opening])
    own = np.where(highest == lowest, highest, n)
    again = np.bincount(book.customer[~opening], minlength=book.customers) > 0
    table = {"customers": np.bincount(own, minlength=n + 1)}
    table["share_of_customers"] = table["customers"] / book.customers
    table["repeated"] = np.bincount(own, again, n + 1).astype(np.int64)
    table["repeat_share"] = ratio(table["repeated"], table["customers"])
    for name, values in (("revenue", book.amount), ("profit", book.profit)):
        table[name] = np.bincount(own, book.per_customer(values), n + 1)
        balanced(table[name], float(values.sum()), f"sum of entries = all {name}", float(np.abs(values).sum()))
    balanced(table["customers"], book.customers, "sum of entries = all customers")
    table["profit_per_customer"] = ratio(table["profit"], table["customers"])
    order = [i for i in np.lexsort((np.arange(n + 1), -table["customers"])) if table["customers"][i]]
    labels = np.array([*names, SEVERAL], object)[order]
    return book.table({"entry": labels} | {k: v[order] for k, v in table.items()} | said(book, len(order)))


def co_purchase(tx, period, column="category", of="customers", most=40, at_least=1):
    """Which categories the same customers (or the same orders) hold together.

    tx, period, column : as in penetration; for orders, a row per line with an order_id
    of : "customers" of the period, or "orders"
    most : how many labels are compared, the most bought ones; at_least : pairs held by fewer are left out
    Returns: one row per pair, the most frequent first: first, second, both, with_first, with_second, base (counts of
        customers or orders), support (both / base), confidence_second_given_first, confidence_first_given_second, lift
        (how many times more often together than if they were independent). A lift out of a handful of cases says
        little, and among many pairs some are high by chance.
    Errors: Refusal for fewer than two labels
    Source: Agrawal, Imieliński & Swami (1993), SIGMOD, 207-216, for support and confidence

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> co_purchase(tx.assign(category=["tea", "cup", "tea"]), "2021-03")[["first", "second", "both", "lift"]]
      first second  both  lift
    0   tea    cup     1   1.0
    """
    one_of("of", of, ("customers", "orders"))
    number("most", most, 2, 2000), number("at_least", at_least, 0)
    found = counted_in(tx, period, None, "co_purchase")
    book, rows = found.book, found.rows
    codes, names = book.labels(column)
    units = (book.customer if of == "customers" else book.order)[rows]
    _, unit = np.unique(units, return_inverse=True)
    base, n = int(unit.max()) + 1, len(names)
    balanced(base, int(found.there.sum() if of == "customers" else found.orders.sum()), f"all {of} of the period")
    who, what = _pairs(unit, codes[rows], n)
    held = np.bincount(what, minlength=n)
    chosen = [i for i in np.lexsort((np.arange(n), -held)) if held[i] and names[i] != "(missing)"][: int(most)]
    if len(chosen) < 2:
        raise Refusal(f"'{column}' has fewer than two labels to compare.", f"{len(chosen)}", "another column")
    place = np.full(n, -1)
    place[chosen] = np.arange(len(chosen))
    kept = place[what] >= 0
    ones = np.ones(int(kept.sum()), np.int64)
    matrix = csr_array((ones, (who[kept], place[what[kept]])), shape=(base, len(chosen)))
    together = (matrix.T @ matrix).toarray()
    balanced(np.diag(together), held[chosen], "each label with itself = its holders")
    a, b = np.triu_indices(len(chosen), 1)
    both, alone = together[a, b], held[chosen]
    order = np.lexsort((b, a, -both))
    order = order[both[order] >= max(at_least, 1)]
    a, b, both = a[order], b[order], both[order]
    labels = np.array(names, object)[chosen]
    return book.table({
        "first": labels[a], "second": labels[b], "both": both, "with_first": alone[a], "with_second": alone[b],
        "base": np.full(len(both), base), "support": both / base, "confidence_second_given_first": both / alone[a],
        "confidence_first_given_second": both / alone[b], "lift": both * base / (alone[a] * alone[b].astype(float)),
    })  # fmt: skip


def _pairs(owner, label, n):
    """Distinct pairs (owner, label)."""
    return np.divmod(np.unique(owner * n + label), n)
