"""Dark patterns: pages built to lead people to what they did not want. What each does, and how it can be counted."""

from dataclasses import asdict, dataclass

import pandas as pd

from crmlearn.errors import Refusal, whole
from crmlearn.ethics.rows import days, known, numbers, picked
from crmlearn.proportions import wilson
from crmlearn.transactions.dates import as_datetime

_MONTHS = {"monthly": 1, "yearly": 12}


@dataclass(frozen=True)
class DarkPattern:
    """One pattern: its name, what it does, the honest version, what to count, and the family it belongs to."""

    name: str
    does: str
    honest: str
    count: str
    family: str
    source: str


_GRAY, _MATHUR = "Gray and others (2018)", "Mathur and others (2019)"
# The families are those of the two papers; names, examples and counts are ours.
DARK_PATTERNS = (
    DarkPattern("hard to leave", "one click to join, a call on a weekday to end it",
                "leaving takes the same way as joining", "steps to leave, less steps to join", "obstruction", _GRAY),
    DarkPattern("slipped into the basket", "something is added, or a fee shows at the last step",
                "all costs on the first page, and no thing that nobody chose",
                "baskets with a line that the buyer did not add", "sneaking", _GRAY),
    DarkPattern("box ticked beforehand", "who does nothing has agreed",
                "an empty box", "who agrees with an empty box, against a ticked one, by lot",
                "interface interference", _GRAY),
    DarkPattern("shaming", "the way out says: no, I like to pay more",
                "the way out says: no", "who says no to each wording, by lot", "misdirection", _MATHUR),
    DarkPattern("asked again and again", "a no holds until the next visit",
                "a no is kept", "requests that follow a no", "nagging", _GRAY),
    DarkPattern("more than is needed", "no purchase without an account or a telephone number",
                "asked for only what the order needs", "fields asked, less fields needed", "forced action", _GRAY),
    DarkPattern("false deadline", "a clock that starts anew when it is over",
                "a date that is kept, or none", "deadlines after which the price stayed", "urgency", _MATHUR),
    DarkPattern("false shortage", "only two left, and nobody counted",
                "the stock as counted, or nothing", "such messages, against the stock of that hour",
                "scarcity", _MATHUR),
    DarkPattern("invented crowd", "37 people look at this, drawn at random",
                "real numbers and real opinions, or none", "such messages, against the visits of that hour",
                "social proof", _MATHUR),
)  # fmt: skip


def dark_patterns():
    """Nine dark patterns as a table: name, does, honest, count (what would measure it), family, source.

    Sources: the families of Gray, Kou, Battles, Hoggatt & Toombs (2018), CHI Conference, and of Mathur and others
        (2019), Proceedings of the ACM on Human-Computer Interaction 3 (CSCW), article 81
    A list to ask with, and no legal test.

    >>> dark_patterns().name.tolist()[:2]
    ['hard to leave', 'slipped into the basket']
    """
    return pd.DataFrame([asdict(p) for p in DARK_PATTERNS])


def paid_unused(memberships, orders, as_of, idle_days=182):
    """Who pays for a membership and has not ordered for some time: a reason to ask them, and no proof of a trick.

    memberships : pandas table, one row per membership: customer_id, plan ("monthly" or "yearly"), price (dollars for
        each period), started_on, ended_on (missing while it runs); dates, or text such as 2021-04-03
    orders : pandas table: customer_id, date; no refunds and nothing cancelled
    as_of : date; only memberships that run then, and have run for idle_days, are looked at
    idle_days : whole days without an order that count as no use
    Returns: one row per plan, and all: plan, members, unused, share, low, top (Wilson, 95 %), paid_per_month (dollars,
        by those without use)
    Errors: Refusal where no membership has run for so long, where a price or a day is missing, and where no member
        stands in the orders (the numbers may be written differently in the two tables)

    >>> import pandas as pd
    >>> started, ended = pd.to_datetime(["2025-01-01"] * 2), pd.to_datetime([None, None])
    >>> plus = pd.DataFrame({"customer_id": ["a", "b"], "plan": "yearly", "price": 60.0, "started_on": started})
    >>> sold = pd.DataFrame({"customer_id": ["a"], "date": pd.to_datetime(["2025-11-01"])})
    >>> paid_unused(plus.assign(ended_on=ended), sold, "2025-12-28")[["plan", "members", "unused", "paid_per_month"]]
         plan  members  unused  paid_per_month
    0  yearly        2       1             5.0
    1     all        2       1             5.0
    """
    day = pd.Timestamp(as_datetime("as_of", as_of))
    idle = pd.Timedelta(days=whole("idle_days", idle_days, 1, "idle_days=182", 10_000))
    plus = _memberships(memberships)
    bought = picked("orders", orders, customer_id="customer_id", date="date")
    known(bought, bought.columns, {c: c for c in bought})
    bought["date"] = days(bought["date"], "date")
    runs = plus["ended_on"].isna() | (plus["ended_on"] > day)
    looked = plus[runs & (plus["started_on"] <= day - idle)]
    if not len(looked):
        raise Refusal("no membership has run for so long.", f"{int(runs.sum())} that run", "fewer idle_days")
    if set(plus["customer_id"]).isdisjoint(bought["customer_id"].unique()):
        raise Refusal("no member stands in the orders.",
                      f"members such as {plus['customer_id'][0]!r}, orders of {bought['customer_id'][0]!r}",
                      "the same customer_id in both tables, as text or as numbers")  # fmt: skip
    last = bought[bought["date"] < day + pd.Timedelta(days=1)].groupby("customer_id")["date"].max()
    # A day that is missing (never an order) compares as false, and so counts as no use.
    used = looked["customer_id"].map(last) > day - idle
    monthly = looked["price"] / looked["plan"].map(_MONTHS)
    rows = looked.assign(unused=~used, paid=monthly.where(~used, 0.0))
    told = pd.concat([rows, rows.assign(plan="all")]).groupby("plan", sort=False)
    told = told.agg(members=("unused", "size"), unused=("unused", "sum"), share=("unused", "mean"),
                    paid_per_month=("paid", "sum")).reset_index()  # fmt: skip
    low, top = wilson(told["share"].to_numpy(), told["members"].to_numpy())
    told.insert(4, "low", low)
    told.insert(5, "top", top)
    return told


def _memberships(table):
    names = ("customer_id", "plan", "price", "started_on", "ended_on")
    plus = picked("memberships", table, **{name: name for name in names})
    known(plus, names[:-1], {name: name for name in names})
    unknown = sorted(set(map(str, plus["plan"])) - set(_MONTHS))
    if unknown:
        raise Refusal(f"plan {unknown[0]!r} is not known.", "a plan", "'monthly' or 'yearly'")
    plus["price"] = numbers(plus["price"], "price", "dollars for each period, such as 6.00")
    if (plus["price"] < 0).any():
        raise Refusal("a membership costs less than nothing.", f"{plus['price'].min():g}", "prices of 0 or more")
    return plus.assign(**{name: days(plus[name], name) for name in ("started_on", "ended_on")})
