"""Tickets, some of them still open, and what was said in public."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import LAST_DAY, OPENING, WEEKS
from crmlearn.simulate.streams import stream
from crmlearn.simulate.worlds import PILOT_WEEK

BRANDS = ("Kualiwick Home", "Rival A", "Rival B")
END = LAST_DAY + pd.Timedelta(hours=23, minutes=59)
FORGOTTEN = 45  # tickets that nobody closed, planted
_ASKED = ("email", "phone", "chat", "social", "shop")
_TOPICS = ("delivery", "product fault", "refund", "question", "bill")
_SAID = {
    "positive": (
        "love my new {} from {}",
        "{} arrived fast, thanks {}",
        "best {} so far, well done {}",
        "{1}: the {0} is lovely",
    ),
    "neutral": (
        "does {1} have the {0} in stock?",
        "looking at a {} at {}",
        "{1} opens at ten, getting a {0}",
        "is the {0} of {1} for gas too?",
    ),
    "negative": (
        "my {} broke after a week, {}",
        "still waiting for my {}, {}",
        "{1} never answers about the {0}",
        "{} from {}: not again",
    ),
}
_WHAT = ("wok", "kettle", "cake tin", "spice rack", "lunch box", "teapot", "pan", "apron")


def helpdesk(customers, past, staff, seed):
    """Tickets and social posts.

    Returns: ({name: table}, planted)
    """
    random = stream(seed, "helpdesk")
    tickets, planted = _tickets(random, customers, past, staff)
    posts = _posts(random, customers)
    return {"tickets": tickets, "social_posts": posts}, planted


def _tickets(random, customers, past, staff):
    week, who = np.nonzero(past.tickets)
    n = len(week)
    waited = past.hours[week, who].astype("float64")
    # Who needs a quick answer takes the phone, the chat or the shop, so service levels differ by channel.
    weight = np.array([0.31, 0.22, 0.24, 0.13, 0.10]) * np.exp(
        -np.outer(np.log(waited / 18), [-0.3, 0.5, 0.6, 0.0, 0.8])
    )
    steps = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    asked = (random.random(n)[:, None] > steps[:, :4]).sum(axis=1)
    hour = np.where(asked == 4, random.uniform(10, 21.5, n), np.where(asked == 1, random.uniform(9, 18, n), 0.0))
    online = random.choice(24, n, p=_clock()) + random.random(n)
    hour = np.where(hour == 0, online, hour)
    created = OPENING + pd.to_timedelta((week * 7 + random.integers(0, 7, n)) * 24.0 + hour, "h").round("s")
    first = created + pd.to_timedelta(waited, "h").round("s")
    solved = first + pd.to_timedelta(np.exp(random.normal(2.2, 1.3, n)), "h").round("s")
    forgotten = np.zeros(n, bool)
    forgotten[random.choice(n, min(FORGOTTEN, n // 10), replace=False)] = True
    first, solved = (pd.Series(s.astype("datetime64[us]")) for s in (first, solved))
    first = first.where(first <= END)
    solved = solved.where((solved <= END) & ~forgotten)
    topic = np.array(_TOPICS)[random.choice(5, n, p=[0.30, 0.22, 0.16, 0.25, 0.07])]
    quick = (past.pilot[who] == 1) & (week >= PILOT_WEEK)
    agents = staff.loc[staff["department"] == "service", "staff_id"].to_numpy()
    table = pd.DataFrame(
        {
            "customer_id": np.asarray(customers["customer_id"])[who],
            "channel": np.array(_ASKED)[asked],
            "topic": topic,
            "is_complaint": (topic != "question") & (random.random(n) < 0.55),
            "created_at": created.astype("datetime64[us]"),
            "first_answer_at": first,
            "solved_at": solved,
            "queue": np.where(quick, "fast", "usual"),
            "staff_id": agents[random.integers(0, len(agents), n)],
            "reopened": (random.random(n) < 0.08) & solved.notna().to_numpy(),
        }
    ).sort_values("created_at", kind="stable", ignore_index=True)
    table.insert(0, "ticket_id", [f"T{k + 1:05d}" for k in range(n)])
    planted = {"open_tickets": int(table["solved_at"].isna().sum()), "forgotten_tickets": int(forgotten.sum())}
    return table, planted | {"unanswered_tickets": int(table["first_answer_at"].isna().sum())}


def _clock():
    """When people write: little at night, most after dinner."""
    hours = np.arange(24)
    weight = 0.15 + np.exp(-(((hours - 13) / 3.5) ** 2)) + 1.4 * np.exp(-(((hours - 21) / 2.2) ** 2))
    return weight / weight.sum()


def _posts(random, customers):
    n = max(4 * len(customers) // 10, 50)
    week = np.sort(random.integers(0, WEEKS, n))
    at = OPENING + pd.to_timedelta((week * 7 + random.integers(0, 7, n)) * 24.0 + random.choice(24, n, p=_clock()), "h")
    at = at + pd.to_timedelta(random.integers(0, 3600, n), "s")
    brand = random.choice(3, n, p=[0.42, 0.37, 0.21])
    later = week >= PILOT_WEEK
    good = np.array([0.40, 0.36, 0.44])[brand] + np.where((brand == 0) & later, 0.09, 0)
    luck = random.random(n)
    tone = np.where(luck < good, "positive", np.where(luck < good + 0.30, "neutral", "negative"))
    pick, what = random.integers(0, 4, n), random.integers(0, len(_WHAT), n)
    known = (brand == 0) & (random.random(n) < 0.3)
    own = np.asarray(customers["customer_id"])[random.integers(0, len(customers), n)]
    answers = (brand == 0) & (random.random(n) < np.where(tone == "negative", 0.7, 0.35))
    answered = at + pd.to_timedelta(np.exp(random.normal(1.6, 1.2, n)), "h").round("s")
    answered = pd.Series(answered.astype("datetime64[us]"))
    table = pd.DataFrame(
        {
            "at": at.astype("datetime64[us]"),
            "platform": random.choice(["pictures", "short posts", "forum"], n, p=[0.45, 0.35, 0.20]),
            "brand": np.array(BRANDS)[brand],
            "tone": tone,
            "text": [
                _SAID[t][k].format(_WHAT[w], BRANDS[b]) for t, k, w, b in zip(tone, pick, what, brand, strict=True)
            ],
            "reach": np.rint(np.exp(random.normal(5.2, 1.3, n))).astype("int32"),
            "customer_id": np.where(known, own, None),
            "answered_at": answered.where(answers & (answered <= END)),
        }
    ).sort_values("at", kind="stable", ignore_index=True)
    table.insert(0, "post_id", [f"S{k + 1:05d}" for k in range(n)])
    return table
