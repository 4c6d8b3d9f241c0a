"""The tasks of exercise 13 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: who owes for who is owed; a claim for a duty; the
new retention for the rise; one year for all years; later dollars for dollars of today; what comes back before its cost;
an association for an effect; the wrong people as the measure; a ratio without its interval; all people for those who
need it; the chosen for those in need; a difference for a ratio; all members for those without use; a year's price for a
month's.
"""

from functools import cache

import pandas as pd

from crmlearn import datasets, ethics
from crmlearn.checks import Matching, Mistake, Number, Task

SIDES = tuple(p.name for p in ethics.PERSPECTIVES)
LINES = {
    "A": "company to customer", "B": "employer to employee", "C": "company to community", "D": "employee to employer",
    "E": "customer to company", "F": "company to shareholder",
}  # fmt: skip
RECALL = {
    "cost_now": 12_000, "customers": 2_000, "margin": 40, "retention": 0.60, "discount_per_period": 0.08,
    "cost_per_period": 1.50,
}  # fmt: skip
HOPED = 0.63
COMPLAINTS = {
    "orders": ["one", "two", "three or more"],
    "complained": [20, 60, 120],
    "complained_again": [9, 36, 97],
    "calm": [800, 300, 100],
    "calm_again": [320, 180, 80],
}
# age: people, reached, with a loose cable, of these reached
BUYERS = {
    "18-34": (600, 540, 12, 11), "35-54": (800, 680, 20, 17), "55-64": (60, 42, 4, 3),
    "65 and over": (540, 297, 26, 11),
}  # fmt: skip
IDLE = 91


# Tasks 2 and 3
def rise(**changed):
    terms = RECALL | changed
    return 1_000 * (ethics.break_even_retention(**terms) - terms["retention"])


def one_year():
    return 1_000 * (RECALL["cost_now"] / RECALL["customers"] + RECALL["cost_per_period"]) / RECALL["margin"]


def left(what="left", **changed):
    return ethics.doing_right(**RECALL | changed, retention_then=HOPED).difference[what]


# Task 4
def matched(weights="complained"):
    table = pd.DataFrame(COMPLAINTS)
    more = 100 * (table.complained_again / table.complained - table.calm_again / table.calm)
    if weights == "raw":
        sums = table.drop(columns="orders").sum()
        return 100 * (sums.complained_again / sums.complained - sums.calm_again / sums.calm)
    if weights == "none":
        return more.mean()
    return (more * table[weights]).sum() / table[weights].sum()


# Tasks 5 and 6
@cache
def buyers():
    rows = []
    for age, (people, reached, loose, both) in BUYERS.items():
        kinds = {(True, True): both, (True, False): reached - both, (False, True): loose - both}
        kinds[False, False] = people - sum(kinds.values())
        rows += [(age, *kind) for kind, n in kinds.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["age", "reached", "loose"])


@cache
def shares():
    return ethics.selection(buyers(), "age", "reached", responded="loose").set_index("group")


def gap(of="chosen_of_responders"):
    return 100 * (shares()[of]["18-34"] - shares()[of]["65 and over"])


# Task 7
@cache
def firm():
    orders = datasets.load("firm/orders").query("kind == 'order' and status == 'completed'")
    return datasets.load("firm/memberships"), orders


def paid(kind="business", days=IDLE, plan="all"):
    plus, orders = firm()
    looked = plus if kind == "both" else plus[plus["kind"] == kind]
    return ethics.paid_unused(looked, orders, "2025-12-28", days).set_index("plan").loc[plan]


def by_all_members():
    plus, _ = firm()
    runs = plus[(plus["kind"] == "business") & plus["ended_on"].isna()]
    return (runs["price"] / runs["plan"].map({"monthly": 1, "yearly": 12})).sum()


def whole_prices():
    return paid(plan="monthly").paid_per_month + 12 * paid(plan="yearly").paid_per_month


SPEAKERS = Task(
    title="Which side is it?",
    wanted="for each of the lines A to F the perspective that it belongs to, such as 'company to customer'",
    expects=Matching("line", tuple(LINES), SIDES),
    answer=lambda: dict(LINES),
    mistakes=(
        Mistake(
            "employer and employee", lambda: {"B": "employee to employer", "D": "employer to employee"},
            "Read *A to B* as what A owes to B. Who of the two owes the word, and who owes the protection?",
        ),
        Mistake(
            "customer and company", lambda: {"A": "customer to company", "E": "company to customer"},
            "Who of the two gives something here, and who gets it? The one who owes stands first.",
        ),
        Mistake(
            "the owners' money for the public's", lambda: {"C": "company to shareholder", "F": "company to community"},
            "One of the two lines is about people who own a part of the shop, the other about people who do not.",
        ),
        Mistake(
            "the public for the customers", lambda: {"C": "company to customer"},
            "The fire brigade comes to a house also where nobody in it ever bought a lamp.",
        ),
    ),
    hints=(
        "First find who *owes* something in the line. Then find to whom.",
        "Each of the six perspectives is used once: `ethics.perspectives()` shows them.",
    ),
    takeaway="One recall, six relations. A list of sides finds claims that a list of customers does not.",
    topics=("T3",),
)  # fmt: skip

BREAK_EVEN = Task(
    title="How many must stay?",
    wanted="one number: how many more of 1,000 customers must stay from year to year, so that nothing is lost in the "
    "end, with one digit after the point",
    expects=Number("of 1,000", decimals=1),
    answer=rise,
    mistakes=(
        Mistake(
            "the new retention", lambda: rise() + 1_000 * RECALL["retention"],
            "This is how many of 1,000 must stay *in all*. Take off those who stay anyway.",
        ),
        Mistake(
            "the yearly cost left out", lambda: rise(cost_per_period=0),
            "You left out the better cable, which costs something in each year.",
        ),
        Mistake(
            "the cost of today left out", lambda: rise(cost_now=0),
            "You left out what the recall costs at once.",
        ),
        Mistake(
            "one year only", one_year,
            "You let all of it come back in one year. A customer who stays may stay for more than one.",
        ),
        Mistake(
            "not discounted", lambda: rise(discount_per_period=1e-9),
            "You took a dollar of a later year for a dollar of today.",
        ),
        Mistake(
            "a share", lambda: rise() / 1_000,
            "This is a share. The question asks for so many of 1,000.",
        ),
    ),
    hints=(
        "At which retention is as much left as without the recall?",
        "`ethics.break_even_retention` has an argument for each number of the story.",
        "Take the retention of today off, and multiply by 1,000.",
    ),
    takeaway="So much must come true. Whether it does, no sum can say.",
    topics=("T2",),
)  # fmt: skip

HOPE = Task(
    title="What is left if the hope comes true?",
    wanted="one number: what the recall brings on balance, in today's dollars (below zero if it costs more than it "
    "brings), in whole dollars",
    expects=Number("dollars", decimals=0, relative=0.002),
    answer=left,
    mistakes=(
        Mistake(
            "what comes back", lambda: left("value of the customers"),
            "This is the value that comes back. Take the cost off.",
        ),
        Mistake(
            "the cost alone", lambda: -left("cost of doing right"),
            "This is what the recall costs. Some value comes back for it.",
        ),
        Mistake(
            "the other sign", lambda: -left(),
            "The amount is right, its sign is not. Does the recall bring more than it costs, or less?",
        ),
        Mistake(
            "the cost of today only", lambda: left(cost_per_period=0),
            "You left out the better cable, which is paid for each customer in each year.",
        ),
        Mistake(
            "the yearly cost only", lambda: left(cost_now=0),
            "You left out what the recall costs at once.",
        ),
        Mistake(
            "not discounted", lambda: left(discount_per_period=1e-9),
            "You took a dollar of a later year for a dollar of today.",
        ),
    ),
    hints=(
        "`ethics.doing_right` sets both ways next to each other: value, cost, and what is left.",
        "`retention_then` is 0.63. Which row and which column of the table hold the answer?",
    ),
    takeaway="It loses money even if the hope comes true, and may be owed all the same: these are two questions.",
    topics=("T2",),
)  # fmt: skip

PARADOX = Task(
    title="Do complaints make loyal customers?",
    wanted="one number: by how many percentage points more of those who complained ordered again, compared with people "
    "of as many orders who did not complain, with one digit after the point",
    expects=Number("points", decimals=1),
    answer=matched,
    mistakes=(
        Mistake(
            "an association for an effect", lambda: matched("raw"),
            "You compared all with all. Those who complained order more often, and order again for that reason.",
        ),
        Mistake(
            "the wrong people as the measure", lambda: matched("calm"),
            "You weighted the rows by those who did *not* complain. The claim is about those who did.",
        ),
        Mistake(
            "rows that weigh alike", lambda: matched("none"),
            "You took the plain mean of the three rows. There are six times as many who complained in one as in "
            "another.",
        ),
        Mistake(
            "the other way round", lambda: -matched(),
            "You took off the wrong side: more means those who complained, less the others.",
        ),
        Mistake(
            "shares for points", lambda: matched() / 100,
            "This is a share. One percentage point is 0.01 of it.",
        ),
    ),
    hints=(
        "In each row: which share of each side ordered again, and how far apart are the two?",
        "Take the mean of the three gaps. How often does each row count?",
        "The weights are `complained`: each who complained is held against people of the same row.",
    ),
    takeaway="What is left is small, and still an association. Nobody drew by lot who has a reason to complain.",
    topics=("T1",),
)  # fmt: skip

REACH = Task(
    title="Whom does the letter forget?",
    wanted="for each age group 'yes', 'no' or 'cannot tell': is its share of people reached below four fifths of the "
    "highest one, by the 95 % interval of the ratio",
    expects=Matching("age", tuple(BUYERS), ("yes", "no", "cannot tell")),
    answer=lambda: shares().below_four_fifths.to_dict(),
    mistakes=(
        Mistake(
            "a ratio without its interval", lambda: {"55-64": "yes"},
            "The ratio is below 0.8. But how many people stand in this group, and how far does the interval reach?",
        ),
        Mistake(
            "few people are no proof that all is well", lambda: {"55-64": "no"},
            "A small group can hide a gap. What do you say if an interval reaches across 0.8?",
        ),
        Mistake(
            "below one for below four fifths", lambda: {"35-54": "yes"},
            "This group is reached less often than another one, but not by so much.",
        ),
        Mistake(
            "more than half is not enough", lambda: {"65 and over": "no"},
            "More than a half of them are reached. Compare with the group that is reached most often.",
        ),
        Mistake(
            "no claim where one is possible", lambda: {"65 and over": "cannot tell"},
            "This group is large. Does its whole interval lie on one side of 0.8?",
        ),
    ),
    hints=(
        "`ethics.selection(table, group, chosen)` compares each share with the highest.",
        "Here *chosen* means reached. The column `below_four_fifths` looks at the interval, not at the ratio alone.",
    ),
    takeaway="The rule of thumb is from US hiring (1978) and no law here. It says where to ask why.",
    topics=("T3",),
)  # fmt: skip

NEED = Task(
    title="And among those who need it?",
    wanted="one number: of those with a loose cable, by how many percentage points fewer are reached among the people "
    "of 65 and over than among those of 18 to 34, with one digit after the point",
    expects=Number("points", decimals=1),
    answer=gap,
    mistakes=(
        Mistake(
            "all people for those who need it", lambda: gap("chosen"),
            "This is the gap among *all* buyers. Look only at those with a loose cable.",
        ),
        Mistake(
            "the reached for those in need", lambda: gap("responders_of_chosen"),
            "You asked how many of those reached have a loose cable. Ask how many of those with a loose cable are "
            "reached.",
        ),
        Mistake(
            "a ratio for a difference",
            lambda: 100 * shares().chosen_of_responders["65 and over"] / shares().chosen_of_responders["18-34"],
            "You divided the two shares. The question asks for a difference in points.",
        ),
        Mistake(
            "the other way round", lambda: -gap(),
            "The older ones are reached *less* often: the number of points fewer is above zero.",
        ),
        Mistake(
            "a share for points", lambda: gap() / 100,
            "This is a share. One percentage point is 0.01 of it.",
        ),
    ),
    hints=(
        "This is *equal opportunity*: the same question, for those who need the letter.",
        "Give `ethics.selection` also `responded=\"loose\"`, and look at `chosen_of_responders`.",
    ),
    takeaway="The gap is there where it matters, too. Few people stand behind its size, so say how many.",
    topics=("T3",),
)  # fmt: skip

UNUSED = Task(
    title="Who pays and does not order?",
    wanted="one number: what business members of Larder Plus who did not order in 91 days pay in a month, both plans "
    "together, as at 28 December 2025, in whole dollars",
    expects=Number("dollars", decimals=0, relative=0.005),
    answer=lambda: paid().paid_per_month,
    mistakes=(
        Mistake(
            "all members", by_all_members,
            "This is what *all* business members pay. Some of them order.",
        ),
        Mistake(
            "a year's price for a month's", whole_prices,
            "You took the price of the yearly plan for the price of a month.",
        ),
        Mistake(
            "people instead of firms", lambda: paid("person").paid_per_month,
            "This is what *people* pay. The question asks for business members.",
        ),
        Mistake(
            "firms and people", lambda: paid("both").paid_per_month,
            "Firms and people are together here. Keep the business members only.",
        ),
        Mistake(
            "half a year", lambda: paid(days=182).paid_per_month,
            "You looked at half a year without an order. The question says 91 days.",
        ),
        Mistake(
            "one plan", lambda: paid(plan="monthly").paid_per_month,
            "This is the monthly plan only. Add what a month of the yearly plan costs.",
        ),
        Mistake(
            "members for dollars", lambda: paid().unused,
            "This is how many members it is. The question asks for dollars in a month.",
        ),
    ),
    hints=(
        "`ethics.paid_unused(members, orders, as_of, idle_days)` looks at memberships that run.",
        "Keep the rows of `plus` with `kind == \"business\"`. The result has a row for all plans together.",
        "The column is `paid_per_month`.",
    ),
    takeaway="A question to these members, and no proof of a trick. Whoever asks them learns more than the table says.",
    topics=("T3",),
)  # fmt: skip

TASKS = (SPEAKERS, BREAK_EVEN, HOPE, PARADOX, REACH, NEED, UNUSED)
