"""The tasks of exercise 12 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: evidence for a chance; a trigger for the event; what
is done after for what is done before; a chance for certainty; the middle of a range for the mean; a gain taken off the
losses; the score for the loss; all months alike; value at risk for the mean, or for the worst case; a sum of values at
risk; a saving that is not net of its cost; what remains for what is taken away; ranks for a set; savings that add up.
"""

from functools import cache

import numpy as np
import pandas as pd

from crmlearn import datasets, risk
from crmlearn.checks import Matching, Mistake, Number, Task

CLUB = {
    "id": ["C1", "C2", "C3", "C4", "C5", "C6"],
    "event": [
        "the singer cancels", "rain empties the yard", "a guest falls ill from the food", "the pay terminal fails",
        "fewer than 80 tickets are sold", "a shop pays for the banners",
    ],
    "probability": ["0.1 to 0.2", "0.3 to 0.5", "0.01 to 0.03", "0.15 to 0.25", "0.2 to 0.3", "0.3 to 0.6"],
    "impact": ["300 to 1,500", "400 to 2,400", "4,000 to 40,000", "150 to 600", "500 to 1,900", "-900 to -300"],
}  # fmt: skip
EDGES = (250, 500, 1_000, 5_000)
TENT, CUT = 300, 0.7
BUDGET, CAP = 3_000, 60_000
WORDS = ("event", "probability", "evidence", "impact", "management", "trigger", "contingency")
LINES = {"A": "contingency", "B": "evidence", "C": "event", "D": "management", "E": "probability", "F": "trigger",
         "G": "impact"}  # fmt: skip


@cache
def club():
    return risk.read(pd.DataFrame(CLUB))


@cache
def firm():
    return risk.read(datasets.load("firm/risks"))


def middle(size):
    return (abs(size.low) + abs(size.high)) / 2


# Task 2
def evening(gains="apart", chance="mid", size="mean"):
    total = 0.0
    for r in club():
        p = {"mid": r.probability.mid, "high": r.probability.high, "certain": 1.0}[chance]
        much = {"mean": r.impact.mean, "middle": middle(r.impact), "median": np.exp(r.impact.mu)}[size]
        if r.kind == "threat" or gains != "apart":
            total += p * much * (-1 if r.kind == "opportunity" and gains == "off" else 1)
    return total


# Task 3
@cache
def swaps():
    return risk.misranked(risk.matrix(club(), impact_edges=EDGES)).table.query("verdict == 'opposite'")


def worst_swap(row=0):
    return swaps().times.iloc[row]


def of_worst(what):
    pair = swaps().iloc[0]
    if what == "score":
        score = risk.matrix(club(), impact_edges=EDGES).table.set_index("id").score
        return score[pair.higher] / score[pair.lower]
    size = {"event": lambda s: s.mean, "middle": middle}[what]
    return size(club()[pair.lower].impact) / size(club()[pair.higher].impact)


# Task 4
def tent(what="rosi", cut=CUT, size="mean", chance=None):
    rain = club()["C2"]
    before = (chance or rain.probability.mid) * (rain.impact.mean if size == "mean" else middle(rain.impact))
    saved = before * cut
    parts = {"rosi": (saved - TENT) / TENT, "gross": saved / TENT, "of loss": (saved - TENT) / before}
    return parts[what]


# Task 5
@cache
def months(controls="none"):
    return risk.calendar(firm(), controls=controls).set_index("month")


def year_end(which=("Nov", "Dec", "Jan"), controls="none"):
    return months(controls)["all"][list(which)].sum()


def bound_only():
    bound = [r.id for r in firm() if r.kind == "threat" and len(r.months) < 12]
    return months().loc[["Nov", "Dec", "Jan"], bound].to_numpy().sum()


def whole_years():
    touched = [r.id for r in firm() if r.kind == "threat" and len(r.months) < 12 and {11, 12, 1} & set(r.months)]
    return months()[touched].to_numpy().sum()


# Task 6
@cache
def year():
    return risk.simulate(firm(), years=100_000, seed=1)


@cache
def sum_of_vars():
    return sum(risk.simulate([r], years=100_000, seed=1).var(0.9) for r in firm() if r.kind == "threat")


# Task 7
@cache
def planned():
    return firm().changed("R03", loss_cap=CAP)


def best(budget=BUDGET, contingency=True):
    return risk.best_controls(planned(), budget, contingency=contingency)


def down(order):
    """What is left when a list is bought from its top, whatever still fits."""
    table = risk.rosi(planned(), contingency=True).set_index("control")
    if order == "score":
        score = risk.matrix(firm()).table.set_index("id").score
        table = table.loc[score[table.risks].set_axis(table.index).sort_values(ascending=False, kind="stable").index]
    elif order == "saved":
        table = table.sort_values("saved", ascending=False, kind="stable")
    spent = net = 0.0
    for row in table.itertuples():
        if spent + row.cost <= BUDGET:
            spent, net = spent + row.cost, net + row.net
    return net


def with_the_plan():
    return firm_before() - best().expected_loss - best().cost


def firm_before():
    return risk.best_controls(firm(), 0).before


FIELDS = Task(
    title="Which line belongs into which field?",
    wanted="for each of the lines A to G one of the words event, probability, evidence, impact, management, trigger, "
    "contingency",
    expects=Matching("line", tuple(LINES), WORDS),
    answer=lambda: dict(LINES),
    mistakes=(
        Mistake(
            "evidence for a chance", lambda: {"B": "probability", "E": "evidence"},
            "A count of past evenings is what a chance *rests on*. The chance itself says how likely it is this time.",
        ),
        Mistake(
            "after for before", lambda: {"A": "management", "D": "contingency"},
            "Ask *when* each of the two is done: whether or not it rains, or only once the rain is there?",
        ),
        Mistake(
            "a trigger for the event", lambda: {"C": "trigger", "F": "event"},
            "One of the two is what the club fears, the other is the sign on which somebody acts.",
        ),
        Mistake(
            "a consequence for the event", lambda: {"C": "impact", "G": "event"},
            "The event is what happens first. What does it lead to?",
        ),
        Mistake(
            "a trigger for evidence", lambda: {"B": "trigger", "F": "evidence"},
            "Evidence is known when the register is written. A trigger is seen on the day.",
        ),
    ),
    hints=(
        "Put the lines in the order of time: what is known today, what is done early, what is seen on the day, what "
        "is done then.",
        "Two lines are *done* by the club: one in any case, one only after a sign.",
    ),
    takeaway="A plan that starts has a sign to start at. Without a trigger a response is a wish.",
    topics=("R1", "R2", "R5", "R6"),
)  # fmt: skip

EVENING = Task(
    title="What must the club expect to lose?",
    wanted="one number: the expected loss of the evening, all five threats together, in whole dollars",
    expects=Number("dollars", decimals=0, relative=0.005),
    answer=evening,
    mistakes=(
        Mistake(
            "a gain taken off", lambda: evening(gains="off"),
            "You took the gain of C6 off. It is an opportunity: keep it apart from the losses.",
        ),
        Mistake(
            "a gain added", lambda: evening(gains="on"),
            "You added C6 as if it were a loss. Its impact has a minus.",
        ),
        Mistake(
            "the middle for the mean", lambda: evening(size="middle"),
            "You took the middle of each range. Small losses are more frequent than large ones: the mean lies below "
            "the middle.",
        ),
        Mistake(
            "the median for the mean", lambda: evening(size="median"),
            "You took the median of each range, which half of the losses exceed. Rare large losses pull the mean up.",
        ),
        Mistake(
            "a chance for certainty", lambda: evening(chance="certain"),
            "You added the losses as if all five events came. Each comes with a chance.",
        ),
        Mistake(
            "the high end", lambda: evening(chance="high"),
            "You took the high end of each chance. Take the middle of the range of a *chance*.",
        ),
    ),
    hints=(
        "Chance times mean loss, for each threat; then the sum.",
        "`risk.expected(club)` has one row per risk: the column `inherent`, and `kind` tells threats from gains.",
    ),
    takeaway="A mean over many such evenings. Most evenings cost less, and a few cost very much more.",
    topics=("R2", "R3"),
)  # fmt: skip

SWAP = Task(
    title="How far can a score mislead?",
    wanted="one number: in the pair with the worst wrong order, how many times as large the expected loss of the "
    "lower-rated risk is, with one digit after the point",
    expects=Number("times", decimals=1, relative=0.01),
    answer=worst_swap,
    mistakes=(
        Mistake(
            "the loss of an event", lambda: of_worst("event"),
            "You compared what *one event* costs. The chances differ as well.",
        ),
        Mistake(
            "the middle for the mean", lambda: of_worst("middle"),
            "You compared the middles of the two ranges. Take the expected losses: chance times mean.",
        ),
        Mistake(
            "the score for the loss", lambda: of_worst("score"),
            "You divided the two scores. Scores are places in an order; the question asks for dollars.",
        ),
        Mistake(
            "upside down", lambda: 1 / worst_swap(),
            "You divided the smaller by the larger one.",
        ),
        Mistake(
            "another pair", lambda: worst_swap(1),
            "This pair stands in the wrong order, too. There is a worse one.",
        ),
    ),
    hints=(
        "`risk.misranked` looks at all pairs of a matrix.",
        "Its `table` holds the pairs, the worst of each verdict first. Which verdict means *in the wrong order*?",
        "The verdict is `opposite`, and the column is `times`.",
    ),
    takeaway="The rare and severe risk stands lowest, though only one of the five is larger in money.",
    topics=("R7",),
)  # fmt: skip

RETURN = Task(
    title="Does the tent pay?",
    wanted="one share: the ROSI of the tent, with two digits after the point (0.25 for 25 %)",
    expects=Number("share", decimals=2),
    answer=tent,
    mistakes=(
        Mistake(
            "not net of the cost", lambda: tent("gross"),
            "You divided all that the tent saves by its cost. Take its cost off the saving first.",
        ),
        Mistake(
            "what remains for what is taken away", lambda: tent(cut=1 - CUT),
            "You let 30 % be saved. The tent takes 70 % of the loss *away*.",
        ),
        Mistake(
            "divided by the loss", lambda: tent("of loss"),
            "You divided by the loss before. A return is counted per dollar that was *spent*.",
        ),
        Mistake(
            "a chance for certainty", lambda: tent(chance=1.0),
            "You counted the rain as certain. On most evenings the tent stays dry.",
        ),
        Mistake(
            "the middle for the mean", lambda: tent(size="middle"),
            "You took the middle of the range for the mean of the loss.",
        ),
        Mistake(
            "the high end", lambda: tent(chance=0.5),
            "You took the high end of the chance of rain. Take the middle of its range.",
        ),
    ),
    hints=(
        "What does the rain cost on average, before and after the tent?",
        "`risk.expected_loss(0.4, 400, 2_400)` is the loss before; `severity_cut=0.7` makes it the loss after.",
        "`risk.rosi_of(before, after, cost)`.",
    ),
    takeaway="It hardly does. With a slightly smaller chance of rain, or a hall nearby, it would not.",
    topics=("R5",),
)  # fmt: skip

YEAR_END = Task(
    title="How much lies around the turn of the year?",
    wanted="one number: the expected loss of November, December and January together, before all controls, in whole "
    "dollars",
    expects=Number("dollars", decimals=0, relative=0.002),
    answer=year_end,
    mistakes=(
        Mistake(
            "all months alike", lambda: months()["all"].sum() / 4,
            "You took a quarter of the year. The year-end sale and the wet season lie in these months.",
        ),
        Mistake(
            "what is bound to months only", bound_only,
            "You counted only the risks that name months. Those of *any month* have a part here, too.",
        ),
        Mistake(
            "the whole loss of each", whole_years,
            "You took the whole yearly loss of each risk that touches these months. A part of it may lie in others.",
        ),
        Mistake(
            "two months", lambda: year_end(("Nov", "Dec")),
            "January is missing.",
        ),
        Mistake(
            "after the controls", lambda: year_end(controls="all"),
            "This is the loss after all controls. The question asks for it before them.",
        ),
        Mistake(
            "December three times", lambda: 3 * year_end(("Dec",)),
            "You took December three times. January is another month.",
        ),
    ),
    hints=(
        "`risk.calendar(firm)` has one row for each month.",
        "Add up the column `all` over three of them.",
    ),
    takeaway="More than a quarter of the year, though only a few risks name these months.",
    topics=("R4",),
)  # fmt: skip

BANK = Task(
    title="Which loss do nine of ten years not exceed?",
    wanted="one number: the value at risk of all threats at 90 %, in whole dollars (differences by chance count)",
    expects=Number("dollars", decimals=0, relative=0.02),
    answer=lambda: year().var(0.9),
    mistakes=(
        Mistake(
            "the sum of the values at risk", sum_of_vars,
            "You added the values at risk of the single risks. Bad years of thirteen risks seldom fall together.",
        ),
        Mistake(
            "the mean", lambda: year().expected,
            "This is the expected loss. More than one year in ten costs more.",
        ),
        Mistake(
            "95 for 90", lambda: year().var(0.95),
            "This is the value at risk at 95 %. The bank asks for nine of *ten* years.",
        ),
        Mistake(
            "the tail", lambda: year().tvar(0.9),
            "This is the *mean* of the worst tenth of the years. The question asks where this tenth begins.",
        ),
        Mistake(
            "the good years", lambda: year().var(0.1),
            "This is what one year in ten does *not* reach. You counted from the wrong end.",
        ),
        Mistake(
            "the typical year", lambda: year().var(0.5),
            "This is the typical year: every second one costs more.",
        ),
        Mistake(
            "the worst case", lambda: year().losses.max(),
            "This is the worst of all the years that were drawn. A value at risk is no worst case.",
        ),
    ),
    hints=(
        "Play many years of the firm's register first.",
        "`year = risk.simulate(firm, years=100_000, seed=1)`; then ask `year` for its value at risk.",
        "`year.var(q)`: which q belongs to nine of ten years?",
    ),
    takeaway="Far more than the mean, and far less than the worst. Say to the bank which of them you speak of.",
    topics=("R3", "R7"),
)  # fmt: skip

SET = Task(
    title="Where does the money go, once there is a plan?",
    wanted="one number: what the best set of controls for 3,000 dollars brings in a year, net of its cost, while the "
    "breach plan is in force, in whole dollars",
    expects=Number("dollars", decimals=0, relative=0.002),
    answer=lambda: best().net,
    mistakes=(
        Mistake(
            "savings that add up", lambda: best(contingency=False).net,
            "You left the plan out. With it a breach costs less, so the second factor has less to save.",
        ),
        Mistake(
            "not net of the cost", lambda: best().before - best().expected_loss,
            "This is what the set saves. Take off what it costs.",
        ),
        Mistake(
            "down the returns", lambda: down("rosi"),
            "You went down the list of returns, and bought whatever still fitted. Another set for the same money "
            "brings more.",
        ),
        Mistake(
            "down the scores", lambda: down("score"),
            "You went down the scores of the matrix. Ranks say nothing about cost.",
        ),
        Mistake(
            "down the savings", lambda: down("saved"),
            "You went down the list of savings. A control that saves much can cost much.",
        ),
        Mistake(
            "the plan's own saving", with_the_plan,
            "You counted what the *plan* saves as well. It is there in any case; ask what the controls add to it.",
        ),
        Mistake(
            "another budget", lambda: best(5_000).net,
            "This is the best set for 5,000 dollars. The budget is 3,000.",
        ),
    ),
    hints=(
        "First put the plan into the register: `firm.changed(\"R03\", loss_cap=60_000)`.",
        "`risk.best_controls(register, budget, contingency=True)` reckons with the plan.",
        "The result knows its `net`.",
    ),
    takeaway="Without the plan the second factor comes first; with it, it drops out of the set. Before and after are "
    "one decision.",
    topics=("R5", "R6"),
)  # fmt: skip

TASKS = (FIELDS, EVENING, SWAP, RETURN, YEAR_END, BANK, SET)
