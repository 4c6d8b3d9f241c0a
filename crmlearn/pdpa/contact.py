"""May we contact this person, by this channel, for this purpose, at this moment? Consent, the register, spam rules."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pandas as pd

from crmlearn.errors import Refusal, columns, one_of, whole
from crmlearn.pdpa.consent import CHANNELS, GUIDELINES, PURPOSES, business_days_on, by_person, may_use, moment
from crmlearn.pdpa.ruling import Decision, Reason, in_singapore, moments, yes

VALID = timedelta(days=21)  # of a check of the register, since 1 February 2021, as the register's site is quoted
REGISTERS = {"sms": "no text message", "phone": "no voice call", "fax": "no fax message"}
BULK = {"24 hours": 100, "30 days": 1_000, "one year": 10_000}  # more than so many of the same or a similar subject


@dataclass(frozen=True)
class Checks:
    """What was asked of the Do Not Call register: (person, register, day, listed).

    >>> Checks((("P1", "no text message", "2025-08-01", False),)).last("P1", "sms", "2025-08-22").listed
    False
    """

    rows: tuple = ()
    _of: dict = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        by = defaultdict(list)
        for person, register, day, listed in self.rows:
            register = one_of("register", str(register).strip().casefold(), tuple(REGISTERS.values()))
            by[person, register].append(Check(in_singapore("checked_on", day), yes("listed", listed)))
        # Of two answers on one day the listing counts: better one text too few than one too many.
        object.__setattr__(
            self, "_of", {key: sorted(found, key=lambda c: (c.on, c.listed)) for key, found in by.items()}
        )

    @classmethod
    def of(cls, table):
        """Of a table: customer_id (or person), register, checked_on, listed."""
        rows = by_person(table)
        columns("checks", ["person", "register", "checked_on", "listed"], rows.columns)
        days = moments("checked_on", rows["checked_on"])
        if days.isna().any():
            n = int(days.isna().sum())
            raise Refusal(
                "some checks have no day.", f"{n:,} of {len(days):,} rows", "the day of each check, or no row"
            )
        days = days.dt.date
        return cls(tuple(zip(rows["person"], rows["register"], days, rows["listed"], strict=True)))

    def last(self, person, channel, at):
        """The last check until a day; None where there was none, or where the channel has no register."""
        found = [c for c in self._of.get((person, REGISTERS.get(channel)), ()) if c.on <= in_singapore("at", at)]
        return found[-1] if found else None


@dataclass(frozen=True)
class Check:
    """One answer of the register: on (day), listed."""

    on: object
    listed: bool


def may_contact(ledger, person, channel, purpose, at, checks=None, related=False, harvested=False):
    """Whether a message may go to a person, and why.

    ledger : Ledger of consents; checks : Checks of the Do Not Call register, or None where none was made
    channel : of email, sms, phone, app, fax, post; purpose : of marketing, service, analytics
    at : the moment of sending, in Singapore
    related : whether it is about goods or services like those of an ongoing relationship, and offers a way to opt out
    harvested : whether the address came from a dictionary attack or harvesting software
    Returns: Decision, "yes" or "no"; its dates say until when a check is valid
    Source: PDPA ss 13 to 17, Part 9 and s 48B; Spam Control Act 2007

    >>> from crmlearn.pdpa import Ledger
    >>> book = Ledger().add("P1", "2025-01-05", "email")
    >>> may_contact(book, "P1", "sms", "marketing", "2025-08-22").answer  # consent to e-mail only
    'no'
    >>> checks = Checks((("P1", "no text message", "2025-08-01", False),))
    >>> may_contact(book, "P1", "sms", "marketing", "2025-08-22", checks).answer
    'yes'
    >>> may_contact(book, "P1", "sms", "marketing", "2025-08-23", checks).answer  # 22 days after the check
    'no'
    """
    one_of("channel", channel, CHANNELS)
    one_of("purpose", purpose, PURPOSES)
    at = moment("at", at, end=True)
    on, question = at.date(), "May we contact?"
    if harvested:
        reason = Reason("addresses from a dictionary attack or harvesting software are never used", "s 48B")
        return Decision(question, "no", (reason,), at=on, ground="harvested")
    if purpose == "analytics":
        reason = Reason(
            "to learn is not to send: choose marketing or service for a message", "Second Schedule", "our reading"
        )
        return Decision(question, "no", (reason,), at=on, ground="analytics only")
    use = may_use(ledger, person, channel, purpose, at)
    if use.answer == "no":
        return Decision(question, "no", use.reasons, at=on, ground=use.ground)
    if purpose == "service":
        more = Reason(
            "a message of service only is no specified message, so the register does not apply", "Part 9", "our reading"
        )
        return Decision(question, "yes", (*use.reasons, more), at=on, ground="service")
    own = ledger.standing(person, channel, purpose, at)
    if own is not None:  # express, as may_use said yes
        clear = (Reason("clear consent to this channel, so the register need not be asked", "s 43", "as summarised"),)
        reasons = (*use.reasons, *(clear if channel in REGISTERS else ()), *_manners(channel))
        return Decision(question, "yes", reasons, at=on, ground="consent")
    if channel not in REGISTERS:
        reason = Reason(f"no consent to marketing by {channel} is recorded", "s 13", "our reading")
        return Decision(question, "no", (*use.reasons, reason), at=on, ground="no consent to this channel")
    answer, reasons, dates, ground = _register(checks, person, channel, on, related)
    manners = _manners(channel) if answer == "yes" else ()
    return Decision(question, answer, (*use.reasons, *reasons, *manners), dates, on, ground=ground)


def _register(checks, person, channel, on, related):
    """(answer, reasons, dates, ground) of the Do Not Call rules for somebody who did not agree to this channel."""
    check = checks.last(person, channel, on) if checks else None
    name = REGISTERS[channel]
    dates = {}
    if check is not None and on <= check.on + VALID:
        dates = {"the check is valid until": check.on + VALID}
        if not check.listed:
            return (
                "yes",
                (Reason(f"not on the {name} register on {check.on}", "s 43", "as summarised"),),
                dates,
                "not on the register",
            )
        found, ground = Reason(f"on the {name} register on {check.on}", "s 43", "as summarised"), "on the register"
    elif check is not None:
        text = f"the last check is {(on - check.on).days} days old; {VALID.days} are valid"
        found, ground = Reason(text, "s 43, as the register's site is quoted", "guidance"), "check too old"
    else:
        found, ground = Reason(f"the {name} register was not asked", "s 43", "as summarised"), "register not asked"
    if related and channel != "phone":
        ongoing = Reason(
            "an ongoing relationship, related goods, a way to opt out; not for calls", "s 43", "our reading"
        )
        return "yes", (found, ongoing), dates, "ongoing relationship"
    return "no", (found,), dates, ground


# How a message is to be sent, once it may be; no reason for or against it.
_BY_NUMBER = Reason("say who sends it, with contact details that stay valid for 30 days or more", "s 44(d)")
_IN_BULK = Reason(
    "in bulk: a way to unsubscribe, no misleading header or title", "Spam Control Act 2007", "as summarised"
)


def _manners(channel):
    return (_BY_NUMBER if channel in REGISTERS else _IN_BULK,)


def screen(messages, ledger, checks=None):
    """may_contact for a table of messages.

    messages : table: customer_id, at, channel, purpose; ledger, checks : as in may_contact
    Returns: the table with allowed (bool), ground (why, in a few words), why (the deciding reason) and section
    """
    columns("messages", ["customer_id", "at", "channel", "purpose"], messages.columns)
    told = []
    for who, at, channel, purpose in zip(
        *(messages[c] for c in ("customer_id", "at", "channel", "purpose")), strict=True
    ):
        decision = may_contact(ledger, who, channel, purpose, at, checks)
        told.append((decision.answer == "yes", decision.ground, *_deciding(decision)))
    found = pd.DataFrame(told, columns=["allowed", "ground", "why", "section"], index=messages.index)
    return messages.assign(**{name: found[name] for name in found})


def _deciding(decision):
    """(text, section) of the reason on which it turns: the last one that is neither a manner nor a guideline."""
    turns = [r for r in decision.reasons if r not in (_BY_NUMBER, _IN_BULK) and r.section != GUIDELINES]
    return turns[-1].text, turns[-1].section


def spam_duties(sent, unsolicited=True, at=None):
    """What the Spam Control Act asks of electronic messages of the same or a similar subject.

    sent : {"24 hours": number, "30 days": number, "one year": number}, as far as known
    unsolicited : whether the people did not ask for or agree to them
    Returns: Decision, "in bulk" or "not in bulk", with the duties as reasons

    >>> spam_duties({"24 hours": 100}).answer, spam_duties({"24 hours": 101}).answer
    ('not in bulk', 'in bulk')
    """
    if not sent:
        raise Refusal("how many were sent?", "an empty dict", '{"24 hours": 101}')
    counts = {one_of("sent", span, tuple(BULK)): whole(span, n, 0, "a whole number") for span, n in sent.items()}
    over = [f"{n:,} in {span}, more than {BULK[span]:,}" for span, n in counts.items() if n > BULK[span]]
    where = "Spam Control Act 2007"
    if not over:
        return Decision("Sent in bulk?", "not in bulk", (Reason("no limit is passed", where, "as summarised"),), at=at)
    reasons = [Reason(text, where, "as summarised") for text in over]
    if unsolicited:
        reasons.append(
            Reason("<ADV> before the title, a way to unsubscribe, no misleading header", where, "as summarised")
        )
    return Decision("Sent in bulk?", "in bulk", tuple(reasons), at=at)


def unsubscribe_by(asked_on, holidays=()):
    """The last day to honour a wish to unsubscribe: ten business days.

    holidays : days that are no business days in Singapore; the law knows them, this function does not

    >>> unsubscribe_by("2025-08-01", holidays=["2025-08-11"]).isoformat()
    '2025-08-18'
    """
    return business_days_on(in_singapore("asked_on", asked_on), 10, holidays)
