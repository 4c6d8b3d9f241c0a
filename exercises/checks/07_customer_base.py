"""The tasks of exercise 07 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: revenue for profit; a share of customers for a share
of profit; lost for gone; one side of the kept customers; a part of a year beside a whole one; only those who came
again; a period that was not over; those who wait left out, or taken for never; old cohorts against young ones; value
so far for value at the same age; businesses among persons; the mean of ratios; a reason that no table shows.
"""

from functools import cache
from types import SimpleNamespace

import pandas as pd

from crmlearn import audit, cohorts, datasets, transactions
from crmlearn.checks import Labelled, Matching, Mistake, Number, Table, Task

AS_OF, LAST_YEAR, THIS_YEAR = "2024-12-31", "2023", "2024"
CHAPTER = ("2024", "2025")  # the years of the chapter
EARLY = "2023-06-30"  # who came by then was a customer in all of both half-years
HALVES = (("2023-07-01", "2023-12-31"), ("2024-07-01", "2024-12-31"))
COHORT, PRINTED = "2024 Q3", "2024-11-30"
GROUPS = ("lost", "kept", "new", "back")


@cache
def firm():
    """The firm: all orders, those until AS_OF, the customers, and the day on which each of them came."""
    every = transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx
    tx = every[every.date <= AS_OF]
    people = datasets.load("firm/customers").set_index("customer_id")
    return SimpleNamespace(every=every, tx=tx, people=people, came=tx.groupby("customer_id").date.min())


def of(customers, tx=None):
    """The orders of some customers, given by their ids."""
    tx = firm().tx if tx is None else tx
    return tx[tx.customer_id.isin(customers)]


def within(first, last):
    return firm().tx[firm().tx.date.between(first, last)]


# Task 1
def tenths(year=THIS_YEAR, **how):
    return audit.deciles(firm().tx, year, **how)


def of_best(sort_by, what="margin", more=0):
    """What the best tenth, and so many more, brought, when the customers are sorted by this column."""
    year = within("2024-01-01", AS_OF).groupby("customer_id")[["amount", "margin"]].sum()
    return year.sort_values(sort_by, ascending=False)[what].iloc[: tenths().customers[0] + more].sum()


def best_orders():
    margin = within("2024-01-01", AS_OF).margin.sort_values(ascending=False)
    return margin.iloc[: len(margin) // 10].sum()


# Tasks 2 and 3
@cache
def moves(first=LAST_YEAR, second=THIS_YEAR, chapter=False):
    tx = firm().every if chapter else firm().tx
    return audit.lost_kept_new(tx, first, second).set_index("group")


def counts(**changes):
    return moves().customers.astype(int).to_dict() | changes


@cache
def bridge(chapter=False):
    tx, years = (firm().every, CHAPTER) if chapter else (firm().tx, (LAST_YEAR, THIS_YEAR))
    return audit.bridge(tx, *years).set_index("step")


def kept(what="profit"):
    return moves()[f"{what}_second"]["kept"] - moves()[f"{what}_first"]["kept"]


def kept_of_bridge(chapter=False):
    return bridge(chapter).change[["kept down", "kept same", "kept up"]].sum()


# Task 4
@cache
def halves(until=EARLY, first=HALVES[0], second=HALVES[1]):
    """What became of the customers who had come by a day, from one span to another."""
    early = of(firm().came.index[firm().came <= until])
    return audit.lost_kept_new(early, first, second).set_index("group")


def growth(table, what="profit", rows=GROUPS):
    return table[f"{what}_second"][list(rows)].sum() / table[f"{what}_first"][list(rows)].sum() - 1


def fewer_customers():
    t = halves().customers
    return (t["kept"] + t["back"]) / (t["kept"] + t["lost"]) - 1


# Task 5
@cache
def retention(as_of=AS_OF, partial="empty"):
    return cohorts.table(firm().tx[firm().tx.date <= as_of], as_of, period="Q", partial=partial).set_index("cohort")


def active_again():
    """Of all who bought in the third quarter, the share that bought in the fourth."""
    third, fourth = (set(within(*days).customer_id) for days in (("2024-07-01", "2024-09-30"), ("2024-10-01", AS_OF)))
    return len(third & fourth) / len(third)


def again_soon():
    return audit.repeat_rates(firm().tx, AS_OF, "Q", within_days=90).set_index("cohort").repeat_rate[COHORT]


def again_ever():
    days = within("2024-07-01", AS_OF)
    members = firm().came.index[firm().came.between("2024-07-01", "2024-09-30")]
    return (of(members, days).groupby("customer_id").size() > 1).mean()


# Task 6
@cache
def median_wait(year=THIS_YEAR, n=2, who=None):
    curve = cohorts.time_to_nth_order(firm().tx if who is None else of(who), AS_OF, n=n, period="Y")
    return cohorts.reached(curve[curve.cohort == year].drop(columns="cohort"))


@cache
def waits():
    """Days to the second order of each customer won in 2024, missing for those who wait; and days watched."""
    came = firm().came[firm().came >= "2024-01-01"]
    orders = of(came.index).sort_values(["customer_id", "date"])
    second = orders[orders.groupby("customer_id").cumcount() == 1].set_index("customer_id").date
    watched = (pd.Timestamp(AS_OF) - came).dt.days
    return SimpleNamespace(days=(second.reindex(came.index) - came).dt.days, watched=watched)


# Task 7
CHANNELS, AT_ONCE = ("partner", "referral", "search", "shop", "social"), 180
KINDS, MONTHS, EVER = ("person", "business"), 12, 10_000


def counted_in(kinds=KINDS[:1], months=6):
    """The customers of these kinds who came in the first so many months of a year, with the day on which they came."""
    them = firm().people.assign(came=firm().came).dropna(subset=["came"])
    return them[them.kind.isin(kinds) & (them.came.dt.month <= months)]


def profit_at(days=AT_ONCE, what="margin"):
    """What each customer brought on the first so many days, the day of the first order among them."""
    age = (firm().tx.date - firm().tx.customer_id.map(firm().came)).dt.days
    return firm().tx[age < days].groupby("customer_id")[what].sum()


def profit_by_june():
    """What each customer brought until 30 June of the year in which they came."""
    tx = firm().tx
    came = tx.customer_id.map(firm().came)
    return tx[(tx.date.dt.year == came.dt.year) & (tx.date.dt.month <= 6)].groupby("customer_id").margin.sum()


def by_channel(values, them):
    """The mean of each channel and year of arrival: a row per channel."""
    return values.groupby([them.acquired_by, them.came.dt.year]).mean().unstack()


def value_to_cost(profit=None, them=None, cost=None):
    them = counted_in() if them is None else them
    profit = profit_at() if profit is None else profit
    cost = by_channel(them.acquisition_cost, them) if cost is None else cost
    return by_channel(profit.reindex(them.index), them).div(cost, axis=0)


def mean_of_ratios():
    them = counted_in()
    return by_channel(profit_at().reindex(them.index) / them.acquisition_cost, them)


def cost_of_all():
    """The mean cost of a channel, of all customers whom it ever won."""
    return firm().people.groupby("acquired_by").acquisition_cost.mean()


# Task 8
VERDICTS = ("holds", "false", "unfair", "cause")


def per_head():
    profit = firm().tx.groupby("customer_id").margin.sum()
    return profit.groupby(firm().came.dt.year).mean()


def social_waits_longest():
    by = firm().people.acquired_by
    waiting = {name: median_wait(who=tuple(by.index[by == name])) for name in by.unique()}
    return max(waiting, key=waiting.get) == "social"


# Each sentence: whether its numbers are right, whether it tells a reason, whether those compared had the same time.
SENTENCES = {
    "A": {"right": lambda: moves().profit_second["new"] > bridge().change[THIS_YEAR] - bridge().change[LAST_YEAR]},
    "B": {"right": lambda: per_head()[2023] > 2 * per_head()[2024], "same_time": False},
    "C": {"right": lambda: tenths().share_of_profit[0] > 0.5},
    "D": {"right": social_waits_longest, "reason": True},
    "E": {"right": lambda: kept() > 0.4 * moves().profit_first["kept"], "same_time": False},
    "F": {"right": lambda: moves().customers["kept"] > moves().customers["lost"]},
}


def verdict(right, reason=False, same_time=True):
    """May it stand? First the numbers, then the reason, then the time."""
    if not right():
        return VERDICTS[1]
    return VERDICTS[3] if reason else VERDICTS[0] if same_time else VERDICTS[2]


BEST_TENTH = Task(
    title="How much of the profit hangs on the best tenth?",
    wanted="one number: dollars of profit in 2024 from the best tenth of its 5,482 customers, which are the 549 with "
    "the most profit in 2024, rounded to whole dollars",
    expects=Number("dollars", decimals=0),
    answer=lambda: tenths().profit[0],
    mistakes=(
        Mistake(
            "revenue for profit", lambda: tenths().revenue[0],
            "The customers are right, but this is their *revenue*. What is the column of the profit called?",
        ),
        Mistake(
            "sorted by revenue", lambda: of_best("amount"),
            "Very near. You sorted the customers by *revenue*. Some pay much and leave little: sort by profit.",
        ),
        Mistake(
            "revenue all the way", lambda: of_best("amount", "amount"),
            "This is *revenue*: the tenth that paid most, and what they paid. The board asks about profit.",
        ),
        Mistake(
            "one customer too few", lambda: of_best("margin", more=-1),
            "You took 548 customers. A tenth of 5,482 is 548.2, and the library rounds its first group up: take 549.",
        ),
        Mistake(
            "the best fifth", lambda: tenths().profit[:2].sum(),
            "This is what the best *fifth* brought: two tenths together.",
        ),
        Mistake(
            "the second row", lambda: tenths().profit[1],
            "This is the *second* tenth. The rows of a table begin with 0.",
        ),
        Mistake(
            "a tenth of the profit for a tenth of the customers", lambda: tenths(by="profit").profit[0],
            "You cut the *profit* into tenths. Then each brings the same, and only the number of customers differs. "
            "Cut the customers.",
        ),
        Mistake(
            "a share for dollars", lambda: tenths().share_of_profit[0],
            "This is the *share* of the profit. It is worth knowing, but dollars are wanted.",
        ),
        Mistake(
            "a mean for a total", lambda: tenths().profit_per_customer[0],
            "This is the profit *per customer* of the best tenth. All of them together are wanted.",
        ),
        Mistake(
            "the year before", lambda: tenths(LAST_YEAR).profit[0],
            "This is the year *before*. The board asks about 2024.",
        ),
        Mistake(
            "both years as one", lambda: tenths(("2023-01-01", AS_OF)).profit[0],
            "You took 2023 and 2024 together. Keep to the orders of 2024.",
        ),
        Mistake(
            "orders for customers", best_orders,
            "This is the best tenth of the *orders*. One customer has many: add up for each customer first.",
        ),
    ),
    hints=(
        "Sort the customers of the year by their profit, best first, and cut the list into ten.",
        "`audit.deciles(tx, THIS_YEAR)` has one row per tenth, the best first.",
        "Look at the column `profit`. Which row do you need?",
    ),
    takeaway="More than half of the profit of the year, so a plan for the average customer is a plan for nobody. It "
    "does not say that the same people will bring it next year.",
    topics=("V0",),
)  # fmt: skip

MOVES = Task(
    title="How many customers did we lose, keep and win?",
    wanted="four whole numbers, one for each group: customers who were lost, kept, new and back in 2024, compared with "
    "2023",
    expects=Labelled("group", GROUPS, "customers", decimals=0),
    answer=counts,
    mistakes=(
        Mistake(
            "everybody of the second year as new",
            lambda: counts(new=moves().customers[["kept", "new", "back"]].sum()),
            "You counted all customers of 2024 as *new*. Some of them had bought in 2023.",
        ),
        Mistake(
            "everybody of the first year as kept", lambda: counts(kept=moves().customers[["kept", "lost"]].sum()),
            "You counted all customers of 2023 as *kept*. Not all of them bought in 2024.",
        ),
        Mistake(
            "lost and new the wrong way round",
            lambda: counts(lost=moves().customers["new"], new=moves().customers["lost"]),
            "*Lost* and *new* are the wrong way round. Lost customers stand in the first year only.",
        ),
        Mistake(
            "orders for customers",
            lambda: dict(zip(GROUPS, [moves().orders_first["lost"], *moves().orders_second.iloc[1:]], strict=True)),
            "You counted *orders*. A customer with ten orders is one customer.",
        ),
        Mistake(
            "a quarter for a year", lambda: moves("2023 Q4").customers,
            "Your first period is the last *quarter* of 2023. Whoever bought in May only seems to be back then. "
            "Compare whole years.",
        ),
        Mistake(
            "silent for a quarter is lost", lambda: moves(second="2024 Q4").customers,
            "Your second period is the last *quarter* of 2024. Whoever bought in May was kept too.",
        ),
        Mistake(
            "lost for gone",
            lambda: counts(
                lost=moves().customers["lost"] - moves(*CHAPTER, chapter=True).customers["back"],
                back=moves(*CHAPTER, chapter=True).customers["back"],
            ),
            "You used orders of 2025. Some of the lost will return, but nobody knew it when 2024 ended. *Lost* is a "
            "word for a period.",
        ),
        Mistake(
            "the chapter's years", lambda: moves(*CHAPTER, chapter=True).customers,
            "These are the years of the chapter. The board asks about one year earlier.",
        ),
    ),
    hints=(
        "Two sets of customers, those of 2023 and those of 2024. Which parts do they have?",
        "The shop opened in January 2023. Who can have been a customer *before* 2023, and so come back?",
        "`audit.lost_kept_new(tx, LAST_YEAR, THIS_YEAR)`. The answer may be the table as it is.",
    ),
    takeaway="Two sums hold: lost and kept are the customers of 2023; kept, new and back those of 2024. Nobody can be "
    "back yet, because nobody was here before 2023.",
    topics=("V0",),
)  # fmt: skip

KEPT = Task(
    title="What did the kept customers change?",
    wanted="one number: dollars by which the profit from the kept customers together was higher in 2024 than in 2023 "
    "(below zero if it was lower), rounded to whole dollars",
    expects=Number("dollars", decimals=0),
    answer=kept,
    mistakes=(
        Mistake(
            "kept up only", lambda: bridge().change["kept up"],
            "This is *kept up*: only those who brought more. Others were kept too, and brought less.",
        ),
        Mistake(
            "kept down only", lambda: bridge().change["kept down"],
            "This is *kept down*: only those who brought less. Others were kept too, and brought more.",
        ),
        Mistake(
            "the sign", lambda: -kept(),
            "The size is right, the sign is not. Take the first year off the second.",
        ),
        Mistake(
            "revenue for profit", lambda: kept("revenue"),
            "This is *revenue*. The goods must still be paid from it.",
        ),
        Mistake(
            "a mean for a total", lambda: kept() / moves().customers["kept"],
            "This is the change *per kept customer*. The bridge needs all of them together.",
        ),
        Mistake(
            "a level for a change", lambda: moves().profit_second["kept"],
            "This is what they brought *in 2024*. How much of it had they brought before?",
        ),
        Mistake(
            "the lost counted in", lambda: kept_of_bridge() + bridge().change["lost"],
            "This is the change from *all* customers of 2023, the lost among them. The question asks for the kept.",
        ),
        Mistake(
            "the whole change", lambda: bridge().change[THIS_YEAR] - bridge().change[LAST_YEAR],
            "This is the *whole* change in profit. New and lost customers are in it.",
        ),
        Mistake(
            "the chapter's years", lambda: kept_of_bridge(chapter=True),
            "These are the years of the chapter. The board asks about one year earlier.",
        ),
    ),
    hints=(
        "The kept customers stand in both years. What did they bring in each?",
        "`audit.bridge(tx, LAST_YEAR, THIS_YEAR)` has three steps that begin with *kept*.",
        "Add up the column `change` over these three, or take `profit_first` off `profit_second` in task 2's table.",
    ),
    takeaway="It is a lot, and it looks like love. But how much time did these customers have in 2023? The next task "
    "asks.",
    topics=("V0",),
)  # fmt: skip

SAME_MONTHS = Task(
    title="Do the old customers really buy more?",
    wanted="one change: profit from July to December 2024 against July to December 2023, from all customers whose "
    "first order came until 30 June 2023 together, in percent with one digit after the point (below zero if it fell)",
    expects=Number("percent", decimals=3, percent=True),
    answer=lambda: growth(halves()),
    mistakes=(
        Mistake(
            "only those who came again", lambda: growth(halves(), rows=("kept",)),
            "You kept only those who bought in *both* half-years. Whoever stopped brought nothing in 2024, and that "
            "counts.",
        ),
        Mistake(
            "the lost left out of the first half-year", lambda: growth(halves(), rows=("kept", "back")),
            "You left out those who bought in the first half-year only. They belong to these customers too.",
        ),
        Mistake(
            "those who came back left out", lambda: growth(halves(), rows=("lost", "kept")),
            "Very near. Some of these customers bought nothing in the first half-year but were there again in the "
            "second. They belong to the group too.",
        ),
        Mistake(
            "a part of a year beside a whole one", lambda: growth(halves(EARLY, LAST_YEAR, THIS_YEAR)),
            "You compared whole *years*. In the first half of 2023 these customers were still arriving.",
        ),
        Mistake(
            "the kept of the whole years", lambda: kept() / moves().profit_first["kept"],
            "This is the growth of the kept customers of task 3. Many of them came late in 2023 and had little of that "
            "year.",
        ),
        Mistake(
            "everybody", lambda: growth(halves(AS_OF)),
            "These are *all* customers, also those who came later. Keep those whose first order came until 30 June "
            "2023.",
        ),
        Mistake(
            "everybody who came in the first year", lambda: growth(halves("2023-12-31")),
            "You kept all who came in 2023. Some came between July and December, so they had less of that half-year.",
        ),
        Mistake(
            "revenue for profit", lambda: growth(halves(), "revenue"),
            "Very near. This is *revenue*; the board asks about profit.",
        ),
        Mistake(
            "customers for profit", fewer_customers,
            "This is the change in *how many* of them bought. The board asks what they brought.",
        ),
        Mistake(
            "another season", lambda: growth(halves(EARLY, HALVES[0], ("2024-01-01", "2024-06-30"))),
            "Your second half-year is January to June. December is in only one of your two: compare the same months.",
        ),
        Mistake(
            "the sign", lambda: -growth(halves()),
            "The size is right, the sign is not. Did it rise or fall?",
        ),
        Mistake(
            "the wrong base", lambda: 1 / (1 + growth(halves())) - 1,
            "You went from 2024 to 2023. A change is counted from the *earlier* one.",
        ),
    ),
    hints=(
        "Two steps: who had come until 30 June 2023? And what did exactly these bring in each of the two half-years?",
        "The day of the first order: `tx.groupby(\"customer_id\").date.min()`. Keep the orders of those in time.",
        "`audit.bridge` takes days too: `(\"2023-07-01\", \"2023-12-31\")`. Its first and last step are the profits.",
    ),
    takeaway="The same people, the same months, and another sign: the kept seemed to grow because many had only a part "
    "of 2023.",
    topics=("V0",),
)  # fmt: skip

ALARM = Task(
    title="Is the alarm of the dashboard real?",
    wanted="one share: of the customers who came in 2024 Q3, how many ordered in 2024 Q4, in percent with one digit "
    "after the point (or as a share between 0 and 1 with three)",
    expects=Number("share of customers", decimals=3, percent=True),
    answer=lambda: retention()["1"][COHORT],
    mistakes=(
        Mistake(
            "a period that was not over", lambda: retention(PRINTED, "keep")["1"][COHORT],
            "This is the number of the dashboard. On 30 November the quarter had a month to go, and December was "
            "missing. You know more now.",
        ),
        Mistake(
            "the cohort's own quarter", lambda: retention()["0"][COHORT],
            "In their own quarter all of them ordered, by definition. Look one quarter later.",
        ),
        Mistake(
            "another cohort", lambda: retention()["1"]["2024 Q2"],
            "This is the cohort *before*. The alarm is about those who came in the third quarter.",
        ),
        Mistake(
            "another year", lambda: retention()["1"]["2023 Q3"],
            "This is the third quarter of *2023*. The alarm is about 2024.",
        ),
        Mistake(
            "all buyers for the newcomers", active_again,
            "You took *all* who bought in the third quarter. Many of them had come earlier. A cohort is only those who "
            "came then.",
        ),
        Mistake(
            "the share that did not return", lambda: 1 - retention()["1"][COHORT],
            "This is the share that did *not* order in the next quarter.",
        ),
        Mistake(
            "90 days for a quarter", again_soon,
            "You gave each customer 90 days of their own. That is a fair number too, but the dashboard counts by "
            "quarter of the calendar.",
        ),
        Mistake(
            "a second order at any time", again_ever,
            "You counted a second order at any time until the end of the year. Some placed it in the third quarter "
            "already and none in the fourth.",
        ),
    ),
    hints=(
        "Until which day did the dashboard see the fourth quarter? Until which day do you?",
        "`cohorts.table(tx, AS_OF, period=\"Q\")`: a row per cohort, a column per quarter since, from `\"0\"`.",
        "Row `\"2024 Q3\"`. The column is a text, as all names of columns here.",
    ),
    takeaway="The quarter was not over: the last cells of older cohorts looked low too. Never compare a cell that was "
    "seen only in part.",
    topics=("V0",),
)  # fmt: skip

WAIT = Task(
    title="How long do new customers wait with the second order?",
    wanted="one whole number: days from the first order until half of the customers who came in 2024 had ordered "
    "again, with those who were still waiting on 31 December 2024 counted as long as they were watched",
    expects=Number("days", decimals=0),
    answer=median_wait,
    mistakes=(
        Mistake(
            "the waiting ones left out", lambda: waits().days.median(),
            "This is the median of those who *did* order again. Whoever takes long is missing there, so it looks far "
            "too short.",
        ),
        Mistake(
            "a mean of those who did", lambda: waits().days.mean(),
            "This is the *mean* of those who did order again. The waiting ones are missing, and half is asked for.",
        ),
        Mistake(
            "waiting taken for never", lambda: waits().days.fillna(10_000).median(),
            "You took those who wait for people who *never* order. Some of them came in December and have had no time.",
        ),
        Mistake(
            "the last day taken for an order", lambda: waits().days.fillna(waits().watched).median(),
            "You took the last day that we saw for a second order. On that day they were still waiting.",
        ),
        Mistake(
            "all years", lambda: cohorts.reached(cohorts.time_to_nth_order(firm().tx, AS_OF)),
            "These are the customers of *both* years. Keep those who came in 2024.",
        ),
        Mistake(
            "the year before", lambda: median_wait(LAST_YEAR),
            "These are the customers who came in *2023*.",
        ),
        Mistake(
            "the third order", lambda: median_wait(n=3),
            "This is the wait for the *third* order. Count the first one too: `n=2` is the second.",
        ),
        Mistake(
            "weeks for days", lambda: median_wait() / 7,
            "You gave *weeks*. Days are wanted.",
        ),
    ),
    hints=(
        "Who has not ordered again yet has waited, too. Which method of the chapter counts them?",
        "`cohorts.time_to_nth_order(tx, AS_OF, n=2, period=\"Y\")` has a curve for each year of arrival. Keep one.",
        "`cohorts.reached(curve)` reads the median off a curve; drop its column `cohort` first.",
    ),
    takeaway="Write to new customers before that day, not when you believe that they are late. Whether it helps, only "
    "a group without a message can tell.",
    topics=("V0",),
)  # fmt: skip

VALUE = Task(
    title="Do newer customers earn back less of their cost?",
    wanted="a table: a row for each value of acquired_by, the columns 2023 and 2024 (year of the first order). Of the "
    "persons who came from January to June: their mean profit within 180 days (the day of the first order and the 179 "
    "days after it), divided by their mean cost of acquisition, with two digits after the point",
    expects=Table("acquired_by", CHANNELS, (LAST_YEAR, THIS_YEAR)),
    answer=value_to_cost,
    mistakes=(
        Mistake(
            "the table of finance", lambda: value_to_cost(profit_at(EVER), counted_in(KINDS, MONTHS)),
            "This is the table of finance. Mend it in three places: who is counted, when they came, and over how many "
            "days.",
        ),
        Mistake(
            "profit so far", lambda: value_to_cost(profit_at(EVER)),
            "The persons are right, but this is their profit *so far*. Those of 2023 had a year more. Give both the "
            "same 180 days.",
        ),
        Mistake(
            "businesses among persons", lambda: value_to_cost(them=counted_in(KINDS)),
            "Businesses are among them. A café costs and brings many times as much as a person: keep the persons.",
        ),
        Mistake(
            "all months of the year", lambda: value_to_cost(them=counted_in(months=MONTHS)),
            "You kept all months. Who came in December 2024 has been seen for days, not for 180 of them. Keep January "
            "to June.",
        ),
        Mistake(
            "a calendar for an age", lambda: value_to_cost(profit_by_june()),
            "You counted until 30 June. Who came in January had six months then, who came in June a few days. Count "
            "180 days from each one's first order.",
        ),
        Mistake(
            "one day more", lambda: value_to_cost(profit_at(AT_ONCE + 1)),
            "Very near. The day of the first order is day 0, so 180 days end with day 179.",
        ),
        Mistake(
            "revenue for profit", lambda: value_to_cost(profit_at(what="amount")),
            "This is *revenue* over cost. The goods must still be paid from it.",
        ),
        Mistake(
            "the mean of ratios", mean_of_ratios,
            "You divided for each person and took the mean. Those who cost very little pull it up. Divide the mean "
            "profit by the mean cost.",
        ),
        Mistake(
            "the cost of others", lambda: value_to_cost(cost=cost_of_all()),
            "Your cost is the mean of *all* customers of the channel, businesses and other years too. Take the cost of "
            "the same persons.",
        ),
        Mistake(
            "profit for the ratio", lambda: by_channel(profit_at().reindex(counted_in().index), counted_in()),
            "This is the profit in dollars. Divide it by the mean cost.",
        ),
        Mistake(
            "the cost taken off", lambda: value_to_cost() - 1,
            "You took the cost off before you divided. Value to cost is the profit over the cost: 1 means that the "
            "cost has come back.",
        ),
        Mistake(
            "upside down", lambda: 1 / value_to_cost(),
            "You divided the cost by the profit. It is the other way round.",
        ),
    ),
    hints=(
        "Start from the table of finance. Who must go, because they are no persons, or have not been seen for 180 "
        "days?",
        "The age of an order is `(tx.date - tx.customer_id.map(customers.first_order)).dt.days`. Add up the margin of "
        "those below 180 for each customer: a new column of `customers`.",
        "Keep the rows of `customers` whose `kind` is person and whose `first_order.dt.month` is at most 6. Then do as "
        "finance did, with your column in place of `so_far`.",
    ),
    takeaway="At the same age both years have earned back nearly the same: what finance saw was time. The channels do "
    "differ, but each brings other people, so it is no effect of the channel.",
    topics=("V0",),
)  # fmt: skip

SENTENCE = Task(
    title="Which sentences may stand in the report?",
    wanted="for each of the letters A to F one of the words holds, false, unfair, cause; a word may be used more than "
    "once",
    expects=Matching("letter", tuple(SENTENCES), VERDICTS),
    answer=lambda: {letter: verdict(**about) for letter, about in SENTENCES.items()},
    mistakes=(
        Mistake(
            "the chapter's headline", lambda: {"A": "holds"},
            "A would hold for 2025, the year of the chapter. Compare the step *new* of your bridge with the whole "
            "change.",
        ),
        Mistake(
            "old against young", lambda: {"B": "holds"},
            "In B the numbers are right. But how long have customers of 2023 had to buy, and how long those of 2024?",
        ),
        Mistake(
            "a part of a year beside a whole one", lambda: {"E": "holds"},
            "In E the numbers are right. But think of task 4: how much of 2023 did the kept customers have?",
        ),
        Mistake(
            "a reason that no table shows", lambda: {"D": "holds"},
            "The first half of D can be counted. Which table shows what comes after *because*?",
        ),
        Mistake(
            "an unfair comparison called false", lambda: {"B": "false", "E": "false"},
            "You call B and E false. Compute them: the numbers are right. What is wrong is something else.",
        ),
        Mistake(
            "a cause where none is told", lambda: {"B": "cause"},
            "B does not say *why*. It compares two groups. Is the comparison fair?",
        ),
        Mistake(
            "one period taken for a comparison", lambda: {"C": "unfair"},
            "C compares nobody with earlier or later: it divides one year's profit, and does not judge who came late.",
        ),
        Mistake(
            "lost for gone", lambda: {"F": "false"},
            "F speaks of *buying again in 2024*, nothing else. Which of your four groups is it?",
        ),
    ),
    hints=(
        "Ask three things, in this order. Are the numbers right? Does it say why? Had those compared the same time?",
        "For A compare the step *new* with the whole change. For C, E and F you have the numbers already.",
        "For B: `tx.groupby(\"customer_id\").margin.sum()` is each customer's profit; take its mean by year of the "
        "first order. For D: task 6 once more, with the orders of one value of `acquired_by` at a time.",
        "One sentence says *because*. In two others one side had more time to buy than the other.",
    ),
    takeaway="Right numbers are not enough: who had how much time, and who says why?",
    topics=("V0",),
)  # fmt: skip

TASKS = (BEST_TENTH, MOVES, KEPT, SAME_MONTHS, ALARM, WAIT, VALUE, SENTENCE)
