"""What predictive and individual share: the terms of a look ahead, spend, and values by history or by customer."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.clv.discount import convert
from crmlearn.errors import columns, number, one_of
from crmlearn.transactions.summary import DAYS


def by_history(model, spend, frame, given):
    """Total value and a table by distinct history; spend is added up within each, so each history is forecast once."""
    money = spends(spend, frame)
    series = nw.new_series("spend", money, dtype=nw.Float64, backend=frame.implementation)
    keys = ["x", "t_x", "T"]
    grouped = frame.with_columns(spend=series).group_by(keys).agg(customers=nw.len(), spend=nw.col("spend").sum())
    grouped = grouped.sort(keys)
    orders = model.discounted_orders(given["horizon"], given["rate"], *histories_of(grouped))
    value = given["margin"] * orders * grouped["spend"].to_numpy()
    series = nw.new_series("value", value, dtype=nw.Float64, backend=frame.implementation)
    return float(value.sum()), grouped.with_columns(value=series).drop("spend")


def drawn_values(draws, frame, given):
    """Value of each customer (order of the frame) under each draw."""
    h = histories_of(frame)
    distinct, index = np.unique(np.column_stack(h), axis=0, return_inverse=True)
    for model, spend in draws:
        orders = model.discounted_orders(given["horizon"], given["rate"], *distinct.T)
        yield given["margin"] * spends(spend, frame) * orders[index]


def spends(spend, frame):
    if not hasattr(spend, "expected_spend"):
        return np.full(len(frame), number("spend", spend, 0))
    columns("summaries", ["mean_spend"], frame.columns)
    return spend.expected_spend(frame["x"].to_numpy(), frame["mean_spend"].cast(nw.Float64).to_numpy())


def collected(summary):
    frame = nw.from_native(summary)
    columns("summaries", ["x", "t_x", "T"], frame.collect_schema().names())
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def histories_of(frame):
    return tuple(frame[name].to_numpy().astype(float) for name in ("x", "t_x", "T"))


def terms(horizon_months, discount_per_year, margin, unit):
    one_of("unit", unit, tuple(DAYS))
    months = number("horizon_months", horizon_months, 0, low_open=True)
    per_year = number("discount_per_year", discount_per_year, -1, low_open=True)
    margin = number("margin", margin, 0, 1, low_open=True)
    rate = float(np.log1p(convert(per_year, "year", unit)))
    return {
        "months": months,
        "horizon": months * DAYS["month"] / DAYS[unit],
        "rate": rate,
        "per_year": per_year,
        "margin": margin,
    }


def forecast_basis(given, who):
    return {
        "counts": counted_as(given["margin"]),
        "acquisition cost": "not taken off: it is spent already",
        "horizon": f"{given['months']:g} months",
        "discount": f"{given['per_year']:.4g} per year, each order from its own moment",
        "customer": who,
    }


def counted_as(margin):
    return "revenue" if margin == 1 else f"contribution: {margin:.4g} of revenue, an assumption"
