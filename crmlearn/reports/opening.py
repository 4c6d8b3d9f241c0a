"""What every report on orders begins with: read, clean, pseudonyms, the day, the currency, the margin."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crmlearn import datasets, privacy, transactions
from crmlearn.errors import Refusal, counted
from crmlearn.reports.days import as_of, stale
from crmlearn.reports.exhibits import exhibit, state, warn
from crmlearn.reports.making import settings

_HOW = ("grain", "date_order", "decimal", "timezone")
_MONEY = {"tax": "tax", "shipping": "shipping", "discounts": "discount"}  # rule: the column that it treats
_RULES = ("refunds", "zeros", "same_day", "duplicates", "cancelled", *_MONEY)


@dataclass(frozen=True)
class Orders:
    """Orders ready for a report.

    tx : pandas table, cleaned, with pseudonyms; day : the last one that was observed
    read, cleaned, policy, feed : how it came about; source : path
    currency : its name, or "currency units"; margin : share of revenue that is contribution
    own_margin : whether each order's margin stands in the file; margin_from : in words
    gate : privacy.Gate; what the page may tell of persons; pseudonyms : how they were made
    about : one line on the data
    """

    tx: Any
    day: Any
    read: Any
    cleaned: Any
    policy: Any
    feed: Any
    source: Path
    currency: str
    margin: float
    own_margin: bool
    margin_from: str
    gate: privacy.Gate
    pseudonyms: str
    about: str


def open_orders(given):
    """Read and clean the orders that a report's parameters speak of; doubts are shown as warnings.

    given : the parameters by name, such as globals() of the notebook: data, feed, as_of, margin, currency,
        customer_column, date_column, amount_column, start, smallest_cell, lines and reveal if the report has them, and
        what transactions.read and Policy take
    Returns: Orders
    Refuses: what `read` and `clean` refuse, and a base of fewer customers than smallest_cell
    """
    source = Path(given["data"]) if given["data"] else datasets.path("cdnow")
    feed = transactions.Feed.load(given["feed"]) if given["feed"] else None
    read = feed.read(source) if feed else transactions.read(source, **_told(given))
    if given.get("lines"):
        read = transactions.with_lines(read, given["lines"])
    recorded = "currency" in read.tx.columns
    limit = as_of(given["as_of"])
    if feed:
        policy = feed.policy()
    else:
        rules = {name: given[name] for name in _RULES} | {"start": given["start"] or None}
        policy = transactions.Policy(currency=given["currency"] if recorded and given["currency"] else None, **rules)
    ends = [str(day) for day in (policy.end, limit) if day]
    policy = replace(policy, end=min(ends, default=None))
    cleaned = transactions.clean(read.tx, policy)
    personal = bool(given["data"]) or datasets.card("cdnow").facts["personal"]
    gate = privacy.Gate(personal, given["smallest_cell"], given.get("reveal", False))
    tx, pseudonyms = gate.ids(cleaned.tx)
    day = pd.Timestamp(limit) if limit else tx["date"].max().normalize()
    facts = {"name": source.name, "sha256": datasets.sha256(source), "bytes": source.stat().st_size}
    state(as_of=f"{day:%Y-%m-%d}", data=facts)
    n, k = tx["customer_id"].nunique(), gate.smallest
    if n < k:
        raise Refusal(
            f"a report on {counted(n, 'customer')} would describe persons, not a base.",
            f"{counted(n, 'customer')}; the smallest group shown is {k}",
            "a file with more customers, or smallest_cell=1 for your own eyes",
        )
    mapping = read.mapping.set_index(read.mapping.columns[0]).iloc[:, 0]
    margin, own, words = _margin(tx, given["margin"], mapping)
    currency = given["currency"]
    if not currency:
        currency = read.tx["currency"].dropna().iloc[0] if recorded else "currency units" if given["data"] else "USD"
    made = Orders(
        tx, day, read, cleaned, policy, feed, source, currency, margin, own,
        words or f"{margin:g}, an assumption", gate, pseudonyms,
        f"Data: {source.name}." if given["data"] else f"Data: {datasets.card('cdnow').line}",
    )  # fmt: skip
    _warn(made)
    return made


def _told(given):
    columns = {"customer_id": "customer_column", "date": "date_column", "amount": "amount_column"}
    columns = {name: given[said] for name, said in columns.items() if given[said]}
    return {name: given[name] for name in _HOW if given[name]} | {"columns": columns or None}


def _margin(tx, assumed, mapping):
    """(share of revenue, whether each order has its own, where it comes from); the file knows better than a guess."""
    if "margin" not in tx.columns:
        return assumed, False, ""
    column, missing = mapping["margin"], int(tx["margin"].isna().sum())
    if missing:
        warn(
            f"{missing:,} orders have no margin in the file, so its column {column} is not used; "
            f"{assumed:.0%} of revenue is assumed."
        )
        return assumed, False, ""
    revenue = tx["amount"].sum()
    share = float(tx["margin"].sum() / revenue) if revenue > 0 else 0.0
    if 0 < share <= 1:
        return share, True, f"{share:.3f}: the file's own column, {column}"
    warn(
        f"The margins in the file add up to {share:.0%} of the revenue. The audit counts them as they are; the values "
        f"per customer assume {assumed:.0%}."
    )
    return assumed, True, ""


def _warn(orders):
    found = orders.cleaned.changes.set_index("rule")[["rows_found", "amount_change"]]
    lost = found.reindex(["refunds of orders not in the file"]).fillna(0.0).iloc[0]
    unpaid, revenue = lost["amount_change"], orders.tx["amount"].sum()
    if unpaid > 0.05 * revenue:
        share = f"{unpaid / revenue if revenue else 1:.0%} of the revenue"
        worth = f"Refunds worth {unpaid:,.0f} {orders.currency}, {share},"
        if lost["rows_found"] < orders.gate.smallest:
            worth = f"Fewer than {orders.gate.smallest} refunds, worth more than 5 % of the revenue,"
        warn(f"{worth} belong to no order in the file: orders may be missing.")
    kept = _untouched(orders)
    if kept and not orders.feed:  # in a feed, somebody has looked at it
        warn(
            f"The amounts are taken as the file gives them. It also has columns for {', '.join(kept)}: if the amounts "
            f"hold them, they are not what was sold. Say {', '.join(f'{rule}=subtract' for rule in kept)}, or let a "
            "feed say that the amounts are right."
        )
    first = orders.tx["date"].sort_values()
    start, usual = first.iloc[0], first.iloc[len(first) // 100]
    if (usual - start).days > 0.5 * (first.iloc[-1] - start).days:
        warn(
            f"One order in a hundred is older than {usual:%d %B %Y}, the first of {start:%d %B %Y}. If these are wrong "
            "dates, leave them out: start=YYYY-MM-DD."
        )
    odd = "; ".join(orders.read.seen.unusual)
    old = stale(orders.tx["date"].dt.date.unique(), orders.day.date())
    for text in filter(None, (odd and f"{odd}.", old)):
        warn(f"About the file: {text}")


def _untouched(orders):
    """The rules for money of which the file has a column, and which leave the amounts as they are."""
    there = [rule for rule, column in _MONEY.items() if column in orders.read.tx.columns]
    return [rule for rule in there if getattr(orders.policy, rule) == "as_recorded"]


def show_reading(orders):
    """How the columns of the file were understood, and what the rules of the cleaning policy found."""
    from IPython.display import Markdown, display

    mapping = orders.read.mapping.fillna("").set_axis(
        ["crmlearn's name", "column in the file", "how it was found"], axis=1
    )
    exhibit("Columns", mapping.set_index("crmlearn's name"), "crmlearn's name")
    feed = orders.feed
    confirmed = [f"read as the feed {feed.name} says (sha256 {feed.sha256})"] if feed else []
    display(Markdown("\n".join(f"- {note}" for note in (*confirmed, *orders.read.notes))))
    changes = orders.cleaned.changes.set_index("rule").rename(columns=lambda c: c.replace("_", " "))
    few = changes["rows found"].between(1, orders.gate.smallest - 1)
    changes["amount change"] = changes["amount change"].mask(few)  # the money of so few orders is theirs
    none = ", ".join(rule for rule in changes.index[changes["rows found"] == 0] if rule not in _untouched(orders))
    before, after = len(orders.read.tx), len(orders.tx)
    display(Markdown(f"{before:,} orders were read, {after:,} remain. These rules found nothing: {none}."))
    exhibit("Cleaning", changes[changes["rows found"] > 0], "rule", exact=["rows found", "rows change", "rows left"])


def show_settings(orders, given, name):
    """What made the page: every parameter with its value, the data by its checksum, the version."""
    day = f"{orders.day:%Y-%m-%d}" + ("" if as_of(given["as_of"]) else " (latest order)")
    settings(name, given, orders.source, margin=orders.margin_from, as_of=day, pseudonyms=orders.pseudonyms)
