"""The five kinds of customer lifetime value as five functions: every assumption an argument, every answer states it."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.clv.answer import CLV
from crmlearn.clv.contract import TIMINGS, discount_factors, geometric
from crmlearn.clv.forecast import Known, by_history, collected, counted_as, forecast_basis, intervals, terms
from crmlearn.clv.intervals import Z, greenwood, lognormal, quantiles
from crmlearn.clv.models.fits import model_of
from crmlearn.clv.models.sbg import survivors_of
from crmlearn.errors import Refusal, columns, number, one_of
from crmlearn.transactions.dates import as_datetime


def historic(tx, as_of, margin=1.0, acquisition_cost=0.0):
    """What each customer has brought until a date: realised, not forecast.

    tx : table, one row per order: customer_id, date, amount (currency units)
    as_of : date; orders after it are left out
    margin : share of revenue that is contribution, in (0, 1]; 1 answers in revenue; or the name of a column that holds
        each order's contribution
    acquisition_cost : currency units per customer, taken off once
    Returns: CLV; its table has one row per customer: orders, revenue, value
    Errors: Refusal when no order lies before as_of

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> historic(tx, as_of="2021-03-31", margin=0.4, acquisition_cost=1.0)
    8 per customer (historic)
    """
    end = as_datetime("as_of", as_of)
    cost = number("acquisition_cost", acquisition_cost, 0)
    frame = nw.from_native(tx)
    found = frame.collect_schema().names()
    per_order, stated = _contribution(margin, found)
    columns("transactions", ["customer_id", "date", "amount"], found)
    before = frame.filter(nw.col("date").dt.truncate("1d") <= end).with_columns(_value=per_order)
    table = before.group_by("customer_id").agg(
        orders=nw.len(), revenue=nw.col("amount").sum(), value=nw.col("_value").sum()
    )
    if isinstance(table, nw.LazyFrame):
        table = table.collect()
    table = table.with_columns(value=nw.col("value") - cost).sort("customer_id")
    if len(table) == 0:
        raise Refusal(f"no order lies on or before as_of={end:%Y-%m-%d}.", "0 orders", "move as_of")
    basis = {
        "counts": stated,
        "acquisition cost": _cost(cost),
        "period": f"until {end:%Y-%m-%d}",
        "customer": "all who have ordered, averaged",
        "discount": "none: money already received",
    }
    mean, none = float(table["value"].mean()), "none: it happened, nothing is estimated"
    return CLV("historic", mean, len(table), basis, table.to_native(), None, none)


def lifespan(
    margin,
    retention_per_period,
    discount_per_period,
    timing="at_start",
    periods=None,
    growth_per_period=0.0,
    acquisition_cost=0.0,
    retention_standard_error=None,
):
    """The shortcut formula: constant margin and constant retention, summed over a life.

    margin : contribution per period and customer, currency units
    retention_per_period : share who stay from one period to the next, in [0, 1]
    discount_per_period : of the same period, > -1
    timing : "at_start" m(1+d)/(1+d-r), "at_end" m/(1+d-r), "at_end_if_retained" mr/(1+d-r)
    periods : number of payments counted; None for all
    growth_per_period : growth of the margin
    acquisition_cost : currency units, taken off once
    retention_standard_error : gives a 95 % interval by the delta method on the log of the value
    Returns: CLV
    Errors: Refusal when the endless sum has no limit
    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24, for "at_end_if_retained"

    >>> lifespan(100, 0.8, 0.1), lifespan(100, 0.8, 0.1, timing="at_end")
    (366.667 per customer (lifespan), 333.333 per customer (lifespan))
    >>> lifespan(100, 0.8, 0.1, timing="at_end_if_retained")
    266.667 per customer (lifespan)
    """
    m = number("margin", margin)
    r = number("retention_per_period", retention_per_period, 0, 1)
    d = number("discount_per_period", discount_per_period, -1, low_open=True)
    g = number("growth_per_period", growth_per_period, -1)
    cost = number("acquisition_cost", acquisition_cost, 0)
    one_of("timing", timing, tuple(TIMINGS))
    q, by_r = r * (1 + g) / (1 + d), (1 + g) / (1 + d)  # what is left of a margin one period later, and its slope in r
    if periods is None and q >= 1:
        raise Refusal(
            "the sum over an endless life has no limit.",
            f"retention times growth is {r * (1 + g):g}, which is not below 1 + discount = {1 + d:g}",
            "give a number of periods: periods=10",
        )
    n = np.inf if periods is None else int(number("periods", periods, 1))
    sums, slope = geometric(q, n)
    first = {"at_start": m, "at_end": m / (1 + d), "at_end_if_retained": m * r / (1 + d)}[timing]
    first_by_r = m / (1 + d) if timing == "at_end_if_retained" else 0.0
    value = first * sums - cost
    interval, method = None, "none: give retention_standard_error"
    if retention_standard_error is not None:
        se = number("retention_standard_error", retention_standard_error, 0)
        interval = lognormal(first * sums, se * abs(first_by_r * sums + first * slope * by_r), cost)
        method = "delta method on the log scale; retention is the only uncertain number"
    basis = {
        "counts": f"contribution of {m:.4g} per period",
        "acquisition cost": _cost(cost),
        "horizon": "endless" if periods is None else f"{n} payments",
        "retention": f"{r:.4g} per period, the same for everyone and always",
        "discount": f"{d:.3g} per period",
        "timing": TIMINGS[timing],
        "customer": "new",
    }
    return CLV("lifespan", float(value), None, basis, None, interval, method)


def cohort(
    survivors=None,
    margin=1.0,
    discount_per_period=0.0,
    timing="at_start",
    acquisition_cost=0.0,
    realised=None,
    expected=None,
):
    """What one acquired customer of a group brings, those who left included.

    Under contract, from the survivors of one group:
        survivors : customers still there after 0, 1, 2, ... renewals (counts)
        margin : contribution per period, currency units, one number or one per period
        discount_per_period, timing : as in lifespan; the horizon is the number of renewals seen
    Without a contract nobody is seen to leave; then from two other answers about the same customers:
        realised : historic(...)   expected : predictive(...)
    acquisition_cost : currency units per customer, taken off once
    Returns: CLV; its table has one row per period (period, survivors, survival, retention, value) or per part
    Errors: Refusal for rising counts, shares, and for two answers about different customers
    Source: product-limit survival; interval by Greenwood (1926)

    >>> cohort(survivors=[1000, 800, 640], margin=100, discount_per_period=0.1)
    225.6 per customer (cohort, 95 % interval 221.3 to 229.9)
    """
    cost = number("acquisition_cost", acquisition_cost, 0)
    if (survivors is None) == (realised is None or expected is None):
        raise Refusal(
            "cohort needs either survivors (contract) or realised and expected (no contract).",
            f"survivors {'given' if survivors is not None else 'missing'}, realised "
            f"{'given' if realised else 'missing'}, expected {'given' if expected else 'missing'}",
            "cohort(survivors=[1000, 800], margin=100) or cohort(realised=historic(...), expected=predictive(...))",
        )
    if survivors is None:
        return _cohort_without_contract(realised, expected, cost)
    one_of("timing", timing, tuple(TIMINGS))
    s = survivors_of(survivors)
    d = number("discount_per_period", discount_per_period, -1, low_open=True)
    t = np.arange(len(s))
    if np.ndim(margin) and len(margin) != len(s):
        raise Refusal(
            "margin needs one number, or one per period.", f"{len(margin)} for {len(s)} periods", "margin=100"
        )
    m = np.broadcast_to(np.asarray(margin, float), len(s))
    weights = m * discount_factors(len(s), d, timing)
    survival = s / s[0]
    value = float(weights @ survival) - cost
    se = greenwood(s, weights)
    table = {
        "period": t,
        "survivors": s.astype(int),
        "survival": survival,
        "retention": np.r_[np.nan, np.divide(s[1:], s[:-1], out=np.full(len(s) - 1, np.nan), where=s[:-1] > 0)],
        "value": weights * survival,
    }
    basis = {
        "counts": "contribution per period",
        "acquisition cost": _cost(cost),
        "horizon": f"{len(s) - 1} renewals, as far as the group was seen",
        "discount": f"{d:.3g} per period",
        "timing": TIMINGS[timing],
        "customer": "new, averaged over all who were acquired",
    }
    interval = (value - Z * se, value + Z * se)
    table = nw.from_dict(table, backend="pandas").to_native()
    return CLV("cohort", value, int(s[0]), basis, table, interval, "Greenwood's variance of the survival curve")


def _cohort_without_contract(realised, expected, cost):
    if realised.customers != expected.customers:
        raise Refusal(
            "realised and expected are not about the same customers.",
            f"{realised.customers} and {expected.customers} customers",
            "make both from the same orders and the same as_of",
        )
    parts = {"part": ["realised", "expected", "acquisition cost"]}
    parts["value"] = [realised.per_customer, expected.per_customer, -cost]
    basis = {
        "counts": f"realised: {realised.basis['counts']}; expected: {expected.basis['counts']}",
        "acquisition cost": _cost(cost) if cost else realised.basis["acquisition cost"],
        "horizon": f"{realised.basis['period']}, then {expected.basis['horizon']}",
        "discount": f"realised none; expected {expected.basis['discount']}",
        "customer": "averaged over all who were acquired",
    }
    value = realised.per_customer + expected.per_customer - cost
    interval, method = None, expected.interval_method
    if expected.interval:
        interval = tuple(realised.per_customer + bound - cost for bound in expected.interval)
        method = f"of the expected part only: {expected.interval_method}"
    table = nw.from_dict(parts, backend="pandas").to_native()
    return CLV("cohort", value, realised.customers, basis, table, interval, method)


def individual(
    model,
    spend,
    summary,
    horizon_months,
    discount_per_year,
    margin=1.0,
    unit="week",
    draws=None,
    outcomes=False,
    as_of=None,
):
    """What each customer will still bring within a horizon: chance of being alive x orders x spend, discounted.

    model : a model of orders (BGNBD, ...) or its Fit, in the summary's unit
    spend : GammaGamma, its Fit, or one number (currency units per order)
    summary : table: customer_id, x, t_x, T and, for GammaGamma, mean_spend
    horizon_months : length of the look ahead, months; inf for all that is still to come (discount_per_year above 0)
    discount_per_year : e.g. 0.10; every order is discounted from its own moment
    margin : share of revenue that is contribution, in (0, 1]
    unit : time unit of the summary: "day", "week", "month" or "year"
    draws : bootstrap(...), for the uncertainty of the parameters: an interval of each customer's expected value
    outcomes : whether to tell the uncertainty of the outcome, too: between which numbers of orders 95 % of such
        customers will end, were the parameters exact
    as_of : date of the summary, from which months are counted in the calendar: one month from 31 January is 28 or 29
        days. Without it every month has 365.25 / 12 days.
    Returns: CLV; its table has one row per customer: customer_id, p_alive, expected_orders (discounted only when the
        horizon is endless),
        expected_spend (revenue per order), value; low, high of the value when draws are given; orders_low, orders_high
        with outcomes; the order is the summary's
    """
    given = terms(horizon_months, discount_per_year, margin, unit, as_of)
    frame = collected(summary)
    known, order_model, spend_model = Known.of(frame), model_of(model), model_of(spend)
    history = known.x, known.t_x, known.T
    value = known.values(order_model, spend_model, given)
    table = {
        "customer_id": frame["customer_id"].to_list() if "customer_id" in frame.columns else list(range(len(frame))),
        "p_alive": order_model.p_alive(*history),
        "expected_orders": order_model.discounted_orders(given["horizon"], given["count_rate"], *history),
        "expected_spend": known.spend(spend_model),
        "value": value,
    }
    interval, method = None, "none: give draws=bootstrap(...)"
    if draws is not None:
        table["low"], table["high"], interval = intervals(known, draws, given)
        method = draws.method
    if outcomes and np.isinf(given["horizon"]):
        raise Refusal("outcomes need an end.", "horizon_months=inf", "horizon_months=12, or outcomes=False")
    if outcomes:
        table["orders_low"], table["orders_high"] = order_model.outcomes(given["horizon"], *history)
    basis = forecast_basis(given, "each existing customer, from now on")
    table = nw.from_dict(table, backend=frame.implementation).to_native()
    return CLV("individual", float(value.mean()), len(frame), basis, table, interval, method)


def predictive(
    model,
    spend,
    summary=None,
    *,
    horizon_months,
    discount_per_year,
    margin=1.0,
    unit="week",
    customer="existing",
    draws=None,
    as_of=None,
):
    """What a customer base, or a new customer, will still bring within a horizon.

    customer : "existing" sums over the base in `summary` (the residual value); "new" is a customer at the moment
        after the first order, which is not counted, and needs no summary
    The others as in individual.
    Returns: CLV; for "existing" its table has one row per distinct history: x, t_x, T, customers, value

    The base is valued history by history, not customer by customer; that both add up to the same is a test.

    >>> from crmlearn.clv.models import BGNBD, GammaGamma
    >>> model, spend = BGNBD(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)
    >>> predictive(model, spend, horizon_months=12, discount_per_year=0.1, margin=0.3, customer="new")
    14.73 per customer (predictive)
    """
    one_of("customer", customer, ("existing", "new"))
    given = terms(horizon_months, discount_per_year, margin, unit, as_of)
    if customer == "new":
        return _new_customer(model, spend, given, draws)
    if summary is None:
        raise Refusal("predictive needs the base.", "summary=None", "predictive(model, spend, summary, ...)")
    frame = collected(summary)
    groups = by_history(frame)
    known, customers = Known.of(groups), groups["customers"].to_numpy()

    def by_group(m, s):
        return customers * known.values(m, s, given)

    value = by_group(model_of(model), model_of(spend))
    interval, method = None, "none: give draws=bootstrap(...)"
    if draws is not None:
        totals = np.array([by_group(m, s).sum() for m, s in draws])
        interval, method = tuple(float(q) / len(frame) for q in quantiles(totals)), draws.method
    basis = forecast_basis(given, "existing base, from now on (residual value)")
    series = nw.new_series("value", value, dtype=nw.Float64, backend=frame.implementation)
    table = groups.select("x", "t_x", "T", "customers").with_columns(value=series).to_native()
    return CLV("predictive", float(value.sum()) / len(frame), len(frame), basis, table, interval, method)


def _contribution(margin, found):
    if isinstance(margin, str):
        columns("transactions", [margin], found)
        return nw.col(margin), f"contribution, from column '{margin}'"
    part = number("margin", margin, 0, 1, low_open=True)
    return nw.col("amount") * part, counted_as(part)


def _cost(cost):
    return f"{cost:g} per customer taken off" if cost else "not taken off"


def _new_customer(model, spend, given, draws):
    def one(m, s):
        mean = s.mean() if hasattr(s, "mean") else float(s)
        return given["margin"] * mean * float(m.discounted_orders(given["horizon"], given["rate"]))

    interval, method = None, "none: give draws=bootstrap(...)"
    if draws is not None:
        interval, method = tuple(float(q) for q in quantiles(np.array([one(m, s) for m, s in draws]))), draws.method
    basis = forecast_basis(given, "new, from the moment after the first order, which is not counted")
    return CLV("predictive", one(model_of(model), model_of(spend)), None, basis, None, interval, method)
