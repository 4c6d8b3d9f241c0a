"""The web shop's orders of the last half-year as a shop would export them, with every defect that cleaning knows."""

import numpy as np
import pandas as pd

from crmlearn.simulate.streams import stream

START, END = pd.Timestamp("2025-07-01"), pd.Timestamp("2025-12-31 23:59:59")
GST = 0.09
# Defects of whole orders; each order has at most one of them.
PLANTED = {
    "other currencies": 30,
    "dates outside the window": 9,
    "cancelled orders": 55,
    "test orders": 14,
    "staff orders": 37,
    "orders without a customer": 21,
    "exact duplicates": 16,
}
ON_ONE_LINE = ("orders without a customer", "exact duplicates")  # so that each stands for one row
NOT_IN_FILE, EMPTY_ROWS = 12, 3


def messy(orders, order_lines, seed):
    """Rows of text, one per line of an order; totals, tax and delivery are repeated on every line.

    Returns: (table of text, planted: rows that each rule of `transactions.clean` finds)
    """
    random = stream(seed, "messy")
    web = orders[(orders["channel"] == "web") & (orders["status"] == "completed") & orders["date"].between(START, END)]
    sold = web[web["kind"] == "order"].copy()
    back = web[(web["kind"] == "refund") & web["order_id"].isin(sold["order_id"])].copy()
    lines = order_lines[order_lines["order_id"].isin(sold["order_id"])]
    single = sold["order_id"].isin(lines["order_id"].value_counts().loc[lambda n: n == 1].index).to_numpy()
    fate = _fates(random, sold, back, single)
    voucher = np.where((sold["amount_cents"] > 0) & (random.random(len(sold)) < 0.02), 500, 0)
    table = _written(random, sold, fate, voucher)
    copies = table["Order No"].to_numpy()[fate == "exact duplicates"]
    rows = lines[["order_id", "product", "category", "quantity"]].merge(table, left_on="order_id", right_on="Order No")
    rows = rows.rename(columns={"product": "Item", "category": "Department", "quantity": "Qty"})
    twice = rows[rows["Order No"].isin(copies)]
    rows = pd.concat([rows, twice], ignore_index=True)
    rows.loc[rows["Order No"].isin(copies), "Order No"] = ""  # typed in by hand at the counter, then exported twice
    unknown = _unknown(random, orders, web)
    rows = pd.concat([rows, _paid_back(back), _paid_back(unknown)], ignore_index=True)
    rows = rows.sort_values(["sort", "Order No"], kind="stable", ignore_index=True)
    columns = ["Order No", "Created At", "Customer ID", "Item", "Department", "Qty", "Order Total", "GST"]
    columns += ["Delivery Fee", "Discount", "Currency", "Financial Status", "Test", "Staff Order", "Source"]
    told = rows[columns].astype(str)
    empty = pd.DataFrame("", index=range(EMPTY_ROWS), columns=columns)
    told = pd.concat([told, empty], ignore_index=True)
    planted = _counts(sold, back, fate, voucher) | {"refunds of orders not in the file": len(unknown)}
    return told, planted | {"rows": len(told), "empty rows": EMPTY_ROWS}


def _fates(random, sold, back, single):
    """Which defect each order has, "" for most; orders that were paid back or given away keep none."""
    fate = np.full(len(sold), "", dtype=object)
    clear = ~sold["order_id"].isin(back["order_id"]) & (sold["amount_cents"] > 0)
    # A customer with a refund in this file keeps all orders, so that each refund finds its own.
    clear &= ~sold["customer_id"].isin(back["customer_id"])
    for name, number in PLANTED.items():
        free = np.flatnonzero(clear & (fate == "") & (single | (name not in ON_ONE_LINE)))
        fate[random.permutation(free)[: min(number, len(free) // 12)]] = name
    return fate


def _written(random, sold, fate, voucher):
    """The order's own columns, as text."""
    is_ = {name: fate == name for name in PLANTED}
    goods = sold["amount_cents"].to_numpy()
    tax = np.rint(goods * GST).astype("int64")
    delivery = np.where((goods > 0) & (goods < 6000), 499, 0)
    dates = sold["date"].dt.floor("min").reset_index(drop=True)
    dates = dates.where(~is_["dates outside the window"], dates - pd.DateOffset(years=25))
    zoned = random.random(len(sold)) < 0.2  # an app of the shop writes world time
    local = dates.dt.strftime("%d/%m/%Y %H:%M")
    world = (dates - pd.Timedelta(hours=8)).dt.strftime("%d/%m/%Y %H:%MZ")
    word = np.where(random.random(len(sold)) < 0.5, "Cancelled", "VOID")
    paid = np.where(random.random(len(sold)) < 0.7, "paid", "shipped")
    return pd.DataFrame(
        {
            "Order No": sold["order_id"].to_numpy(),
            "Created At": np.where(zoned, world, local),
            "Customer ID": np.where(is_["orders without a customer"], "", sold["customer_id"]),
            "Order Total": [f"{cents / 100:,.2f}" for cents in goods + tax + delivery + voucher],
            "GST": [f"{t / 100:.2f}" for t in tax],
            "Delivery Fee": [f"{d / 100:.2f}" for d in delivery],
            "Discount": [f"{v / 100:.2f}" for v in voucher],
            "Currency": np.where(is_["other currencies"], "MYR", "SGD"),
            "Financial Status": np.where(is_["cancelled orders"], word, paid),
            "Test": np.where(is_["test orders"], "yes", "no"),
            "Staff Order": np.where(is_["staff orders"], "yes", "no"),
            "Source": "web",
            "sort": sold["date"].to_numpy(),
        }
    )


def _paid_back(refunds):
    """Refunds as rows with a minus; they carry no tax and no delivery of their own."""
    plain = {
        "Item": "refund",
        "Department": "",
        "Qty": 1,
        "GST": "0.00",
        "Delivery Fee": "0.00",
        "Discount": "0.00",
        "Currency": "SGD",
    }
    plain |= {"Financial Status": "refunded", "Test": "no", "Staff Order": "no", "Source": "web"}
    return pd.DataFrame(
        {
            "Order No": refunds["order_id"].to_numpy(),
            "Created At": refunds["date"].dt.strftime("%d/%m/%Y %H:%M").to_numpy(),
            "Customer ID": refunds["customer_id"].to_numpy(),
            "Order Total": [f"{c / 100:,.2f}" for c in refunds["amount_cents"]],
            "sort": refunds["date"].to_numpy(),
        }
    ).assign(**plain)


def _unknown(random, orders, web):
    """Refunds of customers who have no order in this file."""
    others = orders[(orders["kind"] == "order") & ~orders["customer_id"].isin(web["customer_id"])]
    others = others[(others["date"] < START) & (others["amount_cents"] > 0)].drop_duplicates("customer_id")
    some = others.iloc[np.sort(random.choice(len(others), min(NOT_IN_FILE, len(others)), replace=False))]
    days = pd.to_timedelta(random.integers(0, 170 * 1440, len(some)), "min")
    return some.assign(date=(START + days).astype("datetime64[us]"), amount_cents=-some["amount_cents"])


def _counts(sold, back, fate, voucher):
    """Rows that each rule finds, under the policy on the data card."""
    planted = {name: int((fate == name).sum()) for name in PLANTED}
    good = sold[np.isin(fate, ["", "exact duplicates"])]
    taken = back.set_index("order_id")["amount_cents"]
    left = good["amount_cents"].to_numpy() + good["order_id"].map(taken).fillna(0).to_numpy()
    day = good.groupby(["customer_id", good["date"].dt.floor("D")])["date"].transform("size")
    planted |= {"discounts": int((voucher[np.isin(fate, ["", "exact duplicates"])] > 0).sum())}
    planted |= {"tax": int((good["amount_cents"] > 0).sum())}
    planted |= {"shipping": int(((good["amount_cents"] > 0) & (good["amount_cents"] < 6000)).sum())}
    planted |= {"refunds": len(back)}
    return planted | {"orders of amount zero": int((left == 0).sum()), "same-day orders": int((day > 1).sum())}
