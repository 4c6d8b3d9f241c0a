"""The same of clvkit, which gives standard errors by refitting only: its fit is timed without them."""

import pandas as pd
from clvkit import BGNBD, CustomerBase
from stopwatch import run


def fit(file, customers=None):
    base = pd.read_parquet(file)[:customers].rename(columns={"x": "frequency", "t_x": "recency"})
    known = {"time_unit": "W", "collapse": "D", "observation_period_end": pd.Timestamp("2024-12-31")}
    base = CustomerBase(base, has_monetary=False, on_negative="net", **known)
    return lambda: BGNBD().fit(base), told


def told(fit):
    return {"parameters": fit.params_.to_dict(), "log_likelihood": fit.log_likelihood_}


def summarise(file):
    log, how = pd.read_parquet(file), {"time_unit": "W", "collapse": "D", "observation_period_end": "2024-12-31"}
    return lambda: CustomerBase.from_transactions(log, **how), lambda base: {"rows": len(base.to_pandas())}


if __name__ == "__main__":
    run({"bg": fit, "bg_warm": fit, "pandas": summarise})
