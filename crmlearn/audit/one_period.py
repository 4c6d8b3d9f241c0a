"""Lens 1: how do the customers of one period differ? Frequency, order value, margin, tenths, concentration."""

import numpy as np

from crmlearn.audit.counting import check, counted_in, grouped, ranked, ratio, said, shares
from crmlearn.errors import Refusal, one_of, whole
from crmlearn.transactions.books import balanced

_FACTORS = ("customers", "orders_per_customer", "revenue_per_order", "margin_share")


def factors(tx, period, margin=None):
    """Profit as customers x orders per customer x revenue per order x share of revenue that is profit.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    period : "2021", "2021 Q1", "2021-03" or (first day, last day)
    margin : as in transactions.ledger
    Returns: one row per measure: measure, value, unit, profit_is
    Errors: Refusal when no order lies in the period; Unbalanced when the product is not the profit

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> factors(tx, "2021-03", margin=0.4)[["measure", "value"]].head(5)
                   measure  value
    0            customers    2.0
    1  orders_per_customer    1.5
    2    revenue_per_order   15.0
    3         margin_share    0.4
    4               profit   18.0
    """
    found = counted_in(tx, period, margin, "factors")
    four, (orders, revenue, profit) = factors_of(found), (float(v.sum()) for v in found.active())
    values = [*four, profit, orders, revenue]
    units = [
        "customers",
        "orders",
        "currency units",
        "share of revenue",
        *["currency units", "orders"],
        "currency units",
    ]
    names = [*_FACTORS, "profit", "orders", "revenue"]
    return found.book.table({"measure": names, "value": np.array(values), "unit": units} | said(found.book, len(names)))


def factors_of(found):
    """The four factors; margin_share is missing in a period without revenue."""
    orders, revenue, profit = (float(v.sum()) for v in found.active())
    customers = float(found.there.sum())
    four = customers, orders / customers, revenue / orders, profit / revenue if revenue else float("nan")
    if revenue:
        balanced(float(np.prod(four)), profit, "the product of the factors = profit")
    return four


def frequency(tx, period, margin=None, most=10):
    """Customers by how often they ordered.

    tx, period, margin : as in factors
    most : orders from which on customers are put together ("10 or more")
    Returns: one row per number of orders: orders_each (text), customers, orders, revenue, profit, share_of_customers,
        share_of_profit, revenue_per_order, profit_per_customer, profit_is

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> frequency(tx, "2021-03")[["orders_each", "customers", "revenue", "share_of_profit"]]
      orders_each  customers  revenue  share_of_profit
    0           1          1      5.0         0.111111
    1           2          1     40.0         0.888889
    """
    most = whole("most", most, 1, "most=10")
    found = counted_in(tx, period, margin, "frequency")
    each = np.minimum(found.active()[0], most)
    table = grouped(found, each - 1, int(each.max()))
    names = [str(i + 1) for i in range(len(table["customers"]))]
    if found.orders.max() > most:
        names[-1] = f"{most} or more"
    check(found, table)
    return found.book.table({"orders_each": names} | _with_shares(table) | said(found.book, len(names)))


def spread(tx, period, margin=None):
    """How each measure is spread over the customers of a period.

    tx, period, margin : as in factors
    Returns: one row per measure of a customer (orders, revenue_per_order, margin_share, revenue, profit): measure,
        mean, lowest, p10, p25, median, p75, p90, highest, customers (for whom it is known), profit_is

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> spread(tx, "2021-03")[["measure", "mean", "median"]].head(2)
                 measure  mean  median
    0             orders   1.5     1.5
    1  revenue_per_order  12.5    12.5
    """
    found = counted_in(tx, period, margin, "spread")
    orders, revenue, profit = found.active()
    measures = {"orders": orders.astype(float), "revenue_per_order": revenue / orders}
    measures |= {"margin_share": ratio(profit, revenue), "revenue": revenue, "profit": profit}
    columns = ("lowest", "p10", "p25", "median", "p75", "p90", "highest")
    known = {name: values[~np.isnan(values)] for name, values in measures.items()}
    known = {name: values for name, values in known.items() if len(values)}
    at = np.array([np.quantile(v, (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)) for v in known.values()])
    table = {"measure": list(known), "mean": np.array([v.mean() for v in known.values()])}
    table |= {name: at[:, i] for i, name in enumerate(columns)}
    table["customers"] = np.array([len(v) for v in known.values()])
    return found.book.table(table | said(found.book, len(known)))


def deciles(tx, period, margin=None, by="customers", groups=10):
    """The customers from the most to the least profitable, cut into tenths.

    tx, period, margin : as in factors
    by : "customers" makes groups of equally many customers (they differ by one at most); "profit" makes groups that
        bring equal parts of what the profitable customers bring, and puts those who bring nothing, and those who
        cost, into rows of their own. One customer who brings more than a part leaves groups empty.
    groups : how many
    Returns: one row per group, the best first: group (text), customers, orders, revenue, profit, share_of_customers,
        share_of_profit, revenue_per_order, profit_per_customer, cumulative_share_of_customers,
        cumulative_share_of_profit, profit_is. With customers who cost, the cumulative share passes 100 % on its way.
    Ties: customers of equal profit stand by revenue, then by orders; whom a cut still divides is alike in all three.
    Errors: Refusal for fewer customers than groups, and by="profit" when nobody brings any

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "b", "c"], "date": days, "amount": [10.0, 30.0, 60.0]})
    >>> deciles(tx, "2021-03", groups=3)[["group", "customers", "profit", "cumulative_share_of_profit"]]
      group  customers  profit  cumulative_share_of_profit
    0     1          1    60.0                         0.6
    1     2          1    30.0                         0.9
    2     3          1    10.0                         1.0
    """
    one_of("by", by, ("customers", "profit"))
    groups = whole("groups", groups, 2, "groups=10", 100)
    found = counted_in(tx, period, margin, "deciles")
    names = [str(i + 1) for i in range(groups)]
    if by == "customers":
        group = tenths(found, groups)
    else:
        group, names = _equal_profit(found, groups, names)
    table = grouped(found, group, len(names))
    check(found, table)
    table = _with_shares(table)
    for name in ("customers", "profit"):
        table[f"cumulative_share_of_{name}"] = np.cumsum(table[f"share_of_{name}"])
    kept = (table["customers"] > 0) | np.char.isnumeric(np.array(names))
    table = {name: values[kept] for name, values in ({"group": np.array(names, object)} | table).items()}
    return found.book.table(table | said(found.book, int(kept.sum())))


def tenths(found, groups):
    """Each active customer's group, 0 the best: equally many customers in each."""
    orders, revenue, profit = found.active()
    n = len(orders)
    if n < groups:
        raise Refusal(
            f"{groups} groups need at least {groups} customers.", f"{n} in {found.span.label}", f"groups={max(n, 2)}"
        )
    group = np.empty(n, np.int64)
    group[ranked(orders, revenue, profit)] = np.arange(n) * groups // n
    return group


def one_time_buyers(tx, period, margin=None):
    """Customers with one order in the period and those with more, newcomers apart.

    tx, period, margin : as in factors
    Returns: one row per kind: kind, customers, orders, revenue, profit, share_of_customers, share_of_profit,
        revenue_per_order, profit_per_customer, profit_is. A newcomer's first order in the log lies in the period.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> one_time_buyers(tx, "2021-03")[["kind", "customers"]]
                                   kind  customers
    0            one order, newcomers          1
    1    one order, earlier customers          1
    2         several orders, newcomers          0
    3  several orders, earlier customers          0
    """
    found = counted_in(tx, period, margin, "one_time_buyers")
    several = found.active()[0] > 1
    earlier = found.book.acquired[found.there] < found.span.first
    table = grouped(found, several * 2 + earlier, 4)
    check(found, table)
    kinds = [f"{n}, {who}" for n in ("one order", "several orders") for who in ("newcomers", "earlier customers")]
    return found.book.table({"kind": kinds} | _with_shares(table) | said(found.book, 4))


def unprofitable(tx, period, margin=None):
    """Customers who brought profit, none, or a loss.

    tx, period, margin : as in factors; only a margin per order can show a loss
    Returns: one row per kind ("profit", "none", "loss"): kind, customers, orders, revenue, profit,
        share_of_customers, share_of_profit (the share of the first passes 100 % where others cost), revenue_per_order,
        profit_per_customer, profit_is

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "b"], "date": days, "amount": [10.0, 30.0], "margin": [8.0, -2.0]})
    >>> unprofitable(tx, "2021-03")[["kind", "customers", "profit", "share_of_profit"]]
         kind  customers  profit  share_of_profit
    0  profit          1     8.0         1.333333
    1    none          0     0.0         0.000000
    2    loss          1    -2.0        -0.333333
    """
    found = counted_in(tx, period, margin, "unprofitable")
    table = grouped(found, 1 - np.sign(np.round(found.active()[2], 9)).astype(np.int64), 3)
    check(found, table)
    return found.book.table({"kind": ["profit", "none", "loss"]} | _with_shares(table) | said(found.book, 3))


def _equal_profit(found, groups, names):
    orders, revenue, profit = found.active()
    best = ranked(orders, revenue, profit)
    gains = np.maximum(profit[best], 0)
    total = gains.sum()
    if not total > 0:
        raise Refusal(
            "nobody brought any profit, so it has no equal parts.", f"{profit.sum():.4g} in all", "by='customers'"
        )
    before = np.cumsum(gains) - gains
    group = np.empty(len(best), np.int64)
    group[best] = np.minimum(np.floor(groups * before / total * (1 + 1e-12)), groups - 1)
    group = np.where(profit > 0, group, np.where(profit == 0, groups, groups + 1))
    return group, [*names, "no profit", "loss"]


def _with_shares(table):
    return table | {
        "share_of_customers": shares(table["customers"], table["customers"].sum()),
        "share_of_profit": shares(table["profit"], table["profit"].sum()),
        "revenue_per_order": ratio(table["revenue"], table["orders"]),
        "profit_per_customer": ratio(table["profit"], table["customers"]),
    }
