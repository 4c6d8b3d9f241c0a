"""Records that were made, not collected: customers of a known model, and a whole firm whose truths are known."""

from crmlearn.simulate.customers import people
from crmlearn.simulate.firms import Firm, firm
from crmlearn.simulate.populations import Population, orders_of, population, renewals
from crmlearn.simulate.weeks import History, history
from crmlearn.simulate.worlds import CAMPAIGNS, World

__all__ = [
    "CAMPAIGNS",
    "Firm",
    "History",
    "Population",
    "World",
    "firm",
    "history",
    "orders_of",
    "people",
    "population",
    "renewals",
]
