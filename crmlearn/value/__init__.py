"""Who gains what from an exchange, and five ways to raise the gain.

exchange: what a sale creates, and who keeps which part, for one customer and for many · levers: five ways to create
value, pulled on one offer · giving: what must be sold more to pay for a gift or a price cut · trials: what a lever did,
measured against customers drawn by lot. Value for the customer is benefits less sacrifices: Zeithaml (1988), Journal of
Marketing 52(3), 2-22; created value is willingness to pay less cost, split by the price: Brandenburger & Stuart (1996),
Journal of Economics & Management Strategy 5(1), 5-24.
"""

from crmlearn.value.exchange import by_price, for_customer, market, split
from crmlearn.value.giving import break_even_units
from crmlearn.value.levers import WAYS, Lever, Offer, compare, profits, pull
from crmlearn.value.trials import lift

__all__ = [
    "WAYS", "Lever", "Offer", "break_even_units", "by_price", "compare", "for_customer", "lift", "market", "profits",
    "pull", "split",
]  # fmt: skip
