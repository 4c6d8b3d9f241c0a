"""The same of pymc-marketing: the most likely parameters under its own priors (MAP), which come without errors."""

import pandas as pd
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel, ParetoNBDModel
from pymc_marketing.clv.utils import customer_lifetime_value, rfm_summary
from stopwatch import run

NAMES = {"x": "frequency", "t_x": "recency", "mean_spend": "monetary_value"}


def read(file, customers=None):
    base = pd.read_parquet(file)[:customers].rename(columns=NAMES)
    return base if "customer_id" in base else base.assign(customer_id=range(len(base)))


def fit(cls, names):
    def piece(file, customers=None):
        base = read(file, customers)[["customer_id", "frequency", "recency", "T"]]

        def call():
            model = cls()
            model.fit(data=base, method="map", progressbar=False)
            return model

        return call, lambda model: {"parameters": {name: float(model.fit_result[name].mean()) for name in names}}

    return piece


def summarise(file):
    log = pd.read_parquet(file)
    columns = "customer_id", "date", "amount"
    return lambda: rfm_summary(log, *columns, observation_period_end="2024-12-31"), lambda table: {"rows": len(table)}


def lifetime_value(file):
    """Fitted to a few customers, and not timed; then all are valued."""
    base = read(file)
    base["monetary_value"] = base["monetary_value"].fillna(0)
    few = base[base["frequency"] > 0][:2000]
    orders, spend = BetaGeoModel(), GammaGammaModel()
    orders.fit(data=base[:5000], method="map", progressbar=False)
    spend.fit(data=few[["customer_id", "frequency", "monetary_value"]], method="map", progressbar=False)

    def call():
        future = spend.expected_customer_spend(base).to_numpy().ravel()
        monthly = 1.1 ** (1 / 12) - 1
        return customer_lifetime_value(orders, base.assign(future_spend=future), 12, monthly, "W")

    return call, lambda answer: {"mean": float(answer.mean())}


if __name__ == "__main__":
    run({
        "bg": fit(BetaGeoModel, ["r", "alpha", "a", "b"]),
        "bg_warm": fit(BetaGeoModel, ["r", "alpha", "a", "b"]),
        "pareto": fit(ParetoNBDModel, ["r", "alpha", "s", "beta"]),
        "pandas": summarise,
        "clv": lifetime_value,
    })  # fmt: skip
