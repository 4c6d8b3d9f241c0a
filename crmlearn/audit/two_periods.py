"""Lens 2: what changed between two periods? Who was lost, kept and won, who moved, and what the profit owes to it."""

import numpy as np

from crmlearn.audit.counting import MONEY, check, counted_in, ratio, said
from crmlearn.audit.one_period import tenths
from crmlearn.errors import Refusal, whole
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger
from crmlearn.transactions.periods import iso

GROUPS = ("lost", "kept", "new", "back")
_SAME = 1e-9


def lost_kept_new(tx, first, second, margin=None):
    """Who ordered in the first period, in the second, in both.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    first, second : periods, "2021", "2021 Q1", "2021-03" or (first day, last day); they must not overlap
    margin : as in transactions.ledger
    Returns: one row per group: group ("lost": only in the first, "kept": in both, "new": in the second, first order
        in the log after the first period, "back": in the second, with orders before the first period), customers,
        and for each period orders, revenue, profit (orders_first, orders_second, ...), profit_is
    Holds: lost + kept = first period; kept + new + back = second period, for customers, orders, revenue, profit
    Errors: Refusal for periods that overlap or without orders; Unbalanced

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08", "2021-02-03"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 2.0]})
    >>> lost_kept_new(tx, "2021-02", "2021-03")[["group", "customers", "profit_first", "profit_second"]]
      group  customers  profit_first  profit_second
    0  lost          1           2.0            0.0
    1  kept          1          10.0           30.0
    2   new          1           0.0            5.0
    3  back          0           0.0            0.0
    """
    one, two, group = compared(tx, first, second, margin, "lost_kept_new")
    table = {"group": list(GROUPS), "customers": np.bincount(group[group >= 0], minlength=4)}
    ever = group >= 0
    for period, found, parts in (("first", one, (0, 1)), ("second", two, (1, 2, 3))):
        for name in MONEY:
            sums = np.bincount(group[ever], getattr(found, name)[ever], 4)
            table[f"{name}_{period}"] = sums.astype(np.int64) if name == "orders" else sums
        part = {name: table[f"{name}_{period}"][list(parts)] for name in MONEY}
        check(found, part | {"customers": table["customers"][list(parts)]})
    return one.book.table(table | said(one.book, 4))


def new_or_returning(tx, first, second, margin=None):
    """New customers of two periods against each other, and those who had ordered before.

    tx, first, second, margin : as in lost_kept_new
    Returns: two rows, "new" (first order ever in that period) and "returning": group, customers_first,
        customers_second, revenue_first, revenue_second, profit_first, profit_second, profit_is. A bridge counts all
        that the new customers of the second period bring; here they stand next to those of the first.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> new_or_returning(tx, "2021-02", "2021-03")[["group", "customers_first", "customers_second", "profit_second"]]
           group  customers_first  customers_second  profit_second
    0        new                1                 1            5.0
    1  returning                0                 1           30.0
    """
    one, two, _ = compared(tx, first, second, margin, "new_or_returning")
    table = {"group": ["new", "returning"]}
    for name, found in (("first", one), ("second", two)):
        came_before = (found.book.acquired < found.span.first)[found.there].astype(np.int64)
        _, revenue, profit = found.active()
        counts = np.bincount(came_before, minlength=2)
        sums = [np.bincount(came_before, values, 2) for values in (revenue, profit)]
        balanced(counts, int(found.there.sum()), f"new + returning = customers of the {name} period")
        balanced(sums[1], float(profit.sum()), f"new + returning = profit of the {name} period", found.scale)
        table |= {f"customers_{name}": counts, f"revenue_{name}": sums[0], f"profit_{name}": sums[1]}
    order = [
        "group",
        *(f"{what}_{name}" for what in ("customers", "revenue", "profit") for name in ("first", "second")),
    ]
    return one.book.table({name: table[name] for name in order} | said(one.book, 2))


def switching(tx, first, second, margin=None, groups=10):
    """Where the tenths of the first period stand in the second.

    tx, first, second, margin : as in lost_kept_new
    groups : how many groups of equally many customers, by profit, among those who ordered in the period
    Returns: one row per pair, all of them: from, to ("1" the best, ..., "not active"), customers, share_of_from,
        profit_first, profit_second, profit_is. "not active" to "not active" is no row.
    """
    one, two, _ = compared(tx, first, second, margin, "switching")
    n = whole("groups", groups, 2, "groups=10", 100)
    stand = []
    for found in (one, two):
        group = np.full(found.book.customers, n)
        group[found.there] = tenths(found, n)
        stand.append(group)
    ever, flat = one.there | two.there, stand[0] * (n + 1) + stand[1]
    size, names = (n + 1) ** 2, [*(str(i + 1) for i in range(n)), "not active"]
    customers = np.bincount(flat[ever], minlength=size)
    table = {
        "from": np.repeat(np.array(names, object), n + 1)[:-1],
        "to": np.tile(np.array(names, object), n + 1)[:-1],
        "customers": customers[:-1],
        "share_of_from": ratio(customers, np.repeat(customers.reshape(n + 1, n + 1).sum(axis=1), n + 1))[:-1],
        "profit_first": np.bincount(flat[ever], one.profit[ever], size)[:-1],
        "profit_second": np.bincount(flat[ever], two.profit[ever], size)[:-1],
    }
    balanced(table["customers"], int(ever.sum()), "customers of all switches = customers of both periods")
    for name, found in (("first", one), ("second", two)):
        balanced(table[f"profit_{name}"], float(found.profit.sum()), f"profit of all switches = {name}", found.scale)
    return one.book.table(table | said(one.book, size - 1))


def up_down(tx, first, second, margin=None):
    """Kept customers by what changed: how often they ordered, and how much an order was worth.

    tx, first, second, margin : as in lost_kept_new
    Returns: one row per pair: orders ("more", "same", "fewer"), value_per_order ("higher", "same", "lower"; revenue),
        customers, profit_first, profit_second, change, of which change_up (customers whose profit rose) and
        change_down, profit_is. The periods are compared as they are: of unlike length, more orders mean little.
    Errors: Refusal when nobody was kept

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "a"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> up_down(tx, "2021-02", "2021-03").head(1)[["orders", "value_per_order", "customers", "change"]]
      orders value_per_order  customers  change
    0   more          higher          1    25.0
    """
    one, two, group = compared(tx, first, second, margin, "up_down")
    kept = group == 1
    if not kept.any():
        raise Refusal("nobody ordered in both periods.", f"{one.span.label} and {two.span.label}", "longer periods")
    orders = _direction(one.orders[kept], two.orders[kept])
    value = _direction(one.revenue[kept] / one.orders[kept], two.revenue[kept] / two.orders[kept])
    flat, change = orders * 3 + value, two.profit[kept] - one.profit[kept]
    table = {
        "orders": np.repeat(np.array(["more", "same", "fewer"], object), 3),
        "value_per_order": np.tile(np.array(["higher", "same", "lower"], object), 3),
        "customers": np.bincount(flat, minlength=9),
        "profit_first": np.bincount(flat, one.profit[kept], 9),
        "profit_second": np.bincount(flat, two.profit[kept], 9),
    }
    table["change"] = table["profit_second"] - table["profit_first"]
    table["change_up"] = np.bincount(flat, np.maximum(change, 0), 9)
    table["change_down"] = np.bincount(flat, np.minimum(change, 0), 9)
    scale = one.scale + two.scale
    balanced([*table["change_up"], *table["change_down"]], [*table["change"]], "up + down = change of the kept", scale)
    balanced(table["customers"], int(kept.sum()), "customers of all rows = kept customers")
    return one.book.table(table | said(one.book, 9))


def bridge(tx, first, second, margin=None):
    """From the profit of the first period to that of the second, by what became of the customers.

    tx, first, second, margin : as in lost_kept_new
    Returns: one row per step: step, change (currency units; of the first and last step the profit itself), customers,
        total (whether it stands on the ground), profit_is. The steps add up exactly.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08", "2021-02-03"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 2.0]})
    >>> bridge(tx, "2021-02", "2021-03")[["step", "change", "customers"]]
            step  change  customers
    0    2021-02    12.0          2
    1       lost    -2.0          1
    2  kept down     0.0          0
    3  kept same     0.0          0
    4    kept up    20.0          1
    5        new     5.0          1
    6       back     0.0          0
    7    2021-03    35.0          2
    """
    one, two, group = compared(tx, first, second, margin, "bridge")
    change, kept = two.profit - one.profit, group == 1
    went = _direction(one.profit, two.profit)  # 0 up, 1 same, 2 down
    who = {"lost": group == 0}
    who |= {f"kept {word}": kept & (went == way) for word, way in (("down", 2), ("same", 1), ("up", 0))}
    who |= {"new": group == 2, "back": group == 3}
    steps = {name: (float(change[at].sum()), int(at.sum())) for name, at in who.items()}
    ends = [(found.span.label, (float(found.active()[2].sum()), int(found.there.sum()))) for found in (one, two)]
    rows = [ends[0], *steps.items(), ends[1]]
    parts, scale = [v for _, (v, _) in rows[:-1]], one.scale + two.scale
    balanced(parts, rows[-1][1][0], "profit 1 + lost + kept + new + back = profit 2", scale)
    before = [n for name, (_, n) in steps.items() if name not in ("new", "back")]
    balanced(before, ends[0][1][1], "lost + kept customers = customers of the first period")
    table = {
        "step": [name for name, _ in rows],
        "change": np.array([value for _, (value, _) in rows]),
        "customers": np.array([n for _, (_, n) in rows]),
        "total": [True, *[False] * len(steps), True],
    }
    return one.book.table(table | said(one.book, len(rows)))


def compared(tx, first, second, margin, who):
    """(first period, second period, each customer's group: place in GROUPS, -1 for who ordered in neither)"""
    book = ledger(tx, margin, who)
    one = counted_in(book, first, None, who, "first")
    two = counted_in(book, second, None, who, "second")
    if one.span.last >= two.span.first:
        saw = f"{iso(one.span.first)} to {iso(one.span.last)}, and {iso(two.span.first)} to {iso(two.span.last)}"
        raise Refusal("the first period must end before the second begins.", saw, "swap or shorten them")
    came_before = book.acquired < one.span.first
    group = np.full(book.customers, -1)
    group[one.there] = np.where(two.there[one.there], 1, 0)
    fresh = two.there & ~one.there
    group[fresh] = np.where(came_before[fresh], 3, 2)
    return one, two, group


def _direction(before, after):
    """0 more, 1 the same (to 1e-9), 2 less."""
    same = np.abs(after - before) <= _SAME * np.maximum(np.abs(after), np.abs(before))
    return np.where(same, 1, np.where(after > before, 0, 2))
