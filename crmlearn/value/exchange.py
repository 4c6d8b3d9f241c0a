"""What a sale creates, and who keeps which part of it: one customer, many customers, many prices."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number
from crmlearn.transactions.books import balanced

PARTS = ["surplus", "margin", "created", "kept_out", "wasted"]  # dollars; they add up to what is possible


def for_customer(benefits, sacrifices):
    """Value for the customer: what they get, less all that they give up for it.

    benefits : {what: dollars it is worth to this customer}; or dollars alone, one number or a list
    sacrifices : {what: dollars}, the price among them, with time, effort and risk; or dollars alone
    Returns: float, dollars; below 0 the customer does not buy
    Source: Zeithaml (1988), Journal of Marketing 52(3), 2-22: what is received against what is given, as perceived

    >>> for_customer({"use": 55, "looks": 8}, {"price": 40, "time": 4, "effort": 3, "risk": 5})
    11.0
    """
    return total("benefits", benefits) - total("sacrifices", sacrifices)


def split(willingness, price, cost):
    """Who gains what: one row per customer, who buys if the price is at most what they are willing to pay.

    willingness : the most that each customer would pay, dollars: one number, a list, {name: dollars} or a Series
    price, cost : dollars for each unit; the price is the same for all of them
    Returns: one row per customer: customer, willingness, buys, surplus (willingness - price: the customer's part),
        margin (price - cost: the firm's part), created (willingness - cost, their sum), kept_out (what a sale would
        have created that the price prevents), wasted (what a sale destroys, as the cost is above the willingness)
    Errors: Refusal for an amount that is missing, or a price or cost below 0; Unbalanced if the parts did not add up
    Source: Brandenburger & Stuart (1996), Journal of Economics & Management Strategy 5(1), 5-24

    >>> split({"Mei": 60, "Raj": 35, "Tan": 20}, price=40, cost=24).drop(columns="wasted")
      customer  willingness   buys  surplus  margin  created  kept_out
    0      Mei         60.0   True     20.0    16.0     36.0       0.0
    1      Raj         35.0  False      0.0     0.0      0.0      11.0
    2      Tan         20.0  False      0.0     0.0      0.0       0.0
    """
    names, most = _willing(willingness)
    p, c = number("price", price, 0), number("cost", cost, 0)
    gain, buys = most - c, most >= p
    parts = {
        "surplus": np.where(buys, most - p, 0.0),
        "margin": np.where(buys, p - c, 0.0),
        "created": np.where(buys, gain, 0.0),
        "kept_out": np.where(~buys & (gain > 0), gain, 0.0),
        "wasted": np.where(buys & (gain < 0), -gain, 0.0),
    }
    scale = float(np.abs(most).sum() + len(most) * (p + c))
    balanced([parts["surplus"].sum(), parts["margin"].sum()], parts["created"].sum(), "surplus + margin", scale)
    possible = np.maximum(gain, 0).sum()
    balanced(
        [parts["created"].sum(), parts["kept_out"].sum(), parts["wasted"].sum()], possible,
        "created + kept out + wasted = possible", scale,
    )  # fmt: skip
    return pd.DataFrame({"customer": names, "willingness": most, "buys": buys} | parts)


def market(willingness, price, cost):
    """What one price does among many customers: who buys, who gains, and what is not created.

    willingness, price, cost : as in split
    Returns: one row: price, customers, buyers, surplus, margin, created, kept_out, wasted, possible (dollars; created
        if exactly those bought whose willingness is above the cost)

    >>> market([60, 35, 20], price=40, cost=24)[["buyers", "surplus", "margin", "created", "kept_out", "possible"]]
       buyers  surplus  margin  created  kept_out  possible
    0       1     20.0    16.0     36.0      11.0      47.0
    """
    return by_price(willingness, [price], cost)


def by_price(willingness, prices, cost):
    """The same for several prices.

    Returns: one row per price, with the columns of market

    >>> by_price([60, 35, 20], [30, 40, 50], cost=24)[["price", "buyers", "surplus", "margin", "kept_out"]]
       price  buyers  surplus  margin  kept_out
    0   30.0       2     35.0    12.0       0.0
    1   40.0       1     20.0    16.0      11.0
    2   50.0       1     10.0    26.0      11.0
    """
    rows = []
    for price in prices:
        table = split(willingness, price, cost)
        sums = {part: float(table[part].sum()) for part in PARTS}
        row = {"price": float(price), "customers": len(table), "buyers": int(table["buys"].sum())} | sums
        rows.append(row | {"possible": sums["created"] + sums["kept_out"] + sums["wasted"]})
    if not rows:
        raise Refusal("there is no price to try.", "an empty list", "prices=[30, 40, 50]")
    return pd.DataFrame(rows)


def total(name, amounts):
    """The sum of {what: dollars}, of a list or of one number, each at least 0."""
    if isinstance(amounts, (list, tuple)):
        amounts = dict(enumerate(amounts))
    if not isinstance(amounts, Mapping):
        return number(name, amounts, 0)
    return math.fsum(number(f"{name}[{what!r}]", amount, 0) for what, amount in amounts.items())


def _willing(willingness):
    """(names, dollars), one of each per customer"""
    if isinstance(willingness, (Mapping, pd.Series)):
        names, most = list(willingness.keys()), list(willingness.values) if isinstance(willingness, pd.Series) else (
            list(willingness.values()))  # fmt: skip
    else:
        most = np.atleast_1d(np.asarray(willingness, dtype=object)).tolist()
        names = list(range(1, len(most) + 1))
    try:
        found = np.asarray(most, dtype=float).ravel()
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not len(found) or len(found) != len(names) or not np.isfinite(found).all():
        said = "nobody" if not len(found) else "what is no number, or missing"
        raise Refusal("willingness needs an amount for each customer.", said, "willingness=[60, 35, 20]")
    return names, found
