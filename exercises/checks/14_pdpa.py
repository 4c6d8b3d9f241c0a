"""The tasks of exercise 14 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: people told for scale only; a measure that spares
the Commission too; 500 as a rough figure; a clock that starts at the discovery, or counts working days; the day in
London; waiting for the last count; consent to e-mail taken for consent to text messages; a clean check that cures a
withdrawal; a check that is still good on day 22; the register asked about e-mail.
"""

import io
from datetime import date, datetime, timedelta
from functools import cache

import pandas as pd

from crmlearn import pdpa
from crmlearn.checks import Labelled, Matching, Mistake, Number, Task

# Case 1: seven events, three clocks, one count that grows
LOAN, SAVED = ("full name", "loans or debts"), ("full name", "deposits")
MAIL = ("other", "e-mail address")
EVENTS = {
    "A": pdpa.Breach(LOAN, 40, protected_before=True),
    "B": pdpa.Breach(MAIL, 620),
    "C": pdpa.Breach(MAIL, 499),
    "D": pdpa.Breach(("full name", "net worth"), 900, internal_only=True),
    "E": pdpa.Breach(("full name", "identification number", "deposits"), 150, role="intermediary"),
    "F": pdpa.Breach(SAVED, 12, silence="law enforcement"),
    "G": pdpa.Breach(LOAN, 3),
}
TOLD = ("nobody", "client", "Commission", "Commission and people")
CLOCK = {  # noticed, assessed
    "B": ("2026-03-03", "2026-03-10T23:30+00:00"),
    "F": ("2026-03-04", "2026-03-18T09:00+08:00"),
    "G": ("2026-03-02", "2026-03-06T17:00+08:00"),
}
NOTICED = date(2026, 3, 6)
COUNTS = {date(2026, 3, 9): 480, date(2026, 3, 12): 520, date(2026, 3, 16): 533}
LINES = {
    "A": "in every case", "B": "in every case", "C": "in every case", "D": "in every case", "E": "in some cases",
    "F": "in some cases", "G": "not asked for", "H": "not asked for",
}  # fmt: skip
ASKED_FOR = ("in every case", "in some cases", "not asked for")

# Case 2: twenty people, one text message and one e-mail
PEOPLE = """\
customer_id,email,sms,how,withdrew,checked,listed
Aini,2025-01-10,2025-01-10,express,,,
Ben,2025-02-03,,express,,2026-02-20,no
Chitra,2025-02-14,2025-02-14,express,sms 2026-01-20,2026-02-27,no
Devi,,,,,2026-03-02,no
Farid,2025-03-01,,express,,2026-02-24,yes
Goh,2025-03-15,,express,,2026-02-14,no
Hana,2025-04-02,,express,,,
Imran,,2025-04-20,express,,2026-02-26,yes
Joan,2025-05-05,2025-05-05,conduct,,2026-03-01,no
Kumar,2025-05-30,,express,,2026-02-22,no
Lim,2025-06-06,,express,,2026-02-23,no
Mei,2025-06-21,2025-06-21,express,email 2026-02-11,,
Nur,2025-07-01,,express,email 2025-12-01,2026-03-03,no
Omar,2025-07-19,,express,,2026-02-17,no
Priya,2025-08-08,2025-08-08,express,,2026-01-05,yes
Qi,2025-08-30,,express,,2026-02-13,no
Ravi,2025-09-09,,express,,2026-02-21,no
Siti,2025-10-10,,express,,2026-03-10,no
Tan,,2025-11-11,express,sms 2026-03-12,2026-03-04,no
Uma,2025-12-12,2025-12-12,express,sms 2026-03-14,,
"""
FRIDAY, MONDAY = date(2026, 3, 13), date(2026, 3, 16)
SEVEN = ("Chitra", "Devi", "Farid", "Imran", "Joan", "Lim", "Qi")
GROUNDS = ("no consent", "withdrawn", "deemed consent only", "on the register", "check too old", "register not asked")
WORDS = ("yes, consent", "yes, not on the register", *(f"no, {ground}" for ground in GROUNDS))
LONG_AGO = "2025-01-01"
LEFT_ON, HOLIDAY = date(2026, 3, 24), date(2026, 4, 3)


# Task 1
def whom(breach):
    duties = pdpa.must_notify(breach)
    if duties.client:
        return TOLD[1]
    told = duties.commission.answer, duties.people.answer
    return {("yes", "yes"): TOLD[3], ("no", "no"): TOLD[0]}.get(told, TOLD[2])


# Task 2
def last_days(count=lambda noticed, assessed: by_law(assessed)):
    return {event: count(*times).day for event, times in CLOCK.items()}


def by_law(assessed):
    duties = pdpa.must_notify(pdpa.Breach(MAIL, 500, assessed_on=assessed))
    return duties.dates["tell the Commission by"]


def of_london(assessed):
    """The day as it is written, whatever the time zone."""
    return by_law(datetime.fromisoformat(assessed).date())


# Task 3
def grown(until=500):
    """The last day, by the first evening whose count reaches so many."""
    return by_law(next(day for day, n in COUNTS.items() if n >= until))


# Tasks 5 to 7
@cache
def people():
    return pd.read_csv(io.StringIO(PEOPLE), dtype=str)


def records(table):
    """(ledger, checks) of the wide table."""
    given = [
        table[["customer_id", "how", channel]].set_axis(["customer_id", "route", "at"], axis=1).assign(channel=channel)
        for channel in ("email", "sms")
    ]
    left = table.withdrew.str.split(expand=True).reindex(columns=[0, 1]).set_axis(["channel", "at"], axis=1)
    left = left.assign(customer_id=table.customer_id, event="withdrawn")
    said = pd.concat([*(g.assign(event="given") for g in given), left]).dropna(subset="at")
    asked = table.dropna(subset="checked")
    rows = zip(asked.customer_id, asked.checked, asked.listed == "yes", strict=True)
    return pdpa.Ledger.of(said), pdpa.Checks(tuple((who, "no text message", on, listed) for who, on, listed in rows))


def asked(channel, day, change=None):
    """The ContactList, after a misconception has changed the table."""
    table = people().copy() if change is None else change(people().copy(), day)
    ledger, register = records(table)
    return pdpa.contact_list(table, ledger, channel, "marketing", day, register)


def decided():
    ledger, register = records(people())
    told = {who: pdpa.may_contact(ledger, who, "sms", "marketing", FRIDAY, register) for who in SEVEN}
    return {who: f"{d.answer}, {d.ground}" for who, d in told.items()}


def by_ground(change=None):
    found = asked("sms", FRIDAY, change).excluded.set_index("ground").people
    return found.reindex(GROUNDS, fill_value=0).to_dict()


def on_monday(change=None, sms=MONDAY, email_change=None):
    texts, mails = asked("sms", sms, change), asked("email", MONDAY, email_change or change)
    return {"sms": len(texts.allowed), "email": len(mails.allowed)}


def never_withdrawn(table, day):
    return table.assign(withdrew=pd.Series(None, index=table.index, dtype=str))


def all_express(table, day):
    return table.assign(how=table.how.replace("conduct", "express"))


def mail_is_text(table, day):
    """Express consent to e-mail, not withdrawn, taken for one to text messages."""
    stands = (table.how == "express") & ~table.withdrew.fillna("").str.startswith("email")
    return table.assign(sms=table.sms.fillna(table.email.where(stands)))


def text_is_mail(table, day):
    stands = (table.how == "express") & ~table.withdrew.fillna("").str.startswith("sms")
    return table.assign(email=table.email.fillna(table.sms.where(stands)))


def clean_is_enough(table, day):
    """A valid check without a listing, taken for leave to send."""
    clean = (table.listed == "no") & table.checked.map(lambda on: fresh(on, day))
    bare = clean & (table.how.isna() | (table.how == "conduct") | table.withdrew.notna())
    return table.assign(
        sms=table.sms.mask(bare, LONG_AGO),
        how=table.how.mask(bare, "express"),
        withdrew=table.withdrew.where(~bare),
    )


def listed_is_no(table, day):
    """A listing taken to outweigh consent to text messages."""
    listed = table.listed == "yes"
    return table.assign(
        sms=table.sms.where(~listed),
        email=table.email.mask(listed, LONG_AGO),
        checked=table.checked.mask(listed, day.isoformat()),
    )


def fresh(checked, day, last=lambda on: on + timedelta(days=21)):
    return isinstance(checked, str) and day <= last(date.fromisoformat(checked))


def valid(last):
    """A misconception about how long a check is good: until `last`."""

    def change(table, day):
        good = table.checked.map(lambda on: fresh(on, day, last)).astype(bool)
        old = table.checked.notna() & ~good
        return table.assign(checked=table.checked.mask(good, day.isoformat()).mask(old, LONG_AGO))

    return change


def days(n):
    return valid(lambda on: on + timedelta(days=n))


def register_for_mail(table, day):
    """A number on the register taken for a refusal of e-mail."""
    return table[table.listed != "yes"]


WHOM = Task(
    title="Who must be told of each event?",
    wanted="for each letter A to G one of: nobody, client, Commission, Commission and people; what the Act asks the "
    "shop itself to do",
    expects=Matching("event", tuple(EVENTS), TOLD),
    answer=lambda: {event: whom(breach) for event, breach in EVENTS.items()},
    mistakes=(
        Mistake(
            "people told for scale", lambda: {"B": TOLD[3]},
            "Look at B again. It is notifiable for its *scale* only. The duty to tell people hangs on significant "
            "harm (s 26D(2)).",
        ),
        Mistake(
            "encryption spares all", lambda: {"A": TOLD[0]},
            "Look at A again. A measure that was there before spares the *people* a notice (s 26D(5)(b)). Does it "
            "spare the Commission?",
        ),
        Mistake(
            "500 as a rough figure", lambda: {"C": TOLD[2]},
            "Look at C again. The number is *not fewer than 500* (S 64/2021 reg 4), and here it is known for sure.",
        ),
        Mistake(
            "inside counts", lambda: {"D": TOLD[3]},
            "Look at D again. What happens *only within* the organisation is deemed not notifiable (s 26B(4)), even "
            "with such data and so many people.",
        ),
        Mistake(
            "the intermediary tells the Commission", lambda: {"E": TOLD[2]},
            "Look at E again. Whose data are they? Who processes for another tells the other (s 26C(3)), and that one "
            "assesses.",
        ),
        Mistake(
            "the intermediary tells everybody", lambda: {"E": TOLD[3]},
            "Look at E again. The shop stores these data *for* the hire firm, which assesses and tells the rest "
            "(s 26C(3)(b)).",
        ),
        Mistake(
            "the police are overlooked", lambda: {"F": TOLD[3]},
            "Look at F again. When a prescribed law-enforcement agency so instructs, the people must *not* be told "
            "(s 26D(6)).",
        ),
        Mistake(
            "silence towards all", lambda: {"F": TOLD[0]},
            "Look at F again. The instruction is about the people (s 26D(6)). The notice to the Commission stays.",
        ),
        Mistake(
            "few people do not count", lambda: {"G": TOLD[0]},
            "Look at G again. There are two reasons to notify, and one of them needs no number of people "
            "(s 26B(1)(a)).",
        ),
    ),
    hints=(
        "Ask in this order: Is it ours? Did it stay inside? Is harm likely, or are there 500 people? Then: is somebody "
        "spared, or forbidden?",
        "`pdpa.Breach` takes the facts; `pdpa.PRESCRIBED` lists the kinds of data. `pdpa.must_notify(...)` gives the "
        "duties with their sections.",
        "For example `pdpa.must_notify(pdpa.Breach([\"e-mail address\"], people=620))`.",
    ),
    takeaway="Harm and scale are two doors to the Commission; only harm leads on to the people.",
    topics=("D2",),
)  # fmt: skip

LAST_DAY = Task(
    title="Which is the last day to tell the Commission?",
    wanted="for B, F and G the day of March 2026 in Singapore, as a whole number",
    expects=Labelled("event", tuple(CLOCK), decimals=0),
    answer=last_days,
    mistakes=(
        Mistake(
            "72 hours from discovery", lambda: last_days(lambda noticed, a: date.fromisoformat(noticed) + timedelta(3)),
            "You counted from the day on which it was *noticed*. That is the rule of the GDPR in Europe. Here the "
            "clock starts with the assessment (s 26D(1)).",
        ),
        Mistake(
            "working days",
            lambda: last_days(lambda n, a: pdpa.business_days_on(by_law(a) - timedelta(3), 3)),
            "You counted working days. Section 26D(1) says *calendar* days, so Saturday and Sunday count.",
        ),
        Mistake(
            "the day itself counts", lambda: last_days(lambda n, a: by_law(a) - timedelta(1)),
            "You took the day of the assessment for day 1. Day 1 is the day after it.",
        ),
        Mistake(
            "the day in London", lambda: last_days(lambda n, a: of_london(a)),
            "Two are right. The time of B is written in UTC. Which day was it in Singapore, eight hours ahead?",
        ),
    ),
    hints=(
        "From which of the two days does the clock run, and is that day counted?",
        "`pdpa.Breach(..., assessed_on=...)` takes a moment with its time zone, as the table has it.",
        "`pdpa.must_notify(breach).dates` holds the last day; `.day` gives its number in the month.",
    ),
    takeaway="Three calendar days after the day of the assessment, in Singapore; and *as soon as practicable* before.",
    topics=("D2",),
)  # fmt: skip

GROWS = Task(
    title="What if the number grows while we assess?",
    wanted="one whole number: the last day of March 2026 to tell the Commission",
    expects=Number("day of March", decimals=0),
    answer=lambda: grown().day,
    mistakes=(
        Mistake(
            "waiting for the last count", lambda: grown(until=max(COUNTS.values())).day,
            "You waited for the final count. By the Commission's guidance it is enough to have reason to believe that "
            "500 are reached.",
        ),
        Mistake(
            "the first count", lambda: grown(until=1).day,
            "You counted from the first evening. On that evening 480 was the number, and the finding was *not "
            "notifiable*.",
        ),
        Mistake(
            "72 hours from discovery", lambda: (NOTICED + timedelta(3)).day,
            "You counted from the day on which it was noticed. The clock of section 26D(1) starts with the assessment.",
        ),
        Mistake(
            "working days", lambda: pdpa.business_days_on(grown() - timedelta(3), 3).day,
            "You counted working days. Section 26D(1) says calendar days.",
        ),
        Mistake(
            "the day itself counts", lambda: grown().day - 1,
            "You took the day of the assessment for day 1. Day 1 is the day after it.",
        ),
    ),
    hints=(
        "On which evening does the assessment first say: notifiable?",
        "Names with e-mail addresses are no prescribed data, so only the number decides. Try each count with "
        "`pdpa.must_notify`.",
        "From that day on, three calendar days.",
    ),
    takeaway="An assessment is not made once and for all. And do not wait for the last digit.",
    topics=("D2",),
)  # fmt: skip

NOTICE = Task(
    title="What goes into the notice to the Commission?",
    wanted="for each letter A to H one of: in every case, in some cases, not asked for",
    expects=Matching("line", tuple(LINES), ASKED_FOR),
    answer=lambda: LINES,
    mistakes=(
        Mistake(
            "the list goes along", lambda: {"G": ASKED_FOR[0]},
            "Look at G again. How many, and which kinds of data, tell the Commission what it needs. Sending the list "
            "itself would spread the data once more.",
        ),
        Mistake(
            "a promise", lambda: {"H": ASKED_FOR[0]},
            "Look at H again. What was done, and what is planned, can be told. Nobody can know that it never happens "
            "again.",
        ),
        Mistake(
            "reasons for a delay in any case", lambda: {"E": ASKED_FOR[0]},
            "Look at E again. A notice that comes in time has no delay to explain.",
        ),
        Mistake(
            "the people left out without a word", lambda: {"F": ASKED_FOR[2]},
            "Look at F again. If the people of a harmful breach are not told, the Commission has to learn why.",
        ),
        Mistake(
            "the delay without a word", lambda: {"E": ASKED_FOR[2]},
            "Look at E again. A notice after the last day has something to explain.",
        ),
        Mistake(
            "the cause later", lambda: {"B": ASKED_FOR[2]},
            "Look at B again. What is known of the cause belongs in, even if it is not yet all.",
        ),
        Mistake(
            "the number later", lambda: {"C": ASKED_FOR[2]},
            "Look at C again. How many people and which data are the heart of it, even while the count is open.",
        ),
    ),
    hints=(
        "What would you want to know, if your task were to see whether people are safe?",
        "Two of the lines explain why something was *not* done as usual.",
        "Two of the lines would help nobody: one spreads data, the other one promises what nobody can know.",
    ),
    takeaway="Facts, numbers, kinds of data, harm, remedy, contact. Check regulation 5 of S 64/2021 before you send.",
    topics=("D1", "D2"),
)  # fmt: skip

SEVEN_PEOPLE = Task(
    title="May these seven get the text message on Friday?",
    wanted="for each of the seven people one of the eight answers that the task lists",
    expects=Matching("customer_id", SEVEN, WORDS),
    answer=decided,
    mistakes=(
        Mistake(
            "a clean check is enough", lambda: dict.fromkeys(("Chitra", "Devi", "Joan"), WORDS[1]),
            "You let a clean check stand for consent. The register says whether a *number* may be used; whether the "
            "person agreed, or took it back, is another question (ss 13, 16).",
        ),
        Mistake(
            "a clean check cures a withdrawal", lambda: {"Chitra": WORDS[1]},
            "Look at Chitra again. Her number is on no register, but she has withdrawn (s 16). The check does not undo "
            "that.",
        ),
        Mistake(
            "a withdrawal overlooked", lambda: {"Chitra": WORDS[0]},
            "Look at Chitra again. She agreed, and later she withdrew. The last word counts (s 16).",
        ),
        Mistake(
            "no consent overlooked", lambda: {"Devi": WORDS[1]},
            "Look at Devi again. Nobody may be sent marketing for having a number on no register. Where is her "
            "consent (s 13)?",
        ),
        Mistake(
            "deemed consent for marketing", lambda: {"Joan": WORDS[0]},
            "Look at Joan again. Her consent is deemed by conduct (s 15(1)): it covers what she obviously expects "
            "when she buys, and no marketing.",
        ),
        Mistake(
            "consent to e-mail for text messages", lambda: {"Farid": WORDS[0]},
            "Look at Farid again. He agreed to e-mail. For a text message his number still has to be looked up "
            "(s 43), and it is listed.",
        ),
        Mistake(
            "a listing beats consent", lambda: {"Imran": "no, on the register"},
            "Look at Imran again. His number is listed, but he agreed clearly to text messages. Clear and unambiguous "
            "consent counts (s 43).",
        ),
        Mistake(
            "30 days", lambda: {"Qi": WORDS[1]},
            "Look at Qi again. How many days lie between her check and Friday? Since February 2021 a check is good for "
            "21 days; before, it was 30.",
        ),
    ),
    hints=(
        "Ask in this order: withdrawn? consent to text messages? consent to another channel? And only then: a valid "
        "check of the register?",
        "21 days before Friday 13 March is 20 February.",
        "`pdpa.may_contact(ledger, \"Lim\", \"sms\", \"marketing\", \"2026-03-13\", register)` tells answer and "
        "ground.",
    ),
    takeaway="Two questions for each text: may we use the data (ss 13 to 17), and may we use the number (s 43)?",
    topics=("D3", "D4"),
)  # fmt: skip

REASONS = Task(
    title="Why are the others left out on Friday?",
    wanted="six whole numbers: people of the twenty whom the text message of Friday 13 March must leave out, by the "
    "deciding reason; 0 where there is nobody",
    expects=Labelled("ground", GROUNDS, "people", decimals=0),
    answer=by_ground,
    mistakes=(
        Mistake(
            "withdrawals forgotten", lambda: by_ground(never_withdrawn),
            "You left out the column `withdrew`. Who took it back is not asked again through the register (s 16).",
        ),
        Mistake(
            "consent to e-mail for text messages", lambda: by_ground(mail_is_text),
            "You took consent to e-mail for consent to text messages. Without the latter the number has to be looked "
            "up first (s 43).",
        ),
        Mistake(
            "30 days", lambda: by_ground(days(30)),
            "You let a check be good for too long. 30 days were the rule before February 2021; now it is 21, and these "
            "are calendar days.",
        ),
        Mistake(
            "a listing beats consent", lambda: by_ground(listed_is_no),
            "You left out everybody whose number is listed. Two of them agreed clearly to text messages, and that "
            "counts (s 43).",
        ),
        Mistake(
            "deemed consent for marketing", lambda: by_ground(all_express),
            "You took consent by conduct for express consent. It covers no marketing (s 15(1)).",
        ),
        Mistake(
            "a clean check is enough", lambda: by_ground(clean_is_enough),
            "You let a clean check stand for consent. It speaks about the number, not about what the person wants.",
        ),
    ),
    hints=(
        "One function asks for each person and counts the reasons.",
        "`pdpa.contact_list(people, ledger, \"sms\", \"marketing\", \"2026-03-13\", register)`; look at `excluded`.",
        "`excluded.set_index(\"ground\").people` gives the numbers by name.",
    ),
    takeaway="Count the reasons, and nobody is named. Each of them asks for another remedy.",
    topics=("D3", "D4"),
)  # fmt: skip

MONDAY_TASK = Task(
    title="How many remain on Monday?",
    wanted="two whole numbers: how many of the twenty may get the message on Monday 16 March by sms, and how many by "
    "email, if nobody asks the register again",
    expects=Labelled("channel", ("sms", "email"), decimals=0),
    answer=on_monday,
    mistakes=(
        Mistake(
            "day 22", lambda: on_monday(days(22)),
            "You kept a check of 22 days. Day 21 is the last one.",
        ),
        Mistake(
            "day 21 lost", lambda: on_monday(days(20)),
            "You dropped a check that is 21 days old. It is good on that day still.",
        ),
        Mistake(
            "Friday's list", lambda: on_monday(sms=FRIDAY),
            "This is Friday's list for the text message. The weekend counts: some checks run out, and somebody may "
            "have withdrawn.",
        ),
        Mistake(
            "30 days", lambda: on_monday(days(30)),
            "You let a check be good for 30 days. That was the rule before February 2021; now it is 21.",
        ),
        Mistake(
            "21 working days", lambda: on_monday(valid(lambda on: pdpa.business_days_on(on, 21))),
            "You counted working days. The 21 days of a check are calendar days, over the weekend too.",
        ),
        Mistake(
            "the register asked about e-mail", lambda: on_monday(email_change=register_for_mail),
            "Your number for the text message is right. For e-mail you left out listed *phone numbers*. The registers "
            "are about calls, texts and fax.",
        ),
        Mistake(
            "consent to text messages for e-mail", lambda: on_monday(email_change=text_is_mail),
            "Your number for the text message is right. For e-mail you counted somebody who agreed to text messages "
            "only.",
        ),
        Mistake(
            "withdrawals forgotten", lambda: on_monday(never_withdrawn),
            "You left out the column `withdrew`. One withdrawal even came on the weekend.",
        ),
    ),
    hints=(
        "The same function as in task 6, with another day and another channel.",
        "21 days before Monday 16 March is 23 February. And look at `withdrew` once more.",
        "`len(pdpa.contact_list(...).allowed)`, once for sms and once for email.",
    ),
    takeaway="A list is good for its day. Make it on the day of sending.",
    topics=("D3", "D4"),
)  # fmt: skip

LEAVING = Task(
    title="Until when must Qi be off the list?",
    wanted="one whole number: the last day, as a day of April 2026",
    expects=Number("day of April", decimals=0),
    answer=lambda: pdpa.unsubscribe_by(LEFT_ON, [HOLIDAY]).day,
    mistakes=(
        Mistake(
            "calendar days", lambda: (LEFT_ON + timedelta(10)).day,
            "You counted calendar days. Here it is *business* days. (For the breach it was the other way round.)",
        ),
        Mistake(
            "the holiday counted", lambda: pdpa.unsubscribe_by(LEFT_ON).day,
            "You counted Good Friday, or the day of the click. A public holiday is no business day, and day 1 is the "
            "day after.",
        ),
        Mistake(
            "21 days", lambda: (LEFT_ON + timedelta(21)).day,
            "These are the 21 days of a check of the register. To honour an unsubscription there are ten business "
            "days.",
        ),
        Mistake(
            "30 days", lambda: (LEFT_ON + timedelta(30)).day,
            "These are 30 days, as for a request for access. Here it is ten business days.",
        ),
    ),
    hints=(
        "Business days: no Saturday, no Sunday, no public holiday. Day 1 is Wednesday 25 March.",
        "`pdpa.unsubscribe_by(day, holidays=[...])` counts them; the holiday is yours to give.",
    ),
    takeaway="Four clocks, four ways to count: 3 and 21 and 30 calendar days, 10 business days.",
    topics=("D4",),
)  # fmt: skip

TASKS = (WHOM, LAST_DAY, GROWS, NOTICE, SEVEN_PEOPLE, REASONS, MONDAY_TASK, LEAVING)
