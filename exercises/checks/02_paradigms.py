"""The tasks of exercise 02 and what goes wrong in them. No answer stands here: each is computed when it is asked for.

The misconceptions of this theme, each in the tasks where it shows: market share for customer share; a mean of shares
for a share; margin of a deal for the lifetime; persons and businesses in one list; the margins alone compared; the care
forgotten; a hope for a rate; a point for an interval; points for percent; one base of a change for the other; all
messages for marketing; the other firms' posts for ours.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from crmlearn import datasets, paradigm, transactions
from crmlearn.checks import Matching, Mistake, Number, Task
from crmlearn.paradigm import Strategy

AS_OF = "2025-12-28"
DISCOUNT = 0.08
HARD_SELL = Strategy("hard sell", close=0.20, margin=40, repeat=0.0, cost_per_prospect=3)
RELATIONSHIP = Strategy("relationship", close=0.12, margin=37, repeat=0.65, cost_per_prospect=4, care=5)
VILLAGE = (
    ("Ann", "North", 30), ("Ann", "South", 30), ("Ben", "North", 90), ("Ben", "South", 30), ("Cai", "South", 50),
    ("Dev", "South", 40), ("Eve", "North", 20), ("Eve", "Hill", 60), ("Fay", "Hill", 45), ("Gil", "South", 35),
    ("Hui", "North", 130), ("Ivo", "South", 25), ("Jin", "Hill", 20), ("Jin", "South", 25),
)  # fmt: skip
SEGMENTS = ("business", "families", "retirees", "students", "young professionals")
WORDS = ("relationship", "deal", "cannot tell")
OURS = "Kualiwick Home"


# Task 1
def village():
    return pd.DataFrame(VILLAGE, columns=["customer_id", "brand", "amount"])


def cafe(what, brand="North"):
    return paradigm.market_share(village()).set_index("brand")[what][brand]


def mean_of_shares():
    spent = village()
    north = spent[spent.brand == "North"].set_index("customer_id").amount
    return (north / spent.groupby("customer_id").amount.sum()[north.index]).mean()


# Task 2
@cache
def orders():
    return transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx


@cache
def people():
    return datasets.load("firm/customers").set_index("customer_id")


@cache
def views():
    return paradigm.both_views(orders(), AS_OF).set_index("customer_id")


@cache
def came():
    return orders().groupby("customer_id").date.min().dt.year


def on_both_lists(year=2025, by="first_deal", kinds=("person",), what="also_best_by_what", best=0.1):
    group = views()[(came() == year) & people().kind.reindex(views().index).isin(kinds)]
    return paradigm.held_by_best(group, best, [by])[what][0]


# Task 3
def break_even(periods=None, discount=DISCOUNT, **changes):
    return paradigm.break_even_repeat(HARD_SELL, replace(RELATIONSHIP, **changes), discount, periods)


# Task 4
@cache
def returned(first=2024):
    bought = orders().groupby(["customer_id", orders().date.dt.year]).size().unstack().notna()
    again = bought[first + 1][bought[first]]
    return again.groupby(people().segment.reindex(again.index)).agg(["mean", "size"])


def words(first=2024, limit=None, times=1.96):
    limit = break_even() if limit is None else limit
    share = returned(first)
    error = times * np.sqrt(share["mean"] * (1 - share["mean"]) / share["size"])
    sure = [share["mean"] - error > limit, share["mean"] + error < limit]
    return dict(zip(share.index, np.select(sure, WORDS[:2], WORDS[2]).tolist(), strict=True))


# Task 5
def rise(first=0.75, second=0.80, discount=DISCOUNT):
    def worth(r):
        return paradigm.customer_value(36, r, discount)

    return worth(second) / worth(first) - 1


# Task 6
def of_year(name, year):
    column = {"contacts": "at", "tickets": "created_at", "social_posts": "at"}[name]
    table = datasets.load(f"firm/{name}")
    return table[pd.to_datetime(table[column]).dt.year == year]


@cache
def exchanges(year=2023):
    """(tickets, our posts, all posts, marketing messages, all messages)"""
    posts, sent = of_year("social_posts", year), of_year("contacts", year)
    marketing = (sent.purpose == "marketing").sum()
    return len(of_year("tickets", year)), (posts.brand == OURS).sum(), len(posts), marketing, len(sent)


def dialogue(year=2023, posts="ours", messages="marketing"):
    tickets, ours, every, marketing, sent = exchanges(year)
    began = tickets + {"ours": ours, "all": every, "none": 0}[posts]
    return began / (began + (marketing if messages == "marketing" else sent))


def per_message():
    tickets, ours, _, marketing, _ = exchanges()
    return (tickets + ours) / marketing


CAFE = Task(
    title="How much of their coffee do its guests drink at Café North?",
    wanted="one share: what the guests of Café North spend there, of what they spend in the three cafés, all of its "
    "guests together, in percent with one digit after the point (or as a share between 0 and 1 with three)",
    expects=Number("share", decimals=3, percent=True),
    answer=lambda: cafe("share_of_requirements"),
    mistakes=(
        Mistake(
            "market share for customer share", lambda: cafe("market_share"),
            "This is the *market share*: it divides by what everybody spends. Divide by what the guests of Café North "
            "spend.",
        ),
        Mistake(
            "penetration", lambda: cafe("penetration"),
            "This is the share of the *people* who go there. The question asks for dollars.",
        ),
        Mistake(
            "a mean of shares", mean_of_shares,
            "This is the mean of the four single shares. Somebody who spends little counts in it as much as somebody "
            "who spends much. Add up the dollars first.",
        ),
        Mistake(
            "heavy usage", lambda: cafe("heavy_usage"),
            "This says how much the guests of Café North spend on coffee compared with everybody. Which part of it do "
            "they spend there?",
        ),
        Mistake(
            "another café", lambda: cafe("share_of_requirements", "Hill"),
            "This is Café *Hill*.",
        ),
    ),
    hints=(
        "Who are the guests of Café North? Add up what these spend there, and what they spend anywhere.",
        "`paradigm.market_share(village)` takes every café apart into three factors.",
        "The column `share_of_requirements`, in the row of North.",
    ),
    takeaway="A café with few guests can own most of their coffee, and one with many guests only a little of it.",
    topics=("P2", "P3"),
)  # fmt: skip

FIRST_DEAL = Task(
    title="Would the first deal have shown us the best customers?",
    wanted="one share: of the persons of 2025 who are in the best tenth by first deal, how many are in the best "
    "tenth by "
    "lifetime too, in percent with one digit after the point (or as a share between 0 and 1 with three)",
    expects=Number("share of customers", decimals=3, percent=True),
    answer=on_both_lists,
    mistakes=(
        Mistake(
            "the group of the chapter", lambda: on_both_lists(2023),
            "These are the persons of *2023*, as in the chapter. Take those who came in 2025.",
        ),
        Mistake(
            "persons and businesses in one list", lambda: on_both_lists(kinds=("person", "business")),
            "The businesses are still in your group. A large first deal often means a café.",
        ),
        Mistake(
            "the mean deal for the first", lambda: on_both_lists(by="margin_per_deal"),
            "You chose by the *mean* margin of a deal. On the first day only the first deal was known.",
        ),
        Mistake(
            "dollars for customers", lambda: on_both_lists(what="share_of_value"),
            "This is the share of the *dollars* that the first list holds. How many of its people stand on both lists?",
        ),
        Mistake(
            "the best fifth", lambda: on_both_lists(best=0.2),
            "You took the best *fifth*. A tenth is 0.1.",
        ),
    ),
    hints=(
        "Three steps: the views of each customer, the group, and the two lists.",
        "`paradigm.both_views(tx, AS_OF)`, then keep the persons whose first order was in 2025.",
        "`paradigm.held_by_best(group, 0.1, [\"first_deal\"])`: the column `also_best_by_what`.",
    ),
    takeaway="The first deal tells something, and little. The longer we watch, the less it tells.",
    topics=("P1", "P2", "P3"),
)  # fmt: skip

BREAK_EVEN = Task(
    title="How often must they come back?",
    wanted="one share: the chance to buy again each year at which both plans are worth the same per visitor, in "
    "percent "
    "with one digit after the point (or as a share between 0 and 1 with three)",
    expects=Number("share of customers", decimals=3, percent=True),
    answer=break_even,
    mistakes=(
        Mistake(
            "the care forgotten", lambda: break_even(care=0.0),
            "You left out the care. It is paid for every customer who buys, in each year.",
        ),
        Mistake(
            "no discount", lambda: break_even(discount=1e-9),
            "You did not discount. Later deals count less: 8 % a year.",
        ),
        Mistake(
            "the same costs for both", lambda: break_even(cost_per_prospect=3.0),
            "You took the same cost of a talk for both plans. Advice takes longer: read the two lines again.",
        ),
        Mistake(
            "the same share who buy", lambda: break_even(close=0.20),
            "You let a fifth of the visitors buy after advice, too. Without pressure fewer do.",
        ),
        Mistake(
            "a hope for a rate", lambda: RELATIONSHIP.repeat,
            "This is the `repeat` that the plan hopes for. Which one would it *need*?",
        ),
        Mistake(
            "five years for ever", lambda: break_even(periods=5),
            "You counted five years only. Here customers may come back for ever.",
        ),
    ),
    hints=(
        "What is the hard sell worth per visitor? The relationship must be worth the same.",
        "Solve 0.12 · (37 − 5) · 1.08 / (1.08 − r) − 4 = the worth of the hard sell, for r.",
        "`paradigm.break_even_repeat(hard_sell, relationship, DISCOUNT)` does it for you.",
    ),
    takeaway="The plan hopes for a little more than it needs. Whether the hope is right is the next question.",
    topics=("P1", "P3"),
)  # fmt: skip

SEGMENT = Task(
    title="For whom do we build a relationship?",
    wanted="for each of the five segments one of the words relationship, deal, cannot tell",
    expects=Matching("segment", SEGMENTS, WORDS),
    answer=words,
    mistakes=(
        Mistake(
            "a point for an interval", lambda: words(times=0.0),
            "You compared the shares themselves, without their intervals. Where the break-even lies inside, the data "
            "do not decide.",
        ),
        Mistake(
            "the break-even of the chapter", lambda: words(limit=0.59),
            "You compared with the break-even of the chapter. The stall with the kettles has another one.",
        ),
        Mistake(
            "the year before", lambda: words(first=2023),
            "You took those who bought in 2023. Take 2024, and count who bought again in 2025.",
        ),
        Mistake(
            "the hope as the limit", lambda: words(limit=RELATIONSHIP.repeat),
            "You compared with the `repeat` that the plan hopes for. Compare with what it needs.",
        ),
    ),
    hints=(
        "As in round 3 of the chapter: a table with one row per segment, its share and how many customers it has.",
        "`share - error` and `share + error` are the ends of the interval. Which of them do you compare for "
        "*relationship*?",
        "`np.select([low > limit, high < limit], [\"relationship\", \"deal\"], \"cannot tell\")`.",
    ),
    takeaway="The data decide for three segments. For the other two a trial is worth more than an opinion.",
    topics=("P1", "P3"),
)  # fmt: skip

POINTS = Task(
    title="What are five points more worth?",
    wanted="one number: by how many percent the value of one customer rises from 75 % to 80 %, in percent with "
    "one digit "
    "after the point (or as a share between 0 and 1 with three)",
    expects=Number("rise", decimals=3, percent=True),
    answer=rise,
    mistakes=(
        Mistake(
            "the rates divided", lambda: 0.80 / 0.75 - 1,
            "You divided the two rates. A customer who stays brings a payment *each* year: compare the two values.",
        ),
        Mistake(
            "no discount", lambda: rise(discount=1e-12),
            "You did not discount, so payments far away count in full. The rate is 8 % a year.",
        ),
        Mistake(
            "the wrong base", lambda: 1 - 1 / (1 + rise()),
            "You divided by the *new* value. A rise is counted from the old one.",
        ),
        Mistake(
            "five percent for five points", lambda: rise(second=0.75 * 1.05),
            "You raised 75 % by five *percent*. Here it goes up by five *points*, to 80 %.",
        ),
        Mistake(
            "another start", lambda: rise(0.80, 0.85),
            "You went from 80 % to 85 %. The start is 75 %.",
        ),
        Mistake(
            "the discount of the chapter", lambda: rise(discount=0.10),
            "You discounted with 10 %, as the chapter does. Here it is 8 %.",
        ),
    ),
    hints=(
        "Compute the value of a customer twice, once for each chance to stay.",
        "`paradigm.customer_value(36, 0.75, DISCOUNT)` is the first of the two.",
        "New value divided by old value, less one.",
    ),
    takeaway="It lies below the range of the slide, even with the keeping for free. There is no law of five points.",
    topics=("P1",),
)  # fmt: skip

DIALOGUE = Task(
    title="How much dialogue was there in 2023?",
    wanted="one share: exchanges of 2023 that a customer began, of all exchanges of 2023, in percent with one "
    "digit after "
    "the point (or as a share between 0 and 1 with three)",
    expects=Number("share of exchanges", decimals=3, percent=True),
    answer=dialogue,
    mistakes=(
        Mistake(
            "no posts", lambda: dialogue(posts="none"),
            "You counted the tickets only. A post about us is begun by a customer, too.",
        ),
        Mistake(
            "the other firms' posts for ours", lambda: dialogue(posts="all"),
            "You counted posts about every brand. Keep those about Kualiwick Home.",
        ),
        Mistake(
            "all messages for marketing", lambda: dialogue(messages="all"),
            "You counted messages of service too, such as the welcome. Keep those whose `purpose` is marketing.",
        ),
        Mistake(
            "another year", lambda: dialogue(2025),
            "This is *2025*, the year of the chapter.",
        ),
        Mistake(
            "another year, too", lambda: dialogue(2024),
            "This is *2024*.",
        ),
        Mistake(
            "a part beside the other part", per_message,
            "You divided by our messages. The whole is both together: theirs and ours.",
        ),
        Mistake(
            "the other side", lambda: 1 - dialogue(),
            "This is the share that *we* began.",
        ),
    ),
    hints=(
        "Three counts: tickets, posts about us, marketing messages. Each of 2023 only.",
        "The tables are firm/tickets (`created_at`), firm/social_posts (`at`, `brand`), firm/contacts (`at`, "
        "`purpose`).",
        "Tickets and posts together, divided by tickets, posts and marketing messages together.",
    ),
    takeaway="More than in 2024, although far fewer customers spoke: we had sent fewer messages. Read both counts of a "
    "share.",
    topics=("P2", "P3"),
)  # fmt: skip

TASKS = (CAFE, FIRST_DEAL, BREAK_EVEN, SEGMENT, POINTS, DIALOGUE)
