"""What predictive and individual share: the terms of a look ahead, spend, and values by history or by customer."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from crmlearn.clv.discount import convert
from crmlearn.clv.intervals import quantiles
from crmlearn.clv.models.distinct import rows
from crmlearn.clv.models.orders import histories_of
from crmlearn.errors import Refusal, columns, number, one_of
from crmlearn.transactions.dates import as_datetime
from crmlearn.transactions.summary import DAYS


@dataclass(frozen=True)
class Known:
    """What is known of customers, or of groups with one history: what each costs is paid once, however many draws."""

    x: Any
    t_x: Any
    T: Any
    mean_spend: Any  # currency units of repeat orders; None when the summary has none

    @classmethod
    def of(cls, frame):
        x, t_x, T = histories_of(*(frame[name].to_numpy().astype(float) for name in ("x", "t_x", "T")))
        money = frame["mean_spend"].cast(nw.Float64).to_numpy() if "mean_spend" in frame.columns else None
        return cls(x, t_x, T, money)

    @cached_property
    def pairs(self):
        """Distinct pairs of x and T, on which all depends that a customer who is still there will order."""
        return rows(self.x, self.T)

    def some(self, which):
        return Known(*(None if v is None else v[which] for v in (self.x, self.t_x, self.T, self.mean_spend)))

    def spend(self, spend):
        """Expected spend per order, by customer or group."""
        if not hasattr(spend, "expected_spend"):
            return np.full(len(self.x), number("spend", spend, 0))
        if self.mean_spend is None:
            columns("summaries", ["mean_spend"], ["x", "t_x", "T"])
        return spend.expected_spend(self.x, self.mean_spend)

    def values(self, model, spend, given):
        """Discounted contribution within the horizon, by customer or group."""
        return self.valued(model, spend, given, self.ahead(model, given)[self.pairs[1]])

    def ahead(self, model, given):
        """Discounted orders of one who is still there, by pair."""
        return model.discounted_if_alive(given["horizon"], given["rate"], *self.pairs[0])

    def valued(self, model, spend, given, ahead):
        return given["margin"] * self.spend(spend) * model.p_alive(self.x, self.t_x, self.T) * ahead


def by_history(frame):
    """Customers of one history as one group. Expected spend is a straight line in mean spend, so the mean will do."""
    keys = ["x", "t_x", "T"]
    sums = {"customers": nw.len()}
    if "mean_spend" in frame.columns:
        frame = frame.with_columns(mean_spend=nw.col("mean_spend").cast(nw.Float64).fill_nan(None).fill_null(0.0))
        sums["mean_spend"] = nw.col("mean_spend").mean()
    return frame.group_by(keys).agg(**sums).sort(keys)


def intervals(known, draws, given, block=20_000):
    """95 % interval of each customer's value, and of the mean of all, under the draws; block by block, for memory."""
    ahead = [known.ahead(model, given) for model, _ in draws]
    totals, bounds = np.zeros(len(draws)), []
    for first in range(0, len(known.x), block):
        these = slice(first, first + block)
        part, pair = known.some(these), known.pairs[1][these]
        drawn = np.array([part.valued(m, s, given, a[pair]) for (m, s), a in zip(draws, ahead, strict=True)])
        totals += drawn.sum(axis=1)
        bounds.append(quantiles(drawn))
    low, high = np.concatenate(bounds, axis=1)
    return low, high, tuple(float(q) for q in quantiles(totals / len(known.x)))


def collected(summary):
    frame = nw.from_native(summary)
    columns("summaries", ["x", "t_x", "T"], frame.collect_schema().names())
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    if not len(frame):
        raise Refusal("there are no customers to value.", "a table without rows", "summarise(tx, as_of=...)")
    return frame


def terms(horizon_months, discount_per_year, margin, unit, as_of=None):
    one_of("unit", unit, tuple(DAYS))
    endless = horizon_months == float("inf")
    given = None if as_of is None else as_datetime("as_of", as_of)
    months = horizon_months if endless else number("horizon_months", horizon_months, 0, low_open=True)
    hint = "an endless horizon needs a discount: discount_per_year=0.10" if endless else ""
    per_year = number("discount_per_year", discount_per_year, 0 if endless else -1, hint=hint, low_open=True)
    margin = number("margin", margin, 0, 1, low_open=True)
    rate = float(np.log1p(convert(per_year, "year", unit)))
    days, until = months * DAYS["month"], None
    if given is not None and not endless:
        if months % 1:
            raise Refusal("the calendar has whole months only.", f"horizon_months={months:g}", "a whole number")
        until = given + pd.DateOffset(months=int(number("horizon_months", months, 0, 1200)))
        days = float((until - given).days)
    return {
        "months": months,
        "until": until,
        "horizon": days / DAYS[unit],
        "rate": rate,
        # Orders are counted as they are; those without end may be infinitely many, so they are discounted.
        "count_rate": rate if endless else 0.0,
        "per_year": per_year,
        "margin": margin,
    }


def forecast_basis(given, who):
    until = f", until {given['until']:%d %B %Y}" if given["until"] is not None else ""
    return {
        "counts": counted_as(given["margin"]),
        "acquisition cost": "not taken off: it is spent already",
        "horizon": "endless"
        if np.isinf(given["months"])
        else f"{given['months']:g} month{'s' * (given['months'] != 1)}{until}",
        "discount": f"{given['per_year']:.4g} per year, each order from its own moment",
        "customer": who,
    }


def counted_as(margin):
    return "revenue" if margin == 1 else f"contribution: {margin:.4g} of revenue, an assumption"
