"""What is true about the firm: differences between worlds that share their luck, everything else being equal."""

import numpy as np

from crmlearn.simulate import surveys
from crmlearn.simulate.customers import WEEKS
from crmlearn.simulate.plus import PLANS
from crmlearn.simulate.weeks import history
from crmlearn.simulate.worlds import CAMPAIGNS, INVITED_WEEK, LOYALTY_WEEK, PILOT_WEEK, World

LATE = (WEEKS - 26, WEEKS)  # who orders in these weeks counts as still active
YEAR = (INVITED_WEEK + 1, INVITED_WEEK + 53)
LAST_YEAR = (WEEKS - 52, WEEKS)


def truths(customers, hidden, past, seed, lucks=8):
    """All estimands, with their meaning in words.

    past : the history that the records tell
    lucks : how many other futures are averaged for each difference
    Returns: {name: {"means": words, "value": number or table}}; money in dollars
    """
    told = {}
    for campaign in CAMPAIGNS:
        told[campaign.campaign_id] = _of_campaign(hidden, past, seed, campaign, lucks)
    told["pilot"] = _of_pilot(customers, hidden, past, seed, lucks)
    told["invitation"] = _of_invitation(hidden, past, seed, lucks)
    told["loyalty"] = _of_loyalty(hidden, past, seed)
    told["service"] = _of_service(hidden, past, seed)
    told["notes"] = _of_notes(hidden, past, seed)
    told["membership"] = {
        "means": "each member ends the membership at a renewal with a chance of their own, drawn from "
        "Beta(alpha, beta): the sBG model",
        "value": {f"{kind} {plan}": {"alpha": p[1], "beta": p[2]} for (kind, plan), p in PLANS.items()},
    }
    return told


def _difference(hidden, seed, past, begin, until, worlds, outcome, lucks):
    """Mean over lucks of outcome(second world) - outcome(first world), a number for each customer."""
    total = 0
    for luck in range(lucks):
        low, high = (
            outcome(history(hidden, seed, world, past=past, begin=begin, until=until, luck=luck)) for world in worlds
        )
        total = total + (np.asarray(high, float) - low)
    return total / lucks


def _of_campaign(hidden, past, seed, campaign, lucks):
    key, begin, until = campaign.campaign_id, campaign.week, campaign.week + campaign.weeks
    eligible = past.arms[key] >= 0
    value, by_segment = {}, {}
    for arm in campaign.arms:
        worlds = World(campaigns={key: None}), World(campaigns={key: arm})
        more = _difference(hidden, seed, past, begin, until, worlds, lambda h: h.margin(begin, until), lucks)
        value[arm] = float(more[eligible].mean())
        segments = np.unique(hidden["segment"][eligible])
        by_segment[arm] = {s: float(more[eligible & (hidden["segment"] == s)].mean()) for s in segments}
    means = (
        "contribution in dollars, before the cost of the campaign, that the message added per eligible customer in the "
        "campaign's weeks: all eligible get it, against none"
    )
    value["all arms"] = float(np.mean(list(value.values())))
    told = {"means": means, "weeks": [begin, until], "value": value}
    return told | ({"by_segment": by_segment} if len(campaign.arms) > 1 else {})


def _of_pilot(customers, hidden, past, seed, lucks):
    those, worlds = past.pilot >= 0, (World(pilot="nobody"), World(pilot="everybody"))

    def outcome(h):
        return np.stack([h.margin(PILOT_WEEK), h.active(*LATE)])

    margin, active = _difference(hidden, seed, past, PILOT_WEEK, WEEKS, worlds, outcome, lucks)[:, those].mean(axis=1)
    usual, quick = (_anxiety(customers, hidden, past, seed, fast) for fast in (False, True))
    return {
        "means": "fast help for everybody in the pilot against nobody, from week 78 to the end: contribution in "
        "dollars per customer; share who order in the last 26 weeks; points of "
        "'reduces anxiety' in wave 2 of the survey",
        "value": {"margin": float(margin), "active": float(active), "reduces_anxiety": quick - usual},
    }


def _anxiety(customers, hidden, past, seed, fast):
    """Mean score in the second wave, over those in the pilot."""
    answers, _ = surveys.survey(customers, hidden, past, seed, fast)
    those = np.asarray(customers["customer_id"])[past.pilot >= 0]
    mine = answers[
        (answers["wave"] == 2) & (answers["brand"] == surveys.BRANDS[0]) & answers["customer_id"].isin(those)
    ]
    return float(mine["reduces_anxiety"].mean())


def _of_invitation(hidden, past, seed, lucks):
    those, worlds = past.invited >= 0, (World(invited="nobody"), World(invited="everybody"))

    def outcome(h):
        return h.margin(*YEAR)

    more = _difference(hidden, seed, past, INVITED_WEEK, YEAR[1], worlds, outcome, lucks)[those]
    return {
        "means": "contribution in dollars in the year after the invitation, per customer in the draw: all invited to "
        "the loyalty programme, against none (joining stays free)",
        "value": float(more.mean()),
    }


def _of_loyalty(hidden, past, seed):
    without = history(hidden, seed, World(loyalty=False))
    begun = hidden["week"] < LAST_YEAR[0]
    member = begun & (past.member < LAST_YEAR[0])
    spent = past.margin(*LAST_YEAR)
    return {
        "means": "contribution in dollars of the last year per member who joined before it: with membership, against "
        "without. The naive comparison of members with all others also holds that the keen join",
        "value": float((spent - without.margin(*LAST_YEAR))[member].mean()),
        "naive": float(spent[member].mean() - spent[begun & ~member].mean()),
        "since_week": LOYALTY_WEEK,
    }


def _of_service(hidden, past, seed):
    fast = history(hidden, seed, World(service="fast"))
    return {
        "means": "contribution in dollars over the three years per customer: fast help for everybody from the first "
        "day, against help as it was",
        "value": float((fast.margin() - past.margin()).mean()),
    }


def _of_notes(hidden, past, seed):
    """Of business accounts whose person changed and nobody left a note."""
    always = history(hidden, seed, World(notes="always"))
    lost = np.zeros(len(past.left), bool)
    for side in ("firm", "customer"):
        week = hidden[f"new_at_{side}"]
        lost |= (week < WEEKS) & (past.left >= week) & ~hidden[f"noted_at_{side}"]
    return {
        "means": "weeks within the records that a business account stays longer if notes are left at each change of "
        "the person in charge, mean over the accounts where a change came without them",
        "value": float((always.left - past.left)[lost].mean()) if lost.any() else None,
    }
