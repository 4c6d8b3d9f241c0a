"""The tasks of exercise 09 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: the first order counted as a repeat order; days for
weeks; the silence for the time until the last order; orders that nobody could know; the level for the difference; the
chance of being alive for a label, or for orders; a right total for a right forecast; too high and too low that cancel;
one test for all times; the mean of such customers for one customer; a sentence that says more than its table.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd

from crmlearn import clv, datasets, transactions
from crmlearn.checks import Labelled, Matching, Mistake, Table, Task
from crmlearn.clv.models import BGNBD, MBGNBD, NBD, ParetoNBD

AS_OF, END = "2024-12-31", "2025-12-31"
YEAR_BEFORE, WEEKS = "2023-12-31", 365 / 7
THREE = ("P00001", "P00011", "P03661")
MODELS = (NBD, BGNBD, MBGNBD, ParetoNBD)
LEAVING = ("BGNBD", "MBGNBD", "ParetoNBD")
FOUR = ("mean", "NBD", "BGNBD", "ParetoNBD")
RULE = "last period again"
ONE = "P00953"
BOUNDS = ("mean_low", "mean_high", "one_low", "one_high")


@cache
def firm(everybody=False):
    """The persons' orders, all of them and those until AS_OF, and one row per person in weeks."""
    every = transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx
    people = datasets.load("firm/customers").set_index("customer_id")
    if not everybody:
        every = every[every.customer_id.isin(people.index[people.kind == "person"])]
    base = transactions.summarise(every[every.date <= AS_OF], as_of=AS_OF, unit="week")
    return SimpleNamespace(every=every, base=base, came=every.groupby("customer_id").date.min())


@cache
def fits(everybody=False, until=AS_OF):
    every = firm(everybody).every
    base = transactions.summarise(every[every.date <= until], as_of=until, unit="week")
    return {model.__name__: model.fit(base) for model in MODELS}


@cache
def tested(split_at=AS_OF, until=END, everybody=False):
    return clv.compare(firm(everybody).every, split_at, until=until)


# Task 1
def histories(as_of=AS_OF):
    every = firm().every
    known = every[every.customer_id.isin(THREE) & (every.date <= as_of)]
    return transactions.summarise(known, as_of=as_of, unit="week").set_index("customer_id")[["x", "t_x", "T"]]


def with_times(times):
    table = histories()
    return table.assign(t_x=table.t_x * times, T=table["T"] * times)


# Task 2
def worse(what="bic", **of):
    level = pd.Series({name: getattr(fit, what) for name, fit in fits(**of).items()})
    return level - level.min()


def less_likely(times=1):
    level = pd.Series({name: fit.log_likelihood for name, fit in fits().items()})
    return times * (level.max() - level)


# Task 3
def one_order(weeks=WEEKS, who="once", part=None):
    """For each model how many have a P(alive) below 0.5, and how many orders it expects of them."""
    base = firm().base
    base = base[base.x == 0] if who == "once" else base
    rows = {}
    for name in LEAVING:
        model = fits()[name].model
        alive = model.p_alive(base.x, base.t_x, base["T"])
        if part == "chance":
            expected = alive
        elif part == "if alive":
            expected = model.expected_orders(weeks, base.x, base.t_x, base["T"]) / alive
        elif part == "of those below":
            expected = model.expected_orders(weeks, base.x, base.t_x, base["T"]) * (alive < 0.5)
        else:
            expected = model.expected_orders(weeks, base.x, base.t_x, base["T"])
        below = alive >= 0.5 if part == "kept" else alive < 0.5
        rows[name] = {"below": float(below.sum()), "expected": float(expected.sum())}
    return pd.DataFrame.from_dict(rows, orient="index")


# Task 4
def which(forecast_of):
    return forecast_of(tested().table.loc[list(FOUR)])


# Each question: which of the four forecasts it names.
QUESTIONS = {
    "A": lambda t: t.bias.abs().idxmin(),
    "B": lambda t: t.mae.idxmin(),
    "C": lambda t: t.mae.idxmax(),
    "D": lambda t: t.bias.abs().idxmax(),
    "E": lambda t: t.top_tenth.idxmin(),
}


# Task 5
def by_arrival(forecast=RULE):
    """Expected and observed orders of those who came in 2023 and in 2024."""
    table = tested().customers
    year = firm().came.reindex(table.customer_id).dt.year.astype(str).to_numpy()
    return table[[forecast, "observed"]].groupby(year).sum().set_axis(["expected", "observed"], axis=1)


def off(forecast=RULE):
    table = by_arrival(forecast)
    return table.expected / table.observed - 1


def off_of_all():
    return pd.Series(tested().table.bias[RULE], ["2023", "2024"])


def share_of_error():
    table = by_arrival()
    return (table.expected - table.observed) / table.observed.sum()


# Task 6
def bias(*when, **who):
    return tested(*when, **who).table.bias[[RULE, "ParetoNBD"]]


# Task 7
@cache
def draws():
    return tuple(clv.bootstrap(fits()["ParetoNBD"], 1.0, firm().base, repeats=100, seed=1))


def history(customer=ONE):
    row = firm().base.set_index("customer_id").loc[customer]
    return float(row.x), float(row.t_x), float(row["T"])


def of_the_mean(weeks=WEEKS):
    return np.quantile([model.expected_orders(weeks, *history()) for model, _ in draws()], [0.025, 0.975])


def of_one(model="ParetoNBD", weeks=WEEKS, **share):
    return [float(bound) for bound in fits()[model].model.outcomes(weeks, *history(), **share)]


def four_bounds(mean=None, one=None):
    mean, one = of_the_mean() if mean is None else mean, of_one() if one is None else one
    return dict(zip(BOUNDS, [*mean, *one], strict=True))


def around_the_mean():
    mean = float(fits()["ParetoNBD"].model.expected_orders(WEEKS, *history()))
    return mean - 1.96 * mean**0.5, mean + 1.96 * mean**0.5


# Task 8
VERDICTS = ("holds", "false", "too far")


def both_years(claim):
    return claim(tested().table) and claim(tested(YEAR_BEFORE, AS_OF).table)


def most_below():
    return one_order().below["ParetoNBD"] > (firm().base.x == 0).sum() / 2


# Each sentence: whether its numbers are right, and whether it goes on to what no table shows.
SENTENCES = {
    "A": {"right": lambda: both_years(lambda t: t.mae.idxmin() == "ParetoNBD")},
    "B": {"right": lambda: abs(tested().table.bias[RULE]) < 0.03, "further": True},
    "C": {"right": lambda: worse().idxmin() == "MBGNBD"},
    "D": {"right": most_below, "further": True},
    "E": {"right": lambda: both_years(lambda t: t.bias["NBD"] > 0.3)},
    "F": {"right": lambda: both_years(lambda t: t.mae[[m.__name__ for m in MODELS]].max() < t.mae[RULE])},
    "G": {"right": lambda: tested().table.top_tenth["ParetoNBD"] > 0.3, "further": True},
}


def verdict(right, further=False):
    """First the numbers, then what is concluded."""
    return VERDICTS[1] if not right() else VERDICTS[2] if further else VERDICTS[0]


HISTORIES = Task(
    title="What does a model know about three persons?",
    wanted="a table with one row for each customer_id (P00001, P00011, P03661) and the columns x, t_x and T on "
    "31 December 2024; the times in weeks, two digits after the point",
    expects=Table("customer_id", THREE, ("x", "t_x", "T")),
    answer=histories,
    mistakes=(
        Mistake(
            "the first order counted", lambda: histories().assign(x=histories().x + 1),
            "Your times are right, but $x$ counts the orders *after* the first one.",
        ),
        Mistake(
            "days for weeks", lambda: with_times(7),
            "Your times are days. A week has 7 of them.",
        ),
        Mistake(
            "the silence for the time until the last order",
            lambda: histories().assign(t_x=histories()["T"] - histories().t_x),
            "Your $t_x$ runs from the last order until today: that is the silence. It must run from the *first* order "
            "to the last one.",
        ),
        Mistake(
            "orders that nobody could know", lambda: histories(END),
            "You used the orders of 2025 as well. We stand at the end of 2024: use `tx`, not `every`.",
        ),
        Mistake(
            "watched until the last order only", lambda: histories().assign(T=histories().t_x),
            "Your $T$ ends with the last order. We have watched these persons until 31 December 2024, and their "
            "silence counts.",
        ),
        Mistake(
            "months for weeks", lambda: with_times(7 * 12 / 365.25),
            "Your times are months. These models count weeks of 7 days.",
        ),
    ),
    hints=(
        "All times of a customer begin with the first order. One ends with the last order, the other one today.",
        "By hand: `tx.groupby(\"customer_id\").date.agg([\"count\", \"min\", \"max\"])`. Then subtract, and divide the "
        "days by 7.",
        "For everyone: `transactions.summarise(tx, as_of=AS_OF, unit=\"week\")`. Keep three rows: "
        "`.set_index(\"customer_id\").loc[three]`.",
    ),
    takeaway="P00001 came back five times within 20 weeks, and then not for a year and a half. P00011 never came back. "
    "More than this no model on this page knows about them.",
    topics=("V2",),
)  # fmt: skip

PAST = Task(
    title="Which model describes the past best?",
    wanted="four numbers, one for each model (NBD, BGNBD, MBGNBD, ParetoNBD): by how much its BIC is larger than the "
    "smallest of the four, one digit after the point (0 for the best one)",
    expects=Labelled("model", tuple(m.__name__ for m in MODELS), decimals=1, relative=0.001),
    answer=worse,
    mistakes=(
        Mistake(
            "AIC for BIC", lambda: worse("aic"),
            "Very near. This is *AIC*. BIC takes a higher price for each parameter, and NBD has two fewer of them.",
        ),
        Mistake(
            "the log-likelihood alone", less_likely,
            "You compared the log-likelihoods. BIC doubles them, and adds a price for each parameter.",
        ),
        Mistake(
            "no price for parameters", lambda: less_likely(2),
            "This is twice the difference of the log-likelihoods. The price for the parameters is missing: NBD has two "
            "of them, the others have four.",
        ),
        Mistake(
            "the level for the difference", lambda: {name: float(fit.bic) for name, fit in fits().items()},
            "These are the four BICs themselves. Their level says nothing; take the smallest one off all four.",
        ),
        Mistake(
            "the sign", lambda: -worse(),
            "The sizes are right, the sign is not. By how much is each BIC *larger* than the smallest?",
        ),
        Mistake(
            "from the largest", lambda: worse().max() - worse(),
            "You measured from the *largest* BIC. The smaller, the better: measure from the smallest.",
        ),
        Mistake(
            "orders that nobody could know", lambda: worse(until=END),
            "You fitted on the orders of 2025 as well. They are in the drawer. Use `base`, which ends in 2024.",
        ),
        Mistake(
            "business accounts among the persons", lambda: worse(everybody=True),
            "The business accounts are in it. Keep the persons: use `base` as it is.",
        ),
    ),
    hints=(
        "Each fit knows its own BIC. Put the four next to each other.",
        "`ranking(list(fits.values())).set_index(\"model\")` has a column `bic`.",
        "From this column take off its smallest value: `.min()`.",
    ),
    takeaway="ParetoNBD comes first, and not by a hair. On the page, in another shop, it was MBGNBD. You have a "
    "favourite *before* the drawer is opened: that is the fair way.",
    topics=("V2",),
)  # fmt: skip

ONE_ORDER = Task(
    title="Have those with one order left?",
    wanted="a table with one row for each model (BGNBD, MBGNBD, ParetoNBD) and two columns: below, how many of the "
    "persons with one order have a P(alive) below 0.5; and expected, how many orders the model expects from all "
    "persons with one order together within WEEKS_AHEAD weeks (off by up to half a percent is fine)",
    expects=Table("model", LEAVING, ("below", "expected"), decimals=0, relative=0.005),
    answer=one_order,
    mistakes=(
        Mistake(
            "everybody for those with one order", lambda: one_order(who="all"),
            "These are *all* persons. Keep those without a repeat order: $x = 0$.",
        ),
        Mistake(
            "the others counted", lambda: one_order(part="kept"),
            "You counted those at 0.5 or *above*. The list of the manager would hold those below.",
        ),
        Mistake(
            "the chance for the orders", lambda: one_order(part="chance"),
            "Your column `expected` adds up the chances. That is how many *persons* are expected to be there, not how "
            "many orders.",
        ),
        Mistake(
            "as if all were there", lambda: one_order(part="if alive"),
            "Your column `expected` takes everybody as still there. `expected_orders` has the chance in it already: "
            "do not divide by it.",
        ),
        Mistake(
            "only those below counted", lambda: one_order(part="of those below"),
            "Your column `expected` holds only those below 0.5. All persons with one order are asked for.",
        ),
        Mistake(
            "days for weeks", lambda: one_order(weeks=365),
            "You look 365 *weeks* ahead. These models were fitted on weeks, and a year has about 52.",
        ),
        Mistake(
            "months for weeks", lambda: one_order(weeks=12),
            "You look 12 *weeks* ahead. The year has about 52.",
        ),
    ),
    hints=(
        "Keep the rows of `base` with `x` equal to 0. Each model is in `fits[...].model`.",
        "`model.p_alive(x, t_x, T)` and `model.expected_orders(WEEKS_AHEAD, x, t_x, T)` take whole columns.",
        "Count with `(... < 0.5).sum()`, add up with `.sum()`. A loop over the three models makes the rows.",
    ),
    takeaway="One model puts nobody on the list, the two others more than half. About the *orders* they differ by "
    "14 % at most. Orders can be counted next year; who has left cannot.",
    topics=("V5",),
)  # fmt: skip

DRAWER = Task(
    title="The drawer is open: who was best at what?",
    wanted="for each of the letters A to E one of the words mean, NBD, BGNBD, ParetoNBD; a word may be used more than "
    "once, or not at all",
    expects=Matching("letter", tuple(QUESTIONS), FOUR),
    answer=lambda: {letter: which(of) for letter, of in QUESTIONS.items()},
    mistakes=(
        Mistake(
            "best for each, so best in total", lambda: {"A": "ParetoNBD"},
            "A asks about the total only. Look at the column `bias`, without its sign: which of the four is nearest to "
            "zero?",
        ),
        Mistake(
            "the most negative for the nearest", lambda: {"D": "mean"},
            "In D a bias of −2 % is *near*. Which total is farthest from what came, on either side?",
        ),
        Mistake(
            "right in total, so right for each", lambda: {"B": "mean"},
            "B asks about single customers. The forecast *mean* gives all the same number: is it near to each of them?",
        ),
        Mistake(
            "far in total, so far for each", lambda: {"C": "NBD"},
            "NBD has the worst *total* of the four. C asks about single customers: look at `mae`.",
        ),
        Mistake(
            "too high, so no order of customers", lambda: {"E": "NBD"},
            "NBD is too high for nearly everybody, but it still puts frequent customers before others. Look at "
            "`top_tenth`. Which one would be as good as drawing lots?",
        ),
        Mistake(
            "the biases read with the larger as the better", lambda: {"A": "NBD"},
            "NBD has the *largest* bias of the four. A asks for the total nearest to what came.",
        ),
    ),
    hints=(
        "First say which column answers each letter: `bias`, `mae` or `top_tenth`.",
        "Two letters ask about the total, two about single customers, and one about whom to choose.",
        "`test.table.loc[[\"mean\", \"NBD\", \"BGNBD\", \"ParetoNBD\"], [\"bias\", \"mae\", \"top_tenth\"]]` "
        "shows all you need.",
    ),
    takeaway="The forecast that gives everybody the same number has the best total and is the worst for each customer. "
    "So never show the bias alone.",
    topics=("V2",),
)  # fmt: skip

PARTS = Task(
    title="Is a total that is 2 % off a good forecast?",
    wanted="two shares, one for those who came in 2023 and one for those who came in 2024: orders that the rule \"last "
    "period again\" expected of them in 2025, divided by those that came, minus 1; three digits after the point (such "
    "as 0.123 for 12.3 % too high)",
    expects=Labelled("year", ("2023", "2024"), decimals=3),
    answer=off,
    mistakes=(
        Mistake(
            "the bias of all in both years", off_of_all,
            "This is the bias of all persons together. Divide them first by the year of their first order.",
        ),
        Mistake(
            "upside down", lambda: 1 / (1 + off()) - 1,
            "You divided what came by what was expected. The bias of the page is expected / observed − 1.",
        ),
        Mistake(
            "the sign", lambda: -off(),
            "The sizes are right, the signs are not. Above zero means that too much was expected.",
        ),
        Mistake(
            "the years the wrong way round", lambda: dict(zip(["2023", "2024"], off().iloc[::-1], strict=True)),
            "The two years are the wrong way round. Whose *last period* was only a part of a year?",
        ),
        Mistake(
            "parts of the whole error", share_of_error,
            "You divided by the orders of *all* persons. Divide by the orders of the same group.",
        ),
        Mistake(
            "another forecast", lambda: off("ParetoNBD"),
            "These are the numbers of Pareto/NBD. They are worth a look, but the question is about the rule.",
        ),
        Mistake(
            "per cent for shares", lambda: 100 * off(),
            "You gave per cent. Shares are wanted: 0.123 for 12.3 %.",
        ),
    ),
    hints=(
        "`test.customers` has a column with what the rule expected of each person, and one with what was `observed`.",
        "The year of arrival is the year of each person's earliest order in `tx`. Bring it to the rows by "
        "`customer_id`.",
        "Add up both columns for each year: `.groupby(year).sum()`. Then divide, and take 1 off.",
    ),
    takeaway="Far too high for the old customers, far too low for the new ones, whose last year was not a whole one. "
    "In the total the two cancel. That is luck, and no forecast.",
    topics=("V2",),
)  # fmt: skip

YEAR_EARLIER = Task(
    title="Would the same forecasts have been as good a year earlier?",
    wanted="two shares: the bias of last period again and of ParetoNBD when the split is at the end of 2023 and the "
    "orders of 2024 are the hidden ones; three digits after the point (off by up to half a percentage point is fine)",
    expects=Labelled("forecast", (RULE, "ParetoNBD"), "bias", decimals=3, within=0.005),
    answer=lambda: bias(YEAR_BEFORE, AS_OF),
    mistakes=(
        Mistake(
            "the first test again", bias,
            "These are the numbers of the test that you know, with 2025 in the drawer. Move the split to the end of "
            "2023.",
        ),
        Mistake(
            "two hidden years", lambda: bias(YEAR_BEFORE, END),
            "Your hidden time is 2024 *and* 2025. Say `until=` the end of 2024.",
        ),
        Mistake(
            "half a year", lambda: bias("2024-06-30", AS_OF),
            "You split in the middle of 2024. Both tests must hide one whole year.",
        ),
        Mistake(
            "the error for the bias", lambda: tested(YEAR_BEFORE, AS_OF).table.mae[[RULE, "ParetoNBD"]],
            "This is the mean absolute error. The bias is asked for: the total, too high or too low.",
        ),
        Mistake(
            "the sign", lambda: -bias(YEAR_BEFORE, AS_OF),
            "The sizes are right, the signs are not. Above zero means that too much was expected.",
        ),
        Mistake(
            "upside down", lambda: 1 / (1 + bias(YEAR_BEFORE, AS_OF)) - 1,
            "You divided what came by what was expected. The bias is expected / observed − 1.",
        ),
    ),
    hints=(
        "The same test with two other days. Which day is the split, and which is the last hidden one?",
        "`clv.compare(every, split_at=..., until=...)`: both days end a year.",
        "From its `.table` take the column `bias` and two rows: `.loc[[\"last period again\", \"ParetoNBD\"]]`.",
    ),
    takeaway="The rule was 2 % off in one year, and more than a quarter in the other. Pareto/NBD went from 11 % too "
    "high to 3 % too high. One good year proves nothing; two tell a little.",
    topics=("V2",),
)  # fmt: skip

INTERVALS = Task(
    title="What may one good customer do?",
    wanted="four numbers of orders in 2025, by Pareto/NBD, each at 95 %: mean_low and mean_high (the mean of customers "
    "such as P00953), one_low and one_high (one such customer); one digit after the point (off by up to one percent "
    "is fine)",
    expects=Labelled("bound", BOUNDS, decimals=1, relative=0.01),
    answer=four_bounds,
    mistakes=(
        Mistake(
            "the mean for the one", lambda: four_bounds(one=of_the_mean()),
            "Your last two bounds are those of the mean. One person scatters far more: `outcomes` says how far.",
        ),
        Mistake(
            "the one for the mean", lambda: four_bounds(mean=of_one()),
            "Your first two bounds are those of one person. How sure is the *mean*? The draws say so.",
        ),
        Mistake(
            "the two the wrong way round", lambda: four_bounds(of_one(), of_the_mean()),
            "The two intervals are the wrong way round. Which of them must be the narrow one?",
        ),
        Mistake(
            "chance of orders only", lambda: four_bounds(one=around_the_mean()),
            "For one person you took the mean, plus and minus twice its root. That forgets that the person's own rate "
            "is not known, and that the person may leave.",
        ),
        Mistake(
            "nobody leaves", lambda: four_bounds(one=of_one("NBD")),
            "Your last two bounds come from NBD, in which nobody leaves. Take Pareto/NBD.",
        ),
        Mistake(
            "days for weeks", lambda: four_bounds(of_the_mean(365), of_one(weeks=365)),
            "You look 365 *weeks* ahead. The models count weeks: use `WEEKS_AHEAD`.",
        ),
        Mistake(
            "90 for 95 per cent", lambda: four_bounds(one=of_one(share=0.90)),
            "Your last two bounds hold 90 %. The question asks for 95 %.",
        ),
    ),
    hints=(
        "For the mean: let each drawn model say its `expected_orders` of this history. For one person: `outcomes`.",
        "`np.quantile([m.expected_orders(WEEKS_AHEAD, h.x, h.t_x, h[\"T\"]) for m, _ in draws], [0.025, 0.975])` gives "
        "the first two.",
        "`fits[\"ParetoNBD\"].model.outcomes(WEEKS_AHEAD, h.x, h.t_x, h[\"T\"])` gives low and high. Then a dict with "
        "the four names.",
    ),
    takeaway="The mean is known very well, and still this person placed five orders, the last of them in March 2025. "
    "That lies inside the wide interval. Plan a base with the first, a person with the second.",
    topics=("V5",),
)  # fmt: skip

DEFENCE = Task(
    title="Which sentences may defend your choice?",
    wanted="for each of the letters A to G one of the words holds, false, too far; a word may be used more than once",
    expects=Matching("letter", tuple(SENTENCES), VERDICTS),
    answer=lambda: {letter: verdict(**about) for letter, about in SENTENCES.items()},
    mistakes=(
        Mistake(
            "one good year for all years", lambda: {"B": "holds"},
            "The first half of B is right. But think of tasks 5 and 6: why was the total right, and what was it a year "
            "earlier?",
        ),
        Mistake(
            "the page's shop for this one", lambda: {"C": "holds"},
            "C was so on the page, in another shop. What does your table of task 2 say about these persons?",
        ),
        Mistake(
            "a chance for a label", lambda: {"D": "holds"},
            "In D the numbers are right. But does a table show who *has left*? Another model puts nobody on that list.",
        ),
        Mistake(
            "every model better than the rule", lambda: {"F": "holds"},
            "F says *all four*. Look at `mae` of each model in both tests, and compare it with the rule.",
        ),
        Mistake(
            "a forecast for an effect", lambda: {"G": "holds"},
            "The first half of G is right. But what would these persons order *without* a voucher? No table says it.",
        ),
        Mistake(
            "right numbers called false", lambda: {"B": "false", "D": "false"},
            "You call B and D false. Compute them: their numbers are right. What is wrong comes after the numbers.",
        ),
        Mistake(
            "a fact called too far", lambda: {"A": "too far"},
            "A speaks of two years that you have tested, and of nothing else. Look at both tables.",
        ),
        Mistake(
            "a count for a conclusion", lambda: {"E": "too far"},
            "E says what both tables show, and adds no forecast. Is the number right?",
        ),
    ),
    hints=(
        "Ask two things of each. Are the numbers right? If so: does the sentence say more than they show?",
        "Words that should wake you: *so*, *will*, *have left*, *all*.",
        "Of the seven two hold, two are false, and three go too far.",
    ),
    takeaway="A good defence names its base, its years and its error, and promises nothing that no table shows.",
    topics=("V2", "V5"),
)  # fmt: skip

TASKS = (HISTORIES, PAST, ONE_ORDER, DRAWER, PARTS, YEAR_EARLIER, INTERVALS, DEFENCE)
