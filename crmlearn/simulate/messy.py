"""All orders once more, as the shop's system would export them, with every defect that cleaning knows.

Nothing of the orders is lost in it: cleaned as the data card says, it is the cleaned firm/orders again.
"""

import numpy as np
import pandas as pd

from crmlearn.simulate.streams import stream

GST = 0.09
DELIVERY, FREE_FROM, VOUCHER = 499, 6000, 500  # cents; orders of the shop itself are carried home
# Orders that a cleaning has to find and leave out: copies of real ones, under numbers of their own.
STRANGE = {
    "other currencies": 300,
    "dates outside the window": 90,
    "test orders": 140,
    "staff orders": 370,
    "orders without a customer": 210,
}
TWICE = "exact duplicates"
COPIES, EMPTY_ROWS = 160, 30
COLUMNS = [
    "Order No", "Created At", "Customer ID", "Item", "Qty", "Order Total", "GST", "Delivery Fee",
    "Discount", "Currency", "Financial Status", "Test", "Staff Order", "Source",
]  # fmt: skip


def messy(orders, order_lines, seed):
    """Rows of text, one per line of an order; totals, tax, fee and discount are repeated on every line.

    Returns: (table of text, planted: rows that each rule of `transactions.clean` finds)
    """
    random = stream(seed, "messy")
    sold, back = (orders[orders["kind"] == kind].reset_index(drop=True) for kind in ("order", "refund"))
    done = sold["status"] == "completed"
    ordinary = done & (sold["amount_cents"] > 0) & ~sold["order_id"].isin(back["order_id"])
    strange, of = _strange(random, sold[ordinary])
    every = pd.concat([sold.assign(defect=""), strange], ignore_index=True)
    voucher = np.where((every["amount_cents"] > 0) & (random.random(len(every)) < 0.02), VOUCHER, 0)
    table = _written(random, every, voucher)
    lines = pd.concat(
        [order_lines, of.merge(order_lines, on="order_id").drop(columns="order_id").rename(columns={"new": "order_id"})]
    )[["order_id", "product", "quantity"]]
    rows = table.merge(lines, left_on="Order No", right_on="order_id")
    rows = rows.rename(columns={"product": "Item", "quantity": "Qty"})
    single = lines["order_id"].value_counts().loc[lambda n: n == 1].index
    twice = _some(random, sold.loc[ordinary & sold["order_id"].isin(single), "order_id"], COPIES)
    rows = pd.concat([rows, rows[rows["Order No"].isin(twice)]], ignore_index=True)
    rows.loc[rows["Order No"].isin(twice), "Order No"] = ""  # typed in by hand at the counter, then exported twice
    rows = pd.concat([rows, _paid_back(back)], ignore_index=True)
    rows = rows.sort_values(["sort", "Order No"], kind="stable", ignore_index=True)
    empty = pd.DataFrame("", index=range(EMPTY_ROWS), columns=COLUMNS)
    told = pd.concat([rows[COLUMNS].astype(str), empty], ignore_index=True)
    planted = {name: int((strange["defect"] == name).sum()) for name in STRANGE} | {TWICE: len(twice)}
    planted |= {"cancelled orders": int((~done).sum())} | _counts(sold[done], back, voucher[: len(sold)][done])
    return told, planted | {"rows": len(told), "empty rows": EMPTY_ROWS}


def _some(random, series, number):
    """Some of a series, in its order; fewer in a small firm."""
    return series.iloc[np.sort(random.choice(len(series), min(number, len(series) // 12), replace=False))]


def _strange(random, ordinary):
    """(orders that are none of the firm's sales, order_id of each one's pattern next to its own)"""
    made = []
    for name, number in STRANGE.items():
        some = ordinary.loc[_some(random, ordinary["order_id"], number).index]
        made.append(some.assign(defect=name))
    made = pd.concat(made, ignore_index=True)
    new = [f"X{n:05d}" for n in range(1, len(made) + 1)]
    of = pd.DataFrame({"order_id": made["order_id"], "new": new})
    outside = made["defect"] == "dates outside the window"  # a clock that lost its battery
    made["date"] = made["date"].where(~outside, made["date"] - pd.DateOffset(years=25))
    return made.assign(order_id=new), of


def _written(random, every, voucher):
    """The order's own columns, as text."""
    goods = every["amount_cents"].to_numpy()
    tax = np.rint(goods * GST).astype("int64")
    delivery = _delivery(every)
    minutes = every["date"].dt.floor("min")
    local = minutes.dt.strftime("%d/%m/%Y %H:%M")
    world = (minutes - pd.Timedelta(hours=8)).dt.strftime("%d/%m/%Y %H:%MZ")  # the app writes the world's time
    paid = np.where(random.random(len(every)) < 0.7, "paid", "shipped")
    cancelled = np.where(random.random(len(every)) < 0.5, "Cancelled", "VOID")

    def marked(name, word):
        return np.where(every["defect"] == name, word, "")

    return pd.DataFrame(
        {
            "Order No": every["order_id"].to_numpy(),
            "Created At": np.where(every["channel"] == "app", world, local),
            "Customer ID": np.where(every["defect"] == "orders without a customer", "", every["customer_id"]),
            "Order Total": [f"{cents / 100:,.2f}" for cents in goods + tax + delivery + voucher],
            "GST": _dollars(tax),
            "Delivery Fee": _dollars(delivery),
            "Discount": _dollars(voucher),
            "Currency": np.where(every["defect"] == "other currencies", "MYR", "SGD"),
            "Financial Status": np.where(every["status"] == "cancelled", cancelled, paid),
            "Test": marked("test orders", "yes"),
            "Staff Order": marked("staff orders", "yes"),
            "Source": every["channel"].to_numpy(),
            "sort": every["date"].to_numpy(),
        }
    )


def _delivery(orders):
    """Cents for the way to the door."""
    goods = orders["amount_cents"]
    return np.where((orders["channel"] != "shop") & (goods > 0) & (goods < FREE_FROM), DELIVERY, 0)


def _dollars(cents):
    return [f"{c / 100:.2f}" if c else "" for c in cents]


def _paid_back(refunds):
    """Refunds as rows with a minus; they carry no tax and no delivery of their own."""
    return pd.DataFrame(
        {
            "Order No": refunds["order_id"],
            "Created At": refunds["date"].dt.strftime("%d/%m/%Y %H:%M"),
            "Customer ID": refunds["customer_id"],
            "Item": "refund",
            "Qty": 1,
            "Order Total": [f"{c / 100:,.2f}" for c in refunds["amount_cents"]],
            "GST": "",
            "Delivery Fee": "",
            "Discount": "",
            "Currency": "SGD",
            "Financial Status": "refunded",
            "Test": "",
            "Staff Order": "",
            "Source": refunds["channel"],
            "sort": refunds["date"],
        }
    )


def _counts(done, back, voucher):
    """Rows that the rules for money and days find, under the policy on the data card."""
    known = back["order_id"].isin(done["order_id"])
    taken = back[known].groupby("order_id")["amount_cents"].sum()
    left = done["amount_cents"] + done["order_id"].map(taken).fillna(0)
    day = done.groupby(["customer_id", done["date"].dt.floor("D")])["date"].transform("size")
    return {
        "discounts": int((voucher > 0).sum()),
        "tax": int((done["amount_cents"] > 0).sum()),
        "shipping": int((_delivery(done) > 0).sum()),
        "refunds": int(known.sum()),
        "refunds of orders not in the file": int((~known).sum()),
        "orders of amount zero": int((left == 0).sum()),
        "same-day orders": int((day > 1).sum()),
    }
