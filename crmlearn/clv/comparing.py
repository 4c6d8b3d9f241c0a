"""Which model, and is any better than a rule of thumb? All on the same customers and the same time held out."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from crmlearn.clv.models.bgnbd import BGNBD
from crmlearn.clv.models.fits import model_of
from crmlearn.clv.models.mbgnbd import MBGNBD
from crmlearn.clv.models.nbd import NBD
from crmlearn.clv.models.orders import OrderModel
from crmlearn.clv.models.paretonbd import ParetoNBD
from crmlearn.errors import Refusal, one_of
from crmlearn.progress import progress
from crmlearn.transactions.dates import as_datetime
from crmlearn.transactions.summary import DAYS, split, summarise

MODELS = (NBD, BGNBD, MBGNBD, ParetoNBD)
BASELINES = ("last period again", "80/20 rule", "mean", "nobody again")
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Comparison:
    """How forecasts of several models did on the time held out. All tables are pandas.

    table : one row per forecast, see compare
    fits : {model: Fit}; left_out : {model: reason}
    customers : one row per customer: x, t_x, T, observed orders, and each forecast's expectation
    by_history : mean orders held out by number of repeat orders before ("7 or more" together), observed and expected
    frequency : how many customers had 0, 1, ... repeat orders before the split, observed and expected of new customers
    tracking : repeat orders of these customers by week since the first order of all, cumulative, observed and expected:
        until the split of new customers of these ages, after it what was observed and the forecast from there
    start, split_at, unit, length : day of the first order, the split, and how long the time held out is in that unit
    """

    table: Any
    fits: dict
    left_out: dict
    customers: Any
    by_history: Any
    frequency: Any
    tracking: Any
    start: Any
    split_at: Any
    unit: str
    length: float

    @property
    def incremental(self):
        """Repeat orders week by week, observed and expected."""
        counts = self.tracking.drop(columns=["week", "held_out"])
        steps = counts.diff().fillna(counts.head(1))
        hidden = self.tracking["held_out"]
        if hidden.any() and not hidden.all():  # the forecast starts at what was observed, not at the curve before it
            at = int(hidden.argmax())
            steps.iloc[at] = counts.iloc[at] - counts["observed"].iloc[at - 1]
        return self.tracking[["week", "held_out"]].join(steps)

    def __repr__(self):
        return f"Comparison at {self.split_at:%Y-%m-%d}, {self.length:.3g} {self.unit}s held out\n{self.table}"

    def _repr_html_(self):
        return self.table.to_html(float_format="{:.4g}".format)


def compare(tx, split_at, until=None, models=MODELS, unit="week"):
    """Fit models on the orders until a day, and hold their forecasts against the orders after it.

    tx : table, one row per order: customer_id, date, amount; cleaned
    split_at : date; the models know nothing after it. until : the last day held out; None takes that of the last order
    models : classes of crmlearn.clv.models; unit : "day", "week", "month" or "year"
    Returns: Comparison; its table has one row per forecast, the smallest root mean square error first:
        expected, observed (orders held out of the customers known at the split), bias (expected / observed - 1),
        mae, rmse (orders per customer), rank_correlation (Spearman's, ties averaged), top_tenth (share of the orders
        held out that came from the tenth with the highest forecast; of tied customers the mean), calibration (mean
        absolute difference between expected and observed, over ten groups by forecast, as a share of the mean order
        number), log_likelihood, aic, bic (of the fit; missing for rules of thumb)
        Rules of thumb: "last period again" repeats each customer's repeat orders of an equally long time before it, or
        of the whole time, scaled, where that is shorter; "80/20 rule" gives the same total, four fifths of it to the
        best fifth so far; "mean" gives all the same; "nobody again" gives nothing. The last one has a small mae
        wherever most customers place no order: mae asks for the middle outcome, rmse for the expectation.
    Errors: Refusal when the split leaves nothing on one side, or nothing held out of known customers
    """
    one_of("unit", unit, tuple(DAYS))
    odd = [m for m in models if not (isinstance(m, type) and issubclass(m, OrderModel))]
    if odd:
        raise Refusal(
            "models are classes of orders without a contract.", repr(odd[0])[:60], "models=(BGNBD, ParetoNBD)"
        )
    cut = np.datetime64(as_datetime("split_at", split_at), "D")
    orders = _Orders.of(_known(tx, split_at, cut, unit), tx, cut, until)
    observed, length = orders.held_out(), orders.length / DAYS[unit]
    fits, left_out, used, forecasts = _fitted(models, orders.customers, length)
    forecasts |= _rules_of_thumb(orders.last_period(), orders.customers["x"].to_numpy(float))
    rows = {name: _judged(expected, observed) | _of_fit(fits.get(name)) for name, expected in forecasts.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").sort_values("rmse", kind="stable").rename_axis("forecast")
    customers = orders.customers.assign(observed=observed, **forecasts)
    return Comparison(
        table, fits, left_out, customers, _by_history(customers, forecasts), _frequency(customers, used),
        _tracking(orders, used, unit), pd.Timestamp(orders.first.min()), pd.Timestamp(cut), unit, length,
    )  # fmt: skip


def _known(tx, split_at, cut, unit):
    """The histories of the customers who had come by the split."""
    base = nw.from_native(summarise(split(tx, split_at).calibration, as_of=str(cut), unit=unit))
    base = base.collect() if isinstance(base, nw.LazyFrame) else base
    return base.select("customer_id", "x", "t_x", "T").to_pandas()


@dataclass(frozen=True)
class _Orders:
    """The orders of the customers known at the split, on both sides of it.

    customers : table customer_id, x, t_x, T; who : row of it, of each order; days : of each order
    cut, end : last day the models know, last day held out; first : day of each customer's first order
    """

    customers: Any
    who: Any
    days: Any
    cut: Any
    end: Any
    first: Any

    @classmethod
    def of(cls, customers, tx, cut, until):
        frame = nw.from_native(tx).select("customer_id", "date")
        frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        days = frame["date"].to_numpy().astype("datetime64[D]")
        end = days.max() if until is None else np.datetime64(as_datetime("until", until), "D")
        if end > days.max() + 31 * _DAY:
            saw = f"until={end}, the last order is of {days.max()}"
            raise Refusal("time after the last order is unknown, not empty.", saw, f"until='{days.max()}'")
        if end <= cut:
            mend = "a later until, or an earlier split_at"
            raise Refusal("nothing is held out.", f"split_at={cut}, until={end}", mend)
        who = pd.Index(customers["customer_id"]).get_indexer(frame["customer_id"].to_numpy())
        mine = (who >= 0) & (days <= end)
        who, days = who[mine], days[mine]
        first = np.full(len(customers), end)
        np.minimum.at(first, who, days)
        return cls(customers, who, days, cut, end, first)

    @property
    def length(self):
        """Days held out."""
        return float((self.end - self.cut) / _DAY)

    def held_out(self):
        """Orders of each customer after the split."""
        orders = np.bincount(self.who[self.days > self.cut], minlength=len(self.first)).astype(float)
        if not orders.sum():
            saw = f"after {self.cut} until {self.end}"
            raise Refusal("no known customer ordered in the time held out.", saw, "another split_at")
        return orders

    def last_period(self):
        """Repeat orders of each customer in as long a time before the split, or in all there is, scaled up."""
        since = self.cut - (self.end - self.cut)
        recent = (self.days <= self.cut) & (self.days > since)
        again = np.bincount(self.who[recent], minlength=len(self.first)) - (self.first > since)
        return again * max(1.0, self.length / float((self.cut - self.first.min() + _DAY) / _DAY))


def _fitted(models, customers, length):
    """{model: Fit}, {model: reason why it says nothing}, and of the others {model: model}, {model: forecast}."""
    fits, left_out, used, forecasts = {}, {}, {}, {}
    for cls in progress(list(models), "fitting models"):
        name = cls.__name__
        try:
            fits[name] = cls.fit(customers)
            used[name] = model_of(fits[name])
            forecasts[name] = used[name].expected_orders(length, *_history(customers))
        except Refusal as problem:
            left_out[name] = f"{problem.wrong} ({problem.saw})"
    return fits, left_out, used, forecasts


def _history(customers):
    return [customers[name].to_numpy(float) for name in ("x", "t_x", "T")]


def _rules_of_thumb(last, x):
    total = float(last.sum())
    best = _share_of_best(x, 0.2)
    spread = total * (0.8 * best / best.sum() + 0.2 * (1 - best) / (1 - best).sum())
    return dict(zip(BASELINES, (last, spread, np.full(len(x), total / len(x)), np.zeros(len(x))), strict=True))


def _judged(expected, observed):
    off, mean = expected - observed, observed.mean()
    a, b = (pd.Series(v).rank().to_numpy() for v in (expected, observed))
    moved = np.ptp(a) > 0 and np.ptp(b) > 0
    groups = np.empty(len(expected), int)
    groups[np.argsort(expected, kind="stable")] = np.arange(len(expected)) * 10 // len(expected)
    sizes = np.bincount(groups, minlength=10)
    gap = np.abs(np.bincount(groups, expected, 10) - np.bincount(groups, observed, 10))
    return {
        "expected": float(expected.sum()),
        "observed": float(observed.sum()),
        "bias": float(expected.sum() / observed.sum() - 1),
        "mae": float(np.abs(off).mean()),
        "rmse": float(np.sqrt((off**2).mean())),
        "rank_correlation": float(np.corrcoef(a, b)[0, 1]) if moved else np.nan,
        "top_tenth": float(_share_of_best(expected, 0.1) @ observed / observed.sum()),
        "calibration": float(gap.sum() / sizes.sum() / mean),
    }


def _of_fit(fit):
    if fit is None:
        return {"log_likelihood": np.nan, "aic": np.nan, "bic": np.nan}
    return {"log_likelihood": fit.log_likelihood, "aic": fit.aic, "bic": float(fit.bic)}


def _share_of_best(score, share):
    """1 for who belongs to the best share, 0 for the others; those tied at its edge share what is left of it."""
    n = share * len(score)
    edge = np.sort(score)[::-1][min(int(n), len(score) - 1)]
    above, tied = score > edge, score == edge
    return above + tied * (n - above.sum()) / tied.sum()


def _by_history(customers, forecasts, most=7):
    group = np.minimum(customers["x"], most)
    table = customers.groupby(group)[["observed", *forecasts]].mean().rename_axis("repeat_orders_before")
    table.insert(0, "customers", customers.groupby(group).size())
    return table.rename(index={most: f"{most} or more"})


def _frequency(customers, used, most=7):
    x, _, T = _history(customers)
    ages, n = np.unique(T, return_counts=True)
    table = {"observed": np.bincount(np.minimum(x, most).astype(int), minlength=most + 1)}
    for name, model in used.items():
        chances = model.pmf(np.arange(most)[:, None], ages[None, :]) @ n
        table[name] = np.append(chances, len(x) - chances.sum())
    names = [*map(str, range(most)), f"{most} or more"]
    return pd.DataFrame(table, index=pd.Index(names, name="repeat_orders"))


def _tracking(orders, used, unit):
    """Cumulative repeat orders by week: observed, expected of new customers of these ages, and then forecast."""
    start, cut, first = orders.first.min(), orders.cut, np.sort(orders.first)
    weeks = np.arange(1, int((orders.end - start) / _DAY) // 7 + 1)
    ends = start + weeks * np.timedelta64(7, "D")
    comings, n = np.unique(first, return_counts=True)
    days = np.sort(orders.days)
    age = (ends[:, None] - comings[None, :]) / _DAY
    table = {"week": weeks, "observed": np.searchsorted(days, ends, "right") - np.searchsorted(first, ends, "right")}
    repeat_at_cut = float(np.searchsorted(days, cut, "right") - len(first))
    for name, model in used.items():
        curve = model.expected_orders_new(np.arange(int(age.max()) + 1) / DAYS[unit])
        table[name] = np.where(age > 0, curve[np.maximum(age, 0).astype(int)], 0.0) @ n
        for i in np.flatnonzero(ends > cut):
            ahead = float((ends[i] - cut) / _DAY) / DAYS[unit]
            table[name][i] = repeat_at_cut + model.expected_orders(ahead, *_history(orders.customers)).sum()
    return pd.DataFrame(table).assign(held_out=ends > cut)[["week", "held_out", "observed", *used]]
