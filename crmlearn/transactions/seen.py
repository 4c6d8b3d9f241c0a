"""What stood in a source beside its orders, told so that no line of it leads to a person."""

from typing import NamedTuple

import narwhals.stable.v2 as nw

from crmlearn.errors import counted
from crmlearn.transactions.policy import Policy

SHARED_BY = 5  # customers: a word that fewer share could tell of one of them


class Seen(NamedTuple):
    """What stood in the source, for whoever compares it with another week's."""

    kind: str = "table"  # or csv, parquet
    names: tuple[str, ...] = ()  # of all columns, in their order
    rows: int = 0
    unused: tuple[str, ...] = ()  # names of columns that crmlearn made nothing of
    signs: tuple[str, ...] = ()  # of currency, written into the amounts
    currencies: tuple[str, ...] = ()  # named in a column of their own
    statuses: tuple[str, ...] = ()  # words in the status that several customers share, in small letters
    unusual: tuple[str, ...] = ()  # what is no error but would spoil every mean


def shared(frame, name):
    """The words of a column that several customers share; codes of currencies and "cancelled" may be rare."""
    if name not in frame.columns:
        return ()
    word = nw.col(name).cast(nw.String).str.strip_chars().str.to_lowercase()
    words = frame.select(word=word, who="customer_id").drop_nulls("word").unique()
    harmless = nw.col("word").is_in(Policy.cancelled_words)
    if name == "currency":
        harmless = nw.col("word").str.contains("^.{1,3}$")
    counts = words.group_by("word").agg(n=nw.len()).filter((nw.col("n") >= SHARED_BY) | harmless)
    found = sorted(counts["word"].to_list())
    return tuple(word.upper() for word in found) if name == "currency" else tuple(found)


def status_note(status):
    words = status.drop_nulls().str.to_lowercase()
    known = words.is_in(Policy.cancelled_words)
    cancelled, others = sorted(set(words.filter(known).to_list())), words.filter(~known)
    return (
        f"status: {counted(int(known.sum()), 'row')} cancelled ({', '.join(cancelled) or 'no word of the policy'}), "
        f"{counted(len(others), 'row')} with {counted(others.n_unique() if len(others) else 0, 'other status')}"
    )


def unusual(tx):
    """What is no error but would spoil every mean: said, not touched."""
    notes = []
    sizes = tx.filter(nw.col("amount") != 0).select(nw.col("row"), size=nw.col("amount").abs())
    if len(sizes) and sizes["size"].max() > 10_000 * sizes["size"].quantile(0.5, "lower"):
        top = sizes.filter(nw.col("size") == nw.col("size").max())
        notes.append(f"the largest amount, in row {top['row'][0]}, is more than 10,000 times the median")
    first, last = tx["date"].min(), tx["date"].max()
    if last.year - first.year > 30:
        notes.append(f"the dates span {last.year - first.year} years, from {first.date()} to {last.date()}")
    return notes
