"""A data breach: is it notifiable, who must be told, and until when?"""

from dataclasses import dataclass
from datetime import date, timedelta

from crmlearn.pdpa.incidents import ACCOUNT, CLIENTS, IDENTITY, PART_1, Breach
from crmlearn.pdpa.ruling import Decision, Reason

SCALE = 500  # affected people, "not fewer than"
TELL_WITHIN = timedelta(days=3)  # calendar days after the day of the assessment
ASSESS_WITHIN = timedelta(days=30)  # guidance, not statute
DUTY_FROM = date(2021, 2, 1)
_SEEN = ("net worth", "deposits", "withdrawals", "loans or debts", "private cryptographic key",
         "identity of a protected child or vulnerable adult")  # fmt: skip


@dataclass(frozen=True)
class Duties:
    """Whom to tell of a breach.

    notifiable : Decision; commission, people : Decision ("yes", "no", or for people also "forbidden")
    client : Decision for an intermediary, who tells its client; else None
    dates : {what: last day}
    """

    notifiable: Decision
    commission: Decision
    people: Decision
    client: Decision | None = None

    @property
    def dates(self):
        return {**self.notifiable.dates, **self.commission.dates}

    def __repr__(self):
        parts = [self.client] if self.client else [self.notifiable, self.commission, self.people]
        return "\n".join(line for part in parts for line in part.lines()[:-1]) + f"\n{parts[0].law_checked_on}"


def significant_harm(data, public_data=(), at=None):
    """Whether a breach of these data is deemed to cause significant harm.

    data : kinds of data of one person that were touched together; public_data : those of them that were public already
    at : the day on which it is asked
    Returns: Decision, "yes" or "no". "No" says only that no prescribed data are touched: other data may still harm.

    >>> significant_harm(["full name", "insurance"]).answer, significant_harm(["full name", "e-mail address"]).answer
    ('yes', 'no')
    """
    touched = Breach(data, 0, public_data=public_data)
    who = [kind for kind in touched.data if kind in IDENTITY]
    # What is public already drops out of Part 1 only: a name that everybody knows still says whose income it is.
    what = [kind for kind in touched.data if kind in PART_1 and kind not in touched.public_data]
    public = [kind for kind in touched.data if kind in PART_1 and kind in touched.public_data]
    route_a, route_b = who and what, all(kind in touched.data for kind in ACCOUNT)
    where = "S 64/2021 reg 3 and Schedule"
    reasons = []
    if route_a:
        text = f"{', '.join(who)} together with {', '.join(what)}: prescribed data"
        reasons.append(Reason(text, where, "regulation" if set(what) & set(_SEEN) else "as summarised"))
    if route_b:
        reasons.append(Reason("an account identifier together with what opens the account", where, "regulation"))
    if public:
        text = f"{', '.join(public)}: public already, so it does not count"
        reasons.append(Reason(text, f"{where} Part 2", "our reading"))
    if not (route_a or route_b):
        reasons.append(Reason("no prescribed combination is touched; other data may harm too", where, "regulation"))
    return Decision("Deemed significant harm?", "yes" if route_a or route_b else "no", tuple(reasons), at=at)


def must_notify(breach, at=None):
    """Whom to tell of a breach, why, and until when.

    breach : Breach; at : the day on which it is asked
    Returns: Duties
    Source: PDPA ss 26A to 26D, S 64/2021

    >>> told = must_notify(Breach(["full name", "insurance"], people=10, assessed_on="2025-08-01"))
    >>> told.commission.answer, told.people.answer, told.dates["tell the Commission by"].isoformat()
    ('yes', 'yes', '2025-08-04')
    >>> must_notify(Breach(["e-mail address"], people=500)).people.answer  # for its scale only
    'no'
    """
    at = at or breach.assessed_on or breach.noticed_on
    if breach.role in CLIENTS:
        return _of_intermediary(breach, at)
    harm = significant_harm(breach.data, breach.public_data)
    harmful = harm.answer == "yes" or breach.harm_otherwise
    scale = breach.people >= SCALE
    reasons = list(harm.reasons) if breach.people else []
    if breach.harm_otherwise and harm.answer == "no":
        reasons.append(Reason("significant harm is likely for another reason", "s 26B(1)(a)"))
    compared = "is not fewer than" if scale else "is fewer than"
    where = "s 26B(1)(b), S 64/2021 reg 4"
    reasons.append(Reason(f"{breach.people:,} affected {compared} {SCALE}", where, "as summarised"))
    harmful = harmful and breach.people > 0
    notifiable = (harmful or scale) and not breach.internal_only
    if breach.internal_only:
        reasons = [Reason("the data stayed within the organisation, so it is deemed not notifiable", "s 26B(4)")]
    if at is not None and at < DUTY_FROM:
        notifiable = False
        reasons = [Reason("the duty to notify began on 1 February 2021", "Act 40 of 2020 s 13", "as summarised")]
    dates = {}
    if breach.noticed_on and not breach.assessed_on:
        dates["finish the assessment by (guidance, not statute)"] = breach.noticed_on + ASSESS_WITHIN
        reasons.append(Reason("assess in a reasonable and expeditious manner", "s 26C(2)"))
        reasons.append(Reason("30 calendar days are what the Commission expects", "PDPC guide", "guidance"))
    first = Decision("Notifiable?", "yes" if notifiable else "no", tuple(reasons), dates, at)
    return Duties(first, _commission(breach, notifiable, at), _people(breach, notifiable, harmful, at))


def _commission(breach, notifiable, at):
    if not notifiable:
        reason = Reason("the breach is not notifiable", "s 26D(1)")
        return Decision("Tell the Commission?", "no", (reason,), at=at)
    reason = Reason(
        "as soon as practicable, and no later than 3 calendar days after the day of the assessment", "s 26D(1)"
    )
    dates = {"tell the Commission by": breach.assessed_on + TELL_WITHIN} if breach.assessed_on else {}
    counted = Reason(
        "weekends and holidays count; the first day is the one after the assessment", "s 26D(1)", "guidance"
    )
    return Decision("Tell the Commission?", "yes", (reason, counted), dates, at)


def _people(breach, notifiable, harmful, at):
    question = "Tell the people?"
    if not notifiable:
        return Decision(question, "no", (Reason("the breach is not notifiable", "s 26D(2)"),), at=at)
    if breach.silence:
        reason = Reason(f"{breach.silence} says not to tell them", "s 26D(6)")
        return Decision(question, "forbidden", (reason,), at=at)
    if not harmful:
        reason = Reason(
            "it is notifiable for its scale only; people are told where significant harm is likely", "s 26D(2)"
        )
        return Decision(question, "no", (reason,), at=at)
    spared = []
    if breach.remedied:
        spared.append(Reason("action after the assessment makes significant harm unlikely", "s 26D(5)(a)"))
    if breach.protected_before:
        spared.append(Reason("a measure that was there before makes significant harm unlikely", "s 26D(5)(b)"))
    if breach.waived:
        spared.append(Reason("the Commission has waived it", "s 26D(7)", "our reading"))
    if spared:
        spared.append(Reason("the Commission is told all the same", "s 26D(1)"))
        return Decision(question, "no", tuple(spared), at=at)
    reason = Reason(
        "significant harm is likely; on or after telling the Commission, in a reasonable manner", "s 26D(2)"
    )
    return Decision(question, "yes", (reason,), at=at)


def _of_intermediary(breach, at):
    """Who processes for another tells the other; the organisation assesses and tells the rest."""
    whose, *where = CLIENTS[breach.role]
    client = Decision(
        f"Tell the {whose} whose data they are?", "yes",
        (Reason("without undue delay, from the moment there is reason to believe in a breach", *where),), at=at,
    )  # fmt: skip
    theirs = Reason("the organisation assesses the breach", "s 26C(3)(b)")
    no = [
        Decision(q, "no, the organisation does", (theirs,), at=at)
        for q in ("Notifiable?", "Tell the Commission?", "Tell the people?")
    ]
    return Duties(*no, client)
