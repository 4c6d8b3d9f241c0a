"""What the firm wrote to its customers, what they had allowed, and what it cost."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import CHANNELS, OPENING, SEGMENTS, WEEKS, WRITTEN
from crmlearn.simulate.streams import stream
from crmlearn.simulate.worlds import CAMPAIGNS, INVITED_WEEK, PILOT_WEEK, TRIGGERED

VALID_DAYS = 21  # a check of the Do Not Call register holds so long
AFTER_WITHDRAWAL, OLD_CHECKS, NO_CHECKS = 120, 60, 40  # planted mistakes
TEMPLATES = pd.DataFrame(
    [
        ("T01", "welcome", "email", "service", "Hello, and how to reach us"),
        ("T02", "newsletter", "email", "marketing", "What is new this quarter"),
        ("T03", "welcome back", "email", "marketing", "We kept your wok warm"),
        ("T04", "mid-year sale", "app", "marketing", "Five per cent for four weeks"),
        ("T05", "year-end voucher", "sms", "marketing", "A voucher for December"),
        ("T06", "year-end gift", "sms", "marketing", "A gift with your order"),
        ("T07", "year-end delivery", "sms", "marketing", "We bring it to your door"),
        ("T08", "new tea", "email", "marketing", "Try our new tea"),
        ("T09", "spring, on a fixed day", "email", "marketing", "Spring in the kitchen"),
        ("T10", "spring, after an order", "email", "marketing", "What goes well with your order"),
        ("T11", "loyalty invitation", "email", "marketing", "You are invited to the Ladle Club"),
    ],
    columns=["template_id", "name", "channel", "purpose", "subject"],
)
_OF_ARM = {("C1", 1): "T03", ("C2", 1): "T04", ("C3", 1): "T05", ("C3", 2): "T06", ("C3", 3): "T07", ("C4", 1): "T08"}
_OF_ARM |= {("C5", 1): "T09", ("C5", 2): "T10"}


def marketing(customers, hidden, past, orders, seed):
    """Tables of campaigns, who was in them, messages, consents, register checks and spending.

    Returns: ({name: table}, planted: counts of what was put in)
    """
    random = stream(seed, "marketing")
    ids = np.asarray(customers["customer_id"])
    consents, gone = _consents(random, customers, hidden)
    sent = [_of_campaign(random, past, campaign) for campaign in CAMPAIGNS]
    sent += [_newsletters(random, hidden, past), _welcomes(random, customers, hidden)]
    sent.append(_late(random, gone))
    sent.append(_invitations(random, past))
    contacts = pd.concat(sent, ignore_index=True).sort_values(["at", "who", "template_id"], ignore_index=True)
    contacts.insert(0, "contact_id", [f"M{k + 1:06d}" for k in range(len(contacts))])
    contacts["customer_id"] = ids[contacts["who"]]
    contacts = contacts.merge(TEMPLATES[["template_id", "channel", "purpose"]], on="template_id", how="left")
    checks, planted = _checks(random, contacts, hidden, ids)
    opened = random.random(len(contacts)) < contacts["channel"].map({"email": 0.31, "app": 0.42, "sms": 0.0}).to_numpy()
    contacts["opened"] = opened
    planted |= {"messages_after_a_withdrawal": len(sent[-2])}
    told = contacts[["contact_id", "customer_id", "at", "template_id", "channel", "purpose", "campaign_id", "opened"]]
    tables = {"campaigns": _campaigns(), "campaign_customers": _in_campaigns(ids, past, orders)}
    tables |= {"templates": TEMPLATES.copy(), "contacts": told, "consents": consents, "dnc_checks": checks}
    tables |= {"loyalty": _loyalty(ids, past), "spending": _spending(customers)}
    return tables, planted


def _consents(random, customers, hidden):
    """(ledger, what was withdrawn by e-mail: who and when)"""
    parts, gone = [], None
    joined = customers["acquired_on"].to_numpy()
    for way in WRITTEN:
        until = hidden[f"{way}_until"]
        given = np.flatnonzero(until >= 0)
        parts.append(pd.DataFrame({"who": given, "channel": way, "event": "given", "at": joined[given]}))
        left = np.flatnonzero((until >= 0) & (until < WEEKS))
        at = _moment(random, until[left])
        parts.append(pd.DataFrame({"who": left, "channel": way, "event": "withdrawn", "at": at}))
        gone = parts[-1] if way == "email" else gone
    ledger = pd.concat(parts).sort_values(["at", "who", "channel"], ignore_index=True)
    ledger["customer_id"] = np.asarray(customers["customer_id"])[ledger["who"]]
    ledger["purpose"] = "marketing"
    ledger["wording"] = np.where(ledger["event"] == "given", np.where(ledger["at"] < "2024-06-01", "v1", "v2"), None)
    return ledger[["customer_id", "at", "channel", "purpose", "event", "wording"]], gone


def _moment(random, week, days=7, hours=(8, 22)):
    """A moment of a week, as dates with a time of day."""
    n = len(week)
    second = random.integers(hours[0] * 3600, hours[1] * 3600, n) + random.integers(0, days, n) * 86_400
    moment = OPENING + pd.to_timedelta(np.asarray(week, "int64") * 7 * 86_400 + second, "s")
    return moment.to_numpy().astype("datetime64[us]")


def _messages(who, at, template, campaign=None):
    return pd.DataFrame({"who": who, "at": at, "template_id": template, "campaign_id": campaign})


def _of_campaign(random, past, campaign):
    """Those who were reached; a triggered message goes out after an order, once."""
    arm, parts = past.arms[campaign.campaign_id], []
    for k, name in enumerate(campaign.arms, 1):
        who, week = np.flatnonzero(arm == k), None
        if name == "triggered":
            weeks = range(campaign.week, campaign.week + campaign.weeks)
            due = np.array([past.active(t - TRIGGERED, t)[who] for t in weeks])
            who, week = who[due.any(axis=0)], campaign.week + due.argmax(axis=0)[due.any(axis=0)]
        at = _moment(random, np.full(len(who), campaign.week) if week is None else week, 1, (9, 19))
        parts.append(_messages(who, at, _OF_ARM[campaign.campaign_id, k], campaign.campaign_id))
    return pd.concat(parts)


def _invitations(random, past):
    who = np.flatnonzero(past.invited == 1)
    return _messages(who, _moment(random, np.full(len(who), INVITED_WEEK), 1, (9, 12)), "T11")


def _newsletters(random, hidden, past):
    """Every quarter to who allows e-mail and ordered in the last half-year."""
    parts = []
    for week in range(6, WEEKS, 13):
        who = np.flatnonzero((hidden["email_until"] > week) & past.active(week - 26, week))
        parts.append(_messages(who, _moment(random, np.full(len(who), week), 1, (9, 11)), "T02"))
    return pd.concat(parts)


def _welcomes(random, customers, hidden):
    who = np.flatnonzero(hidden["email_until"] >= 0)
    at = customers["acquired_on"].to_numpy()[who] + random.integers(9 * 3600, 22 * 3600, len(who)).astype(
        "timedelta64[s]"
    )
    return _messages(who, at.astype("datetime64[us]"), "T01")


def _late(random, gone):
    """The planted mistake: newsletters to people who had said no weeks before."""
    early = gone[gone["at"] < "2025-10-01"]
    some = early.iloc[np.sort(random.choice(len(early), min(AFTER_WITHDRAWAL, len(early)), replace=False))]
    days = random.integers(31, 75, len(some)).astype(
        "timedelta64[D]"
    )  # past the ten business days of the Spam Control Act
    return _messages(some["who"].to_numpy(), some["at"].to_numpy() + days, "T02")


def _checks(random, contacts, hidden, ids):
    """The register was asked nine days before each text message to somebody without consent; mistakes are planted."""
    texts = contacts[contacts["channel"] == "sms"]
    week = ((texts["at"] - OPENING).dt.days // 7).to_numpy()
    needs = texts[hidden["sms_until"][texts["who"].to_numpy()] <= week]
    age = np.full(len(needs), 9)
    odd = random.permutation(len(needs))
    old, none = odd[:OLD_CHECKS], odd[OLD_CHECKS : OLD_CHECKS + NO_CHECKS]
    age[old] = random.integers(VALID_DAYS + 1, 60, len(old))
    asked = np.setdiff1d(np.arange(len(needs)), none)
    on = needs["at"].dt.floor("D").to_numpy() - age.astype("timedelta64[D]")
    made = pd.DataFrame({"customer_id": ids[needs["who"].to_numpy()[asked]], "checked_on": on[asked], "listed": False})
    refused = np.flatnonzero(hidden["listed"] & (hidden["sms_until"] < 0) & ~hidden["business"])
    refused = refused[hidden["week"][refused] < 90]
    day = np.datetime64(OPENING + pd.Timedelta(days=98 * 7 - 9), "us")
    found = pd.DataFrame({"customer_id": ids[refused], "checked_on": day, "listed": True})
    checks = pd.concat([made, found]).sort_values(["checked_on", "customer_id"], ignore_index=True)
    checks.insert(1, "register", "no text message")
    checks["checked_on"] = checks["checked_on"].astype("datetime64[us]")
    return checks, {"texts_with_an_old_check": len(old), "texts_without_a_check": len(none)}


def _campaigns():
    rows = []
    for c in CAMPAIGNS:
        starts = OPENING + pd.Timedelta(weeks=c.week)
        row = {
            "campaign_id": c.campaign_id,
            "name": c.name,
            "channel": c.channel,
            "starts_on": starts.date().isoformat(),
        }
        row |= {"ends_on": (starts + pd.Timedelta(days=7 * c.weeks - 1)).date().isoformat(), "arms": " ".join(c.arms)}
        row |= {"control_share": c.control, "discount": c.discount, "contact_cost_cents": c.cost_cents}
        rows.append(row)
    return pd.DataFrame(rows).assign(fixed_cost_cents=[90_000, 60_000, 140_000, 80_000, 110_000])


def _in_campaigns(ids, past, orders):
    """One row per eligible customer and draw: five campaigns, the invitation, the pilot of fast help."""
    draws = [(c.campaign_id, past.arms[c.campaign_id], ("control", *c.arms), c.week, c.weeks) for c in CAMPAIGNS]
    draws.append(("invitation", past.invited, ("control", "invited"), INVITED_WEEK + 1, 52))
    draws.append(("pilot", past.pilot, ("usual help", "fast help"), PILOT_WEEK, WEEKS - PILOT_WEEK))
    week, place, margin, order = _counted(ids, orders)
    parts = []
    for name, arm, words, begin, weeks in draws:
        inside = (week >= begin) & (week < begin + weeks)
        who = np.flatnonzero(arm >= 0)
        part = pd.DataFrame({"draw": name, "customer_id": ids[who], "arm": np.array(words)[arm[who]]})
        part["orders"] = np.bincount(place[inside & order], minlength=len(ids))[who].astype("int16")
        part["margin_cents"] = np.rint(np.bincount(place[inside], margin[inside], len(ids))[who]).astype("int64")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _counted(ids, orders):
    """(week, place of the customer, margin, whether it is an order) of all that counts, refunds as of their order."""
    done = orders[orders["status"] == "completed"]
    day = done["order_id"].map(done[done["kind"] == "order"].set_index("order_id")["date"])
    done, day = done[day.notna()], day[day.notna()]
    week = ((day - OPENING).dt.days // 7).to_numpy()
    place = pd.Index(ids).get_indexer(done["customer_id"])
    return week, place, done["margin_cents"].to_numpy(), (done["kind"] == "order").to_numpy()


def _loyalty(ids, past):
    who = np.flatnonzero(past.member < WEEKS)
    who = who[np.argsort(past.member[who], kind="stable")]
    days = OPENING + pd.to_timedelta(past.member[who] * 7, "D")
    joined = days.astype("datetime64[us]")
    by = np.where((past.invited[who] == 1) & (past.member[who] == INVITED_WEEK), "invitation", "own wish")
    return pd.DataFrame({"customer_id": ids[who], "joined_on": joined, "joined_by": by})


def _spending(customers):
    """What was spent on winning customers, by month, channel and segment; the customers' own costs add up to it."""
    month = customers["acquired_on"].dt.strftime("%Y-%m")
    groups = customers.groupby([month, "acquired_by", "segment"])
    table = groups.agg(customers=("customer_id", "size"), spent_cents=("acquisition_cost_cents", "sum")).reset_index()
    assert set(table["acquired_by"]) <= set(CHANNELS) and set(table["segment"]) <= set(SEGMENTS)
    return table.rename(columns={"acquired_on": "month"})
