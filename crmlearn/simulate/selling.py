"""Staff, leads, deals, and business accounts whose people change on both sides."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import LANGUAGES, LAST_DAY, OPENING, REGIONS, WEEKS
from crmlearn.simulate.streams import stream

STAGES = ("enquiry", "quote", "negotiation", "won", "lost")
NEVER_CALLED, BADLY_ROUTED = 0.11, 0.14  # shares of leads, planted
_WINS = {"enquiry": 0.22, "quote": 0.41, "negotiation": 0.66}


def staff_of(seed):
    """Everybody who worked for the firm, with the day they left if they did."""
    random = stream(seed, "staff")
    rows = []
    for k in range(36):
        department = ("sales", "sales", "marketing", "service", "service", "shop")[k % 6]
        joined = OPENING + pd.Timedelta(
            days=int(random.integers(-1200, 500)) if k > 11 else -int(random.integers(400, 2000))
        )
        leaves = k > 11 and random.random() < 0.38  # the first twelve stay: no department is ever empty
        left = max(joined, OPENING) + pd.Timedelta(days=int(random.integers(120, 900))) if leaves else pd.NaT
        left = left if leaves and left < LAST_DAY else pd.NaT
        second = str(random.choice(LANGUAGES[1:], p=[0.6, 0.25, 0.15]))
        speaks = "English" if random.random() < 0.35 else f"English {second}"
        row = {"staff_id": f"E{k + 1:02d}", "department": department, "region": REGIONS[k % 5], "languages": speaks}
        rows.append(
            row | {"joined_on": f"{joined:%Y-%m-%d}", "left_on": None if left is pd.NaT else f"{left:%Y-%m-%d}"}
        )
    return pd.DataFrame(rows)


def selling(customers, hidden, past, staff, seed):
    """Leads, deals with business accounts, and changes of the person in charge.

    Returns: ({name: table}, planted)
    """
    random = stream(seed, "selling")
    sellers = staff[(staff["department"] == "sales") & staff["left_on"].isna()]
    leads, planted = _leads(random, sellers, max(len(customers) * 3 // 20, 60))
    tables = {"leads": leads, "deals": _deals(random, customers, hidden, sellers)}
    return tables | {"handovers": _handovers(random, customers, hidden, past, sellers)}, planted


def _leads(random, sellers, n):
    at = OPENING + pd.to_timedelta(np.sort(random.integers(0, WEEKS * 7 * 86_400, n)), "s")
    language = random.choice(LANGUAGES, n, p=[0.62, 0.24, 0.09, 0.05])
    region = random.choice(REGIONS, n, p=[0.27, 0.19, 0.13, 0.22, 0.19])
    speaks = {w: sellers[sellers["languages"].str.contains(w)]["staff_id"].to_numpy() for w in LANGUAGES}
    silent = {w: sellers[~sellers["languages"].str.contains(w)]["staff_id"].to_numpy() for w in LANGUAGES}
    bad = (random.random(n) < BADLY_ROUTED) & np.array([w != "English" and len(silent[w]) > 0 for w in language])
    bad |= np.array([len(speaks[w]) == 0 for w in language])
    owner = [random.choice(silent[w] if b else speaks[w]) for w, b in zip(language, bad, strict=True)]
    never = random.random(n) < NEVER_CALLED
    hours = np.exp(random.normal(2.6, 1.2, n))
    called = pd.Series((at + pd.to_timedelta(hours, "h").round("s")).astype("datetime64[us]"))
    called = called.where(~never & (called <= LAST_DAY))
    chance = 0.30 * np.exp(-0.012 * np.minimum(hours, 120)) * np.where(bad, 0.5, 1)
    won = (random.random(n) < chance) & called.notna()
    table = pd.DataFrame(
        {
            "lead_id": [f"L{k + 1:04d}" for k in range(n)],
            "at": at.astype("datetime64[us]"),
            "source": random.choice(
                ["web form", "fair", "shop", "partner", "phone"], n, p=[0.42, 0.16, 0.2, 0.12, 0.1]
            ),
            "language": language,
            "region": region,
            "staff_id": owner,
            "called_at": called,
            "outcome": np.where(won, "became a customer", np.where(called.isna(), "never called", "no sale")),
        }
    )
    planted = {"leads_never_called": int(called.isna().sum())}
    return table, planted | {"leads_with_staff_who_lack_the_language": int(bad.sum())}


def _deals(random, customers, hidden, sellers):
    """Deals with business accounts; those of the last weeks are still under way."""
    own = np.flatnonzero(hidden["business"])
    who = np.sort(np.repeat(own, 1 + random.poisson(1.6, len(own))))
    n = len(who)
    start = hidden["week"][who] * 7 + random.integers(0, 7, n) + (random.random(n) * 900).astype(int)
    opened = OPENING + pd.to_timedelta(start, "D")
    said = random.choice(STAGES[:3], n, p=[0.45, 0.35, 0.20])
    days = np.rint(np.exp(random.normal(3.7, 0.6, n))).astype(int) + 3
    closed = pd.Series((opened + pd.to_timedelta(days, "D")).astype("datetime64[us]"))
    running = closed > LAST_DAY
    won = random.random(n) < np.array([_WINS[s] for s in said])
    stage = np.where(running, said, np.where(won, "won", "lost"))
    sure = np.clip(np.array([_WINS[s] for s in said]) * 1.25 + random.normal(0, 0.08, n), 0.05, 0.95)
    table = pd.DataFrame(
        {
            "customer_id": np.asarray(customers["customer_id"])[who],
            "staff_id": sellers["staff_id"].to_numpy()[random.integers(0, len(sellers), n)],
            "opened_on": opened.astype("datetime64[us]"),
            "furthest_stage": said,
            "stage": stage,
            "closed_on": closed.where(~running),
            "expected_close_on": (closed + pd.to_timedelta(random.integers(-20, 10, n), "D")).astype("datetime64[us]"),
            "value_cents": np.rint(100 * np.exp(random.normal(7.4, 0.8, n))).astype("int64"),
            "margin_cents": np.int64(0),
            "chance_said_by_staff": np.round(sure, 2),  # a quarter too hopeful, on purpose
        }
    )
    table["margin_cents"] = np.rint(table["value_cents"] * random.uniform(0.22, 0.44, n)).astype("int64")
    table = table[table["opened_on"] <= LAST_DAY].sort_values(["opened_on", "customer_id"], ignore_index=True)
    table.insert(0, "deal_id", [f"D{k + 1:04d}" for k in range(len(table))])
    return table


def _handovers(random, customers, hidden, past, sellers):
    parts = []
    for side in ("firm", "customer"):
        week = hidden[f"new_at_{side}"]
        who = np.flatnonzero((week < WEEKS) & (past.left >= week))
        on = (OPENING + pd.to_timedelta(week[who] * 7, "D")).astype("datetime64[us]")
        part = {"customer_id": np.asarray(customers["customer_id"])[who], "on": on, "side": side}
        parts.append(pd.DataFrame(part | {"notes_left": hidden[f"noted_at_{side}"][who]}))
    table = pd.concat(parts).sort_values(["on", "customer_id", "side"], ignore_index=True)
    table["new_staff_id"] = sellers["staff_id"].to_numpy()[random.integers(0, len(sellers), len(table))]
    table["new_staff_id"] = table["new_staff_id"].where(table["side"] == "firm")
    return table
