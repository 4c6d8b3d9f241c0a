"""Clean a log under a stated policy; what the policy changed is a table, and its money adds up."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, columns, one_of
from crmlearn.transactions.mapping import MONEY, NEEDED
from crmlearn.transactions.parsing import as_datetime
from crmlearn.transactions.refunds import net_refunds

Rule = Literal["keep", "drop", "refuse"]
Side = Literal["as_recorded", "subtract", "add"]


@dataclass(frozen=True)
class Policy:
    """How to treat what every order file has. Each choice is printed with what it changed.

    refunds : rows with a negative amount. "net" takes them off the order with the same id, else off the customer's
        latest earlier orders; "drop", "refuse"
    zeros : orders of amount 0 (also those refunded in full): "keep", "drop", "refuse"
    same_day : several orders of one customer on one day: "merge" into one, or "keep" apart
    missing_ids : orders without a customer: "drop", "refuse"
    duplicates : rows equal in every column: "keep" (two equal baskets are possible), "drop", "refuse"
    cancelled, test, staff : orders marked so in status, is_test, is_staff: "drop", "keep", "refuse"
    tax, shipping, discounts : "as_recorded", or "subtract" / "add" that column from / to the amount
    start, end : first and last day that counts (dates or ISO text); outside: "drop", "refuse"
    currency : the one to keep when the file holds several; without it several are refused
    cancelled_words : what a status of a cancelled order says

    >>> Policy(refunds="net", zeros="drop").zeros
    'drop'
    """

    refunds: Literal["net", "drop", "refuse"] = "net"
    zeros: Rule = "keep"
    same_day: Literal["merge", "keep"] = "merge"
    missing_ids: Literal["drop", "refuse"] = "drop"
    duplicates: Rule = "keep"
    cancelled: Rule = "drop"
    test: Rule = "drop"
    staff: Rule = "drop"
    tax: Side = "as_recorded"
    shipping: Side = "as_recorded"
    discounts: Side = "as_recorded"
    start: Any = None
    end: Any = None
    outside: Literal["drop", "refuse"] = "drop"
    currency: str | None = None
    cancelled_words: tuple[str, ...] = ("cancelled", "canceled", "void", "voided", "failed")

    def __post_init__(self):
        for field in fields(self):
            choices = getattr(field.type, "__args__", ())
            if choices and all(isinstance(c, str) for c in choices):
                one_of(field.name, getattr(self, field.name), choices)


@dataclass(frozen=True)
class Cleaned:
    """The cleaned log, and a table with one row per rule: choice, rows found, change of rows and of amount."""

    tx: Any
    changes: Any


def clean(tx, policy=None):
    """Apply a policy to a log.

    tx : table with customer_id, date, amount (currency units) and any of order_id, margin, tax, shipping, discount,
        status, is_test, is_staff, currency
    policy : Policy; its defaults merge same-day orders, keep zeros, keep and report exact duplicates
    Returns: Cleaned(tx, changes); sum(amount) after = before + sum(changes.amount_change)
    Errors: Refusal where the policy says so, for several currencies, and for amounts that are no finite numbers

    >>> import pandas as pd
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "a"], "date": pd.to_datetime(["2021-03-01"] * 2 + ["2021-03-09"]),
    ...                    "amount": [20.0, 5.0, -4.0]})
    >>> cleaned = clean(tx)
    >>> cleaned.tx
      customer_id       date  amount
    0           a 2021-03-01    21.0
    >>> cleaned.changes.query("rows_found > 0").drop(columns="rows_left")
                   rule choice  rows_found  rows_change  amount_change
    10          refunds    net           1           -1            0.0
    13  same-day orders  merge           2           -1            0.0
    """
    policy = policy or Policy()
    frame = nw.from_native(tx, eager_only=True)
    columns("transactions", NEEDED, frame.columns)
    frame = _checked(frame)
    log = _Log()
    frame = _currency(frame, policy, log)
    frame = _window(frame, policy, log)
    frame = log.rule("cancelled orders", policy.cancelled, frame, _cancelled(frame, policy))
    frame = log.rule("test orders", policy.test, frame, _flag(frame, "is_test"))
    frame = log.rule("staff orders", policy.staff, frame, _flag(frame, "is_staff"))
    frame = log.rule("orders without a customer", policy.missing_ids, frame, nw.col("customer_id").is_null())
    frame = _duplicates(frame, policy, log)
    for column, choice in (("tax", policy.tax), ("shipping", policy.shipping), ("discount", policy.discounts)):
        frame = _side(frame, column, choice, log)
    frame = _refunds(frame, policy, log)
    frame = log.rule("orders of amount zero", policy.zeros, frame, nw.col("amount") == 0)
    frame = _same_day(frame, policy, log)
    if len(frame) == 0:
        raise Refusal(
            "the policy leaves no orders.", f"{log.rows[0]['rows_left']} before", "look at clean(...).changes"
        )
    changes = nw.from_dict({key: [row[key] for row in log.rows] for key in log.rows[0]}, backend=frame.implementation)
    return Cleaned(frame.to_native(), changes.to_native())


class _Log:
    def __init__(self):
        self.rows = []

    def add(self, rule, choice, found, before, after, amount_change=None):
        if amount_change is None:
            amount_change = float(after["amount"].sum() - before["amount"].sum()) if len(after) != len(before) else 0.0
        row = {"rule": rule, "choice": choice, "rows_found": int(found), "rows_change": len(after) - len(before)}
        self.rows.append(row | {"amount_change": amount_change, "rows_left": len(after)})
        return after

    def rule(self, rule, choice, before, condition):
        """Keep, drop or refuse the rows of which the condition holds."""
        hit = before.filter(condition) if condition is not None else before.head(0)
        if choice == "refuse" and len(hit):
            raise Refusal(
                f"the policy refuses {rule}.",
                f"{len(hit):,} of {len(before):,} rows, the first of {hit['date'].min():%Y-%m-%d}",
                "choose 'drop' or 'keep' where the policy allows it, or mend the file",
            )
        after = before.filter(~condition) if choice == "drop" and len(hit) else before
        return self.add(rule, choice, len(hit), before, after)


def _checked(frame):
    if frame["date"].dtype == nw.Date:
        frame = frame.with_columns(nw.col("date").cast(nw.Datetime("us")))
    if frame["date"].dtype != nw.Datetime or frame["date"].dtype.time_zone is not None:
        raise Refusal(
            "clean needs dates without a time zone.",
            f"'date' is {frame['date'].dtype}",
            "tx = transactions.read(tx, timezone='Asia/Singapore').tx",
        )
    if not frame["amount"].dtype.is_numeric():
        raise Refusal("clean needs numbers in 'amount'.", f"{frame['amount'].dtype}", "tx = transactions.read(tx).tx")
    bad = frame.filter(nw.col("amount").is_null() | ~nw.col("amount").cast(nw.Float64).is_finite())
    if len(bad):
        raise Refusal(
            f"{len(bad)} amounts are no finite numbers.",
            f"the first of {bad['date'].min():%Y-%m-%d}",
            "fill or delete these rows",
        )
    if frame["date"].is_null().any():
        raise Refusal(
            "some rows have no date.", f"{int(frame['date'].is_null().sum())} rows", "fill or delete these rows"
        )
    return frame.with_columns(nw.col("amount").cast(nw.Float64))


def _currency(frame, policy, log):
    if "currency" not in frame.columns:
        return log.add("other currencies", policy.currency or "none recorded", 0, frame, frame)
    sums = sorted(frame.drop_nulls("currency").group_by("currency").agg(n=nw.len()).iter_rows())
    if policy.currency is None and len(sums) > 1:
        raise Refusal(
            "amounts in more than one currency cannot be added.",
            ", ".join(f"{name} on {n:,} rows" for name, n in sums),
            f"Policy(currency='{max(sums, key=lambda s: s[1])[0]}') to keep one, or convert before reading",
        )
    if policy.currency is not None and policy.currency not in dict(sums):
        raise Refusal(f"no order is in {policy.currency}.", ", ".join(dict(sums)), f"Policy(currency='{sums[0][0]}')")
    other = (nw.col("currency") != policy.currency) if policy.currency else None
    return log.rule("other currencies", "drop", frame, other)


def _window(frame, policy, log):
    start = as_datetime("start", policy.start) if policy.start is not None else datetime.min
    end = as_datetime("end", policy.end) if policy.end is not None else datetime.max
    if start > end:
        raise Refusal("start lies after end.", f"{policy.start} and {policy.end}", "swap them")
    end = end.replace(hour=23, minute=59, second=59, microsecond=999999)
    outside = None
    if policy.start is not None:
        outside = nw.col("date") < start
    if policy.end is not None:
        late = nw.col("date") > end
        outside = late if outside is None else outside | late
    return log.rule("dates outside the window", policy.outside, frame, outside)


def _cancelled(frame, policy):
    if "status" not in frame.columns:
        return None
    return nw.col("status").str.to_lowercase().is_in(list(policy.cancelled_words)).fill_null(False)


def _flag(frame, column):
    return nw.col(column).fill_null(False) if column in frame.columns else None


def _duplicates(frame, policy, log):
    copies = len(frame) - len(frame.unique())
    if policy.duplicates == "refuse" and copies:
        raise Refusal("the policy refuses exact duplicates.", f"{copies} rows", "duplicates='keep' or 'drop'")
    after = frame.unique(maintain_order=True, keep="first") if policy.duplicates == "drop" and copies else frame
    return log.add("exact duplicates", policy.duplicates, copies, frame, after)


def _side(frame, column, choice, log):
    rule = {"tax": "tax", "shipping": "shipping", "discount": "discounts"}[column]
    if choice == "as_recorded":
        return log.add(rule, choice, 0, frame, frame)
    if column not in frame.columns:
        raise Refusal(
            f"{rule}='{choice}' needs a column '{column}'.", ", ".join(frame.columns), f"{rule}='as_recorded'"
        )
    part = nw.col(column).fill_null(0) * (1 if choice == "add" else -1)
    after = frame.with_columns(amount=nw.col("amount") + part)
    change = float(after["amount"].sum() - frame["amount"].sum())
    return log.add(rule, choice, int((frame[column].fill_null(0) != 0).sum()), frame, after, change)


def _refunds(frame, policy, log):
    negative = frame.filter(nw.col("amount") < 0)
    if policy.refunds != "net" or not len(negative):
        return log.rule("refunds", policy.refunds, frame, nw.col("amount") < 0)
    after, unmatched = net_refunds(frame)
    log.add("refunds", "net", len(negative) - len(unmatched), frame, after, 0.0)
    log.rows[-1]["rows_left"] += len(unmatched)
    log.rows[-1]["rows_change"] += len(unmatched)
    lost = -float(sum(unmatched)) if unmatched else 0.0
    log.add("refunds of orders not in the file", "drop", len(unmatched), after, after, lost)
    log.rows[-1]["rows_change"] = -len(unmatched)
    return after


def _same_day(frame, policy, log):
    days = frame.with_columns(_day=nw.col("date").dt.truncate("1d"))
    keys = ["customer_id", "_day"]
    together = days.group_by(keys).agg(n=nw.len()).filter(nw.col("n") > 1)
    if policy.same_day == "keep":
        return log.add("same-day orders", "keep", int(together["n"].sum() or 0), frame, frame)
    money = [c for c in (*MONEY, "quantity") if c in frame.columns]
    sums = days.group_by(keys).agg(*(nw.col(c).sum() for c in money))
    first = days.unique(subset=keys, keep="first", maintain_order=True).drop(money)
    after = first.join(sums, on=keys, how="left").with_columns(date=nw.col("_day")).select(frame.columns)
    return log.add("same-day orders", "merge", int(together["n"].sum() or 0), frame, after, 0.0)
