"""The tasks of exercise 08 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: revenue for contribution; a total for a mean; rates
of two periods in one formula; a year's rate divided by twelve; another timing; one retention rate for every year; the
first payment forgotten; only the survivors counted; no discount; the base for a new customer; the past for the future;
the chance of being alive, or the orders, for the value; a retention rate where nobody can be seen to leave.
"""

from functools import cache
from types import SimpleNamespace

from crmlearn import clv, datasets, transactions
from crmlearn.checks import Ids, Labelled, Matching, Mistake, Number, Task
from crmlearn.clv.models import BGNBD, GammaGamma

AS_OF, MARGIN, DISCOUNT_PER_YEAR = "1997-09-30", 0.25, 0.12
TERMS = {"horizon_months": 12, "discount_per_year": DISCOUNT_PER_YEAR, "margin": MARGIN}
CLUB_MARGIN, CLUB_RETENTION = 12, 0.96  # a month
PLAN_MARGIN = 60  # a year
FIVE = ("0001", "0002", "0003", "1516", "1901")
GIFT = 10


@cache
def shop():
    """The music shop: all orders, those until AS_OF, one row per customer, and the two models."""
    every = transactions.clean(transactions.read(datasets.path("cdnow")).tx).tx
    tx = every[every.date <= AS_OF]
    base = transactions.summarise(tx, as_of=AS_OF, unit="week")
    return SimpleNamespace(every=every, tx=tx, base=base, fit=BGNBD.fit(base), spend=GammaGamma.fit(base))


@cache
def customers():
    """What each customer has brought and is expected to bring, by customer_id."""
    s = shop()
    so_far = clv.historic(s.tx, as_of=AS_OF, margin=MARGIN).table.set_index("customer_id")
    to_come = clv.individual(s.fit, s.spend, s.base, **TERMS).table.set_index("customer_id")
    return so_far.rename(columns={"value": "so_far"}).join(to_come)


def revenue():
    return float(clv.historic(shop().tx, as_of=AS_OF))


def first_order():
    """Mean contribution of a customer's first order."""
    return MARGIN * shop().tx.sort_values("date").groupby("customer_id").amount.first().mean()


def predictive(**changes):
    return clv.predictive(shop().fit, shop().spend, shop().base, **(TERMS | changes))


def new_customer(**changes):
    return float(clv.predictive(shop().fit, shop().spend, customer="new", **(TERMS | changes)))


def monthly():
    return clv.convert(DISCOUNT_PER_YEAR, per="year", to="month")


def club(discount=None, timing="at_start", margin=CLUB_MARGIN):
    return float(clv.lifespan(margin, CLUB_RETENTION, monthly() if discount is None else discount, timing))


@cache
def survivors(cohort="regular"):
    table = datasets.load("renewals")
    return table[table.cohort == cohort].sort_values("year").customers.to_numpy()


def plan(who=None, timing="at_start", discount=DISCOUNT_PER_YEAR):
    return float(clv.cohort(survivors() if who is None else who, PLAN_MARGIN, discount, timing))


def constant_retention(periods=13):
    left = survivors()
    return float(clv.lifespan(PLAN_MARGIN, left[1] / left[0], DISCOUNT_PER_YEAR, periods=periods))


def top(column):
    return customers()[column].nlargest(10).index.tolist()


def surely_alive():
    """All who share the highest chance; any ten of them are this mistake."""
    chance = customers().p_alive
    return chance[chance == chance.max()].index.tolist()


HISTORIC = Task(
    title="What has an average customer brought so far?",
    wanted="one number: dollars of contribution per customer until 30 September 1997, two digits after the point",
    expects=Number("dollars"),
    answer=lambda: float(clv.historic(shop().tx, as_of=AS_OF, margin=MARGIN)),
    mistakes=(
        Mistake(
            "revenue for contribution", revenue,
            "This is *revenue*. The shop must pay for the goods first: which share of each dollar is left?",
        ),
        Mistake(
            "a total for a mean", lambda: clv.historic(shop().tx, as_of=AS_OF, margin=MARGIN).total,
            "This is the contribution of *all* customers together. The question asks for one average customer.",
        ),
        Mistake(
            "orders for customers", lambda: MARGIN * shop().tx.amount.mean(),
            "This is the contribution of an average *order*. Some customers ordered often: add up for each customer "
            "first.",
        ),
        Mistake(
            "only those who came back", lambda: customers().so_far[shop().base.set_index("customer_id").x > 0].mean(),
            "You left out the customers with a single order. They are customers too, and most of the base.",
        ),
        Mistake(
            "the future counted as past", lambda: float(clv.historic(shop().every, as_of="1998-06-30", margin=MARGIN)),
            "Orders after 30 September 1997 are in it. On that day nobody knew them: use `tx`, which ends there.",
        ),
        Mistake(
            "the margin taken off instead of kept", lambda: (1 - MARGIN) * revenue(),
            "This is what the goods *cost*. `MARGIN` is the share that is left for the firm.",
        ),
    ),
    hints=(
        "Historic CLV only adds up what has happened. Which of the columns of `tx` do you need?",
        "`clv.historic` does it in one line. It needs the orders, a day, and the share of revenue that is left.",
        "`clv.historic(tx, as_of=AS_OF, margin=...)`. Its answer can be given to `check` as it is.",
    ),
    takeaway="The orders have happened, so nothing in it is a forecast; only the margin is assumed. It says nothing "
    "about what will come.",
    topics=("V1",),
)  # fmt: skip

LIFESPAN = Task(
    title="What may a club hope for from a new member?",
    wanted="one number: dollars today per new member over an endless life, two digits after the point",
    expects=Number("dollars"),
    answer=club,
    mistakes=(
        Mistake(
            "rates of two periods in one formula", lambda: club(DISCOUNT_PER_YEAR),
            "You used a discount per *year* next to a retention per *month*. Both must belong to the same period.",
        ),
        Mistake(
            "a year's rate divided by twelve", lambda: club(DISCOUNT_PER_YEAR / 12),
            "Very near. A rate per year divided by twelve is not the rate per month, because interest earns interest. "
            "`clv.convert` does it exactly.",
        ),
        Mistake(
            "a rate rounded on the way", lambda: club(round(monthly(), 4)),
            "Very near. You rounded the monthly rate before you used it. Keep all its digits until the end.",
        ),
        Mistake(
            "paid at the end of the month", lambda: club(timing="at_end"),
            "This is right for members who pay at the *end* of the month. These members pay in advance.",
        ),
        Mistake(
            "paid at the end by those who stayed", lambda: club(timing="at_end_if_retained"),
            "The first payment is missing. A new member pays at once, for certain, before anybody can leave.",
        ),
        Mistake(
            "no discount", lambda: club(0.0),
            "This is a month's contribution divided by the churn: a dollar of next year counts like one of today. "
            "Where is the discount?",
        ),
        Mistake(
            "a year's money with a month's retention", lambda: club(DISCOUNT_PER_YEAR, margin=12 * CLUB_MARGIN),
            "You took the money of a whole *year* and let people leave at the rate of one *month*. Choose one period "
            "and bring everything to it.",
        ),
    ),
    hints=(
        "Write down the period of each of the three numbers: margin, retention, discount. One does not fit the others.",
        "Turn the discount into one per month: `clv.convert(..., per=\"year\", to=\"month\")`.",
        "Then `clv.lifespan(margin, retention, discount, timing=...)`. Paid in advance is `\"at_start\"`.",
    ),
    takeaway="Write its timing and its periods next to it, and others can compare it with theirs.",
    topics=("V3",),
)  # fmt: skip

COHORT = Task(
    title="What did one acquired customer of the phone plan bring?",
    wanted="one number: dollars today per acquired Regular customer, years 0 to 12, two digits after the point",
    expects=Number("dollars"),
    answer=plan,
    mistakes=(
        Mistake(
            "one retention rate for every year", constant_retention,
            "You let the same share leave every year as in the first one. Look at the table: later more of them stay.",
        ),
        Mistake(
            "the shortcut for an endless life", lambda: constant_retention(None),
            "This is the shortcut of Round 2, with the rate of the first year and no end. Here nothing needs to be "
            "assumed: the table says how many were left in each year.",
        ),
        Mistake(
            "the first payment forgotten", lambda: plan(timing="at_end_if_retained"),
            "The payment of year 0 is missing. All who were acquired made it.",
        ),
        Mistake(
            "paid at the end of the year", lambda: plan(timing="at_end"),
            "Each payment comes a year too late in your sum. The plan is paid in advance: year 0 is not discounted.",
        ),
        Mistake(
            "the other group", lambda: plan(survivors("high_end")),
            "These are the *High End* customers. The question is about the Regular ones.",
        ),
        Mistake(
            "only the survivors counted", lambda: plan([survivors()[0]] * 13),
            "This is the value of somebody who stayed for all the years. Most did not. The mean goes over all who were "
            "*acquired*.",
        ),
        Mistake(
            "no discount", lambda: plan(discount=0.0),
            "Payments of later years count in full here. What is a dollar of year 12 worth in year 0?",
        ),
    ),
    hints=(
        "What share of the acquired customers pays in year 0? In year 1? You need no formula for retention.",
        "Each year brings the margin times the share that is left, divided by (1 + d) once for each year of waiting.",
        "`clv.cohort(survivors=..., margin=..., discount_per_period=...)` with the column `regular` of `renewals`.",
    ),
    takeaway="No retention rate was assumed: the table says who was left, and those who had left brought nothing more.",
    topics=("V4",),
)  # fmt: skip

PREDICTIVE = Task(
    title="How much contribution may next year's budget count on?",
    wanted="one number: dollars today from all 2,357 customers together, for the 12 months after 30 September 1997 "
    "(off by up to one percent is fine)",
    expects=Number("dollars", decimals=0, relative=0.01),
    answer=lambda: predictive().total,
    mistakes=(
        Mistake(
            "revenue for contribution", lambda: predictive(margin=1.0).total,
            "This is expected *revenue*. A budget is paid from what is left after the goods.",
        ),
        Mistake(
            "a mean for a total", lambda: float(predictive()),
            "This is the value of *one* customer of the base. The budget needs all of them.",
        ),
        Mistake(
            "no discount", lambda: predictive(discount_per_year=0.0).total,
            "A dollar that comes next summer counts in full here. Discount each order to today.",
        ),
        Mistake(
            "new customers for the base", lambda: new_customer() * len(shop().base),
            "You valued everybody as if they were *new*. Many of these customers have been silent for months (Trap 6).",
        ),
        Mistake(
            "weeks for months", lambda: predictive(horizon_months=52).total,
            "You look 52 *months* ahead. The models count in weeks, but `horizon_months` counts months.",
        ),
        Mistake(
            "months for weeks", lambda: predictive(horizon_months=12 * 7 / (365.25 / 12)).total,
            "You look 12 *weeks* ahead, because the models count in weeks. The budget is for 12 months.",
        ),
        Mistake(
            "the past for the future", lambda: clv.historic(shop().tx, as_of=AS_OF, margin=MARGIN).total,
            "This is what the customers *have brought*. The budget asks for what they will still bring.",
        ),
    ),
    hints=(
        "Past or future? One customer or all? New customers or those we have? The answers choose the kind.",
        "`clv.predictive` needs `fit`, `spend` and `base`, and the three terms of the setup cell.",
        "The answer says dollars per customer. `.total` is for all of them.",
    ),
    takeaway="This is what a model expects. In the chapter its forecast of orders was 12 % too low: tell the board.",
    topics=("V2",),
)  # fmt: skip

TOP_TEN = Task(
    title="Whom do we call first?",
    wanted="the ids of the ten customers with the highest value to come within 12 months, in any order",
    expects=Ids("customer_id", 10, known=lambda: shop().base.customer_id),
    answer=lambda: top("value"),
    mistakes=(
        Mistake(
            "the past for the future", lambda: top("so_far"),
            "These ten *have brought* most. Customer 1901 is among them: look at what is still to come from there.",
        ),
        Mistake(
            "orders so far for value", lambda: top("orders"),
            "These ten have *ordered* most often. But orders may be small, and somebody who ordered often may be gone.",
        ),
        Mistake(
            "expected orders for value", lambda: top("expected_orders"),
            "These ten are expected to order most often. But what does an order of theirs bring?",
        ),
        Mistake(
            "the chance of being alive for value", surely_alive,
            "These ten have the best chance of being alive. In this model everybody with one single order has it, and "
            "hardly any of them orders again (Trap 7).",
        ),
        Mistake(
            "a dear order for value", lambda: top("expected_spend"),
            "These ten spend most *per order*. How many orders do you expect from them?",
        ),
        Mistake(
            "the wrong end of the list", lambda: customers().value.nsmallest(10).index.tolist(),
            "This is the wrong end of the list: the *lowest* values. Sort the other way.",
        ),
    ),
    hints=(
        "You need one value for each customer. Which of the five kinds gives it?",
        "`clv.individual(...)` takes what `clv.predictive` took. Its `.table` has one row per customer.",
        "`.nlargest(10, ...)` keeps ten rows of a table. By which column? Then take `customer_id`.",
    ),
    takeaway="The chance of being alive, the orders and the spend decided together. Whether a call *changes* anything, "
    "only a test can tell.",
    topics=("V5",),
)  # fmt: skip

KINDS = ("historic", "lifespan", "cohort", "predictive", "individual")
QUESTIONS = {
    "A": {"contract": True, "counted": True},
    "B": {"contract": False, "ahead": True, "by_name": True},
    "C": {"contract": False, "ahead": False},
    "D": {"contract": True, "counted": False},
    "E": {"contract": False, "ahead": True, "by_name": False},
}


def kind_of(contract, counted=None, ahead=None, by_name=None):
    """The chapter's first question, and those after it."""
    if contract:
        return KINDS[2] if counted else KINDS[1]
    return (KINDS[4] if by_name else KINDS[3]) if ahead else KINDS[0]


WHICH_KIND = Task(
    title="Which kind answers which question?",
    wanted="for each of the letters A to E one of the words historic, lifespan, cohort, predictive, individual; each "
    "word is used once",
    expects=Matching("letter", tuple(QUESTIONS), KINDS),
    answer=lambda: {letter: kind_of(**about) for letter, about in QUESTIONS.items()},
    mistakes=(
        Mistake(
            "shortcut where a table exists", lambda: {"A": "lifespan", "D": "cohort"},
            "A and D are the wrong way round. Where a group was *counted* for years, nothing needs to be assumed. "
            "Where nobody has joined yet, there is nothing to count.",
        ),
        Mistake(
            "a retention rate where nobody is seen to leave", lambda: {"E": "lifespan"},
            "E has no contract, so nobody is seen to leave, and there is no retention rate for the shortcut.",
        ),
        Mistake(
            "one customer for the base", lambda: {"E": "individual", "B": "predictive"},
            "B and E are the wrong way round. Which of them needs a list of names, and which one sum?",
        ),
        Mistake(
            "the past for the future", lambda: {"E": "historic"},
            "E asks about *next* year. What has come in already cannot answer it.",
        ),
        Mistake(
            "a forecast for what is known", lambda: {"C": "predictive"},
            "C asks about money that has come in. It can be added up; nothing needs to be forecast.",
        ),
        Mistake(
            "best so far for best to come", lambda: {"B": "historic"},
            "B asks whom to call *now*. The best of the past may have left long ago: think of customer 1901.",
        ),
    ),
    hints=(
        "Ask three things of each: is there a contract? Past or future? One customer or a group?",
        "Two of the five look at contracts. One of these two has a table of survivors, the other has not.",
        "Of the three without a contract one looks back. Of the other two, one makes a list and one makes a sum.",
    ),
    takeaway="Five questions, not five boxes: the same customers can have all five numbers.",
    topics=("V6",),
)  # fmt: skip

NEW_CUSTOMER = Task(
    title="What may a new customer cost at most?",
    wanted="one number: today's dollars per new customer, first order and the 12 months after it together, two digits "
    "after the point (off by up to one percent is fine)",
    expects=Number("dollars", relative=0.01),
    answer=lambda: first_order() + new_customer(),
    mistakes=(
        Mistake(
            "the first order forgotten", new_customer,
            "This is what comes *after* the first order. The first order brings something too.",
        ),
        Mistake(
            "the base for a new customer", lambda: float(predictive()),
            "This is an average customer of the *base*. Most of them have shown that they order rarely; a new one has "
            "not (Trap 6).",
        ),
        Mistake(
            "the base after a first order", lambda: first_order() + float(predictive()),
            "The first order is right. But for the months after it you took a customer of the *base*. Ask "
            "`clv.predictive` for `customer=\"new\"` (Trap 6).",
        ),
        Mistake(
            "what these customers brought and will bring",
            lambda: float(clv.historic(shop().tx, AS_OF, MARGIN)) + float(predictive()),
            "This is the cohort value: about eight months of the past and twelve of the future. The question asks for "
            "the first order and the twelve months after it.",
        ),
        Mistake(
            "revenue for contribution", lambda: (first_order() + new_customer()) / MARGIN,
            "This is *revenue*. A firm that spends it on winning customers cannot pay for the goods.",
        ),
        Mistake(
            "the first order as revenue", lambda: first_order() / MARGIN + new_customer(),
            "You took the first order as *revenue* and the rest as contribution. Both must be contribution.",
        ),
        Mistake(
            "no discount", lambda: first_order() + new_customer(discount_per_year=0.0),
            "You did not discount. The first order is paid today, but the others come later, and later money is worth "
            "less.",
        ),
        Mistake(
            "the spend of repeat orders for the first", lambda: MARGIN * shop().spend.model.mean() + new_customer(),
            "For the first order you took the typical *repeat* order. First orders are in `tx`; here they are smaller.",
        ),
    ),
    hints=(
        "Two parts: what the first order brings, and what the customer is expected to bring after it.",
        "The second part is `clv.predictive(fit, spend, customer=\"new\", ...)`. It does not count the first order.",
        "The first part: the earliest order of each customer in `tx`. Their mean, times the margin.",
    ),
    takeaway="Whoever pays more than this for a new customer loses money within the twelve months, if new customers "
    "are like these.",
    topics=("V2", "V6"),
)  # fmt: skip

GIFT_LIST = Task(
    title="Who gets the gift?",
    wanted="five numbers, one for each customer_id: dollars of value to come within 12 months less the cost of the "
    "gift, two digits after the point (off by up to ten cents or one percent is fine)",
    expects=Labelled("customer_id", FIVE, "left", relative=0.01, within=0.10),
    answer=lambda: customers().value[list(FIVE)] - GIFT,
    mistakes=(
        Mistake(
            "the past for the future", lambda: customers().so_far[list(FIVE)] - GIFT,
            "You took what they *have brought*. That money is there with or without a gift. Compare the gift with what "
            "is still to come.",
        ),
        Mistake(
            "the cost forgotten", lambda: customers().value[list(FIVE)],
            "These are the values to come, before the gift is paid. Take its cost off.",
        ),
        Mistake(
            "revenue for contribution", lambda: customers().value[list(FIVE)] / MARGIN - GIFT,
            "You took the value to come as *revenue*. The gift must be paid from contribution.",
        ),
        Mistake(
            "the chance of being alive times the past",
            lambda: (customers().p_alive * customers().so_far)[list(FIVE)] - GIFT,
            "You multiplied what they have brought by the chance that they are alive. But nobody has to repeat the "
            "past: use the value to come.",
        ),
        Mistake(
            "the margin taken off the gift", lambda: customers().value[list(FIVE)] - GIFT * MARGIN,
            "You took only a part of the gift's cost. `GIFT` is already what the firm pays.",
        ),
        Mistake(
            "the gift taken as gain", lambda: customers().value[list(FIVE)] + GIFT,
            "You added the gift. For the firm it is a cost.",
        ),
    ),
    hints=(
        "Which kind of CLV looks forward, for one customer at a time?",
        "`clv.individual(...).table.set_index(\"customer_id\")` has one row per customer; `.loc[five]` keeps five.",
        "From the column `value` of these rows take off `GIFT`.",
    ),
    takeaway="These numbers rank customers. They do not say what a gift earns: customers may order without it.",
    topics=("V5", "V6"),
)  # fmt: skip

TASKS = (HISTORIC, LIFESPAN, COHORT, PREDICTIVE, TOP_TEN, WHICH_KIND, NEW_CUSTOMER, GIFT_LIST)
