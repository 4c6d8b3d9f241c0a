"""All exhibits that a log allows, each with the sentence it supports; and what is left out, with the reason."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.audit import findings, shop_findings, wording
from crmlearn.audit.concentrating import concentration, lorenz
from crmlearn.audit.decomposing import factor_bridge
from crmlearn.audit.one_period import deciles, factors, frequency, one_time_buyers, spread, unprofitable
from crmlearn.audit.over_time import acquisition, cohorts_compared, one_cohort, repeat_rates, whole_base
from crmlearn.audit.paying_back import payback
from crmlearn.audit.products import co_purchase, entry, penetration
from crmlearn.audit.shop_numbers import dashboard, refunds, time_between_orders, unit_economics
from crmlearn.audit.two_periods import bridge, lost_kept_new, new_or_returning, switching, up_down
from crmlearn.errors import Refusal, counted
from crmlearn.transactions.books import Unbalanced, balanced
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import Span, first_day, index, label, span, unit_of

_PRODUCTS = 6
LENSES = ("one period", "two periods", "one cohort", "cohorts compared", "the whole base", "products", "shop numbers")


@dataclass(frozen=True)
class Exhibit:
    """One table with what it says.

    name : of the function that made it ("penetration:category" says of which column; "equal_profit" is deciles by
        profit, "bridge:factors" the factor_bridge); lens : place in LENSES, from 1
    title : a finding, true of the table; table : of the caller's kind; notes : sentences
    plot : name of the function in crmlearn.plots that draws it, plots.NAME(table, title); "" where it is only read
    """

    name: str
    lens: int
    title: str
    table: Any
    plot: str
    notes: tuple[str, ...] = ()
    noun: str = "profit"

    def of(self, table):
        """The same exhibit of a coarser table, with the finding read from it."""
        return replace(self, table=table, title=_finding(self.name, table, self.noun))

    def __repr__(self):
        return f"{self.name}: {self.title}"


class Exhibits(NamedTuple):
    shown: list  # of Exhibit
    left_out: list  # of (name, reason)
    profit_is: str


def exhibits(
    tx, as_of, period, before=None, steps="Q", cohort=None, margin=None, columns=("category", "product", "channel"),
    acquisition_cost=None, with_refunds=None, within_days=365, groups=10, lines=None,
):  # fmt: skip
    """Make every exhibit of the audit that these orders allow.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units) and more columns; or a Ledger
    as_of : date, the last day that was observed; orders after it are refused
    period, before : the period that is audited, and an earlier one to compare it with (or None)
    steps : "W", "M", "Q" or "Y", for time and for cohorts
    cohort : span of the one cohort that is followed; None for the first one of `steps`
    margin, acquisition_cost, within_days, groups : as in the functions
    columns : which columns with labels are looked for; one or several names
    lines : the same orders line by line, as `transactions.lines` makes them, for labels that vary within an order
    with_refunds : the same orders as read, before cleaning, for the refunds; or None
    Returns: Exhibits(shown, left_out, profit_is); what is left out stands there with its reason
    Errors: Refusal for orders after as_of and for what `transactions.clean` would have treated; Unbalanced when a
        table's books do not balance: then nothing is to be published

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> made = exhibits(tx, "2021-03-31", period="2021-03", before="2021-02", steps="M", groups=2)
    >>> made.shown[1]
    frequency: Every customer ordered exactly once
    >>> made.left_out[0]
    ('unprofitable', 'profit is revenue here, so no customer can show a loss')
    """
    book = ledger(tx, margin, "exhibits")
    until(book, as_of)
    now = span("period", period)
    earlier = None if before is None else span("before", before)
    first = cohort if cohort is not None else _first_cohort(book, unit_of(steps))
    goods = book if lines is None else ledger(lines, margin, "exhibits")
    balanced(float(goods.amount.sum()), float(book.amount.sum()), "amounts of all lines = amounts of all orders")
    turned = float(np.abs(book.profit).sum())
    balanced(float(goods.profit.sum()), float(book.profit.sum()), "profit of all lines = profit of all orders", turned)
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    noun, shown, left_out = book.basis.noun, [], []
    for name, lens, plot, make, why_not in _plan(
        book, goods, as_of, now, earlier, steps, first, columns, acquisition_cost, with_refunds, within_days, groups
    ):
        if why_not:
            left_out.append((name, why_not))
            continue
        try:
            table = make()
        except Unbalanced:
            raise
        except Refusal as problem:
            left_out.append((name, problem.wrong.rstrip(".")))  # what was seen may tell of few customers
            continue
        title, notes = _finding(name, table, noun), tuple(_notes(name, _plain(table), now, earlier))
        if name.startswith("penetration:") and name.partition(":")[2] not in book.columns:
            notes += ("Orders of one customer on one day count one by one here, and as one in the other tables.",)
        if name == "unprofitable" and not _plain(table)["customers"][2]:
            plot = ""  # nothing to see
        shown.append(Exhibit(name, lens, title, table, plot, notes, noun))
    return Exhibits(shown, left_out, book.basis.words)


def _finding(name, table, noun):
    what = name.split(":")[0]
    return getattr(findings if hasattr(findings, what) else shop_findings, what)(_plain(table), noun)


def _plain(table):
    read = nw.from_native(table, eager_only=True).to_dict(as_series=False)
    return {c: [float("nan") if v is None else v for v in values] for c, values in read.items()}


def _plan(book, goods, as_of, now, earlier, steps, first, columns, cost, with_refunds, within_days, groups):
    """(name, lens, plot, how to make it, why not)"""
    is_share = (
        "" if book.basis.how == "column" else f"profit is {book.basis.words} here, so no customer can show a loss"
    )
    lonely = "" if earlier is not None else "only one period was given: before=..."
    for name, plot, make in (
        ("factors", "", partial(factors, book, now)),
        ("frequency", "shares", partial(frequency, book, now)),
        ("spread", "", partial(spread, book, now)),
        ("deciles", "shares", partial(deciles, book, now, groups=groups)),
        ("equal_profit", "shares", partial(deciles, book, now, by="profit", groups=groups)),
        ("lorenz", "lorenz", partial(lorenz, book, now)),
        ("concentration", "", partial(concentration, book, now)),
        ("one_time_buyers", "shares", partial(one_time_buyers, book, now)),
        ("unprofitable", "shares", partial(unprofitable, book, now)),
    ):
        yield name, 1, plot, make, is_share if name == "unprofitable" else ""
    for name, plot, make in (
        ("lost_kept_new", "overlap", lost_kept_new),
        ("new_or_returning", "", new_or_returning),
        ("switching", "switching", partial(switching, groups=groups)),
        ("up_down", "up_down", up_down),
        ("bridge", "profit_bridge", bridge),
        ("bridge:factors", "profit_bridge", factor_bridge),
    ):
        yield name, 2, plot, partial(make, book, earlier, now), lonely
    yield "one_cohort", 3, "activity", partial(one_cohort, book, first, as_of, steps), ""
    yield "cohorts_compared", 4, "cohort_grid", partial(cohorts_compared, book, as_of, steps), ""
    yield "repeat_rates", 4, "ranking", partial(repeat_rates, book, as_of, steps, within_days), ""
    yield "whole_base", 5, "c3", partial(whole_base, book, as_of, steps), ""
    yield "acquisition", 5, "flow", partial(acquisition, book, as_of, steps), ""
    for column in columns:
        source = book if column in book.columns else goods
        missing = "" if column in source.columns else f"no column '{column}'"
        yield f"penetration:{column}", _PRODUCTS, "ranking", partial(penetration, source, now, column=column), missing
        yield f"entry:{column}", _PRODUCTS, "ranking", partial(entry, source, as_of, column=column), missing
        yield f"co_purchase:{column}", _PRODUCTS, "ranking", partial(co_purchase, source, now, column), missing
    yield "dashboard", 7, "", partial(dashboard, book, as_of, steps, None, cost), ""
    yield "time_between_orders", 7, "waits", partial(time_between_orders, book, as_of), ""
    none = "" if with_refunds is not None else "the orders before cleaning were not given (with_refunds)"
    yield "refunds", 7, "ranking", lambda: refunds(with_refunds, as_of, steps), none
    free = "" if cost is not None else "nobody said what it costs to win a customer (acquisition_cost)"
    yield "payback", 7, "payback", lambda: payback(book, as_of, cost), free
    yield "unit_economics", 7, "ranking", lambda: unit_economics(book, as_of, cost, steps), free


def _first_cohort(book, unit):
    at = int(index(int(book.acquired.min()), unit))
    return Span(first_day(at, unit), first_day(at + 1, unit) - 1, label(at, unit))


def _notes(name, t, now, earlier):
    customers = t.get("customers", [])
    if name in ("deciles", "frequency") and 0 < sum(customers) < wording.FEW:
        yield f"Only {counted(sum(customers), 'customer')}: one of them moves the shares by much."
    if "share_of_profit" in t and any(v is not None and v > 1 + 1e-9 for v in t["share_of_profit"]):
        yield "Shares pass 100 % where others made a loss: the whole is what is left after it."
    if "cumulative_share_of_profit" in t and max(t["cumulative_share_of_profit"]) > 1 + 1e-9:
        yield "The cumulative share passes 100 % before the customers who made a loss take it back."
    if (
        name.split(":")[0] in ("bridge", "lost_kept_new", "up_down", "switching")
        and abs(earlier.days / now.days - 1) > 0.03
    ):
        yield f"The periods are of unlike length: {earlier.days} and {now.days} days."
    if name.split(":")[0] in ("bridge", "lost_kept_new") and now.first - earlier.last > 1:
        yield f"Between the periods lie {now.first - earlier.last - 1} days that neither of them counts."
    partly = [seen for seen in t.get("seen", []) if seen != "whole"]
    if partly:
        yield f"The last period was seen only {partly[-1]}; what came after is missing in its numbers."
    if name == "switching":
        yield "Some of the best always fall back: a part of a very good time is luck."
    if name.startswith("entry"):
        yield "Customers chose their entry, and came at different times: a difference is no effect of it."
    if name == "unit_economics" and len(t["cohort"]) > 1:
        yield "An older cohort has had more time to pay back: compare cohorts at the same age, not along this table."
    if "caveat" in t:
        yield t["caveat"][0]
    words = t.get("profit_is", [""])[0] if t.get("profit_is") else ""
    if words == "revenue" and "profit" in t:
        yield "No margin is known: 'profit' is revenue here."
