"""A whole firm: its tables, and what is true about it."""

from dataclasses import dataclass, field

from crmlearn.simulate import customers as people_of
from crmlearn.simulate import marketing, messy, surveys, worlds
from crmlearn.simulate.baskets import TOGETHER, baskets
from crmlearn.simulate.helpdesk import helpdesk
from crmlearn.simulate.office import office
from crmlearn.simulate.plus import memberships
from crmlearn.simulate.selling import selling, staff_of
from crmlearn.simulate.streams import whole
from crmlearn.simulate.truths import truths
from crmlearn.simulate.weeks import MARGIN, SLOW_HOURS, history

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
    customers : how many people and business accounts ever ordered, at least 300
    Returns: Firm(tables, truth). Money stands in whole cents, in columns that end in _cents. truth holds parameters,
        estimands (found by letting the weeks pass again in another world) and counts of what was planted

    >>> drawn = firm(seed=1, customers=300)
    >>> len(drawn.tables["customers"]), drawn.tables["orders"].customer_id.nunique()
    (300, 300)
    """
    seed = whole("seed", seed, 0, "firm(seed=1)")
    customers = whole("customers", customers, 300, "firm(customers=3000)")
    who, hidden = people_of.people(seed, customers)
    past = history(hidden, seed)
    orders, lines, planted = baskets(who, hidden, past, seed)
    staff = staff_of(seed)
    tables = {"customers": who, "orders": orders, "order_lines": lines, "staff": staff}
    told = {"orders": planted}
    for name, made in (
        ("marketing", marketing.marketing(who, hidden, past, orders, seed)),
        ("helpdesk", helpdesk(who, past, staff, seed)),
        ("selling", selling(who, hidden, past, staff, seed)),
        ("office", office(who, orders, seed)),
    ):
        tables |= made[0]
        told[name] = made[1]
    tables["survey"], told["survey"] = surveys.survey(who, hidden, past, seed)
    tables["memberships"] = memberships(who, seed)
    tables["messy_orders"], told["messy_orders"] = messy.messy(orders, lines, seed)
    truth = {"name": NAME, "seed": seed, "customers": customers, "parameters": _parameters()}
    truth |= {"estimands": truths(who, hidden, past, seed), "planted": told}
    return Firm({name: _typed(tables[name]) for name in sorted(tables)}, _rounded(truth))


def _typed(table):
    """Texts as texts, also where most are missing."""
    mixed = [c for c in table.columns if table[c].dtype == object]
    return table.astype(dict.fromkeys(mixed, "str")).reset_index(drop=True)


def _parameters():
    """What the weeks are made of."""
    return {
        "orders_per_week": people_of.RATE,
        "leaving_per_week": people_of.LEAVE,
        "usual_order_dollars": people_of.ORDER,
        "channel_of_acquisition": {
            name: dict(zip(("orders_times", "leaving_times", "cost_dollars"), parts, strict=True))
            for name, parts in people_of.OF_CHANNEL.items()
        },
        "margin_share": MARGIN,
        "campaign_lifts": {
            c.campaign_id: {arm: dict(lifts) for arm, lifts in c.arms.items()} for c in worlds.CAMPAIGNS
        },
        "loyalty_lift": worlds.LOYALTY_LIFT,
        "fast_help_adds_to_reduces_anxiety": worlds.CALMER,
        "one_point_lowers_log_hazard_by": worlds.STAYS,
        "slow_answer": {"hours": SLOW_HOURS, "leaving_times": 2.5, "weeks": 8},
        "refund": {"leaving_times": 1.3, "weeks": 6},
        "change_without_notes": {"leaving_times": worlds.LOST_TIMES, "weeks": worlds.LOST_WEEKS},
        "bought_together": {leader: list(pair) for leader, pair in TOGETHER.items()},
        "recommendation_weights": surveys.WEIGHTS,
    }


def _rounded(value):
    """Numbers with six significant digits: what another machine may round otherwise is not told."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
