"""A figure in words, for whoever does not see it: what kind it is, what it says, and its main numbers."""

import numpy as np

from crmlearn.plots.fairness import FAIR_WORDS
from crmlearn.plots.law import LAW_WORDS
from crmlearn.plots.page import short
from crmlearn.plots.people import read
from crmlearn.plots.risks import RISK_WORDS
from crmlearn.plots.times import RANKED

KINDS = {
    "activity": ("Line chart of the share of one cohort that ordered in each period", "period", "share_active"),
    "cohort_grid": ("Heat map of cohorts by age", "cohort", "share_active"),
    "flow": ("Stacked bars of returning and new customers per period", "period", "active"),
    "lorenz": ("Lorenz curve below the line of equal shares", "share_of_customers", None),
    "overlap": ("Two bars that show which customers two periods share", "group", "customers"),
    "profit_bridge": ("Bridge chart from one period's profit to the next one's", "step", "change"),
    "ranking": ("Bar chart", None, None),
    "rfm_grid": ("Heat map of customers by recency and frequency score", None, "customers"),
    "shares": ("Bars of each group's share of customers and of profit", None, "share_of_profit"),
    "switching": ("Heat map of where each group of the first date stands at the second", "from", "share_of_from"),
    "up_down": ("Grid of kept customers by change in orders and in value per order", None, "customers"),
    "waits": ("Dots and lines of the days between orders", "step", "median_days"),
}
GRIDS = {  # the two labels of a field, and its number
    "cohort_grid": ("cohort", "age", None),
    "rfm_grid": ("r", "f", "customers"),
    "switching": ("from", "to", "share_of_from"),
    "up_down": ("orders", "value_per_order", "customers"),
}
_WORDS = {"r": "recency", "f": "frequency", "value_per_order": "value per order"}
_MOST = 8


def _layer_words(table):
    """The C3: what all layers add up to, and the thickest layer of the last period."""
    data = read(table)
    totals = data.groupby("period", sort=False)["profit"].sum()
    ends = dict.fromkeys([totals.index[0], totals.idxmax(), totals.index[-1]])
    last = data[data["period"] == totals.index[-1]].sort_values("profit", kind="stable").iloc[-1]
    all_in = ", ".join(f"{period} {short(totals[period])}" for period in ends)
    return f"All layers: {all_in}. Thickest layer of {last['period']}: cohort {last['cohort']}, {short(last['profit'])}"


def _waiting_words(table):
    """A curve of who still waits, from its start over the half to its end; several curves by their ends."""
    data = read(table)
    if "cohort" in data:
        ends = data.groupby("cohort", sort=True).tail(1)
        told = [f"{row.cohort} {row.waiting * 100:.3g} % at day {row.time:g}" for row in ends.itertuples()]
        return f"Still waiting at the end: {', '.join(told[:_MOST])}"
    half, last = data[data["waiting"] <= 0.5], data.iloc[-1]
    over = f" over 50 % at day {half.iloc[0]['time']:g}" if len(half) else ""
    return f"From 100 % at day 0{over} to {last['waiting'] * 100:.3g} % at day {last['time']:g}"


def _payback_words(table):
    """Each group: when it had earned its cost, and where its curve ends."""
    told = []
    for group, line in read(table).groupby("group", sort=False):
        paid = line[line["value_to_cost"] >= 1]
        when = f"cost earned back after {paid.iloc[0]['age_days']:g} days" if len(paid) else "cost not earned back"
        told.append(f"{group}: {when}, {line.iloc[-1]['value_to_cost']:.3g} times after {line.iloc[-1]['age_days']:g}")
    return "; ".join(told[:_MOST])


OWN_WORDS = {
    "c3": ("Stacked blocks of each period's profit by acquisition cohort", _layer_words),
    "payback": ("Lines of profit so far over acquisition cost by days since the first order", _payback_words),
    "survival": ("Falling step curve of customers who still wait", _waiting_words),
    **RISK_WORDS, **FAIR_WORDS, **LAW_WORDS,
}  # fmt: skip


def alt_text(plot, table, title):
    """The alternative text of a figure of this package.

    plot : str; name of the function that drew it
    table : what it drew; title : its title
    Returns: str: the kind of chart, the title, and the numbers, or of many the first, the highest and the last

    >>> import pandas as pd
    >>> steps = pd.DataFrame({"step": ["2020", "lost", "2021"], "change": [12.0, -2.0, 10.0]})
    >>> alt_text("profit_bridge", steps, "The profit fell by 2")
    "Bridge chart from one period's profit to the next one's. The profit fell by 2. 2020 12, lost -2, 2021 10."
    """
    if plot in OWN_WORDS:  # what it draws is more than one table, or needs words of its own
        kind, words = OWN_WORDS[plot]
        return f"{kind}. {title}. {words(table)}."
    data = read(table)
    if plot == "profit_bridge":  # as it is drawn
        data = data[data["total"].astype(bool) | (data["change"] != 0)] if "total" in data else data
    kind, label, value = KINDS[plot]
    label = label or data.columns[0]
    if value is None or value not in data:
        known = [c for c in (*RANKED, "share_of_profit", "share_of_revenue", "retention") if c in data and c != label]
        value = known[0] if known else data.select_dtypes("number").columns[-1]
    if plot in GRIDS:
        return f"{kind}. {title}. {_fields(data, *GRIDS[plot])}."
    if plot == "lorenz":  # its points are near single customers
        return f"{kind}. {title}."
    rows = data[[label, value]].dropna()
    if plot == "ranking" and "second" in data:
        rows = rows.assign(**{label: data[label].astype(str) + " and " + data["second"].astype(str)})
    if len(rows) > _MOST:
        at = sorted({0, int(np.argmax(rows[value].to_numpy(float))), len(rows) - 1})
        rows = rows.iloc[at]
    if not len(rows):
        return f"{kind}. {title}."
    numbers = ", ".join(f"{_named(label, name)} {_said(value, v)}" for name, v in rows.itertuples(index=False))
    return f"{kind}. {title}. {numbers}."


def _fields(data, first, second, value):
    """The highest and the lowest field of a grid, by its two labels."""
    if second not in data:  # a wide table: one column per age or period
        data = data.drop(columns="acquired", errors="ignore").melt(first, var_name=second, value_name="share")
    elif "seen" in data:
        data = data[data["seen"] == "whole"]
    value = value or next(c for c in ("share_active", "retention", "share") if c in data)
    if second == "age":
        later = data[data[second].astype(str) != "0"]  # at age 0 all ordered by definition
        data = later if later[value].notna().any() else data
    rows = data[[first, second, value]].dropna().sort_values(value, kind="stable")
    ends = [("Lowest", rows.iloc[0]), ("highest", rows.iloc[-1])] if len(rows) else []
    axes = f"{_WORDS.get(first, first)} {{}}, {_WORDS.get(second, second)} {{}}"
    return "; ".join(f"{end}: {axes.format(row[first], row[second])}: {_said(value, row[value])}" for end, row in ends)


def _named(label, name):
    """A row's label; a bare number says what it numbers."""
    return f"{label.replace('_', ' ')} {name}:" if str(name)[:1].isdigit() and label in ("group", "orders") else name


def _said(column, value):
    share = column.startswith(("share", "penetration", "support", "repeat", "refund_share", "retention"))
    return f"{value * 100:.3g} %" if share else short(value)
