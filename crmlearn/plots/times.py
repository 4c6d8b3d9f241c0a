"""Charts of customers over time, and of labels: cohorts, the C3, acquisition, categories, waiting times."""

import numpy as np
import seaborn as sns

from crmlearn.errors import Refusal
from crmlearn.plots.glyphs import keyed
from crmlearn.plots.page import PALETTE, axes, short, titled
from crmlearn.plots.people import HATCHES, THOUSANDS, _grid, read, unit_of_profit

# What a ranking draws: the first of these columns that the table has, and its axis.
RANKED = {
    "support": "Share who hold both, per cent",
    "penetration": "Share of the period's customers, per cent",
    "repeat_rate": "Share who ordered again, per cent",
    "refund_share": "Refunded share of the revenue, per cent",
    "value_to_cost": "Value per customer / acquisition cost",
    "share_of_customers": "Share of the customers, per cent",
}
_MOST_TICKS = 24
MARKS = ("o", "s", "^", "D", "v", "P")  # lines are told apart without colour


def cohort_grid(table, title, what=None, x_label=None):
    """One number of each cohort by its age (or by the calendar); what was not seen whole stays empty.

    Shares begin at age 1, since at age 0 all of a cohort ordered by definition. Cohorts without a number are left out.

    table : cohorts.table, cohorts.tidy or audit.cohorts_compared
    what : column of a tidy table; None for share_active or retention, shown in per cent
    x_label : what a column is; None for the words that fit any period
    """
    data = read(table)
    if "age" in data:
        what = what or ("share_active" if "share_active" in data else "retention")
        whole = data[data["seen"] == "whole"]
        grid = whole.pivot(index="cohort", columns="age", values=what).sort_index()
        across = "Periods since the cohort's own"
    else:
        grid = data.set_index("cohort").drop(columns="acquired")
        what = what or ("retention" if _all_begin_with_one(grid) else "numbers")
        across = "Periods since the cohort's own" if "0" in grid else "Period"
    grid = grid.dropna(axis=1, how="all")
    values = grid.to_numpy(float)
    if not values.size:
        raise Refusal("there is nothing to draw.", "no period was seen whole", "a shorter period, or a later as_of")
    share = what in ("share_active", "retention")
    later = grid.drop(columns=[c for c in (0, "0") if c in grid]).dropna(how="all")
    if share and later.size:
        grid, values = later, later.to_numpy(float)
    rows, columns = values.shape
    figure, ax = axes("", "", "", figsize=(min(2 + 0.55 * max(columns, 8), 14), min(1.4 + 0.36 * max(rows, 3), 10)))
    small = rows * columns <= 400
    _grid(ax, values * 100 if share else values, grid.columns.astype(str), keyed(figure, grid.index), ".0f",
          None if small else np.full(values.shape, ""))  # fmt: skip
    ax.set(xlabel=x_label or across, ylabel="Cohort")
    return titled(ax, title + ("\n(per cent of the cohort)" if share else ""))


def _all_begin_with_one(grid):
    """Whether a wide table holds shares: at age 0 all of each cohort ordered, and money hardly ever looks so."""
    if "0" in grid:
        return bool((grid["0"].dropna() == 1).all() and grid["0"].notna().any())
    firsts = grid.bfill(axis=1).iloc[:, 0].dropna()
    return bool(len(firsts) and (firsts == 1).all())


def activity(table, title):
    """Which share of one cohort ordered in each period; a hollow point was not seen whole.

    table : audit.one_cohort
    """
    data = read(table)
    figure, ax = axes("", "Period", "Share who ordered, per cent")
    x, y, whole = np.arange(len(data)), data["share_active"] * 100, (data["seen"] == "whole").to_numpy()
    ax.plot(x[whole], y[whole], "-o", color=PALETTE[0], ms=5, lw=1.8)
    ax.plot(x[~whole], y[~whole], "o", color=PALETTE[0], ms=7, mfc="white", label="not seen whole")
    if not whole.all():
        ax.legend()
    _ticks(ax, keyed(figure, data["period"]))
    ax.set_ylim(0, 105)
    return titled(ax, title)


def c3(table, title, value="profit", y_label=None):
    """Each period's profit stacked by the cohorts that brought it (customer-cohort chart); losses hang below zero.

    table : audit.whole_base
    y_label : what is counted, with its unit; None for the words of the table
    """
    data = read(table)
    grid = data.pivot(index="period", columns="cohort", values=value).sort_index().sort_index(axis=1).fillna(0.0)
    label = unit_of_profit(data) if value == "profit" else f"{value.capitalize()}"
    figure, ax = axes("", "Period", y_label or label, figsize=(9.5, 4.8))
    ax.yaxis.set_major_formatter(THOUSANDS)
    colours = sns.color_palette("viridis", grid.shape[1])
    names = keyed(figure, grid.columns)
    x, every = np.arange(len(grid)), -(-grid.shape[1] // 12)
    up, down = np.zeros(len(grid)), np.zeros(len(grid))
    for i, cohort in enumerate(grid.columns):
        values = grid[cohort].to_numpy()
        named = names[i] if i % every == 0 or i == grid.shape[1] - 1 else None
        # Blocks without gaps, not slopes: a slope would show a cohort before its first order.
        ax.bar(x, values, 1.0, bottom=np.where(values >= 0, up, down), color=colours[i], lw=0, label=named)
        up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    ax.axhline(0, color="0.3", lw=0.8)
    ax.set_xlim(-0.5, len(grid) - 0.5)
    seen = data.drop_duplicates("period").set_index("period")["seen"].reindex(grid.index)
    _ticks(ax, [f"{p}*" if s != "whole" else p for p, s in zip(keyed(figure, grid.index), seen, strict=True)])
    _partial(ax, seen)
    ax.legend(*(part[::-1] for part in ax.get_legend_handles_labels()), title="cohort", loc="upper left",
              bbox_to_anchor=(1, 1), reverse=False)  # fmt: skip
    return titled(ax, title)


def flow(table, title):
    """New and returning customers of each period.

    table : audit.acquisition
    """
    data = read(table)
    _, ax = axes("", "Period", "Customers who ordered", figsize=(9.5, 4.2))
    ax.yaxis.set_major_formatter(THOUSANDS)
    x, ground = np.arange(len(data)), np.zeros(len(data))
    for i, name in enumerate(("returning", "new")):
        ax.bar(x, data[name], 0.8, bottom=ground, color=PALETTE[(0, 2)[i]], hatch=HATCHES[i], edgecolor="white",
               label=name)  # fmt: skip
        ground = ground + data[name].to_numpy()
    _ticks(ax, [f"{p}*" if s != "whole" else p for p, s in zip(data["period"], data["seen"], strict=True)])
    _partial(ax, data["seen"])
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def ranking(table, title, most=20):
    """One bar per row with its number: categories, pairs, entries, cohorts, segments.

    table : audit.penetration, entry, co_purchase, repeat_rates, refunds, unit_economics, or rfm.sizes
    most : rows that are drawn, from the top of the table
    """
    data = read(table).head(most)[::-1]
    value = next((c for c in RANKED if c in data), None)
    if value is None:
        raise Refusal("ranking finds no column to draw.", ", ".join(map(str, data)), f"one of {', '.join(RANKED)}")
    figure, ax = axes("", RANKED[value], "", figsize=(8, 1.4 + 0.36 * max(len(data), 2)))
    firsts = data.iloc[:, 0].tolist()[::-1]
    names = keyed(figure, firsts + (data["second"].tolist()[::-1] if "second" in data else []))
    if "second" in data:
        names = [f"{a} + {b}" for a, b in zip(names[: len(firsts)], names[len(firsts) :], strict=True)]
    names = names[::-1]
    scale = 100 if "per cent" in RANKED[value] else 1
    widths = (data[value] * scale).to_numpy(float)
    missing = {"repeat_rate": "not seen long enough", "refund_share": "no revenue"}.get(value, "not known")
    ax.barh(range(len(data)), np.nan_to_num(widths), 0.7, color=PALETTE[0], edgecolor="white")
    for i, width in enumerate(widths):
        text = missing if np.isnan(width) else short(width) if width >= 1000 else f"{width:.3g}"
        ax.annotate(text, (np.nan_to_num(width), i), (4, 0), textcoords="offset points", va="center", fontsize=10)
    ax.set_yticks(range(len(data)), names)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.9")
    ax.margins(x=0.12)
    return titled(ax, title)


def payback(table, title):
    """What customers have brought for each unit of what they cost, by days since the first order.

    table : audit.payback
    """
    data = read(table)
    figure, ax = axes("", "Days since the first order", "Profit so far / cost of winning the customer")
    groups = list(dict.fromkeys(data["group"]))
    for i, (group, name) in enumerate(zip(groups, keyed(figure, groups), strict=True)):
        line = data[data["group"] == group]
        x, y = np.r_[0, line["age_days"]], np.r_[0.0, line["value_to_cost"]]
        ax.plot(x, y, "-" + MARKS[i % len(MARKS)], color=PALETTE[i % len(PALETTE)], ms=5, lw=1.8, label=name)
    ax.axhline(1, color="0.3", lw=1.2, ls="--")
    ax.annotate("cost earned back", (1, 1), (-4, -13), xycoords=("axes fraction", "data"), textcoords="offset points",
                ha="right", fontsize=10, color="0.2")  # fmt: skip
    ax.set_ylim(min(0, data["value_to_cost"].min() * 1.05), max(1.2, data["value_to_cost"].max() * 1.05))
    ax.set_xlim(left=0)
    if len(groups) > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def waits(table, title):
    """Days between orders: the median as a dot, the middle half as a line.

    table : audit.time_between_orders
    """
    data = read(table)[::-1]
    _, ax = axes("", "Days (dot: median; line: middle half of the gaps that ended)", "",
                      figsize=(8, 1.4 + 0.5 * len(data)))  # fmt: skip
    for i, row in enumerate(data.itertuples()):
        ax.plot([row.p25_days, row.p75_days], [i, i], "-", color=PALETTE[0], lw=2.5)
        ax.plot(row.median_days, i, "o", color=PALETTE[0], ms=8)
        ax.annotate(f"{row.median_days:g}", (row.median_days, i), (0, 9), textcoords="offset points", ha="center")
    ax.set_yticks(range(len(data)), [f"order {s}" if s[0].isdigit() else s for s in data["step"]])
    ax.set_xlim(left=0)
    ax.margins(y=0.2)
    ax.grid(axis="x", color="0.9")
    return titled(ax, title)


def _ticks(ax, names):
    every = int(np.ceil(len(names) / _MOST_TICKS))
    at = range(0, len(names), every)
    ax.set_xticks(
        list(at), [names[i] for i in at], rotation=60 if len(at) > 8 else 0, ha="right" if len(at) > 8 else "center"
    )


def _partial(ax, seen):
    partly = [s for s in seen if s != "whole"]
    if partly:
        ax.set_xlabel(f"Period (* seen only {partly[-1]})")
