"""What a prospect is worth to somebody who sells a deal, and to somebody who builds a relationship."""

import math
from dataclasses import dataclass, fields, replace

import pandas as pd
from scipy.optimize import brentq

from crmlearn.errors import Refusal, number, one_of, whole


@dataclass(frozen=True)
class Strategy:
    """How somebody sells.

    name : str
    close : share of the prospects who buy a first time, in (0, 1]
    margin : what one deal leaves, in currency units
    repeat : chance that a customer buys again in the next period, having bought in this one, in [0, 1]
    cost_per_prospect : currency units, spent on each prospect, whether they buy or not
    care : currency units, spent on each customer in each period in which they buy

    >>> Strategy("hard sell", close=0.3, margin=50, repeat=0.1, cost_per_prospect=8).margin
    50.0
    """

    name: str
    close: float
    margin: float
    repeat: float = 0.0
    cost_per_prospect: float = 0.0
    care: float = 0.0

    def __post_init__(self):
        limits = {"close": (0, 1, True), "repeat": (0, 1, False)}
        for field in fields(self)[1:]:
            low, high, low_open = limits.get(field.name, (-math.inf if field.name == "margin" else 0, math.inf, False))
            checked = number(field.name, getattr(self, field.name), low, high, low_open=low_open)
            object.__setattr__(self, field.name, checked)


def customer_value(margin, repeat, discount_per_period, care=0.0, periods=None):
    """What a customer is worth who buys now, and buys again each period with the same chance.

    margin, care : currency units per deal; repeat : chance in [0, 1]; discount_per_period : above 0, or at least 0
        where `periods` is given
    periods : whole number of periods that count, the first deal among them; None for all that may come
    Returns: float, currency units now: (margin - care) (1 + d) / (1 + d - repeat), or the part of it until then
    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24, with the first deal now

    >>> round(customer_value(margin=100, repeat=0.8, discount_per_period=0.1), 2)
    366.67
    >>> customer_value(margin=100, repeat=0.5, discount_per_period=0, periods=2)
    150.0
    """
    number("repeat", repeat, 0, 1)
    kept = repeat / (1 + _discount(discount_per_period, periods))
    times = (
        1 / (1 - kept)
        if periods is None
        else math.fsum(kept**t for t in range(whole("periods", periods, 1, "periods=12")))
    )
    return (number("margin", margin) - number("care", care, 0)) * times


def value(strategy, discount_per_period, periods=None):
    """What one prospect is worth under a strategy.

    strategy : Strategy; discount_per_period, periods : as in customer_value
    Returns: float, currency units now: close x value of a customer - cost_per_prospect

    >>> value(Strategy("hard sell", close=0.5, margin=50, cost_per_prospect=8), discount_per_period=0.1)
    17.0
    """
    won = customer_value(strategy.margin, strategy.repeat, discount_per_period, strategy.care, periods)
    return strategy.close * won - strategy.cost_per_prospect


def break_even_repeat(deal, bond, discount_per_period, periods=None):
    """How often customers must come back for the relationship to be worth as much as the deal.

    deal : Strategy, taken as it is; bond : Strategy, whose `repeat` is looked for
    discount_per_period, periods : as in customer_value
    Returns: float, the chance to buy again; 0.0 where the relationship is worth more even if nobody comes back, inf
        where it is worth less even if everybody does

    >>> deal = Strategy("hard sell", close=0.5, margin=50, cost_per_prospect=5)
    >>> bond = Strategy("relationship", close=0.4, margin=40, cost_per_prospect=6, care=10)
    >>> round(break_even_repeat(deal, bond, discount_per_period=0.1), 4)  # 0.4 x 30 x 1.1 / (1.1 - r) - 6 = 20
    0.5923
    """

    def ahead(repeat):
        return value(replace(bond, repeat=repeat), discount_per_period, periods) - goal

    goal = value(deal, discount_per_period, periods)
    if ahead(0.0) >= 0:
        return 0.0
    if ahead(1.0) < 0:
        return math.inf
    return float(brentq(ahead, 0.0, 1.0, xtol=1e-12))


def by_repeat(deal, bond, repeats, discount_per_period, periods=None):
    """Both strategies for several chances that a well-kept customer comes back, and what the wrong choice costs.

    deal, bond : Strategy, of which the second is taken with each of `repeats` in turn
    Returns: one row per chance: repeat, deal, bond (currency units per prospect), better ("deal" or "bond"),
        wrong_choice_costs (currency units per prospect)

    >>> deal, bond = Strategy("d", close=0.5, margin=50), Strategy("b", close=0.4, margin=40)
    >>> by_repeat(deal, bond, [0, 0.5], discount_per_period=0.1)
       repeat  deal       bond better  wrong_choice_costs
    0     0.0  25.0  16.000000   deal            9.000000
    1     0.5  25.0  29.333333   bond            4.333333
    """
    rows = []
    for repeat in repeats:
        one = value(deal, discount_per_period, periods)
        other = value(replace(bond, repeat=repeat), discount_per_period, periods)
        rows.append((float(repeat), one, other, "bond" if other > one else "deal", abs(other - one)))
    return pd.DataFrame(rows, columns=["repeat", "deal", "bond", "better", "wrong_choice_costs"])


def sensitivity(deal, bond, ranges, discount_per_period, periods=None):
    """What moves the decision most: one number at a time goes from low to high, all others stay.

    ranges : {"bond.repeat": (low, high), "deal.close": (low, high), "discount_per_period": (low, high), ...}
    Returns: one row per number, the largest swing first: what, low, high, ahead_at_low, ahead_at_high (what the
        relationship is worth more than the deal, currency units per prospect), swing, turns (whether the decision does)
    Errors: Refusal for a name that neither strategy has

    >>> deal, bond = Strategy("d", close=0.5, margin=50), Strategy("b", close=0.4, margin=40, repeat=0.5)
    >>> sensitivity(deal, bond, {"bond.repeat": (0.2, 0.6)}, discount_per_period=0.1)[["what", "swing", "turns"]]
              what      swing  turns
    0  bond.repeat  15.644444   True
    """
    who = {"deal": deal, "bond": bond}
    names = [f"{w}.{f.name}" for w in who for f in fields(Strategy)[1:]] + ["discount_per_period"]
    if not ranges:
        raise Refusal("there is no range to try.", "an empty dict", '{"bond.repeat": (0.3, 0.7)}')

    def ahead(what, at):
        side, _, name = what.partition(".")
        changed = who | ({side: replace(who[side], **{name: at})} if name else {})
        discount = discount_per_period if name else at
        return value(changed["bond"], discount, periods) - value(changed["deal"], discount, periods)

    rows = []
    for what, (low, high) in ranges.items():
        one_of("ranges", what, tuple(names))
        at_low, at_high = ahead(what, low), ahead(what, high)
        rows.append((what, low, high, at_low, at_high, abs(at_high - at_low), (at_low > 0) != (at_high > 0)))
    table = pd.DataFrame(rows, columns=["what", "low", "high", "ahead_at_low", "ahead_at_high", "swing", "turns"])
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _discount(discount, periods):
    return number("discount_per_period", discount, 0, low_open=periods is None)
