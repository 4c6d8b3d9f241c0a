"""The customers of the firm: who they are, how they were won, what they allow, and what nobody sees of them."""

import numpy as np
import pandas as pd

from crmlearn.simulate.streams import stream, whole

OPENING = pd.Timestamp("2023-01-02")  # a Monday; week 0 of the records
WEEKS = 156
LAST_DAY = OPENING + pd.Timedelta(weeks=WEEKS) - pd.Timedelta(days=1)
SEGMENTS = ("young professionals", "families", "students", "retirees", "business")
CHANNELS = ("shop", "search", "social", "referral", "partner")
REGIONS = ("Central", "East", "North", "North-East", "West")
LANGUAGES = ("English", "Mandarin", "Malay", "Tamil")
NEEDS = ("quick meals", "baking", "small spaces", "gifts", "entertaining")
WRITTEN = ("email", "sms", "app", "phone")  # ways in which the firm may reach somebody
SHARE = dict(zip(SEGMENTS, (0.30, 0.35, 0.13, 0.18, 0.04), strict=True))
# Orders a week, chance to leave in a week, and the usual order in dollars, by segment.
RATE = dict(zip(SEGMENTS, (0.085, 0.115, 0.055, 0.075, 0.300), strict=True))
LEAVE = dict(zip(SEGMENTS, (0.014, 0.009, 0.020, 0.010, 0.006), strict=True))
ORDER = dict(zip(SEGMENTS, (38.0, 52.0, 24.0, 41.0, 180.0), strict=True))
AGES = {
    "young professionals": ("25-34", "35-44"),
    "families": ("35-44", "45-54"),
    "students": ("18-24", "18-24"),
    "retirees": ("65 and over", "55-64"),
}
# How a channel of acquisition differs: orders, leaving, cost of one customer in dollars.
OF_CHANNEL = {
    "shop": (1.00, 1.00, 12.0),
    "search": (1.00, 1.05, 45.0),
    "social": (0.75, 1.50, 38.0),
    "referral": (1.25, 0.65, 20.0),
    "partner": (0.90, 1.10, 55.0),
}
GIVES_CONSENT = dict(zip(WRITTEN, (0.72, 0.38, 0.55, 0.20), strict=True))
WITHDRAWS_PER_WEEK = 0.0014
_COLOURS = ("Amber", "Azure", "Coral", "Ebony", "Ivory", "Jade", "Lilac", "Mauve", "Ochre", "Pearl", "Russet", "Sable")
_THINGS = ("Bowl", "Grater", "Griddle", "Jug", "Kettle", "Ladle", "Mortar", "Pan", "Platter", "Sieve", "Whisk", "Wok")


def people(seed, n):
    """Everybody who ever became a customer, in the order in which they came.

    seed : whole number; n : how many
    Returns: (customers: what the firm's records say; hidden: what only the simulation knows, arrays by name)

    >>> customers, hidden = people(seed=1, n=500)
    >>> customers["kind"].value_counts().index.tolist(), hidden["rate"].shape
    (['person', 'business'], (500,))
    """
    seed, n = whole("seed", seed, 0, "people(seed=1, n=3000)"), whole("n", n, 1, "people(seed=1, n=3000)")
    random = stream(seed, "people")
    week = np.sort(random.choice(WEEKS, n, p=_joining()))
    segment = random.choice(SEGMENTS, n, p=list(SHARE.values()))
    late = week / WEEKS  # social media wins more and more of them
    channel = np.where(
        random.random(n) < 0.12 + 0.22 * late,
        "social",
        random.choice([c for c in CHANNELS if c != "social"], n, p=[0.42, 0.30, 0.17, 0.11]),
    )
    business = segment == "business"
    channel = np.where(business & (channel == "social"), "partner", channel)
    rate, leave, cost = (_looked_up(channel, {c: OF_CHANNEL[c][k] for c in CHANNELS}) for k in range(3))
    rate = rate * _looked_up(segment, RATE) * random.gamma(1.6, 1 / 1.6, n)
    leave = leave * _looked_up(segment, LEAVE) * random.gamma(1.2, 1 / 1.2, n)
    usual = _looked_up(segment, ORDER) * np.exp(random.normal(-0.045, 0.30, n))
    anxiety = np.clip(random.normal(6.0, 1.4, n), 0, 10)  # the value element "reduces anxiety" as it is felt
    cost = cost * np.where(business, 7, 1) * np.exp(random.normal(-0.08, 0.4, n))
    day = random.integers(0, 7, n)
    ids = [f"P{k:05d}" for k in range(1, n + 1)]
    named = random.integers(0, len(_COLOURS) * len(_THINGS), n)
    older = random.random(n) < 0.4
    age = [None if s == "business" else AGES[s][int(o)] for s, o in zip(segment, older, strict=True)]
    customers = pd.DataFrame(
        {
            "customer_id": ids,
            # Nobody can be meant: a kitchen has these names, no Singapore number starts with 0, and example.com
            # belongs to nobody.
            "name": [f"{_COLOURS[k % 12]} {_THINGS[k // 12]} {i[1:]}" for i, k in zip(ids, named, strict=True)],
            "kind": np.where(business, "business", "person"),
            "segment": segment,
            "age_band": age,
            "language": random.choice(LANGUAGES, n, p=[0.62, 0.24, 0.09, 0.05]),
            "region": random.choice(REGIONS, n, p=[0.27, 0.19, 0.13, 0.22, 0.19]),
            "need": random.choice(NEEDS, n, p=[0.31, 0.17, 0.22, 0.16, 0.14]),
            "acquired_by": channel,
            "acquired_on": (OPENING + pd.to_timedelta(week * 7 + day, "D")).astype("datetime64[us]"),
            "acquisition_cost_cents": np.rint(100 * cost).astype("int64"),
            "phone": [f"0{k:07d}" for k in random.choice(10_000_000, n, replace=False)],
            "email": [f"{i.lower()}@example.com" for i in ids],
            "nric": _impossible_nrics(random, n, business),
        }
    )
    hidden = {"week": week, "day": day, "rate": rate, "leave": leave, "usual": usual, "anxiety": anxiety}
    hidden |= {"segment": segment, "business": business, **_allowed(seed, n, week), **_changes(seed, n, week, business)}
    return customers, hidden


def _looked_up(keys, table):
    names, places = np.unique(keys, return_inverse=True)
    return np.array([table[name] for name in names])[places]


def _allowed(seed, n, week):
    """First week in which each way to write is no longer allowed: before joining if it never was, WEEKS if it is."""
    random = stream(seed, "consents")
    until = {}
    for way in WRITTEN:
        gives = random.random(n) < GIVES_CONSENT[way]
        withdrawn = week + random.geometric(WITHDRAWS_PER_WEEK, n)
        until[f"{way}_until"] = np.where(gives, np.minimum(withdrawn, WEEKS), -1)
    return until | {"listed": random.random(n) < 0.34}  # their number is on the No Text Message register


def _changes(seed, n, week, business):
    """At most one change of the person in charge on each side of a business account; notes are left by chance."""
    random = stream(seed, "changes")
    told = {}
    for side, often in (("firm", 0.010), ("customer", 0.007)):
        at = week + 4 + random.geometric(often, n)
        told[f"new_at_{side}"] = np.where(business & (at < WEEKS), at, 10 * WEEKS)
        told[f"noted_at_{side}"] = random.random(n) < 0.5
    return told


def _joining():
    """Shares of new customers by week: many at the opening, more before the holidays, slowly fewer."""
    t = np.arange(WEEKS)
    weight = 0.7 + 1.1 * np.exp(-t / 10) + 0.25 * (season() - 1) / 0.3 - 0.15 * t / WEEKS
    return weight / weight.sum()


def season():
    """How much more is bought in each week: Lunar New Year, the mid-year sale, November and December."""
    dates = OPENING + pd.to_timedelta(np.arange(WEEKS) * 7, "D")
    more = pd.Series(1.0, index=dates)
    for start, end, times in (("01-10", "02-10", 1.15), ("06-01", "06-30", 1.08), ("11-05", "12-28", 1.30)):
        for year in sorted(set(dates.year)):
            more.loc[f"{year}-{start}" : f"{year}-{end}"] = times
    return more.to_numpy()


def _impossible_nrics(random, n, business):
    """Shaped like an identity number, and with a check letter that is wrong for sure."""
    digits = random.integers(0, 10, (n, 7))
    check = (digits * np.array([2, 7, 6, 5, 4, 3, 2])).sum(axis=1) % 11
    letters = np.array(list("JZIHGFEDCBA"))
    wrong = letters[(check + random.integers(1, 11, n)) % 11]
    return [None if b else f"S{''.join(map(str, d))}{w}" for d, w, b in zip(digits, wrong, business, strict=True)]
