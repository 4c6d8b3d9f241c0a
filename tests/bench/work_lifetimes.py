"""The same of lifetimes. Its likelihood is a mean, in time measured by the longest T: told here as a sum, in weeks."""

import lifetimes
import numpy as np
import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data
from stopwatch import run


def fit(fitter):
    def piece(file, customers=None):
        base = pd.read_parquet(file)[:customers]

        def told(fit):
            total = -fit._negative_log_likelihood_ * len(base) + base["x"].sum() * np.log(fit._scale)
            return {"parameters": fit.params_.to_dict(), "log_likelihood": float(total)}

        return lambda: fitter().fit(base["x"], base["t_x"], base["T"]), told

    return piece


def summarise(file):
    log = pd.read_parquet(file)
    columns = "customer_id", "date", "amount"
    return lambda: summary_data_from_transaction_data(log, *columns, observation_period_end="2024-12-31"), rows


def rows(table):
    return {"rows": len(table)}


def lifetime_value(file):
    base = pd.read_parquet(file)
    orders, spend = lifetimes.BetaGeoFitter(), lifetimes.GammaGammaFitter()
    orders.params_ = pd.Series({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    orders.predict = orders.conditional_expected_number_of_purchases_up_to_time  # set by fit, which is not timed here
    spend.params_ = pd.Series({"p": 6.25, "q": 3.74, "v": 15.44})
    history, mean = (base["x"], base["t_x"], base["T"]), base["mean_spend"].fillna(0)

    def value():
        return spend.customer_lifetime_value(orders, *history, mean, 12, 1.1 ** (1 / 12) - 1, "W")

    return value, lambda answer: {"mean": float(answer.mean())}


if __name__ == "__main__":
    run({
        "bg": fit(lifetimes.BetaGeoFitter),
        "bg_warm": fit(lifetimes.BetaGeoFitter),
        "pareto": fit(lifetimes.ParetoNBDFitter),
        "pandas": summarise,
        "clv": lifetime_value,
    })  # fmt: skip
