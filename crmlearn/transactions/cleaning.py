"""Clean a log under a stated policy; what the policy changed is a table, and its money adds up."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, counted, refuse_all
from crmlearn.transactions.checking import facts, opened, typed
from crmlearn.transactions.mapping import MONEY
from crmlearn.transactions.orders import added_up
from crmlearn.transactions.policy import Policy
from crmlearn.transactions.refunds import net_refunds


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
    policy = Policy() if policy is None else policy
    if not isinstance(policy, Policy):
        raise Refusal("clean needs a Policy.", type(policy).__name__, "clean(tx, transactions.Policy(zeros='drop'))")
    frame = typed(opened(tx, "clean", lazy=False))
    facts(frame)
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
    refuse_all(log.problems)
    frame = _refunds(frame, policy, log)
    frame = log.rule("orders of amount zero", policy.zeros, frame, nw.col("amount") == 0)
    refuse_all(log.problems)
    frame = _same_day(frame, policy, log)
    if len(frame) == 0:
        left_out = [f"{row['rule']} {row['rows_change']:,}" for row in log.rows if row["rows_change"]]
        raise Refusal("the policy leaves no orders.", "; ".join(left_out), "drop less: look at each rule named above")
    changes = nw.from_dict({key: [row[key] for row in log.rows] for key in log.rows[0]}, backend=frame.implementation)
    return Cleaned(nw.maybe_reset_index(frame).to_native(), changes.to_native())


class _Log:
    """What each rule found and changed, and what the policy refuses: told at once, after every rule has looked."""

    def __init__(self):
        self.rows, self.problems = [], []

    def add(self, rule, choice, found, rows_change, rows_left, amount_change=0.0):
        row = {"rule": rule, "choice": choice, "rows_found": int(found), "rows_change": rows_change}
        self.rows.append(row | {"amount_change": float(amount_change), "rows_left": rows_left})

    def refuse(self, rule, hit, rows, mend):
        saw = f"{len(hit):,} of {counted(rows, 'row')}, the first of {hit['date'].min():%Y-%m-%d}"
        self.problems.append(Refusal(f"the policy refuses {rule}.", saw, mend))

    def rule(self, rule, choice, before, condition):
        """Keep, drop or refuse the rows of which the condition holds; where it is unknown, it does not hold."""
        hit = before.filter(condition.fill_null(False)) if condition is not None else before.head(0)
        if choice == "refuse" and len(hit):
            self.refuse(rule, hit, len(before), "mend the file, or choose something else than 'refuse'")
        if choice != "drop" or not len(hit):
            self.add(rule, choice, len(hit), 0, len(before))
            return before
        after = before.filter(~condition.fill_null(False))
        self.add(rule, choice, len(hit), -len(hit), len(after), 0.0 - hit["amount"].sum())
        return after


def _currency(frame, policy, log):
    """Keep one currency. A row that names none is not of the one that the others name."""
    if "currency" not in frame.columns or frame["currency"].is_null().all():
        if policy.currency is not None:
            raise Refusal("no order says its currency.", f"currency={policy.currency!r}", "leave currency out")
        log.add("other currencies", "none recorded", 0, 0, len(frame))
        return frame
    named = nw.col("currency").cast(nw.String)
    counts = frame.select(currency=named.fill_null("none")).group_by("currency").agg(n=nw.len())
    counts = dict(sorted(counts.iter_rows()))
    most = max((c for c in counts if c != "none"), key=counts.get)
    if policy.currency is None and len(counts) > 1:
        raise Refusal(
            "amounts in more than one currency cannot be added.",
            ", ".join(f"{name} on {counted(n, 'row')}" for name, n in list(counts.items())[:5]),
            f"Policy(currency='{most}') to keep one, or convert before reading",
        )
    if policy.currency is not None and policy.currency not in counts:
        raise Refusal(f"no order is in {policy.currency}.", ", ".join(counts), f"Policy(currency='{most}')")
    other = (named != policy.currency) | named.is_null() if policy.currency is not None else None
    return log.rule("other currencies", "drop", frame, other)


def _window(frame, policy, log):
    first, last = policy.days()
    limits = [nw.col("date") < first] if first is not None else []
    limits += [nw.col("date") > last] if last is not None else []
    outside = nw.any_horizontal(*limits, ignore_nulls=True) if limits else None
    return log.rule("dates outside the window", policy.outside, frame, outside)


def _cancelled(frame, policy):
    if "status" not in frame.columns:
        return None
    words = [word.strip().lower() for word in policy.cancelled_words]
    return nw.col("status").cast(nw.String).str.strip_chars().str.to_lowercase().is_in(words)


def _flag(frame, column):
    return nw.col(column) if column in frame.columns else None


def _duplicates(frame, policy, log):
    try:
        once = frame.unique(maintain_order=True, keep="first")
    except TypeError:
        raise Refusal(
            "rows cannot be compared.", "a column of lists or other objects", "leave out all columns but plain values"
        ) from None
    copies = len(frame) - len(once)
    if policy.duplicates == "drop" and copies:
        log.add("exact duplicates", "drop", copies, -copies, len(once), once["amount"].sum() - frame["amount"].sum())
        return once
    if policy.duplicates == "refuse" and copies:
        log.refuse("exact duplicates", frame.filter(frame.is_duplicated()), len(frame), "duplicates='keep' or 'drop'")
    log.add("exact duplicates", policy.duplicates, copies, 0, len(frame))
    return frame


def _side(frame, column, choice, log):
    rule = {"tax": "tax", "shipping": "shipping", "discount": "discounts"}[column]
    if choice == "as_recorded" or column not in frame.columns:
        if choice != "as_recorded":
            found = ", ".join(map(str, frame.columns))
            log.problems.append(
                Refusal(f"{rule}='{choice}' needs a column '{column}'.", found, f"{rule}='as_recorded'")
            )
        log.add(rule, choice, 0, 0, len(frame))
        return frame
    part = nw.col(column).fill_null(0) * (1 if choice == "add" else -1)
    after = frame.with_columns(amount=nw.col("amount") + part)
    turned = int(((frame["amount"] > 0) & (after["amount"] < -1e-9)).sum())
    if turned:
        saw = f"{counted(turned, 'positive amount')} would become negative"
        mend = f"{rule}='as_recorded' if the amounts are without it already"
        log.problems.append(Refusal(f"{rule}='{choice}' cannot be right.", saw, mend))
    change = after["amount"].sum() - frame["amount"].sum()
    log.add(rule, choice, (frame[column].fill_null(0) != 0).sum(), 0, len(after), change)
    return after


def _refunds(frame, policy, log):
    negative = int((frame["amount"] < 0).sum())
    if policy.refunds != "net" or not negative:
        return log.rule("refunds", policy.refunds, frame, nw.col("amount") < 0)
    after, unmatched = net_refunds(frame)
    matched = negative - len(unmatched)
    log.add("refunds", "net", matched, -matched, len(frame) - matched)
    log.add(
        "refunds of orders not in the file", "drop", len(unmatched), -len(unmatched), len(after), 0.0 - sum(unmatched)
    )
    return after


def _same_day(frame, policy, log):
    day, row = (nw.generate_temporary_column_name(8, frame.columns) for _ in range(2))
    frame_of_days = frame.with_columns(nw.col("date").dt.truncate("1d").alias(day)).with_row_index(row)
    keys = ["customer_id", day]
    together = frame_of_days.group_by(keys).agg(n=nw.len()).filter(nw.col("n") > 1)
    found = int(together["n"].sum() or 0)
    if policy.same_day == "keep":
        log.add("same-day orders", "keep", found, 0, len(frame))
        return frame
    money = [c for c in (*MONEY, "quantity") if c in frame.columns]
    first = frame_of_days.unique(subset=keys, keep="first", maintain_order=True).drop(money)
    after = first.join(added_up(frame_of_days, keys, money), on=keys, how="left").sort(row)
    log.add("same-day orders", "merge", found, len(after) - len(frame), len(after))
    return after.with_columns(nw.col(day).alias("date")).select(frame.columns)
