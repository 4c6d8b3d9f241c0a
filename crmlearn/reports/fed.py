"""What a feed says about a report's parameters: it counts, and whatever contradicts it is refused."""

from crmlearn import errors
from crmlearn.transactions import Feed

FREE = ("as_of",)  # a feed's day is a habit, not a fact about the file: one run may look from another day


def said_by(feed, names):
    """The parameters of a report as a feed says them.

    feed : Feed
    names : the parameters that the report has
    Returns: dict of name -> value
    """
    form, columns, reading, cleaning = feed.form, feed.form.columns, feed.form.reading, feed.form.cleaning
    said = {f"{short}_column": getattr(columns, name) for short, name in _COLUMNS.items()}
    said |= {name: getattr(reading, name) for name in ("grain", "date_order", "decimal", "timezone")}
    said |= {name: getattr(cleaning, name) for name in _CLEANING}
    said |= {"currency": form.money.currency, "as_of": form.as_of}
    return {name: "" if value is None else value for name, value in said.items() if name in names}


_CLEANING = ("refunds", "zeros", "same_day", "duplicates", "cancelled", "tax", "shipping", "discounts", "start")
_COLUMNS = {"customer": "customer_id", "date": "date", "amount": "amount"}


def opened(values):
    """(the feed that the values name or None, the problems with it)"""
    if not values.get("feed"):
        return None, []
    problems = []
    if not values.get("data"):
        problems.append(errors.Refusal("A feed needs a file of orders.", "no data", "--data orders.csv"))
    try:
        return Feed.load(values["feed"]), problems
    except errors.Refusal as problem:
        return None, [problem, *problems]


def contradictions(feed, told, names):
    """The refusals of what was told and is not what the feed says."""
    said = said_by(feed, names) if feed else {}
    return [
        errors.Refusal(
            f"-p {name}={told[name]} contradicts {feed.name}.",
            f"{feed.name} says {said[name] or 'nothing of it'}",
            f"leave {name} out, or change {feed.name}",
        )
        for name in told
        if name in said and name not in FREE and told[name] != said[name]
    ]
