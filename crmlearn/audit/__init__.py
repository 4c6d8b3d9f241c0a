"""The customer-base audit: five lenses on who buys, and what was bought; every exhibit is a function to a table.

Each takes a log (or a transactions.Ledger made of it once) and its periods, and returns a table of the caller's kind.
Each holds its own books: what must add up is added up twice, and a table that does not balance is not returned.
Source of the five lenses: Fader, Hardie & Ross (2022), The Customer-Base Audit, Wharton School Press.
"""

from crmlearn.audit.collecting import LENSES, Exhibit, Exhibits, exhibits
from crmlearn.audit.concentrating import concentration, lorenz
from crmlearn.audit.decomposing import factor_bridge, lmdi, shapley
from crmlearn.audit.one_period import deciles, factors, frequency, one_time_buyers, spread, unprofitable
from crmlearn.audit.over_time import acquisition, cohorts_compared, one_cohort, repeat_rates, whole_base
from crmlearn.audit.paying_back import payback
from crmlearn.audit.products import co_purchase, entry, penetration
from crmlearn.audit.shop_numbers import CAVEAT, dashboard, refunds, time_between_orders, unit_economics
from crmlearn.audit.two_periods import bridge, lost_kept_new, new_or_returning, switching, up_down
from crmlearn.transactions.books import Unbalanced, balanced

__all__ = [
    "CAVEAT", "LENSES", "Exhibit", "Exhibits", "Unbalanced", "acquisition", "balanced", "bridge", "co_purchase",
    "cohorts_compared", "concentration", "dashboard", "deciles", "entry", "exhibits", "factor_bridge", "factors",
    "frequency", "lmdi", "lorenz", "lost_kept_new", "new_or_returning", "one_cohort", "one_time_buyers", "payback",
    "penetration", "refunds", "repeat_rates", "shapley", "spread", "switching", "time_between_orders",
    "unit_economics", "unprofitable", "up_down", "whole_base",
]  # fmt: skip
