"""How long until the next order? Who has not ordered yet has waited, too: survival of the state "still waiting"."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.errors import Refusal, columns, number, whole
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import index, label, unit_of
from crmlearn.transactions.sources import table_of

_Z = 1.959963984540054  # 95 %, two-sided


def time_to_nth_order(tx, as_of, n=2, period=None):
    """Share of customers still waiting for their n-th order, by days since the first one.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date, the last day that was observed; who has not ordered by then is censored, not counted as a no
    n : 2 for the second order, and so on; orders of one day count apart
    period : "W", "M", "Q" or "Y" gives a curve per acquisition cohort; None one curve of all
    Returns: as kaplan_meier, `time` in days; with a column cohort in front where period is given
    Errors: Refusal as in transactions.ledger, and for orders after as_of
    Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53(282), 457-481

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-01-05", "2021-01-15", "2021-01-08", "2021-01-20"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 5.0]})
    >>> time_to_nth_order(tx, as_of="2021-01-25")[["time", "at_risk", "events", "censored", "waiting"]]
       time  at_risk  events  censored  waiting
    0     0        3       0         0      1.0
    1     5        3       0         1      1.0
    2    10        2       1         0      0.5
    3    17        1       0         1      0.5
    """
    n = whole("n", n, 2, "n=2 for the second order")
    book = ledger(tx, who="time_to_nth_order")
    end = until(book, as_of)
    days, customer = book.day[book.opens], book.customer[book.opens]
    starts = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    orders = np.diff(np.r_[starts, len(customer)])
    first, came = days[starts], orders >= n
    times = np.where(came, days[np.minimum(starts + int(n) - 1, len(days) - 1)], end) - first
    if period is None:
        return book.table(_curve(times, came))
    cohort = index(first, unit_of(period))
    curves = {at: _curve(times[cohort == at], came[cohort == at]) for at in np.unique(cohort)}
    names = [label(at, period) for at, curve in curves.items() for _ in curve["time"]]
    some = next(iter(curves.values()))
    return book.table(
        {"cohort": np.array(names, object)} | {c: np.concatenate([v[c] for v in curves.values()]) for c in some}
    )


def kaplan_meier(times, happened):
    """The product-limit estimate: which share still waits after each time.

    times : how long each one was observed, >= 0; happened : whether the wait ended then (else it is censored)
    Returns: pandas table, one row per distinct time, time 0 first: time, at_risk (just before), events, censored,
        waiting (share for whom it has not happened by then), low, high (95 %; on the log-log scale, Greenwood's
        variance; missing where nothing or everything has happened)
    Errors: Refusal for times that are negative or no numbers, and for lists of unlike length
    Source: Kaplan & Meier (1958); Greenwood (1926) for the variance; Kalbfleisch & Prentice (1980) for log-log

    >>> kaplan_meier([6, 6, 7], [True, False, True])[["time", "at_risk", "events", "censored", "waiting"]]
       time  at_risk  events  censored   waiting
    0   0.0        3       0         0  1.000000
    1   6.0        3       1         1  0.666667
    2   7.0        1       1         0  0.000000
    """
    try:
        t, d = np.asarray(times, float), np.asarray(happened)
    except (TypeError, ValueError):
        raise Refusal("times must be numbers.", "text or gaps", "days as 12 or 12.5") from None
    if t.shape != d.shape or t.ndim != 1 or not len(t):
        raise Refusal(
            "every time needs its yes or no.", f"{t.size} times and {d.size} answers", "two lists of one length"
        )
    if not np.isfinite(t).all() or (t < 0).any() or d.dtype.kind not in "bi" or not np.isin(d, (0, 1)).all():
        raise Refusal("times must be finite and not negative, answers true or false.", "others", "mend these rows")
    return nw.from_dict(_curve(t, d.astype(bool)), backend="pandas").to_native()


def reached(curve, share=0.5):
    """The first time at which at least this share no longer waits: 0.5 gives the median. None if never reached.

    >>> reached(kaplan_meier([6, 6, 7], [True, False, True]))
    7.0
    """
    frame, wanted = table_of(curve, "reached"), number("share", share, 0, 1)
    columns("curves", ["time", "waiting"], frame.columns)
    if "cohort" in frame.columns:
        raise Refusal("these are several curves.", "a column 'cohort'", "filter one cohort first")
    done = [
        t for t, s in zip(frame["time"].to_list(), frame["waiting"].to_list(), strict=True) if s <= 1 - wanted + 1e-12
    ]
    return done[0] if done else None


def _curve(times, happened):
    values, at = np.unique(np.r_[times, times.dtype.type(0)], return_inverse=True)
    events = np.bincount(at[:-1], happened, len(values)).astype(np.int64)
    leave = np.bincount(at[:-1], minlength=len(values))
    at_risk = leave[::-1].cumsum()[::-1]
    waiting = np.cumprod(1 - events / np.maximum(at_risk, 1))
    balanced(events.sum() + (leave - events).sum(), len(times), "events + censored = customers")
    open_ = at_risk > events
    terms = np.divide(events, at_risk * (at_risk - events), out=np.zeros(len(values)), where=open_ & (events > 0))
    inner = (waiting > 0) & (waiting < 1)
    log = np.log(np.where(inner, waiting, 0.5))
    wide = np.exp(_Z * np.sqrt(np.cumsum(terms)) / np.abs(log))
    return {
        "time": values,
        "at_risk": at_risk,
        "events": events,
        "censored": leave - events,
        "waiting": waiting,
        "low": np.where(inner, np.exp(log * wide), np.nan),
        "high": np.where(inner, np.exp(log / wide), np.nan),
    }
