"""The engines by themselves: how long the least takes that anybody has to do."""

from stopwatch import run


def group_by(frame):
    """Count, first and last day and sum per customer: no repeat spend, no checks."""
    import polars as pl

    day = pl.col("date")
    return frame.group_by("customer_id").agg(
        pl.len(), day.min().alias("first"), day.max().alias("last"), pl.sum("amount")
    )


def daily(frame):
    """The whole summary by hand: orders of a day made one, x, t_x, T and the mean spend of repeat orders."""
    import datetime

    import polars as pl

    day, x = pl.col("date"), pl.col("days") - 1
    days = frame.group_by("customer_id", day.cast(pl.Date)).agg(pl.sum("amount"))
    at_first = pl.col("amount").get(day.arg_min())
    table = days.group_by("customer_id").agg(
        pl.len().alias("days"),
        day.min().alias("first"),
        day.max().alias("last"),
        pl.sum("amount"),
        at_first.alias("begin"),
    )
    return table.select(
        "customer_id", x.alias("x"), (pl.col("last") - pl.col("first")).dt.total_days() / 7,
        ((datetime.date(2024, 12, 31) - pl.col("first")).dt.total_days() / 7).alias("T"),
        ((pl.col("amount") - pl.col("begin")) / x).alias("mean_spend"),
    ).sort("customer_id")  # fmt: skip


def polars(how, source, engine="auto"):
    def piece(file):
        import polars as pl

        frame = getattr(pl, source)(file).lazy()
        return lambda: how(frame).collect(engine=engine), lambda table: {"rows": len(table)}

    return piece


def duckdb(file):
    import duckdb as engine

    engine.execute("set memory_limit = '2GB'")
    counts = "select customer_id, count(*) n, min(date) a, max(date) b, sum(amount) s from read_parquet(?) group by 1"
    # Counted once more, so that the rows themselves do not have to come to Python.
    sql = f"select count(*), sum(n), sum(s), min(a), max(b) from ({counts})"
    return lambda: engine.execute(sql, [file]).fetchone(), lambda row: {"rows": row[0]}


if __name__ == "__main__":
    run({
        "parquet": polars(group_by, "scan_parquet"),
        "polars": polars(group_by, "read_parquet"),
        "parquet_daily": polars(daily, "scan_parquet"),
        "polars_daily": polars(daily, "read_parquet"),
        "long_polars": polars(group_by, "scan_parquet", "streaming"),
        "long_duckdb": duckdb,
    })  # fmt: skip
