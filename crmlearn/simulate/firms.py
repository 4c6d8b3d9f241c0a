"""A whole firm: its tables, and what is true about it."""

from dataclasses import dataclass, field

import numpy as np

from crmlearn.errors import Refusal
from crmlearn.simulate.baskets import baskets
from crmlearn.simulate.customers import people
from crmlearn.simulate.weeks import history

NAME = "Kualiwick Home"
SEED = 20_230_102
CUSTOMERS = 10_000


@dataclass(frozen=True)
class Firm:
    """The records of an invented firm (name -> pandas table), and what is true about it, which no table tells."""

    tables: dict
    truth: dict = field(repr=False)


def firm(seed=SEED, customers=CUSTOMERS):
    """Draw the firm: three years of an invented Singapore retailer of kitchen and home goods.

    seed : whole number; the same seed gives the same firm, value for value
    customers : how many people and business accounts ever ordered
    Returns: Firm(tables, truth). Money stands in whole cents, in columns that end in _cents

    >>> drawn = firm(seed=1, customers=300)
    >>> len(drawn.tables["customers"]), drawn.tables["orders"].customer_id.nunique()
    (300, 300)
    """
    for name, value, least in (("seed", seed, 0), ("customers", customers, 100)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise Refusal(
                f"{name} needs a whole number from {least} on.", repr(value)[:60], f"firm(seed=1, {name}=3000)"
            )
    who, hidden = people(seed, customers)
    past = history(hidden, seed)
    orders, lines, planted = baskets(who, hidden, past, seed)
    return Firm({"customers": who, "orders": orders, "order_lines": lines}, {"planted": {"orders": planted}})
