"""What the firm did by lot, and worlds in which it did something else."""

from dataclasses import dataclass, field
from types import MappingProxyType

from crmlearn.errors import one_of
from crmlearn.simulate.customers import SEGMENTS


@dataclass(frozen=True)
class Campaign:
    """A campaign with a control group that was drawn by lot."""

    campaign_id: str
    name: str
    channel: str
    week: int
    weeks: int  # how long it works
    arms: MappingProxyType  # name of what was sent -> by how much the rate of orders rises, for each segment
    discount: float  # share taken off orders meanwhile
    cost_cents: int  # of one contact
    control: float  # share of the eligible who were left alone


def _all(lift):
    return dict.fromkeys(SEGMENTS, lift)


CAMPAIGNS = (
    Campaign("C1", "Welcome back", "email", 40, 4, MappingProxyType({"message": _all(0.45)}), 0.00, 4, 0.35),
    Campaign("C2", "Mid-year sale", "app", 74, 4, MappingProxyType({"message": _all(0.70)}), 0.05, 2, 0.35),
    Campaign(
        "C3", "Year-end gifts", "sms", 98, 5,
        MappingProxyType({  # which offer is best differs by segment: what mass customisation can use
            "voucher": _all(0.20) | {"students": 1.00, "young professionals": 0.35},
            "gift": _all(0.20) | {"families": 0.75},
            "delivery": _all(0.20) | {"retirees": 0.90, "young professionals": 0.55},
        }), 0.03, 9, 0.30,
    ),
    # It does nothing, and can be seen to.
    Campaign("C4", "Try our new tea", "email", 120, 4, MappingProxyType({"message": _all(0.00)}), 0.00, 4, 0.50),
    Campaign(
        "C5", "Spring kitchen", "email", 134, 6,
        MappingProxyType({"scheduled": _all(0.30), "triggered": _all(1.60)}), 0.00, 4, 0.30,
    ),
)  # fmt: skip
TRIGGERED = 2  # weeks after an order in which a triggered message works
PILOT_WEEK = 78  # fast help for a half of the active customers, drawn by lot
LOYALTY_WEEK = 26
INVITED_WEEK = 52  # a half of the active persons who are no members yet is invited, drawn by lot
LOYALTY_LIFT = 0.15
CALMER = 1.0  # points that fast help adds to the felt value "reduces anxiety"
STAYS = 0.35  # by how much one such point lowers the (log) chance to leave
LOST_WEEKS, LOST_TIMES = 13, 6  # how long, and how much more, a business account leaves after a change without notes


@dataclass(frozen=True)
class World:
    """What is different from what happened. Truths are differences between worlds that share their luck.

    campaigns : {campaign id: arm that every eligible customer gets, or None where nobody gets any}
    pilot, invited : "by lot", "nobody", "everybody" of those who took part in the draw
    loyalty : whether membership changes anything
    service : "as it was", or "fast" for everybody from the first week on
    notes : "as it was", or "always" left behind when a person changes at the firm or at a business account
    Errors: Refusal for words and campaigns that do not exist

    >>> World(campaigns={"C1": None}).pilot
    'by lot'
    """

    campaigns: dict = field(default_factory=dict)
    pilot: str = "by lot"
    invited: str = "by lot"
    loyalty: bool = True
    service: str = "as it was"
    notes: str = "as it was"

    def __post_init__(self):
        for name in ("pilot", "invited"):
            one_of(name, getattr(self, name), ("by lot", "nobody", "everybody"))
        one_of("service", self.service, ("as it was", "fast"))
        one_of("notes", self.notes, ("as it was", "always"))
        one_of("loyalty", self.loyalty, (True, False))
        known = {c.campaign_id: c for c in CAMPAIGNS}
        for key, arm in self.campaigns.items():
            one_of("campaign", key, tuple(known))
            one_of(f"arm of {key}", arm, (None, *known[key].arms))
