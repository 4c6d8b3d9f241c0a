"""Week by week: customers order, ask for help, stay or leave. Service, campaigns and loyalty push back."""

from dataclasses import dataclass, replace

import numpy as np

from crmlearn.simulate.customers import WEEKS, season
from crmlearn.simulate.streams import stream
from crmlearn.simulate.worlds import (
    CALMER,
    CAMPAIGNS,
    INVITED_WEEK,
    LOST_TIMES,
    LOST_WEEKS,
    LOYALTY_LIFT,
    LOYALTY_WEEK,
    PILOT_WEEK,
    STAYS,
    TRIGGERED,
    World,
)

MARGIN = 0.42  # share of an order's value that is contribution, before a discount
SLOW_HOURS = 48


@dataclass(frozen=True)
class History:
    """What happened: arrays of weeks by customers unless said otherwise."""

    orders: np.ndarray
    value: np.ndarray  # of an order in that week, dollars, before a discount
    discount: np.ndarray
    refunded: np.ndarray  # share of one order of that week that was paid back
    tickets: np.ndarray
    hours: np.ndarray  # until the first answer; nan without a ticket
    left: np.ndarray  # week of each customer; WEEKS where they stayed
    member: np.ndarray  # week of joining the loyalty programme; WEEKS where they never did
    pilot: np.ndarray  # 1 fast help, 0 usual help, -1 not in the pilot
    invited: np.ndarray  # 1, 0, -1 alike
    arms: dict  # campaign id -> number of the arm, 0 control, -1 not eligible; for each customer

    def margin(self, begin=0, until=WEEKS):
        """Dollars of contribution of each customer in these weeks, refunds taken off."""
        w = slice(begin, until)
        net = (self.orders[w] - self.refunded[w]) * self.value[w] * (MARGIN - self.discount[w])
        return net.sum(axis=0, dtype="float64")

    def active(self, begin, until):
        """Whether each customer ordered in these weeks."""
        return self.orders[max(begin, 0) : until].any(axis=0)


def history(hidden, seed, world=None, past=None, begin=0, until=WEEKS, luck=None):
    """Let the weeks pass.

    hidden : from `people`; world : what is different; luck : number of another luck for the same customers and lots
    past, begin : a history and the week from which on it shall happen anew, until : the week before which it ends
    Returns: History

    >>> from crmlearn.simulate import people
    >>> customers, hidden = people(seed=1, n=1000)
    >>> as_it_was, faster = history(hidden, 1), history(hidden, 1, World(service="fast"))
    >>> bool(faster.margin().sum() > as_it_was.margin().sum())
    True
    """
    world = world or World()
    n = len(hidden["week"])
    lots = stream(seed, "lots").random((len(CAMPAIGNS) + 2, n), dtype="float32")
    random = stream(seed, "weeks" if luck is None else f"weeks {luck}")
    shape = (until - begin, n)
    u_order, u_leave, u_ticket, u_join, u_refund = (random.random(shape, dtype="float32") for _ in range(5))
    z_value, z_wait = (random.standard_normal(shape, dtype="float32") for _ in range(2))
    seen = _blank(n) if past is None else _until(past, begin)
    joined, rate = hidden["week"], hidden["rate"].astype("float32")
    usual, seasonal = hidden["usual"].astype("float32"), season().astype("float32")
    keen = np.clip(rate / rate.mean(), 0, 3)
    for t in range(begin, until):
        k = t - begin
        here = (joined < t) & (seen.left == WEEKS)
        _drawn(seen, t, here, hidden, lots, world)
        lift = np.ones(n, "float32")
        for campaign in CAMPAIGNS:
            if campaign.week <= t < campaign.week + campaign.weeks:
                lift *= _pushed(seen, t, campaign, hidden["segment"])
        if t >= LOYALTY_WEEK:
            joins = u_join[k] < np.where((seen.invited == 1) & (t == INVITED_WEEK), 0.25 + 0.2 * keen, 0.004 * keen)
            seen.member[joins & here & (seen.member == WEEKS)] = t
            if world.loyalty:
                lift *= np.where(seen.member < t, 1 + LOYALTY_LIFT, 1)
        seen.orders[t] = _poisson(u_order[k], rate * lift * seasonal[t], here) + (joined == t)
        seen.value[t] = usual * np.exp(0.45 * z_value[k] - 0.45**2 / 2)
        bought = seen.orders[t] > 0
        seen.refunded[t] = np.where(bought & (u_refund[k] < 0.045), np.where(u_refund[k] < 0.025, 1, 0.5), 0)
        quick = ((seen.pilot == 1) & (t >= PILOT_WEEK)) | (world.service == "fast")
        seen.tickets[t] = here & (u_ticket[k] < np.where(bought, 0.075, 0.004))
        seen.hours[t] = np.where(seen.tickets[t], np.exp(np.where(quick, 1.4, 2.9) + 0.95 * z_wait[k]), np.nan)
        felt = hidden["anxiety"] + np.where(quick, CALMER, 0)
        hazard = hidden["leave"] * np.exp(-STAYS * (felt - 6.0))
        hazard *= np.where((seen.hours[max(t - 8, 0) : t + 1] > SLOW_HOURS).any(axis=0), 2.5, 1)
        hazard *= np.where(seen.refunded[max(t - 6, 0) : t + 1].any(axis=0), 1.3, 1)
        for side in ("firm", "customer"):  # a new person on either side, and nobody left a note
            since = t - hidden[f"new_at_{side}"]
            lost = ~hidden[f"noted_at_{side}"] & (since >= 0) & (since < LOST_WEEKS)
            hazard *= np.where(lost & (world.notes == "as it was"), LOST_TIMES, 1)
        seen.left[(joined <= t) & (seen.left == WEEKS) & (u_leave[k] < np.minimum(hazard, 0.95))] = t
    return seen


def _drawn(seen, t, here, hidden, lots, world):
    """What is drawn by lot in this week, among those whom the firm's own records show to be active."""
    person = ~hidden["business"]
    for k, campaign in enumerate(CAMPAIGNS):
        if t == campaign.week:
            allowed = hidden[f"{campaign.channel}_until"] > t
            if campaign.channel == "sms":  # without consent, those whose number is not on the register
                allowed |= ~hidden["listed"]
            eligible = person & allowed & seen.active(t - 52, t) & (hidden["week"] <= t - 8)
            drawn = (lots[k] - campaign.control) / (1 - campaign.control)
            arm = np.where(drawn < 0, 0, 1 + (drawn * len(campaign.arms)).astype("int8"))
            if campaign.campaign_id in world.campaigns:
                sent = world.campaigns[campaign.campaign_id]
                arm[:] = 0 if sent is None else 1 + list(campaign.arms).index(sent)
            seen.arms[campaign.campaign_id] = np.where(eligible, arm, -1).astype("int8")
    invitable = person & (hidden["email_until"] > t) & (seen.member == WEEKS) & seen.active(t - 26, t)
    for week, name, lot, among in (
        (PILOT_WEEK, "pilot", lots[-1], person & seen.active(t - 26, t)),
        (INVITED_WEEK, "invited", lots[-2], invitable),
    ):
        if t == week:
            chosen = {"by lot": lot < 0.5, "nobody": False, "everybody": True}[getattr(world, name)]
            getattr(seen, name)[:] = np.where(among, chosen, -1)


def _pushed(seen, t, campaign, segment):
    """How many times as many orders; discounts are noted on the way."""
    arm = seen.arms[campaign.campaign_id]
    seen.discount[t] = np.maximum(seen.discount[t], np.where(arm > 0, campaign.discount, 0))
    times = np.ones(len(arm), "float32")
    for k, (name, lifts) in enumerate(campaign.arms.items(), 1):
        those = arm == k
        if name == "triggered":
            those &= seen.active(t - TRIGGERED, t)
        for part, lift in lifts.items():
            times[those & (segment == part)] = 1 + lift
    return times


def _blank(n):
    floats = [np.zeros((WEEKS, n), "float32") for _ in range(3)]
    weeks = [np.full(n, WEEKS) for _ in range(2)]
    draws = [np.full(n, -1, "int8") for _ in range(2)]
    tickets, hours = np.zeros((WEEKS, n), bool), np.full((WEEKS, n), np.nan, "float32")
    return History(np.zeros((WEEKS, n), "int16"), *floats, tickets, hours, *weeks, *draws, {})


def _until(past, begin):
    """A copy in which nothing has happened from a week on."""
    copies = {name: value.copy() for name, value in vars(past).items()}
    for name in ("orders", "value", "discount", "refunded", "tickets"):
        copies[name][begin:] = 0
    copies["hours"][begin:] = np.nan
    for name in ("left", "member"):
        copies[name][copies[name] >= begin] = WEEKS
    for week, name in ((PILOT_WEEK, "pilot"), (INVITED_WEEK, "invited")):
        if week >= begin:
            copies[name][:] = -1
    copies["arms"] = {c.campaign_id: past.arms[c.campaign_id] for c in CAMPAIGNS if c.week < begin}
    return replace(past, **copies)


def _poisson(u, mean, here):
    """Poisson numbers by their distribution function, so that more of a cause never means fewer orders."""
    numbers = np.zeros(len(u), "int16")
    some = np.flatnonzero(here & (u > np.exp(-mean)))
    u, mean = u[some].astype("float64"), mean[some].astype("float64")
    term = np.exp(-mean)
    total, k = term.copy(), np.zeros(len(u), "int16")
    for count in range(1, 12):
        k += u > total
        term = term * mean / count
        total = total + term
    numbers[some] = k
    return numbers
