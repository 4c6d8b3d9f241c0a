"""What is timed: seeded histories of two populations, a log of orders with its customers, and CDNOW. Parquet files.

python tests/bench/data.py FOLDER [ROWS OF A LONG LOG]
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crmlearn import datasets, transactions
from crmlearn.clv.models import BGNBD, GammaGamma, ParetoNBD

CUSTOMERS = 1_000_000
TRUTHS = {"bg": BGNBD(0.243, 4.414, 0.793, 2.426), "pareto": ParetoNBD(0.55, 10.6, 0.61, 11.7)}
DAYS = {"quarter": (27 * 7, 39 * 7), "years": (1, 3 * 365)}  # known for: first orders within a quarter, or three years
SPEND = GammaGamma(6.25, 3.74, 15.44)
START = np.datetime64("2023-01-01", "us")


def population(truth, days, seed=1):
    """Histories in weeks, rounded to days as in a log: nobody comes back on the day of the first order."""
    random = np.random.default_rng(seed)
    T = random.integers(days[0], days[1] + 1, CUSTOMERS) / 7
    base = truth.simulate(T, random)
    base["t_x"] = np.minimum(np.ceil(base["t_x"] * 7) / 7, T)
    of_each = random.gamma(SPEND.q, 1 / SPEND.gamma, CUSTOMERS)  # the rate of what a customer spends
    orders = np.maximum(base["x"], 1)
    spend = random.gamma(SPEND.p * orders, 1 / of_each) / orders
    base["mean_spend"] = np.where(base["x"] > 0, spend, np.nan)
    base.insert(0, "customer_id", np.arange(CUSTOMERS))
    return base


def orders(rows, customers, days, seed):
    """A log by day of orders at differing rates, at most one of a customer on a day, as `clean` leaves it."""
    rate = np.cumsum(np.random.default_rng(1).gamma(1.5, 1.0, customers))
    random = np.random.default_rng(seed)
    who = np.searchsorted(rate, random.uniform(0, rate[-1], int(rows * 1.2)))
    at = np.unique(random.integers(*days, len(who)) * customers + who)
    at = np.sort(random.choice(at, rows, replace=False))
    amount = random.gamma(4.0, 10.0, rows).round(2)
    day = START + (at // customers).astype("timedelta64[D]")
    return pd.DataFrame({"customer_id": at % customers, "date": day, "amount": amount})


def as_exported(log):
    """The same log as a shop hands it out: customers named by texts, orders at a time of day."""
    seconds = np.random.default_rng(3).integers(0, 86_400, len(log)).astype("timedelta64[s]")
    names = "C" + log["customer_id"].astype(str).str.zfill(8)
    log = log.assign(customer_id=names, date=log["date"] + seconds.astype("timedelta64[us]"))
    return log.sort_values("date", ignore_index=True)


def long_log(path, rows):
    """Ten orders a customer, written by parts of two years, so that making it needs little memory."""
    parts = rows // 10_000_000
    writer = None
    for part in range(parts):
        days = 730 * part // parts, 730 * (part + 1) // parts
        table = pa.Table.from_pandas(orders(10_000_000, rows // 10, days, part), preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=1_000_000)
    writer.close()


def main(folder, long_rows=0):
    folder = Path(folder)
    for name, truth in TRUTHS.items():
        for known, days in DAYS.items():
            population(truth, days).to_parquet(folder / f"{name}_{known}.parquet")
    log = orders(10_000_000, 1_000_000, (0, 730), 2)
    log.to_parquet(folder / "log.parquet", row_group_size=1_000_000)
    as_exported(log).to_parquet(folder / "log_text.parquet", row_group_size=1_000_000)
    if long_rows:
        long_log(folder / "long.parquet", long_rows)
    tx = transactions.clean(transactions.read(datasets.path("cdnow")).tx, transactions.Policy(end="1997-09-30")).tx
    transactions.summarise(tx, as_of="1997-09-30").to_parquet(folder / "cdnow.parquet")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
