"""The tasks of exercise 10 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: the price as the only sacrifice; the most one would
pay for what one keeps; what one side keeps for what is created; those kept out without a lower limit; revenue for
margin; the mean willingness for a price; old buyers forgotten; the ratio for the profit; a fixed cost forgotten; the
margin before the gift; no control group; costs forgotten or spread wrongly; an interval around zero read as an effect.
"""

import math
from functools import cache

import numpy as np
import pandas as pd
from scipy.stats import norm

from crmlearn import datasets, value
from crmlearn.checks import Labelled, Matching, Mistake, Number, Task
from crmlearn.value import Lever, Offer

PRICE, COST, STUDENT_PRICE = 60, 34, 45
PARTS = ("customer", "firm", "together")
BENEFITS = {"even heat": 58, "old recipes": 12, "looks": 10}
SACRIFICES = {"time": 5, "effort": 6, "risk": 4}
GIFT, LEAFLET = 5, 400


# Tasks 1 to 4
def offer():
    return Offer(PRICE, COST, BENEFITS, SACRIFICES)


def parts(**changes):
    return {"customer": offer().surplus, "firm": offer().margin, "together": offer().created} | changes


def group(n, mean, spread):
    return pd.Series(mean + spread * norm.ppf((np.arange(n) + 0.5) / n)).round(2)


def students():
    return group(600, 40, 10)


def others():
    return group(900, 62, 14)


@cache
def everybody():
    return pd.concat([students(), others()], ignore_index=True)


def at(price, who=None):
    return value.market(everybody() if who is None else who, price, COST).iloc[0]


def between():
    """What those would pay who are kept out by the price although the wok is worth its cost to them."""
    willing = everybody()
    return willing[(willing >= COST) & (willing < PRICE)]


def best_price(what="margin", who=None):
    table = value.by_price(everybody() if who is None else who, range(COST, 101), COST).set_index("price")
    return (table.buyers * table.index if what == "revenue" else table[what]).idxmax()


def students_change(what="margin"):
    return at(STUDENT_PRICE, students())[what] - at(PRICE, students())[what]


# Task 5
QUESTIONS = ("ratio per dollar", "ratio", "profit")


def levers():
    return (
        Lever("5 dollars off", "ratio", price_change=-5),
        Lever("ladle", "ratio", adds={"ladle": 6}, unit_cost=GIFT),
        Lever("parcel station", "easy", saves={"effort": 3}, unit_cost=0.50, fixed_cost=300),
        Lever("own lid", "unique", adds={"lid": 11}, unit_cost=6, fixed_cost=1200),
        Lever("test seal", "brand", adds={"pride": 1}, saves={"risk": 2}, fixed_cost=1500),
        Lever("cooking line", "service", adds={"help": 5}, saves={"risk": 2}, unit_cost=1.50, fixed_cost=1500),
    )


@cache
def compared():
    return value.compare(offer(), levers(), int(at(PRICE)["buyers"])).set_index("lever")


def best_levers():
    earned = value.profits(offer(), levers(), everybody()).set_index("lever")
    best = compared().ratio_per_dollar.idxmax(), compared().ratio_after.idxmax(), earned.change[1:].idxmax()
    return dict(zip(QUESTIONS, best, strict=True))


def best_without_fixed_cost():
    """The lever that seems to move the ratio for nothing, because only its cost for each wok is looked at."""
    given = offer().margin - compared().margin_after
    return given.idxmin()


# Task 6
def woks_more(gift=GIFT, leaflet=LEAFLET):
    return value.break_even_units(offer().margin, gift, at(PRICE)["buyers"], leaflet)


def gift_costs():
    return GIFT * at(PRICE)["buyers"] + LEAFLET


# Tasks 7 and 8
@cache
def draws():
    return datasets.load("firm/campaign_customers")


@cache
def campaign(name="C2"):
    return datasets.load("firm/campaigns").set_index("campaign_id").loc[name]


def drawn(name="C2"):
    return draws()[draws().draw == name]


def found(name="C2", arm="message", control="control"):
    about = campaign(name)
    return value.lift(drawn(name), control, about.contact_cost, about.fixed_cost).set_index("arm").loc[arm]


def only_buyers():
    bought = drawn()[drawn().orders > 0].groupby("arm").margin.mean()
    return bought["message"] - bought["control"]


def fixed_over_the_contacted():
    return found().lift - campaign().contact_cost - campaign().fixed_cost / found().customers


def all_campaigns():
    mixed = draws()[draws().arm.isin(["message", "control"])]
    return value.lift(mixed).lift[0]


VERDICTS = ("holds", "false", "not shown", "one side")


def between_arms():
    two = drawn("C5")
    return value.lift(two[two.arm != "control"], control="scheduled").iloc[0]


def of_numbers(right):
    return VERDICTS[0] if right else VERDICTS[1]


def of_interval(row, low="low", high="high"):
    """What an interval says about an effect: it holds where zero lies outside of it."""
    return VERDICTS[2] if row[low] < 0 < row[high] else VERDICTS[0]


def of_parts(told, created):
    """A sentence that takes one side's change for the change of what is created."""
    return VERDICTS[0] if math.isclose(told, created, abs_tol=1e-9) else VERDICTS[3]


def dearer():
    """Mrs Goh at the highest price at which she still buys."""
    return at(offer().willingness, [offer().willingness])


# What each sentence says, in numbers.
SENTENCES = {
    "A": lambda: of_interval(found("C4")),
    "B": lambda: of_interval(found(), "net_low", "net_high"),
    "C": lambda: of_parts(at(COST)["margin"], at(COST)["created"]),
    "D": lambda: of_numbers(compared().margin_after["ladle"] >= offer().margin),
    "E": lambda: of_interval(between_arms()),
    "F": lambda: of_parts(*(dearer()[part] - at(PRICE, [offer().willingness])[part] for part in ("margin", "created"))),
}


def verdicts():
    return {letter: word() for letter, word in SENTENCES.items()}


SPLIT = Task(
    title="Who gains what when Mrs Goh buys?",
    wanted="three numbers of dollars: what the customer keeps, what the firm keeps, and what the sale creates together",
    expects=Labelled("part", PARTS, "dollars", decimals=0),
    answer=parts,
    mistakes=(
        Mistake(
            "the price as the only sacrifice",
            lambda: parts(customer=sum(BENEFITS.values()) - PRICE, together=sum(BENEFITS.values()) - COST),
            "You took off the *price* only. Mrs Goh also gives up time and effort, and carries a risk.",
        ),
        Mistake(
            "the most she would pay for what she keeps", lambda: parts(customer=offer().willingness),
            "Your first number is the *most* that she would pay. She pays the price: what does she keep?",
        ),
        Mistake(
            "the price for the margin", lambda: parts(firm=PRICE),
            "The firm does not keep the whole *price*. What does the wok cost it?",
        ),
        Mistake(
            "the price for what is created", lambda: parts(together=PRICE),
            "A *price* is not what is created. It only divides it. Add up what both sides keep.",
        ),
        Mistake(
            "the cost forgotten in the sum", lambda: parts(together=offer().willingness),
            "Together they cannot keep all that the wok is worth to her: it also *costs* something to make.",
        ),
        Mistake(
            "the sides the wrong way round", lambda: parts(customer=offer().margin, firm=offer().surplus),
            "The sum is right, but the sides are the wrong way round. Who keeps price less cost?",
        ),
    ),
    hints=(
        "What is the most that she would pay? All benefits, less all sacrifices that are not money.",
        "`offer = Offer(PRICE, COST, benefits, sacrifices)` knows it as `offer.willingness`.",
        "`offer.surplus`, `offer.margin` and `offer.created` are the three; give them as a dict with the three labels.",
    ),
    takeaway="Both gain, so both agree. The firm keeps about five times as much as she does.",
    topics=("C1",),
)  # fmt: skip

KEPT_OUT = Task(
    title="What does one price for all not create?",
    wanted="one number: dollars that sales to the people kept out by the price of 60 dollars would create together, "
    "rounded to whole dollars",
    expects=Number("dollars", decimals=0),
    answer=lambda: at(PRICE)["kept_out"],
    mistakes=(
        Mistake(
            "the surplus of those who buy", lambda: at(PRICE)["surplus"],
            "This is what the *buyers* keep. The question asks about those who stay away.",
        ),
        Mistake(
            "all that is possible", lambda: at(PRICE)["possible"],
            "This is *all* that could be created. A part of it is created, by those who buy.",
        ),
        Mistake(
            "what is created", lambda: at(PRICE)["created"],
            "This is what the sales at 60 dollars do create. The question asks for the rest.",
        ),
        Mistake(
            "the margin of those kept out", lambda: len(between()) * (PRICE - COST),
            "You took the firm's margin for each of them. Their wok is worth less than the price to them: what would "
            "a sale create?",
        ),
        Mistake(
            "the gap to the price", lambda: (PRICE - between()).sum(),
            "This is how much they would have to be paid to buy at 60. Measure from the *cost*, not from the price.",
        ),
        Mistake(
            "everybody who does not buy", lambda: (everybody()[everybody() < PRICE] - COST).sum(),
            "You counted everybody below the price. For some the wok is worth less than it costs: nothing is lost.",
        ),
        Mistake(
            "people for dollars", lambda: len(between()),
            "This is how *many* are kept out. How many dollars would their woks create?",
        ),
    ),
    hints=(
        "Whom does the price keep out although the wok is worth more to them than it costs?",
        "For each of them it is willingness to pay less cost.",
        "`value.market(everybody, PRICE, COST)` has one row; look for the column `kept_out`.",
    ),
    takeaway="More than a third of all that is possible. Nobody has it: it is what one price for all costs.",
    topics=("C1",),
)  # fmt: skip

BEST_PRICE = Task(
    title="Which one price is best for the firm?",
    wanted="one whole number: the price in dollars, from 34 to 100, at which the margin of all sales together is "
    "largest",
    expects=Number("dollars", decimals=0),
    answer=best_price,
    mistakes=(
        Mistake(
            "revenue for margin", lambda: best_price("revenue"),
            "At this price the *revenue* is largest. Each wok costs 34 dollars: look at the margin.",
        ),
        Mistake(
            "created value for margin", lambda: best_price("created"),
            "At this price most value is *created*, and the firm keeps none of it. The firm asks for its margin.",
        ),
        Mistake(
            "the mean willingness", lambda: everybody().mean(),
            "This is what people would pay on *average*. A price does not have to please the average.",
        ),
        Mistake(
            "the middle one", lambda: everybody().median(),
            "At this price half of them buy. Why should half be best? Try all prices.",
        ),
        Mistake(
            "the mean of the buyers", lambda: everybody()[everybody() >= PRICE].mean(),
            "This is what *buyers* would pay on average. At such a price many of them would leave.",
        ),
        Mistake(
            "students alone", lambda: best_price(who=students()),
            "This is the best price for *students* alone. All 1,500 pay the same price here.",
        ),
        Mistake(
            "without the students", lambda: best_price(who=others()),
            "This is the best price if students did not exist. All 1,500 pay the same price here.",
        ),
    ),
    hints=(
        "A higher price brings more for each wok and fewer woks. Try all prices.",
        "`value.by_price(everybody, range(34, 101), COST)` has one row for each price.",
        "In which row is `margin` largest? `set_index(\"price\")` and `idxmax()` find it.",
    ),
    takeaway="Today's 60 dollars is not far off. The margin differs by less than four percent.",
    topics=("C1",),
)  # fmt: skip

STUDENT = Task(
    title="Does a price for students pay?",
    wanted="one number: dollars by which the firm's margin changes if students pay 45 dollars and all others still pay "
    "60, compared with 60 for everybody (below zero if it falls), rounded to whole dollars",
    expects=Number("dollars", decimals=0),
    answer=students_change,
    mistakes=(
        Mistake(
            "those who paid before forgotten", lambda: at(STUDENT_PRICE, students())["margin"],
            "This is all that students bring at 45. A few of them bought at 60 before. What did *they* bring?",
        ),
        Mistake(
            "only the new ones",
            lambda: students_change("buyers") * (STUDENT_PRICE - COST),
            "These are the *new* buyers. Those who bought at 60 now pay 45, too.",
        ),
        Mistake(
            "45 for everybody", lambda: at(STUDENT_PRICE)["margin"] - at(PRICE)["margin"],
            "You gave the price of 45 to *everybody*. All others still pay 60.",
        ),
        Mistake(
            "a level for a change", lambda: at(PRICE)["margin"] + students_change(),
            "This is the whole margin with both prices. By how much did it *change*?",
        ),
        Mistake(
            "revenue for margin",
            lambda: STUDENT_PRICE * at(STUDENT_PRICE, students())["buyers"] - PRICE * at(PRICE, students())["buyers"],
            "This is *revenue*. Each wok costs 34 dollars.",
        ),
        Mistake(
            "what the students gain", lambda: students_change("surplus"),
            "This is what the *students* gain. The firm's margin is asked for.",
        ),
        Mistake(
            "what is created", lambda: students_change("created"),
            "This is what the new price *creates*, for students and firm together. How much of it does the firm keep?",
        ),
    ),
    hints=(
        "Only students change. What do they bring at 60, and what at 45?",
        "`value.market(students, 60, COST).margin[0]` is the first of the two.",
        "Some students bought at 60 already. They are in both numbers, with another margin.",
    ),
    takeaway="The firm gains, students gain, and nobody pays more. It works while others cannot buy as students, and "
    "do not feel cheated.",
    topics=("C1",),
)  # fmt: skip

LEVERS = Task(
    title="Which lever, and by which measure?",
    wanted="for each of the three measures, ratio per dollar, ratio and profit, the name of the lever that is best",
    expects=Matching("measure", QUESTIONS, tuple(lever.name for lever in levers())),
    answer=best_levers,
    mistakes=(
        Mistake(
            "the highest ratio for the highest profit", lambda: {"profit": best_levers()["ratio"]},
            "For *profit* you named the lever with the highest ratio. What does it cost, and who buys because of it?",
        ),
        Mistake(
            "most for a dollar for the highest profit", lambda: {"profit": best_levers()["ratio per dollar"]},
            "For *profit* you named the lever that moves most for a dollar. It is cheap, but small.",
        ),
        Mistake(
            "the fixed cost forgotten", lambda: {"ratio per dollar": best_without_fixed_cost()},
            "For *ratio per dollar* you named a lever that costs nothing for each wok. What does it cost at once?",
        ),
        Mistake(
            "the highest ratio for most per dollar", lambda: {"ratio per dollar": best_levers()["ratio"]},
            "For *ratio per dollar* you named the lever that reaches the highest ratio. Divide by what is spent on it.",
        ),
        Mistake(
            "the price as the best lever of the ratio", lambda: {"ratio": levers()[0].name},
            "For *ratio* you named the price cut. Another lever moves the number above the line by more.",
        ),
        Mistake(
            "the highest profit for the highest ratio", lambda: {"ratio": best_levers()["profit"]},
            "For *ratio* you named the lever with the highest profit. Which one reaches the highest value to price?",
        ),
    ),
    hints=(
        "Two of the three stand in the table of `value.compare`, one in that of `value.profits`.",
        "`value.compare(offer, levers, units)` needs the units of today: the buyers at 60 dollars.",
        "`ratio_per_dollar`, `ratio_after`, and `change` of `value.profits(offer, levers, everybody)`: three times the "
        "largest.",
    ),
    takeaway="Three measures, three levers. Ask of every ranking which side of the exchange it looks at.",
    topics=("C2",),
)  # fmt: skip

LADLE = Task(
    title="How many woks must the ladle sell?",
    wanted="one whole number: woks more in a year, rounded up, so that the profit with a ladle (5 dollars each) and "
    "its leaflets (400 dollars a year) is at least what it was",
    expects=Number("woks", decimals=0),
    answer=lambda: math.ceil(woks_more()),
    mistakes=(
        Mistake(
            "the leaflets forgotten", lambda: math.ceil(woks_more(leaflet=0)),
            "The ladles are paid, the leaflets are not.",
        ),
        Mistake(
            "the leaflets only", lambda: math.ceil(woks_more(gift=0)),
            "This pays for the leaflets only. Each ladle costs 5 dollars, also with the woks that are sold today.",
        ),
        Mistake(
            "the margin before the gift", lambda: math.ceil(gift_costs() / offer().margin),
            "You divided by the margin of *today*. A wok that is sold more carries a ladle, too.",
        ),
        Mistake(
            "all woks", lambda: math.ceil(at(PRICE)["buyers"] + woks_more()),
            "These are *all* woks of the year. How many more than today?",
        ),
        Mistake(
            "dollars for woks", gift_costs,
            "This is what ladles and leaflets cost, in *dollars*, at today's number. How many woks bring that?",
        ),
        Mistake(
            "rounded down", lambda: math.floor(woks_more()),
            "Nearly. With this many the firm is still a few dollars short. Round up.",
        ),
        Mistake(
            "percent for woks", lambda: 100 * woks_more() / at(PRICE)["buyers"],
            "This is the answer in *percent* of today's woks. How many woks is it?",
        ),
    ),
    hints=(
        "How many woks are sold today, at 60 dollars? Each of them will carry a ladle.",
        "A wok that is sold more leaves the margin of today less 5 dollars.",
        "`value.break_even_units(margin, given, units, fixed_cost)`, and then round up.",
    ),
    takeaway="More than a quarter more woks, to be where we were. Whether a ladle sells so many, a trial can tell.",
    topics=("C2",),
)  # fmt: skip

SALE = Task(
    title="What did the mid-year sale leave?",
    wanted="one number: extra margin per customer of campaign C2 against its control, less the cost of a message and "
    "less the fixed cost spread over all customers of the draw, in dollars with two digits after the point",
    expects=Number("dollars per customer", decimals=2),
    answer=lambda: found().net,
    mistakes=(
        Mistake(
            "no control group", lambda: drawn().groupby("arm").margin.mean()["message"],
            "This is what customers with the message brought. Part of it would have come *without* it: see control.",
        ),
        Mistake(
            "costs forgotten", lambda: found().lift,
            "This is the extra margin *before* costs. Messages and the campaign itself were not free.",
        ),
        Mistake(
            "only the message paid", lambda: found().lift - campaign().contact_cost,
            "The message is paid, but not the *fixed cost* of the campaign.",
        ),
        Mistake(
            "the fixed cost over the contacted", fixed_over_the_contacted,
            "You spread the fixed cost over those who got the message. *All customers of the draw* are asked for, as "
            "if all got it.",
        ),
        Mistake(
            "only those who bought", only_buyers,
            "You compared only those who *bought*. A sale works by making more people buy: keep the zeros.",
        ),
        Mistake(
            "campaigns mixed", all_campaigns,
            "Several campaigns have an arm called *message*. Keep to the rows of C2.",
        ),
        Mistake(
            "dollars in all", lambda: found().net * len(drawn()),
            "This is the amount for all customers. *Per customer* is asked for.",
        ),
    ),
    hints=(
        "Keep the rows of C2. What did customers with and without the message bring on average?",
        "The table `campaigns` holds `contact_cost` and `fixed_cost` of C2.",
        "`value.lift(c2, per_contact=..., fixed_cost=...)` has a column `net`.",
    ),
    takeaway="It paid, and even the low end of the interval does. Part of it may be orders that would have come later.",
    topics=("C2",),
)  # fmt: skip

SENTENCE = Task(
    title="Which sentences may stand in the letter?",
    wanted="for each of the letters A to F one of the words holds, false, not shown, one side; a word may be used more "
    "than once",
    expects=Matching("letter", tuple(SENTENCES), VERDICTS),
    answer=verdicts,
    mistakes=(
        Mistake(
            "an interval around zero read as an effect", lambda: {"A": "holds"},
            "A gives the estimate. Look at the interval of C4: which effects are in line with the data?",
        ),
        Mistake(
            "not shown taken for false", lambda: {"A": "false"},
            "You call A false. The data neither show an effect nor exclude it. Which word says that?",
        ),
        Mistake(
            "the firm's part for what is created", lambda: {"C": "holds"},
            "In C the firm keeps nothing. But is nothing *created*? Ask who else gains.",
        ),
        Mistake(
            "one side called false", lambda: {"C": "false"},
            "C has a right number in it. Whose number is it, and for what does the sentence take it?",
        ),
        Mistake(
            "the price rise as creation", lambda: {"F": "holds"},
            "In F the firm keeps more. What does Mrs Goh keep then? Add up both sides.",
        ),
        Mistake(
            "a gift that costs nothing", lambda: {"D": "holds"},
            "In D the price stays. Does the *margin* of a wok stay, too?",
        ),
        Mistake(
            "every estimate called uncertain", lambda: {"B": "not shown"},
            "B speaks of the interval. Look at `net_low`: on which side of zero does it lie?",
        ),
        Mistake(
            "arms compared through the control", lambda: {"E": "not shown"},
            "In E compare both arms *directly*, with the scheduled one as the control.",
        ),
    ),
    hints=(
        "Ask of each sentence: does it take one side for both? Then: are its numbers right? Is zero in the interval?",
        "For A and B use `value.lift`; for E leave out the control and compare both arms with each other.",
        "Two sentences take what one side keeps for what is created. One names an effect that may be zero.",
    ),
    takeaway="Two questions catch most such sentences: whose part is this, and does the interval hold zero?",
    topics=("C1", "C2"),
)  # fmt: skip

TASKS = (SPLIT, KEPT_OUT, BEST_PRICE, STUDENT, LEVERS, LADLE, SALE, SENTENCE)
