"""What is timed of crmlearn. Reading the histories is not, reading a log from Parquet is."""

import json
import sys
from dataclasses import asdict

import numpy as np
import pandas as pd
from stopwatch import run

from crmlearn import clv, transactions
from crmlearn.clv.models import BGNBD, GammaGamma, ParetoNBD

AS_OF = "2024-12-31"
SPEND = GammaGamma(6.25, 3.74, 15.44)
HISTORY = ["x", "t_x", "T"]


def fit(cls, read=pd.read_parquet):
    def piece(file, customers=None):
        base = read(file, columns=HISTORY)[:customers]
        return lambda: cls.fit(base), told

    return piece


def told(fit):
    found = {"parameters": asdict(fit.model), "log_likelihood": fit.log_likelihood, "histories": fit.histories}
    return found | {"errors": bool(np.isfinite(list(fit.standard_errors.values())).all())}


def fit_polars(file):
    import polars as pl

    base = pl.read_parquet(file, columns=HISTORY)
    return lambda: BGNBD.fit(base), told


def summarise(read, collect=lambda table: table):
    def piece(file):
        log = read(file)
        return lambda: collect(transactions.summarise(log, AS_OF)), lambda table: {"rows": len(table)}

    return piece


def polars(name):
    """Polars only where it is asked for: it takes part of the memory that is measured."""

    def read(file):
        import polars as pl

        return getattr(pl, name)(file)

    return read


def lifetime_value(file):
    base, model = pd.read_parquet(file), BGNBD(0.243, 4.414, 0.793, 2.426)

    def value():
        return clv.individual(model, SPEND, base, horizon_months=12, discount_per_year=0.1)

    return value, lambda answer: {"mean": answer.per_customer}


def bootstrap(file, customers):
    base = pd.read_parquet(file)[:customers]
    fit = BGNBD.fit(base)
    return lambda: clv.bootstrap(fit, 30.0, base, repeats=1000), lambda answer: {
        "draws": len(answer),
        "histories": fit.histories,
    }


def long(scan):
    def piece(file):
        return lambda: transactions.count_histories(transactions.summarise(scan(file), AS_OF)), histories

    return piece


def histories(table):
    """What counted histories add up to, in orders and days."""
    n, days = table["customers"], {"days": table["t_x"], "age": table["T"]}
    added = {name: round(float((weeks * n).sum()) * 7) for name, weeks in days.items()}
    return {"customers": int(n.sum()), "histories": len(table), "orders": int(((table["x"] + 1) * n).sum()), **added}


def duckdb(file):
    import duckdb as engine

    engine.execute("set memory_limit = '2GB'")  # of its own tables; what it needs beyond is put down on the disk
    return engine.read_parquet(file)


def likelihoods(file):
    """The log-likelihood of a base at the parameters that others found: given as JSON on standard input."""
    base, others = pd.read_parquet(file), json.loads(sys.stdin.read())

    def at(parameters):
        model = (BGNBD if "a" in parameters else ParetoNBD)(**parameters)
        return float(model.log_likelihood(base["x"], base["t_x"], base["T"]).sum())

    return lambda: {name: at(parameters) for name, parameters in others.items()}, lambda found: {"at": found}


if __name__ == "__main__":
    run({
        "bg": fit(BGNBD),
        "bg_warm": fit(BGNBD),
        "bg_polars": fit_polars,
        "pareto": fit(ParetoNBD),
        "parquet": summarise(polars("scan_parquet"), lambda table: table.collect()),
        "polars": summarise(polars("read_parquet")),
        "pandas": summarise(pd.read_parquet),
        "clv": lifetime_value,
        "bootstrap": bootstrap,
        "long_duckdb": long(duckdb),
        "long_polars": long(polars("scan_parquet")),
        "likelihoods": likelihoods,
    })  # fmt: skip
