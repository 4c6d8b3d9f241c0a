"""The consent ledger: who agreed to what, by which way, since when; nothing in it is ever changed, only added to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from crmlearn.errors import Refusal, columns, one_of, refuse_all, whole
from crmlearn.pdpa.ruling import SINGAPORE, Decision, Reason, in_singapore, moments

CHANNELS = ("email", "sms", "phone", "app", "fax", "post")
PURPOSES = ("marketing", "service", "analytics")
EVENTS = ("given", "withdrawn")
ROUTES = ("express", "conduct", "contract", "notification", "legitimate interests", "business improvement")
NOTICE = 10  # business days that are normally reasonable: guidance, and our recollection of it
GUIDELINES = "PDPC guidelines"
_NOT_FOR_MARKETING = {
    "conduct": ("deemed by conduct: it covers what the person obviously expects, no marketing", "s 15(1)"),
    "contract": ("deemed by contractual necessity: it covers what the contract needs, no marketing", "s 15(3)"),
    "notification": ("deemed by notification: not for sending direct marketing", "s 15A, PDP Regulations 2021 reg 13"),
    "legitimate interests": ("an exception for legitimate interests: it does not cover marketing", "First Schedule"),
    "business improvement": ("an exception to learn and improve: it does not cover sending", "Second Schedule"),
}


@dataclass(frozen=True)
class Event:
    """One line of the ledger.

    person : id; at : day or moment in Singapore; channel, purpose, event : words of CHANNELS, PURPOSES, EVENTS
    route : how consent came about, or which exception is relied on, of ROUTES; wording : which text was agreed to
    """

    person: str
    at: datetime
    channel: str
    purpose: str = "marketing"
    event: str = "given"
    route: str = "express"
    wording: str = ""

    def __post_init__(self):
        problems = []
        for name, known in (("channel", CHANNELS), ("purpose", PURPOSES), ("event", EVENTS), ("route", ROUTES)):
            said = getattr(self, name)
            object.__setattr__(self, name, said.strip().casefold() if isinstance(said, str) else said)
            try:
                one_of(name, getattr(self, name), known)
            except Refusal as problem:
                problems.append(problem)
        try:
            object.__setattr__(self, "at", moment("at", self.at))
        except Refusal as problem:
            problems.append(problem)
        refuse_all(problems)


@dataclass(frozen=True)
class Ledger:
    """Events in their order. `add` returns a longer ledger; nothing is removed or changed.

    >>> book = Ledger().add("P1", "2025-01-05", "email").add("P1", "2025-03-01", "email", event="withdrawn")
    >>> book.standing("P1", "email", "marketing", "2025-02-01").event, book.standing("P1", "email", "marketing").event
    ('given', 'withdrawn')
    """

    events: tuple = ()
    _of: dict = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        by = defaultdict(list)
        for event in self.events:
            by[event.person].append(event)
        object.__setattr__(self, "_of", dict(by))

    @classmethod
    def of(cls, table):
        """A ledger of a table: customer_id (or person), at, channel, purpose, event; route, wording if any."""
        rows = by_person(table)
        columns("consents", ["person", "at", "channel", "event"], rows.columns)
        names = [n for n in ("person", "at", "channel", "purpose", "event", "route", "wording") if n in rows]
        rows = rows[names].assign(at=moments("at", rows["at"])).sort_values("at", kind="stable")
        events, problems = [], []
        for number, row in zip(rows.index, rows.to_dict("records"), strict=True):
            told = {k: v for k, v in row.items() if not (v is None or v != v or v == "")}
            try:
                if empty := [name for name in row if name not in told and name not in _may_be_empty(row)]:
                    raise Refusal(f"{empty[0]} is empty.", "nothing", "a word: an empty cell agrees to nothing")
                events.append(Event(**told | {"at": told["at"].to_pydatetime()}))
            except (Refusal, KeyError, TypeError) as problem:
                problems.append(
                    Refusal(f"row {number} of the consents cannot be read.", str(problem)[:80], "mend the row")
                )
                if len(problems) == 20:
                    break
        refuse_all(problems)
        return cls(tuple(events))

    def add(self, person, at, channel, **more):
        """The ledger with one event more.

        Errors: Refusal for an event before the person's last one: the past is not rewritten
        """
        event = Event(person, at, channel, **more)
        earlier = [e.at for e in self._of.get(person, ())]
        if earlier and event.at < max(earlier):
            wrong = "the ledger is only added to: this event lies before the person's last one."
            raise Refusal(
                wrong, f"{event.at:%Y-%m-%d} and {max(earlier):%Y-%m-%d}", "the day on which you learned of it"
            )
        return Ledger((*self.events, event))

    def standing(self, person, channel, purpose="marketing", at=None):
        """The last word of a person about a channel and purpose until a moment, given or withdrawn; else None.

        What is deemed is no word of theirs: it neither widens nor ends what they said. Where a consent and a withdrawal
        fall on one day and nobody knows which came last, the withdrawal counts.
        """
        said = [e for e in self._until(person, channel, purpose, at) if e.event == "withdrawn" or e.route == "express"]
        if not said or said[-1].event == "withdrawn":
            return said[-1] if said else None
        last = said[-1]
        same_day = [e for e in said if e.event == "withdrawn" and e.at.date() == last.at.date()]
        unsure = [e for e in same_day if e.at == last.at or time.min in (e.at.time(), last.at.time())]
        return unsure[-1] if unsure else last

    def deemed(self, person, channel, purpose="marketing", at=None):
        """The last event until a moment by which consent was deemed, not said; else None."""
        deemed = [e for e in self._until(person, channel, purpose, at) if e.event == "given" and e.route != "express"]
        return deemed[-1] if deemed else None

    def _until(self, person, channel, purpose, at):
        until = None if at is None else moment("at", at, end=True)
        about = (e for e in self._of.get(person, ()) if (e.channel, e.purpose) == (channel, purpose))
        return [e for e in about if until is None or e.at <= until]

    def __len__(self):
        return len(self.events)

    def __repr__(self):
        return f"Ledger of {len(self.events):,} events about {len(self._of):,} people"


def may_use(ledger, person, channel, purpose="marketing", at=None):
    """Whether a person's data may be used for a purpose. To send something is a further question: see may_contact.

    ledger : Ledger; person, channel, purpose : as in its events; at : day or moment, None for the end of the ledger
    Returns: Decision, "yes" or "no"
    Source: PDPA ss 13 to 17, First and Second Schedule

    >>> book = Ledger().add("P1", "2025-01-05", "email")
    >>> may_use(book, "P1", "email").answer, may_use(book, "P2", "email").answer
    ('yes', 'no')
    >>> may_use(book, "P2", "email", "analytics").answer  # of one's own customers, to learn; not to send
    'yes'
    """
    one_of("purpose", purpose, PURPOSES)
    one_of("channel", channel, CHANNELS)
    question, on = f"May the data be used for {purpose}?", None if at is None else moment("at", at, end=True).date()
    said = ledger.standing(person, channel, purpose, at)
    if said is not None and said.event == "withdrawn":
        reasons = (
            Reason(f"withdrawn on {said.at:%Y-%m-%d}; stop on reasonable notice, and say what follows from it", "s 16"),
            Reason(f"{NOTICE} business days are normally reasonable, as we recall it", GUIDELINES, "guidance"),
        )
        return Decision(question, "no", reasons, at=on, ground="withdrawn")
    if purpose == "analytics":
        reason = Reason(
            "business improvement: to learn about one's own customers, where that cannot be done without data on "
            "persons and a reasonable person would find it appropriate; it does not cover sending marketing",
            "Second Schedule Part 2 Division 2", "our reading",
        )  # fmt: skip
        return Decision(question, "yes", (reason,), at=on, ground="analytics")
    if purpose == "service":
        text = "needed for what the person has asked for or bought, as long as nothing in it promotes"
        reason = Reason(text, "s 15(3)", "our reading")
        return Decision(question, "yes", (reason,), at=on, ground="service")
    if said is not None:
        wording = f", wording {said.wording}" if said.wording else ""
        reason = Reason(
            f"express consent for {channel} since {said.at:%Y-%m-%d}{wording}", "ss 13, 14", "as summarised"
        )
        return Decision(question, "yes", (reason,), at=on, ground="consent")
    other = [c for c in CHANNELS if (e := ledger.standing(person, c, purpose, at)) and e.event == "given"]
    if other:
        reason = Reason(
            f"express consent to marketing by {', '.join(other)}, none by {channel}", "ss 13, 14", "our reading"
        )
        return Decision(question, "yes", (reason,), at=on, ground="consent to another channel")
    deemed = ledger.deemed(person, channel, purpose, at)
    if deemed is not None:
        text, section = _NOT_FOR_MARKETING[deemed.route]
        reason = Reason(text, section, "as summarised")
        return Decision(question, "no", (reason,), at=on, ground="deemed consent only")
    none = Reason("no consent to marketing is recorded", "s 13", "as summarised")
    return Decision(question, "no", (none,), at=on, ground="no consent")


def _may_be_empty(row):
    """A withdrawal needs no way in which it came about."""
    return ("wording", "route") if str(row.get("event")).strip().casefold() == "withdrawn" else ("wording",)


def by_person(table):
    """The table with a column person, free of blanks; customer_id goes before a column that is called so already."""
    if "customer_id" in table:
        table = table.drop(columns="person", errors="ignore").rename(columns={"customer_id": "person"})
    if "person" not in table:
        return table
    return table.assign(person=[who.strip() if isinstance(who, str) else who for who in table["person"]])


def business_days_on(day, days=NOTICE, holidays=()):
    """The last of so many business days after a day: Monday to Friday, without the holidays given.

    >>> business_days_on("2025-08-01", 10, ["2025-08-11"]).isoformat()  # with one Monday off
    '2025-08-18'
    """
    day, off = in_singapore("day", day), {in_singapore("holidays", h) for h in holidays}
    for _ in range(whole("days", days, 0, "days=10")):
        day += timedelta(days=1)
        while day.weekday() >= 5 or day in off:
            day += timedelta(days=1)
    return day


def moment(name, given, end=False):
    """A moment in Singapore without its time zone; of a bare day its beginning, or its end."""
    if isinstance(given, str) and len(given) > 10:
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise Refusal(f"{name} needs a date, year first.", repr(given)[:60], f"{name}='2025-08-01 10:00'") from None
    if isinstance(given, datetime):
        return given if given.tzinfo is None else given.astimezone(SINGAPORE).replace(tzinfo=None)
    day = in_singapore(name, given)
    return datetime.combine(day, datetime.max.time() if end else datetime.min.time())
