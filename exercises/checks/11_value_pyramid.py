"""The tasks of exercise 11 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: a mean for a share; another limit for the rule; all
waves in one; a point for an interval; the largest of thirty differences; promoters for the score; what a brand is known
for taken for what it is recommended for; kind people; an effect that was not divided; an association for an effect.
"""

from functools import cache

from crmlearn import datasets, pyramid
from crmlearn.checks import Ids, Labelled, Matching, Mistake, Number, Task

OURS, RIVAL_A, RIVAL_B = "Kualiwick Home", "Rival A", "Rival B"
WAVE = 3
JUDGED = ("nostalgia", "heirloom", "reduces_anxiety", "quality", "variety")
VERDICTS = ("yes", "no", "cannot tell")


@cache
def survey(straight_lines="drop"):
    return pyramid.read(datasets.load("firm/survey"), straight_lines=straight_lines)


@cache
def shares(brand=RIVAL_B, wave=WAVE, **rule):
    part = survey().of(brand, wave)
    return pyramid.shares(part, **rule).set_index("element")


# Task 2
def words(at_least=1 / 3, brand=RIVAL_B, high=None):
    return shares(brand, at_least=at_least, high=high).is_high[list(JUDGED)].to_dict()


def without_intervals():
    return {e: "yes" if shares().share[e] >= 1 / 3 else "no" for e in JUDGED}


# Task 3
@cache
def rivals(ours=RIVAL_B, theirs=RIVAL_A, wave=WAVE):
    return pyramid.compare(survey().of(wave=wave), ours, theirs)


def ahead_and_behind(**who):
    told = rivals(**who).verdict
    return {"ahead": (told == "ahead").sum(), "behind": (told == "behind").sum()}


def uncorrected():
    table = rivals()
    return {"ahead": (table.low > 0).sum(), "behind": (table.top < 0).sum()}


def just_larger():
    table = rivals()
    return {"ahead": (table.difference > 0).sum(), "behind": (table.difference < 0).sum()}


# Task 4
def nps(column="nps", brand=RIVAL_B, wave=WAVE):
    return pyramid.nps(survey().of(wave=wave)).set_index("brand")[column][brand]


def mean_recommendation():
    return survey().of(RIVAL_B, WAVE).answers.recommends.mean()


# Task 5
@cache
def ties(brand=RIVAL_B):
    return pyramid.associations(survey().of(brand, WAVE), "recommends").table


def drivers(brand=RIVAL_B):
    return ties(brand).element[ties(brand).p_holm < 0.05].tolist()


def uncorrected_drivers():
    return ties().element[ties().low > 0].tolist()[::-1]  # the doubtful ones first


def best_known():
    return shares().share.nlargest(4).index.tolist()


# Task 6
@cache
def lot():
    return datasets.load("firm/campaign_customers").query("draw == 'pilot'").set_index("customer_id")


@cache
def effect(wave=WAVE, outcome="orders"):
    score = survey().of(OURS, wave).answers.set_index("customer_id").reduces_anxiety
    found = pyramid.per_point(lot().arm == "fast help", score, lot()[[outcome]], repeats=200)
    return found.table.set_index("measure").value


def association():
    """Orders of those in the lot per point of their score, whoever got the help."""
    score = survey().of(OURS, WAVE).answers.set_index("customer_id").reduces_anxiety.reindex(lot().index).astype(float)
    both = lot().orders.to_frame().assign(score=score).dropna().astype(float)
    return both.cov().loc["score", "orders"] / both.score.var()


NOSTALGIA = Task(
    title="How many praise Rival B for nostalgia?",
    wanted="one share: answers of 8 or more for nostalgia, of all answers about Rival B in the third wave, in percent "
    "with one digit after the point (or as a share between 0 and 1 with three)",
    expects=Number("share of answers", decimals=3, percent=True),
    answer=lambda: shares().share["nostalgia"],
    mistakes=(
        Mistake(
            "another wave", lambda: shares(wave=4).share["nostalgia"],
            "This is the *fourth* wave. In May 2025 it has not been asked yet.",
        ),
        Mistake(
            "all waves in one", lambda: pyramid.shares(survey().of(RIVAL_B)).set_index("element").share["nostalgia"],
            "You took all four waves together. Many people would count more than once.",
        ),
        Mistake(
            "another brand", lambda: shares(OURS).share["nostalgia"],
            "These are the answers about *us*.",
        ),
        Mistake(
            "9 for 8", lambda: shares(high=9).share["nostalgia"],
            "You counted 9 and 10 only. *8 or more* has an 8 in it.",
        ),
        Mistake(
            "straight lines kept",
            lambda: pyramid.shares(survey("keep").of(RIVAL_B, WAVE)).set_index("element").share["nostalgia"],
            "You kept people who gave one number to everything. The survey of this page leaves them out.",
        ),
    ),
    hints=(
        "`pyramid.shares(now)` has a row for each brand and element.",
        "Keep the row of Rival B and nostalgia, and read the column `share`.",
    ),
    takeaway="Look at the interval, too: the half lies inside it. Whether Rival B is high here cannot be told.",
    topics=("E2", "E5"),
)  # fmt: skip

RULE = Task(
    title="On which elements is Rival B high, by the owner's own rule?",
    wanted="for each of the five elements one of the words yes, no, cannot tell, by the rule *8 or more from at least "
    "a third*, with 95 % intervals",
    expects=Matching("element", JUDGED, VERDICTS),
    answer=words,
    mistakes=(
        Mistake(
            "a point for an interval", without_intervals,
            "You compared the shares with a third, and left the intervals out. Where a third lies inside, it cannot be "
            "told.",
        ),
        Mistake(
            "the usual rule", lambda: words(0.5),
            "This is the usual rule, *at least half*. The owner asks for a third.",
        ),
        Mistake(
            "another brand", lambda: words(brand=OURS),
            "These are the answers about *us*.",
        ),
        Mistake(
            "9 for 8", lambda: words(high=9),
            "You counted 9 and 10 only. *8 or more* has an 8 in it.",
        ),
    ),
    hints=(
        "The same function as in task 1; the rule is one of its arguments.",
        "`pyramid.shares(now, at_least=1 / 3)`: read the column `is_high`.",
    ),
    takeaway="A softer rule makes more elements high. Ask who chose the rule, and when.",
    topics=("E1", "E2", "E3"),
)  # fmt: skip

BEATS = Task(
    title="Where does Rival B beat Rival A?",
    wanted="two whole numbers: on how many elements Rival B is ahead of Rival A, and on how many behind, in the third "
    "wave, after Holm's correction",
    expects=Labelled("verdict", ("ahead", "behind"), decimals=0),
    answer=ahead_and_behind,
    mistakes=(
        Mistake(
            "the largest of thirty", uncorrected,
            "You counted intervals without zero. Among thirty looks luck brings one or two of these: take the "
            "corrected verdict.",
        ),
        Mistake(
            "every difference counts", just_larger,
            "You counted every difference, however small. Most of them are luck.",
        ),
        Mistake(
            "the wrong way round", lambda: ahead_and_behind(ours=OURS, theirs=RIVAL_B),
            "You compared *us* with a rival, as the chapter does. Here Rival B meets Rival A.",
        ),
    ),
    hints=(
        "`pyramid.compare(now, ...)` takes the brand in question first, and then the other.",
        "Its column `verdict` is corrected already. Count the words.",
    ),
    takeaway="People who scored both are their own control; and thirty looks need a correction.",
    topics=("E1", "E2", "E5"),
)  # fmt: skip

SCORE = Task(
    title="What is the Net Promoter Score of Rival B?",
    wanted="one number between -100 and 100, with one digit after the point",
    expects=Number("points", decimals=1),
    answer=nps,
    mistakes=(
        Mistake(
            "promoters only", lambda: 100 * nps("promoters"),
            "These are the promoters in percent. The detractors are taken off.",
        ),
        Mistake(
            "the sign", lambda: -nps(),
            "The size is right, the sign is not. Are there more promoters or more detractors?",
        ),
        Mistake(
            "another wave", lambda: nps(wave=4),
            "This is the *fourth* wave. In May 2025 it has not been asked yet.",
        ),
        Mistake(
            "a mean for the score", mean_recommendation,
            "This is the mean answer. The score is made of two shares.",
        ),
        Mistake(
            "a share for points", lambda: nps() / 100,
            "This is the score as a share. It is told from -100 to 100.",
        ),
        Mistake(
            "another brand", lambda: nps(brand=RIVAL_A),
            "This is Rival *A*.",
        ),
    ),
    hints=(
        "`pyramid.nps(now)` has a row for each brand.",
        "The column `nps`, in the row of Rival B.",
    ),
    takeaway="Who was asked? Our customers who know Rival B. Its own crowd may answer otherwise.",
    topics=("E5",),
)  # fmt: skip

DRIVERS = Task(
    title="Which four elements go with recommending Rival B?",
    wanted="the names of four elements, as the survey writes them, such as saves_time",
    expects=Ids("element", 4, lambda: [e.name for e in pyramid.ELEMENTS]),
    answer=drivers,
    mistakes=(
        Mistake(
            "what it is known for", best_known,
            "These are the elements with the highest shares: what Rival B is *known* for. Which go with recommending?",
        ),
        Mistake(
            "what goes with recommending us", lambda: [*drivers(OURS)],
            "These belong to another brand. Take the answers about Rival B.",
        ),
        Mistake(
            "uncorrected", uncorrected_drivers,
            "One of yours has an interval without zero, but does not hold among thirty looks. Use `p_holm`.",
        ),
    ),
    hints=(
        "`pyramid.associations` wants one brand and one wave: `now.of(RIVAL_B)`.",
        "Its table has a column `p_holm`. Keep the rows below 0.05.",
    ),
    takeaway="Neither nostalgia nor heirloom. What a shop is known for need not be what it is recommended for.",
    topics=("E1", "E2", "E5"),
)  # fmt: skip

ORDERS = Task(
    title="How many orders does a point of less worry bring?",
    wanted="one number: orders per customer and point of *reduces anxiety*, until the end of 2025, with two digits "
    "after the point",
    expects=Number("orders per point", decimals=2),
    answer=lambda: effect()["orders per point"],
    mistakes=(
        Mistake(
            "not divided", lambda: effect()["orders"],
            "This is what fast help brought. Divide by the points that it lifted the score.",
        ),
        Mistake(
            "the wave of the chapter", lambda: effect(2)["orders per point"],
            "You used the scores of the *second* wave, as the chapter does. Take the third.",
        ),
        Mistake(
            "an association for an effect", association,
            "You compared people who worry less with people who worry more. The *lot* decides here: compare its two "
            "groups.",
        ),
        Mistake(
            "dollars for orders", lambda: effect(outcome="margin")["margin per point"],
            "These are dollars of margin. The question asks for orders.",
        ),
        Mistake(
            "the lift of the score", lambda: effect()["points of the element"],
            "This is how much fast help lifted the *score*. What did that bring?",
        ),
        Mistake(
            "upside down", lambda: 1 / effect()["orders per point"],
            "You divided the points by the orders. Turn it round.",
        ),
    ),
    hints=(
        "Two differences between the groups of the lot: in orders, and in the score. Then one divided by the other.",
        "`pyramid.per_point(lot.arm == \"fast help\", score, lot[[\"orders\"]])`, with the scores of the third wave.",
        "Its `table`, the row \"orders per point\", the column `value`.",
    ),
    takeaway="Read its interval too: from 0.2 to 1.2. And it was measured with our help desk, not with Rival B's.",
    topics=("E2", "E5"),
)  # fmt: skip

TASKS = (NOSTALGIA, RULE, BEATS, SCORE, DRIVERS, ORDERS)
