"""What doing right costs today, and how many more customers must stay for that to come back."""

import math

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number


def doing_right(cost_now, customers, margin, retention, retention_then, discount_per_period, cost_per_period=0.0):
    """The short-term cost of a decision against the value of customers who stay because of it.

    cost_now : currency units, once; cost_per_period : currency units per customer and period in which they buy
    customers : how many there are now; margin : what each leaves in a period, the first one now
    retention, retention_then : chance to stay from one period to the next, without and with the decision
    discount_per_period : above 0
    Returns: table: without, with, difference (currency units now) for value, cost and what is left
    What it cannot hold: harm to people who are no customers, and duties that nobody may price.
    Source: the lifetime value after Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24; theirs begins
        with the payment of the next period, this one with the payment of now
    Errors: Refusal for numbers so large that the sum has no end

    >>> doing_right(5_000, 1_000, 50, 0.70, 0.72, 0.10, cost_per_period=1).round(0)["difference"].tolist()
    [7237.0, 7895.0, -658.0]
    """
    given = [number("cost_now", cost_now, 0), number("customers", customers, 0), number("margin", margin)]
    per_period = number("cost_per_period", cost_per_period, 0)
    d = number("discount_per_period", discount_per_period, 0, low_open=True)
    times = [(1 + d) / (1 + d - number(name, r, 0, 1)) for name, r in
             (("retention", retention), ("retention_then", retention_then))]  # fmt: skip
    now, base, each = given[0], given[1], given[2]
    value = [base * each * t for t in times]
    cost = [0.0, now + base * per_period * times[1]]
    rows = {"value of the customers": value, "cost of doing right": cost}
    rows["left"] = [v - c for v, c in zip(value, cost, strict=True)]
    table = pd.DataFrame(rows, index=["without", "with"]).T
    table = table.assign(difference=table["with"] - table["without"])
    if not np.isfinite(table.to_numpy()).all():
        raise Refusal("these numbers are too large for a sum.", f"{base:g} customers, {each:g} each, {now:g} now",
                      "amounts of a firm that there could be")  # fmt: skip
    return table


def break_even_retention(cost_now, customers, margin, retention, discount_per_period, cost_per_period=0.0):
    """The retention at which doing right costs nothing in the end.

    The arguments are those of doing_right.
    Returns: float; inf where not even the stay of everybody would pay for it. It may be right all the same.

    >>> round(break_even_retention(5_000, 1_000, 50, 0.70, 0.10, cost_per_period=1), 4)
    0.7218
    """
    kept = doing_right(0, customers, margin, retention, retention, discount_per_period).loc["left", "without"]
    goal, base = kept + number("cost_now", cost_now, 0), number("customers", customers, 0, low_open=True)
    left = number("margin", margin) - number("cost_per_period", cost_per_period, 0)
    if left <= 0:
        return math.inf
    if not math.isfinite(goal):
        raise Refusal("these numbers are too large for a sum.", f"{goal}", "costs and margins of a real firm")
    # base x left x (1 + d) / (1 + d - r) = goal, solved for r
    d = number("discount_per_period", discount_per_period, 0, low_open=True)
    needed = (1 + d) * (1 - base * left / goal) if goal > 0 else 0.0
    if needed > 1:
        return math.inf
    return max(0.0, float(needed))
