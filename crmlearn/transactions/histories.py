"""Customers who share a history share all that a model says of them: count histories, join results back to customers.

`summarise`, `count_histories` and `join_back` are written once for pandas, Polars, DuckDB, Dask and PySpark, and run
where the log lies. On a cluster the orders are shuffled once, by customer; their summary is shuffled once, by history,
after each worker has counted its own; and only the counts travel to Python. `join_back` sends one row per history back.

There are as many counts as different (x, t_x, T), and these are whole orders and whole days: a log of some length holds
only so many, however many customers. A fit sees the counts only, so its time stops growing once new customers repeat
the histories of others. How soon depends on the data: the 2,357 customers of CDNOW share 1,016 histories.

Dask's workers need crmlearn installed. The others need nothing where they run.
"""

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, columns, counted, refuse_all
from crmlearn.transactions.sources import table_of

HISTORY = ("x", "t_x", "T")


def count_histories(summary, on=HISTORY):
    """One row per distinct history: how many customers share it.

    summary : table of any engine, one row per customer (summarise(...))
    on : names of the columns that make up a history
    Returns: table in memory, sorted: the columns of `on`, customers. It is of the caller's kind, or of pandas where the
        caller's engine holds nothing in memory.

    >>> import pandas as pd
    >>> count_histories(pd.DataFrame({"x": [1, 0, 1], "t_x": [2.0, 0.0, 2.0], "T": [9.0, 4.0, 9.0]}))
       x  t_x    T  customers
    0  0  0.0  4.0          1
    1  1  2.0  9.0          2
    """
    frame = table_of(summary, "count_histories", lazy=True)
    columns("summaries", on, frame.collect_schema().names())
    counts = frame.group_by(*on).agg(customers=nw.len())
    if isinstance(counts, nw.LazyFrame):
        counts = counts.collect()
        if counts.implementation.is_pyarrow():  # how DuckDB and Spark hand rows over
            counts = nw.from_native(counts.to_pandas())
    counts = counts.with_columns(nw.col("customers").cast(nw.Int64)).sort(*on)
    return nw.maybe_reset_index(counts).to_native()


def join_back(summary, per_history, on=HISTORY):
    """Give every customer what was computed once per distinct history.

    summary : table of any engine, one row per customer
    per_history : table in memory, one row per history: the columns of `on`, and what was computed
    on : names of the columns that make up a history
    Returns: the summary with the new columns, of the caller's kind, in no promised order; not computed yet where
        the summary was not. A customer whose history is not in the table has missing values there.
    Errors: Refusal when a history stands twice, has a missing key, or brings a column that the summary has already
    Floats as keys: safe for what `count_histories` counted. `summarise` divides whole days so that all engines get the
        same double, which keeps its bits through Arrow and pandas. A key that was rounded on the way finds nobody.

    >>> import pandas as pd
    >>> base = pd.DataFrame({"x": [1, 0, 1], "t_x": [2.0, 0.0, 2.0], "T": [9.0, 4.0, 9.0]})
    >>> join_back(base, count_histories(base))["customers"].tolist()
    [2, 1, 2]
    """
    frame, table = table_of(summary, "join_back", lazy=True), table_of(per_history, "join_back")
    on, schema = list(on), frame.collect_schema()
    columns("summaries", on, schema.names())
    columns("results per history", on, table.columns)
    _refuse_ambiguous(table, on, [c for c in table.columns if c in schema and c not in on])
    table = table.with_columns(nw.col(c).cast(schema[c]) for c in on)  # a model may have made floats of x
    return frame.join(_moved(table, frame), on=on, how="left").to_native()


def _refuse_ambiguous(table, on, both):
    again = len(table) - len(table.select(on).unique())
    gaps = len(table) - len(table.drop_nulls(on))
    of = f"of {counted(len(table), 'row')}"
    problems = [
        (both, "the summary has these columns already.", ", ".join(both), f"per_history.drop(columns={both})"),
        (again, "a history stands twice, so its customers would too.", f"{again:,} {of}", "one row per history"),
        (gaps, "a missing key finds nobody on some engines.", f"{gaps:,} {of}", "leave these rows out"),
    ]
    refuse_all(Refusal(wrong, saw, mend) for found, wrong, saw, mend in problems if found)


def _moved(table, frame):
    """A table in memory as one of the frame's engine.

    DuckDB and Spark tie a table to a session, and narwhals cannot say "the session of that table": so the engine itself
    is asked, here and nowhere else.
    """
    engine, native = frame.implementation, frame.to_native()
    if isinstance(frame, nw.DataFrame):
        return table if table.implementation == engine else nw.from_arrow(table, backend=engine)
    if engine.is_duckdb():
        arrow = table.to_arrow()  # noqa: F841  # DuckDB finds it by its name
        return nw.from_native(native.query("_", "from arrow"))
    if engine.is_pyspark() or engine.is_pyspark_connect():
        return nw.from_native(native.sparkSession.createDataFrame(table.to_arrow()))
    return table.lazy(engine)
