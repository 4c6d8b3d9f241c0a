"""Charts of value: who keeps what of an exchange, what a lever moves, and what a trial found."""

import numpy as np

from crmlearn.plots.page import PALETTE, axes, titled
from crmlearn.plots.people import THOUSANDS, read

_PARTS = {"customers keep": (PALETTE[0], ""), "the firm keeps": (PALETTE[2], "//"), "not created": ("0.75", "..")}
_FEW = 15  # more customers than this have no names on the axis
_MARKS = ["o", "s", "^", "D", "v", "P", "X"]


def exchanges(table, title, price, cost):
    """Each customer as a bar from the cost up to what they would pay, cut by the price; the keenest stand left.

    table : value.split; price, cost : those it was made with, dollars
    """
    data = read(table).sort_values("willingness", ascending=False, kind="stable", ignore_index=True)
    _, ax = axes("", "Customers, the keenest first", "Dollars for each unit", figsize=(9, 3.8))
    few = len(data) <= _FEW
    buys = data["buys"].to_numpy(bool)
    at, ground = np.arange(len(data)), np.full(len(data), float(cost))
    parts = [
        ("customers keep", np.where(buys, data["surplus"], 0), np.full(len(data), float(price))),
        ("the firm keeps", np.where(buys, data["margin"], 0), ground),
        ("not created", data["kept_out"].to_numpy(float), ground),
    ]
    for label, height, bottom in parts:
        color, hatch = _PARTS[label]
        if few:
            ax.bar(at, height, 0.8, bottom=bottom, color=color, hatch=hatch, edgecolor="white", label=label)
        else:  # many thin bars are one area
            some = height != 0
            ax.fill_between(at, bottom, bottom + height, where=some, step="mid", fc=color, hatch=hatch, ec="white",
                            lw=0, label=label)  # fmt: skip
    for name, level in (("price", price), ("cost", cost)):
        ax.axhline(level, color="0.2", lw=1.2, ls="--" if name == "price" else ":")
        ax.annotate(f"{name} {level:g}", (1, level), (4, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center")  # fmt: skip
    if few:
        ax.set_xticks(at, data["customer"].astype(str))
    else:
        ax.set_xlim(0, len(data))
    ax.set_ylim(0, max(float(data["willingness"].max()), price) * 1.08)
    ax.legend(loc="upper right")
    return titled(ax, title)


def price_parts(table, title):
    """For each price, what customers keep, what the firm keeps and what is not created; the three add up.

    table : value.by_price, with prices not below the cost
    """
    data = read(table)
    _, ax = axes("", "Price, dollars", "Dollars, all customers", figsize=(8, 3.7))
    ground = np.zeros(len(data))
    for (label, (color, hatch)), column in zip(_PARTS.items(), ("surplus", "margin", "kept_out"), strict=True):
        ax.bar(range(len(data)), data[column], 0.8, bottom=ground, color=color, hatch=hatch, edgecolor="white",
               label=label)  # fmt: skip
        ground = ground + data[column].to_numpy()
    ax.set_xticks(range(len(data)), [f"{price:g}" for price in data["price"]])
    ax.yaxis.set_major_formatter(THOUSANDS)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def ratio_and_profit(compared, earned, title):
    """Each lever by the ratio that it reaches and the profit that it adds: the two need not go together.

    compared : value.compare; earned : value.profits of the same levers
    """
    left, right = read(compared), read(earned).set_index("lever")
    _, ax = axes("", "Ratio of value to price, after the lever", "Change of the profit, dollars", figsize=(9, 4.1))
    for i, row in left.iterrows():
        at = row["ratio_after"], right["change"][row["lever"]]
        ax.plot(*at, _MARKS[i % len(_MARKS)], color=PALETTE[i % len(PALETTE)], ms=10)
        ax.annotate(row["lever"], at, (10, 0), textcoords="offset points", va="center")
    ax.axhline(0, color="0.3", lw=0.8)
    ax.axvline(left["ratio_before"].iloc[0], color="0.3", lw=1, ls=":")
    ax.annotate("as it is", (left["ratio_before"].iloc[0], 1), (4, -12), xycoords=("data", "axes fraction"),
                textcoords="offset points", color="0.3")  # fmt: skip
    ax.margins(x=0.05, y=0.15)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.25 * (high - low))  # for the names
    ax.yaxis.set_major_formatter(THOUSANDS)
    return titled(ax, title)


def lifts(table, title, x_label, truth=None):
    """What each arm of a trial added: a dot with its interval, a line at nothing, and the truth where it is known.

    table : value.lift; truth : {arm: dollars per customer}, or None
    """
    data = read(table)[::-1].reset_index(drop=True)
    _, ax = axes("", x_label, "", figsize=(8.5, 0.7 * len(data) + 1.8))
    for i, row in data.iterrows():
        ax.plot([row["low"], row["high"]], [i, i], "-", color=PALETTE[0], lw=2.5)
        ax.plot(row["lift"], i, "o", color=PALETTE[0], ms=9, label="estimate, 95 % interval" if i == 0 else None)
        ax.annotate(f"{row['lift']:.2f}", (row["lift"], i), (0, 9), textcoords="offset points", ha="center")
        if truth is not None:
            ax.plot(truth[row["arm"]], i, "D", color=PALETTE[1], ms=8, label="truth" if i == 0 else None)
    ax.axvline(0, color="0.3", lw=0.8)
    ax.set_yticks(range(len(data)), data["arm"].astype(str))
    ax.margins(y=0.25)
    ax.grid(axis="x", color="0.9")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)
