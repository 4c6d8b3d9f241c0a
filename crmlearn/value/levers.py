"""Five ways to create value as levers on one offer: what each does to the ratio, to the sum, and to the firm."""

from dataclasses import dataclass, field, fields
from types import MappingProxyType

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number, one_of
from crmlearn.value.exchange import market, total
from crmlearn.value.giving import break_even_units

WAYS = ("ratio", "easy", "unique", "brand", "service")


@dataclass(frozen=True)
class Offer:
    """What is offered, as its typical buyer sees it, and what it costs the firm.

    price, cost : dollars for each unit
    benefits : {what: dollars it is worth to the customer}
    sacrifices : {what: dollars}, all but the price: time, effort, risk

    >>> wok = Offer(price=40, cost=24, benefits={"use": 63}, sacrifices={"time": 4, "effort": 3, "risk": 5})
    >>> wok.willingness, wok.ratio, wok.surplus, wok.margin, wok.created
    (51.0, 1.275, 11.0, 16.0, 27.0)
    """

    price: float
    cost: float
    benefits: dict = field(default_factory=dict)
    sacrifices: dict = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "price", number("price", self.price, 0, low_open=True))
        object.__setattr__(self, "cost", number("cost", self.cost, 0))
        if "price" in self.sacrifices:
            raise Refusal("the price stands twice.", "'price' among the sacrifices", "sacrifices={'time': 4}")
        for name in ("benefits", "sacrifices"):
            _freeze(self, name)

    @property
    def willingness(self):
        """The most that the customer would pay: benefits less the sacrifices that are not money."""
        return total("benefits", self.benefits) - total("sacrifices", self.sacrifices)

    @property
    def ratio(self):
        """Value to price: willingness to pay for each dollar of the price."""
        return self.willingness / self.price

    @property
    def surplus(self):
        return self.willingness - self.price

    @property
    def margin(self):
        return self.price - self.cost

    @property
    def created(self):
        return self.willingness - self.cost


@dataclass(frozen=True)
class Lever:
    """A change of an offer that makes it worth more to customers, or cheaper, and what that costs the firm.

    name : str; way : one of WAYS
    adds : {benefit: dollars more that it is worth to the customer}
    saves : {sacrifice: dollars less that the customer gives up}
    price_change : dollars for each unit; a cut is below 0
    unit_cost : dollars for each unit sold; fixed_cost : dollars in the period, however many are sold

    >>> Lever("pay with one tap", "easy", saves={"effort": 2}, fixed_cost=600).worth
    2.0
    """

    name: str
    way: str
    adds: dict = field(default_factory=dict)
    saves: dict = field(default_factory=dict)
    price_change: float = 0.0
    unit_cost: float = 0.0
    fixed_cost: float = 0.0

    def __post_init__(self):
        one_of("way", self.way, WAYS)
        low = {"price_change": float("-inf")}
        for f in fields(self)[4:]:
            object.__setattr__(self, f.name, number(f.name, getattr(self, f.name), low.get(f.name, 0)))
        for name in ("adds", "saves"):
            _freeze(self, name)

    @property
    def worth(self):
        """By how many dollars the customer's willingness to pay rises."""
        return total("adds", self.adds) + total("saves", self.saves)


def pull(offer, lever):
    """The offer after a lever was pulled.

    Returns: Offer
    Errors: Refusal for a sacrifice that the offer does not have, or that is smaller than what is to be saved

    >>> wok = Offer(40, 24, benefits={"use": 63}, sacrifices={"time": 4, "effort": 3, "risk": 5})
    >>> pull(wok, Lever("a gift", "ratio", adds={"gift": 4}, unit_cost=3)).ratio
    1.375
    """
    benefits = dict(offer.benefits)
    for what, more in lever.adds.items():
        benefits[what] = benefits.get(what, 0.0) + more
    sacrifices = dict(offer.sacrifices)
    for what, less in lever.saves.items():
        one_of(f"saves of {lever.name!r}", what, tuple(sacrifices) or ("none: the offer asks for the price only",))
        if less > sacrifices[what]:
            raise Refusal(
                f"{lever.name!r} saves more {what} than there is.", f"{less:g} of {sacrifices[what]:g} dollars",
                f"saves={{{what!r}: {sacrifices[what]:g}}}",
            )  # fmt: skip
        sacrifices[what] -= less
    return Offer(offer.price + lever.price_change, offer.cost + lever.unit_cost, benefits, sacrifices)


def compare(offer, levers, units):
    """Which lever moves the ratio most for each dollar, and what must be sold more to pay for it.

    offer : Offer; levers : list of Lever, each pulled alone
    units : sold in the period today
    Returns: one row per lever: lever, way, ratio_before, ratio_after, spent (dollars for each unit sold today: what the
        firm gives up in price, cost and fixed cost), ratio_per_dollar (missing where nothing is spent), surplus_after,
        margin_after, created_after (dollars for each unit, before the fixed cost), profit_same_units (change in dollars
        if nobody else buys), break_even_units (units more that make up for it; inf where no number can)

    >>> wok = Offer(40, 24, benefits={"use": 63}, sacrifices={"time": 4, "effort": 3, "risk": 5})
    >>> levers = [Lever("3 dollars off", "ratio", price_change=-3), Lever("a gift", "ratio", {"gift": 4}, unit_cost=3)]
    >>> compare(wok, levers, units=700)[["lever", "ratio_after", "created_after", "break_even_units"]].round(3)
               lever  ratio_after  created_after  break_even_units
    0  3 dollars off        1.378           27.0           161.538
    1         a gift        1.375           28.0           161.538
    """
    n = number("units", units, 0, low_open=True)
    rows = []
    for lever in _several(levers):
        after = pull(offer, lever)
        given = offer.margin - after.margin
        spent = given + lever.fixed_cost / n
        moved = after.ratio - offer.ratio
        rows.append({
            "lever": lever.name,
            "way": lever.way,
            "ratio_before": offer.ratio,
            "ratio_after": after.ratio,
            "spent": spent,
            "ratio_per_dollar": moved / spent if spent > 0 else np.nan,
            "surplus_after": after.surplus,
            "margin_after": after.margin,
            "created_after": after.created,
            "profit_same_units": -n * spent,
            "break_even_units": break_even_units(offer.margin, given, n, lever.fixed_cost),
        })  # fmt: skip
    return pd.DataFrame(rows)


def profits(offer, levers, willingness):
    """What each lever brings when customers differ: who buys, who keeps what, and the firm's profit.

    willingness : the most that each customer would pay for the offer as it is, dollars; each lever raises all of them
        by what it is worth, which is an assumption
    Returns: one row as it is and one per lever: lever, price, buyers, more_buyers, surplus (of all buyers), fixed_cost,
        profit (margin of all buyers less the fixed cost), change (of the profit), kept_out; dollars

    >>> wok = Offer(40, 24, benefits={"use": 63}, sacrifices={"time": 4, "effort": 3, "risk": 5})
    >>> gift = Lever("a gift", "ratio", {"gift": 4}, unit_cost=3)
    >>> profits(wok, [gift], [60, 45, 38, 30])[["lever", "buyers", "surplus", "profit", "change"]]
          lever  buyers  surplus  profit  change
    0  as it is       2     25.0    32.0     0.0
    1    a gift       3     35.0    39.0     7.0
    """
    willing, rows = np.asarray(willingness, dtype=float), []
    for lever in [Lever("as it is", "ratio"), *_several(levers)]:
        after = pull(offer, lever)
        now = market(willing + lever.worth, after.price, after.cost).iloc[0]
        row = {"lever": lever.name, "price": after.price, "buyers": int(now["buyers"])}
        first = rows[0] if rows else row | {"profit": now["margin"]}
        profit = now["margin"] - lever.fixed_cost
        row |= {"more_buyers": row["buyers"] - first["buyers"], "surplus": now["surplus"]}
        row |= {"fixed_cost": lever.fixed_cost, "profit": profit, "change": profit - first["profit"]}
        rows.append(row | {"kept_out": now["kept_out"]})
    return pd.DataFrame(rows)


def _several(levers):
    if isinstance(levers, Lever):
        levers = [levers]
    names = [lever.name for lever in levers]
    if not names or len(set(names)) < len(names):
        raise Refusal("levers need different names, and at least one.", ", ".join(names) or "none", "[gift, delivery]")
    return levers


def _freeze(thing, name):
    """Check {what: dollars} and keep a copy that nobody can change."""
    given = getattr(thing, name)
    if not hasattr(given, "items"):
        raise Refusal(f"{name} need a name and dollars for each.", repr(given)[:80], f"{name}={{'looks': 8}}")
    checked = {what: number(f"{name}[{what!r}]", dollars, 0) for what, dollars in given.items()}
    object.__setattr__(thing, name, MappingProxyType(checked))
