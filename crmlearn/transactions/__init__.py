"""Orders: inspect a file once, read it, clean it under a stated policy, split it in time, summarise it per customer.

A canonical log has one row per order: ``customer_id, date, amount`` and, where the file has them, ``order_id, margin,
channel, category`` and others. Every function returns a new table of the caller's kind (pandas, Polars, ...). A log
in DuckDB, Dask or Spark is summarised and counted where it lies (``summarise``, ``count_histories``, ``join_back``).
"""

from crmlearn.transactions.books import Unbalanced, balanced
from crmlearn.transactions.cleaning import Cleaned, clean
from crmlearn.transactions.feeds import Feed
from crmlearn.transactions.histories import count_histories, join_back
from crmlearn.transactions.inspecting import Inspection, inspect
from crmlearn.transactions.itemised import lines, with_lines
from crmlearn.transactions.ledgers import Ledger, ledger
from crmlearn.transactions.policy import Policy
from crmlearn.transactions.profits import Profit
from crmlearn.transactions.reading import Read, read
from crmlearn.transactions.summary import Split, from_lifetimes, split, summarise, to_lifetimes

__all__ = [
    "Cleaned",
    "Feed",
    "Inspection",
    "Ledger",
    "Policy",
    "Profit",
    "Read",
    "Split",
    "Unbalanced",
    "balanced",
    "clean",
    "count_histories",
    "from_lifetimes",
    "inspect",
    "join_back",
    "ledger",
    "lines",
    "read",
    "split",
    "summarise",
    "to_lifetimes",
    "with_lines",
]
