"""What was in the orders: lines that add up to the cent, margins, refunds, and what never became an order."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import OPENING, WEEKS
from crmlearn.simulate.streams import stream
from crmlearn.simulate.weeks import MARGIN

SHOPS = ("shop", "web", "app")
# category, product, what a label says besides, list price in cents, share of margin, bought for this need
PRODUCTS = pd.DataFrame(
    [
        ("cookware", "non-stick pan 28 cm", "不粘锅", 4290, 0.40, "quick meals"),
        ("cookware", "wok 32 cm", "kuali", 5590, 0.38, "quick meals"),
        ("cookware", "pressure cooker", "pemasak tekanan", 12900, 0.36, "quick meals"),
        ("cookware", "idli steamer", "இட்லி பாத்திரம்", 3890, 0.41, "quick meals"),
        ("baking", "cake tin", "acuan kek", 1890, 0.47, "baking"),
        ("baking", "silicone mat", None, 1290, 0.52, "baking"),
        ("baking", "stand mixer", "厨师机", 29900, 0.30, "baking"),
        ("baking", "piping set", None, 1590, 0.50, "baking"),
        ("coffee and tea", "drip coffee maker", "咖啡机", 8900, 0.34, "entertaining"),
        ("coffee and tea", "coffee filters", None, 690, 0.58, "entertaining"),
        ("coffee and tea", "teapot", "茶壶", 3290, 0.46, "gifts"),
        ("coffee and tea", "tea caddy", "bekas teh", 1990, 0.49, "gifts"),
        ("storage", "stacking boxes", "收纳盒", 2490, 0.48, "small spaces"),
        ("storage", "spice rack", "அஞ்சறைப் பெட்டி", 2790, 0.45, "small spaces"),
        ("storage", "folding drainer", None, 2190, 0.44, "small spaces"),
        ("storage", "lunch box", "bekas makanan", 1690, 0.46, "quick meals"),
        ("tableware", "bowl set", "碗", 3990, 0.45, "entertaining"),
        ("tableware", "chopsticks", "筷子", 990, 0.55, "entertaining"),
        ("tableware", "serving platter", None, 4590, 0.43, "entertaining"),
        ("tableware", "gift box of cups", "礼盒", 5990, 0.42, "gifts"),
        ("linen", "apron", "apron dapur", 2290, 0.50, "baking"),
        ("linen", "tea towels", None, 1490, 0.52, "gifts"),
        ("cleaning", "dish brush", "berus", 890, 0.51, "small spaces"),
        ("cleaning", "cloths", None, 790, 0.53, "small spaces"),
    ],
    columns=["category", "product", "label", "price", "share", "need"],
)
# Bought together more often than chance would have it: the second joins the first with this chance.
TOGETHER = {
    "drip coffee maker": ("coffee filters", 0.45),
    "stand mixer": ("cake tin", 0.35),
    "wok 32 cm": ("cloths", 0.2),
}
CANCELLED, ZERO, ODD_REFUNDS = 0.02, 0.004, 40
REASONS = ("damaged", "late", "not as described", "changed mind")


def baskets(customers, hidden, past, seed):
    """Orders (with refunds as rows of their own) and their lines.

    Returns: (orders, order_lines, planted: counts of what was put in)
    """
    random = stream(seed, "baskets")
    rows = _placed(random, hidden, past)
    real = ~rows["extra"].to_numpy()
    cents, lines = _lines(random, rows, np.asarray(customers["need"]))
    rows["amount_cents"] = cents
    share = _margin_of_orders(random, rows)
    rows["status"] = np.where(real, "completed", "cancelled")
    of = lines["order"].to_numpy()
    free = real & ~rows["first"].to_numpy() & (random.random(len(rows)) < ZERO)  # given away for goodwill
    rows.loc[free, "amount_cents"] = 0
    margin = np.rint(rows["amount_cents"] * share).astype("int64").to_numpy()
    rows["margin_cents"] = margin
    lines.loc[free[of], "amount_cents"] = 0
    lines["margin_cents"] = _spread(of, margin, lines["amount_cents"].to_numpy() * _product(lines, "share"))
    rows["kind"], rows["reason"] = "order", None
    refunds = _refunds(random, rows, past)
    early = _refunds_of_nothing(random, rows)
    ids = np.asarray(customers["customer_id"])
    width = len(str(len(rows)))
    rows["order_id"] = np.char.add("O", np.char.zfill((np.arange(len(rows)) + 1).astype(str), width))
    refunds["order_id"] = rows["order_id"].to_numpy()[refunds["order"]]
    early["order_id"] = [f"R{k + 1:04d}" for k in range(len(early))]
    orders = pd.concat([rows, refunds, early], ignore_index=True).sort_values("date", kind="stable", ignore_index=True)
    orders["customer_id"] = ids[orders["who"].astype("int64")]
    columns = ["order_id", "customer_id", "date", "kind", "channel", "status", "amount_cents", "margin_cents", "reason"]
    lines["order_id"] = rows["order_id"].to_numpy()[lines["order"]]
    for name in ("category", "product", "label"):
        lines[name] = _product(lines, name)
    told = lines[["order_id", "category", "product", "label", "quantity", "amount_cents", "margin_cents"]]
    same_day = rows[real].assign(day=rows["date"].dt.floor("D")).groupby(["who", "day"])["date"].transform("size") > 1
    planted = {
        "cancelled_orders": int((~real).sum()),
        "orders_of_amount_zero": int(free.sum()),
        "refunds": len(refunds),
        "refunds_without_an_order": len(early),
        "orders_on_a_day_with_another_of_the_customer": int(same_day.sum()),
    }
    return orders[columns], told.reset_index(drop=True), planted


def _placed(random, hidden, past):
    """One row per order in the order of time: who, when, where."""
    week, who = np.nonzero(past.orders)
    times = past.orders[week, who]
    week, who = np.repeat(week, times), np.repeat(who, times)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
    first = (week == hidden["week"][who]) & (nth == 0)
    extra = random.random(len(who)) < CANCELLED  # attempts next to a real order; they never counted
    extra &= ~first
    source = np.r_[np.arange(len(who)), np.flatnonzero(extra)]
    is_extra = np.r_[np.zeros(len(who), bool), np.ones(int(extra.sum()), bool)]
    who, week, nth, first = who[source], week[source], nth[source], first[source] & ~is_extra
    likes = _likes(random, len(hidden["week"]))
    channel = (random.random(len(who))[:, None] > np.cumsum(likes[who], axis=1)[:, :2]).sum(axis=1)
    day = np.where(first, hidden["day"][who], random.choice(7, len(who), p=[0.11, 0.11, 0.12, 0.12, 0.16, 0.21, 0.17]))
    shop = np.clip(random.normal(15.5, 2.9, len(who)), 10.0, 21.4)
    online = (random.normal(20.8, 4.2, len(who))) % 24
    hour = np.where(channel == 0, shop, online)
    date = OPENING + pd.to_timedelta((week * 7 + day) * 86_400 + (hour * 3600).astype("int64"), "s")
    rows = pd.DataFrame({"who": who, "week": week, "nth": nth, "first": first, "extra": is_extra})
    rows["date"] = date.astype("datetime64[us]")
    rows["channel"] = np.array(SHOPS)[channel]
    rows["value"] = past.value[week, who].astype("float64")
    rows["discount"] = past.discount[week, who].astype("float64")
    return rows.sort_values("date", kind="stable", ignore_index=True)


def _likes(random, n):
    """How much each customer likes each channel; a half uses one only."""
    likes = random.dirichlet([0.8, 0.7, 0.5], n)
    one = random.random(n) < 0.5
    likes[one] = np.eye(3)[likes[one].argmax(axis=1)]
    return likes


def _lines(random, rows, needs):
    """(cents of each order, its lines)"""
    paid = rows["value"] * (1 - rows["discount"]) * np.exp(random.normal(-0.045, 0.3, len(rows)))
    cents = np.maximum(np.rint(100 * paid), 100).astype("int64").to_numpy()
    number = 1 + random.poisson(0.35 + np.minimum(cents, 30_000) / 12_000)
    order = np.repeat(np.arange(len(rows)), number)
    liked = np.array([(PRODUCTS["need"] == need) * 3.0 + 1 for need in np.unique(needs)]) / np.sqrt(
        PRODUCTS["price"].to_numpy()
    )
    chances = np.cumsum(liked / liked.sum(axis=1, keepdims=True), axis=1)
    need = np.unique(needs, return_inverse=True)[1][rows["who"].to_numpy()[order]]
    product = (random.random(len(order))[:, None] > chances[need]).sum(axis=1).clip(max=len(PRODUCTS) - 1)
    luck = random.random(len(order))
    names = PRODUCTS["product"].tolist()
    for leader, (follower, chance) in TOGETHER.items():
        joined = (product == names.index(leader)) & (luck < chance)
        order, product = np.r_[order, order[joined]], np.r_[product, np.full(joined.sum(), names.index(follower))]
        luck = np.r_[luck, np.ones(joined.sum())]
    lines = (
        pd.DataFrame({"order": order, "p": product}).drop_duplicates().sort_values(["order", "p"], ignore_index=True)
    )
    weight = _product(lines, "price") * np.exp(random.normal(0, 0.25, len(lines)))
    lines["amount_cents"] = _spread(lines["order"].to_numpy(), cents, weight)
    quantity = np.rint(lines["amount_cents"] / _product(lines, "price"))
    lines["quantity"] = quantity.clip(1, 99).astype("int16")
    return cents, lines


def _product(lines, name):
    return PRODUCTS[name].to_numpy()[lines["p"].to_numpy()]


def _spread(order, totals, weight):
    """Whole cents of the lines that add up to the orders' totals: rounded running sums, then differences."""
    weight = np.maximum(np.asarray(weight, float), 1e-9)
    part = weight / np.bincount(order, weight, len(totals))[order]
    start, last = np.r_[True, order[1:] != order[:-1]], np.r_[order[1:] != order[:-1], True]
    running = np.cumsum(part)
    before = (running - part)[start]
    running -= np.repeat(before, np.diff(np.r_[np.flatnonzero(start), len(order)]))
    reached = np.where(last, totals[order], np.rint(np.minimum(running, 1) * totals[order])).astype("int64")
    return reached - np.where(start, 0, np.r_[0, reached[:-1]])


def _margin_of_orders(random, rows):
    """Share of margin in what was paid: around the usual one, so that the weeks' own sums hold in the mean."""
    noise = np.clip(random.normal(0, 0.05, len(rows)), -0.2, 0.2)
    return (MARGIN - rows["discount"].to_numpy() + noise) / (1 - rows["discount"].to_numpy())


def _refunds(random, rows, past):
    """Money paid back some days later, with the order's own share of margin."""
    share = past.refunded[rows["week"], rows["who"]]
    order = np.flatnonzero((share > 0) & (rows["nth"] == 0) & ~rows["extra"] & (rows["amount_cents"] > 0))
    later = pd.to_timedelta(random.integers(3600, 12 * 86_400, len(order)), "s")
    end = OPENING + pd.Timedelta(weeks=WEEKS) - pd.Timedelta(minutes=1)
    back = rows.iloc[order]
    date = np.minimum(back["date"] + later, end)
    part = share[order].astype("float64")
    refund = back.assign(date=date, kind="refund", status="completed", order=order)
    refund["amount_cents"] = -np.rint(back["amount_cents"] * part).astype("int64")
    refund["margin_cents"] = -np.rint(back["margin_cents"] * part).astype("int64")
    refund["reason"] = np.array(REASONS)[random.choice(4, len(order), p=[0.34, 0.16, 0.22, 0.28])]
    return refund


def _refunds_of_nothing(random, rows):
    """Paid back for what was bought before the records begin: no order here fits."""
    first = rows[rows["first"] & (rows["week"] > 0) & (rows["week"] < 26)]
    some = first.iloc[np.sort(random.choice(len(first), min(ODD_REFUNDS, len(first)), replace=False))]
    early = some.assign(date=some["date"] - pd.Timedelta(days=3), kind="refund", channel="shop", reason="changed mind")
    early["amount_cents"] = -np.maximum(random.integers(900, 6000, len(some)), 1)
    early["margin_cents"] = -np.rint(-early["amount_cents"] * MARGIN).astype("int64")
    return early
