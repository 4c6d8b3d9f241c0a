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
    "c3": ("Stacked blocks of each period's profit by acquisition cohort", "period", "profit"),
    "cohort_grid": ("Heat map of cohorts by age", "cohort", "share_active"),
    "flow": ("Stacked bars of returning and new customers per period", "period", "active"),
    "lorenz": ("Lorenz curve below the line of equal shares", "share_of_customers", None),
    "overlap": ("Two bars that show which customers two periods share", "group", "customers"),
    "profit_bridge": ("Bridge chart from one period's profit to the next one's", "step", "change"),
    "ranking": ("Bar chart", None, None),
    "rfm_grid": ("Heat map of customers by recency and frequency score", None, "customers"),
    "shares": ("Bars of each group's share of customers and of profit", None, "share_of_profit"),
    "survival": ("Falling step curve of customers who still wait", "time", "waiting"),
    "switching": ("Heat map of where each group of the first date stands at the second", "from", "share_of_from"),
    "up_down": ("Grid of kept customers by change in orders and in value per order", None, "customers"),
    "waits": ("Dots and lines of the days between orders", "step", "median_days"),
}
GRIDS = {  # the two labels of a field, and its number
    "c3": ("period", "cohort", "profit"),
    "cohort_grid": ("cohort", "age", None),
    "rfm_grid": ("r", "f", "customers"),
    "switching": ("from", "to", "share_of_from"),
    "up_down": ("orders", "value_per_order", "customers"),
}
_WORDS = {"r": "recency", "f": "frequency", "value_per_order": "value per order"}
_MOST = 8
OWN_WORDS = RISK_WORDS | FAIR_WORDS | LAW_WORDS


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
    kind, label, value = KINDS[plot]
    label = label or data.columns[0]
    if value is None or value not in data:
        known = [c for c in (*RANKED, "share_of_profit", "share_of_revenue", "retention") if c in data and c != label]
        value = known[0] if known else data.select_dtypes("number").columns[-1]
    if plot in GRIDS:
        return f"{kind}. {title}. {_fields(data, *GRIDS[plot])}."
    if plot == "lorenz" or (plot == "survival" and "cohort" in data):  # points of few customers; many curves
        return f"{kind}. {title}."
    rows = data[[label, value]].dropna()
    if plot == "ranking" and "second" in data:
        rows = rows.assign(**{label: data[label].astype(str) + " and " + data["second"].astype(str)})
    if len(rows) > _MOST:
        at = sorted({0, int(np.argmax(rows[value].to_numpy(float))), len(rows) - 1})
        rows = rows.iloc[at]
    numbers = ", ".join(f"{name} {_said(value, v)}" for name, v in rows.itertuples(index=False))
    return f"{kind}. {title}. {numbers}."


def _fields(data, first, second, value):
    """The highest and the lowest field of a grid, by its two labels."""
    if second not in data:  # a wide table: one column per age or period
        data = data.drop(columns="acquired", errors="ignore").melt(first, var_name=second, value_name="share")
    elif "seen" in data:
        data = data[data["seen"] == "whole"]
    value = value or next(c for c in ("share_active", "retention", "share") if c in data)
    rows = data[[first, second, value]].dropna().sort_values(value, kind="stable")
    ends = [("Lowest", rows.iloc[0]), ("highest", rows.iloc[-1])] if len(rows) else []
    axes = f"{_WORDS.get(first, first)} {{}}, {_WORDS.get(second, second)} {{}}"
    return "; ".join(f"{end}: {axes.format(row[first], row[second])}: {_said(value, row[value])}" for end, row in ends)


def _said(column, value):
    share = column.startswith(("share", "penetration", "support", "repeat", "refund_share", "retention"))
    return f"{value * 100:.3g} %" if share else short(value)
