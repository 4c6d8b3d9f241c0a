"""What each obligation looks for in a firm's records.

A row: (finding, found, looked at, severity, next action), and how many people are behind `found`, where there are any.
"""

import pandas as pd

from crmlearn.errors import counted
from crmlearn.pdpa.consent import business_days_on
from crmlearn.pdpa.portability import ANSWER_WITHIN
from crmlearn.pdpa.told import told_of


def _unknown(what, action):
    return [(f"cannot tell: {what}", None, None, "cannot tell", action)]


def _count(found, of, text, action, severity="serious", none="nothing found", people=None):
    """One row that counts: text where something was found, else `none`. people : how many are behind it."""
    return [(text, found, of, severity, action, people) if found else (none, 0, of, "nothing found", "keep looking", 0)]


def _accountability(r):
    missing = [
        what
        for what, said in (("a data protection officer's contact", r.officer), ("policies", r.policies))
        if not said
    ]
    if r.officer is None and r.policies is None:
        return _unknown("nobody said who the data protection officer is", "name one, and publish the business contact")
    if missing:
        return [(f"{' and '.join(missing)} not told", None, None, "serious", "name, publish, and tell the staff")]
    return [("a contact and policies are told", None, None, "nothing found", "see whether customers find them")]


def _notification(r):
    if r.consents is None or "wording" not in r.consents:
        return _unknown(
            "the ledger does not say which text people saw", "keep the version of the text with each consent"
        )
    given = r.consents[r.consents["event"] == "given"]
    without = given["wording"].isna() | (given["wording"] == "")
    bare = int(without.sum())
    return _count(
        bare,
        len(given),
        f"{counted(bare, 'consent')} without the text that was shown",
        "ask again, with a text that says the purpose",
        none="each consent names its text",
        people=given.loc[without, "customer_id"].nunique(),
    )


def _consent(r):
    if r.messages is None:
        return _unknown("no record of what was sent", "keep who got what, when and for which purpose")
    told = r.screened()
    marketing = told[told["purpose"] == "marketing"]
    after = marketing[marketing["ground"] == "withdrawn"]
    is_late = _after_the_notice(r, after)
    late, early = int(is_late.sum()), int((~is_late).sum())
    undated = int(r.messages["at"].isna().sum())
    rows = _unknown(f"{counted(undated, 'message')} without a date", "write down when each went") if undated else []
    rows += _count(
        late,
        len(marketing),
        f"{counted(late, 'message')} more than ten business days after the person had withdrawn",
        "stop, say sorry, and mend how a withdrawal reaches the sender",
        none="no message long after a withdrawal",
        people=after.loc[is_late, "customer_id"].nunique(),
    )
    if early:
        rows += _count(
            early,
            len(marketing),
            f"{counted(early, 'message')} within ten business days after a withdrawal",
            "see whether it could have been quicker",
            "mend",
            people=after.loc[~is_late, "customer_id"].nunique(),
        )
    without = marketing["ground"].isin(["no consent", "deemed consent only", "no consent to this channel"])
    none = int(without.sum())
    return rows + _count(
        none,
        len(marketing),
        f"{counted(none, 'message')} to people whose consent is not recorded",
        "find the consent, or stop",
        none="no marketing without any consent",
        people=marketing.loc[without, "customer_id"].nunique(),
    )


def _after_the_notice(r, after):
    """For each of these messages, whether it went out more than ten business days after the withdrawal."""
    ledger = r.ledger()
    sent = zip(after["customer_id"], after["channel"], after["at"], strict=True)
    said = ((pd.Timestamp(at).date(), ledger.standing(who, channel, "marketing", at).at) for who, channel, at in sent)
    late = [on > business_days_on(withdrawn.date(), holidays=r.holidays) for on, withdrawn in said]
    return pd.Series(late, index=after.index, dtype=bool)


def _do_not_call(r):
    if r.messages is None:
        return _unknown("no record of what was sent", "keep who got what, when and for which purpose")
    told = r.screened()
    sent = told[(told["purpose"] == "marketing") & told["channel"].isin(["sms", "phone", "fax"])]
    rows = []
    for ground, text, action in (
        ("on the register", "to listed numbers without consent", "stop, and ask the register before each campaign"),
        ("check too old", "on a check older than 21 days", "ask the register again shortly before sending"),
        ("register not asked", "without any check of the register", "no list goes out without its check"),
    ):
        these = sent[sent["ground"] == ground]
        n, who = len(these), these["customer_id"].nunique()
        if n:
            rows += _count(
                n, len(sent), f"{n:,} {'text or call' if n == 1 else 'texts or calls'} {text}", action, people=who
            )
    return rows or _count(0, len(sent), "", "", none="each text and call had consent or a valid check")


def _purposes(r):
    if r.messages is None:
        return _unknown("no record of what was sent", "keep who got what, when and for which purpose")
    told = ["marketing"] if "purpose" not in r.consents else r.consents["purpose"].dropna().unique().tolist()
    other = sorted(set(r.messages["purpose"]) - set(told) - {"service"})
    these = r.messages[r.messages["purpose"].isin(other)]
    n = len(these)
    return _count(
        n,
        len(r.messages),
        f"{counted(n, 'message')} for purposes nobody was told of: {', '.join(other)}",
        "tell the purpose, or stop",
        none="each message has a purpose that was told, or serves the contract",
        people=these["customer_id"].nunique(),
    )


def _accuracy(r):
    if r.duplicates is None:
        return _unknown("the records of the departments were not compared", "put one customer's records side by side")
    shared = [c for c in r.duplicates if c in ("phone", "email", "name")]
    texts = r.duplicates.assign(**{c: r.duplicates[c].astype("string").str.casefold().str.strip() for c in shared})
    several = texts.groupby("customer_id")[shared].nunique()
    twice = texts.groupby("customer_id").size() > 1
    apart = int((several > 1).any(axis=1).sum())
    return _count(
        apart,
        int(twice.sum()),
        f"{counted(apart, 'person')} whose records disagree ({', '.join(shared)})".replace("persons", "people"),
        "ask the person which is right; keep one record",
        "mend",
        none="records of one person agree",
        people=apart,
    )


def _protection(r):
    if r.breaches is None:
        return _unknown("no record of breaches", "keep one, also of small ones")
    n = len(r.breaches)
    return _count(
        n,
        n,
        f"{counted(n, 'breach')} on record".replace("breachs", "breaches"),
        "name the cause of each, what was mended, and who tested it",
        "mend",
        none="no breach on record",
    )


def _retention(r):
    if r.orders is None or r.keep_years is None:
        return _unknown("no rule says how long data are kept", "set one by purpose; the Act sets no number of years")
    last = pd.to_datetime(r.orders.groupby("customer_id")["date"].max())
    old = int((last < pd.Timestamp(r.as_of) - pd.DateOffset(years=r.keep_years)).sum())
    years = counted(r.keep_years, "year")
    return _count(
        old,
        len(last),
        f"{counted(old, 'customer')} without an order for more than {years}, our own rule",
        "delete, or remove what points to the person, unless a law asks to keep it",
        "mend",
        none=f"nobody is without an order for more than {years}",
        people=old,
    )


def _transfers(r):
    if r.transfers is None:
        return _unknown("no list of receivers abroad", "ask each supplier in which country data lie")
    said = r.transfers["safeguard"].astype("string").str.strip().str.casefold()
    bare = said.isna() | said.isin(["", "-", "no", "none", "nil", "n/a", "?"])
    n = int(bare.sum())
    return _count(
        n,
        len(bare),
        f"{counted(n, 'receiver')} abroad without a safeguard",
        "a contract, or no transfer",
        none="each receiver abroad has a safeguard",
    )


def _requests(r):
    if r.requests is None:
        return _unknown("no list of requests", "write down each request with its day")
    asked, answered = r.requests["asked_on"], r.requests["answered_on"]
    late = int((answered.fillna(pd.Timestamp(r.as_of)) > asked + ANSWER_WITHIN).sum())
    return _count(
        late,
        len(asked),
        f"{counted(late, 'request')} without an answer within 30 days",
        "answer now; if it takes longer, say in writing within the 30 days when",
        none="none is late",
        people=late,
    )


def _breaches(r):
    if r.breaches is None:
        return _unknown("no record of breaches", "keep one, also of small ones")
    records = enumerate(r.breaches.to_dict("records"), 1)
    rows = [row for number, one in records for row in told_of(one, r.as_of, number)]
    return rows or _count(0, 0, "", "", none="no breach on record")


def _portability(r):
    return [("enacted, not in force", None, None, "not in force", "know which data you could export")]


LOOKS = {
    "accountability": _accountability, "notification": _notification, "consent": _consent,
    "purpose limitation": _purposes, "accuracy": _accuracy, "protection": _protection,
    "retention limitation": _retention, "transfer limitation": _transfers, "access and correction": _requests,
    "data breach notification": _breaches, "data portability": _portability, "do not call": _do_not_call,
}  # fmt: skip
