"""Bootstrap: what if another sample of such customers had come? Resamples counts of histories, so that it is quick."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import narwhals.stable.v2 as nw
import numpy as np
from threadpoolctl import threadpool_limits

from crmlearn.clv.models.distinct import rows
from crmlearn.clv.models.fits import model_of
from crmlearn.clv.models.fitting import refits
from crmlearn.errors import Refusal, columns, number
from crmlearn.progress import progress


@dataclass(frozen=True)
class Draws:
    """Pairs (model of orders, model of spend), one for each resampled base; iterate over them."""

    pairs: tuple
    method: str

    def __iter__(self) -> Iterator:
        return iter(self.pairs)

    def __len__(self):
        return len(self.pairs)


def bootstrap(model, spend, summary, repeats=200, seed=1):
    """Refit both models on resampled customers.

    model : Fit or model of orders, the starting point; spend : GammaGamma, its Fit, or one number (kept as it is)
    summary : table: x, t_x, T, mean_spend
    repeats : how many resampled bases, at least 20
    seed : int or numpy Generator
    Returns: Draws
    Resampled bases whose fit found no stable answer are left out, and `method` counts them.
    Errors: Refusal when most resampled bases allow no fit
    """
    model, spend = model_of(model), model_of(spend)
    repeats = int(number("repeats", repeats, 20))
    random = np.random.default_rng(seed)
    frame = nw.from_native(summary)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    columns("summaries", ["x", "t_x", "T"], frame.columns)
    groups, of = rows(*(frame[c].to_numpy().astype(float) for c in ("x", "t_x", "T")))
    first = type(model).fit_counts(*groups, np.bincount(of).astype(float), starts=[astuple(model)])
    again = refits(first, groups)
    spends = hasattr(spend, "expected_spend")
    if spends:
        columns("summaries", ["mean_spend"], frame.columns)
        bought = np.flatnonzero(((frame["x"] > 0) & (frame["mean_spend"].fill_null(0) > 0)).to_numpy())
        orders = frame["x"].to_numpy()[bought].astype(float)
        mean = frame["mean_spend"].cast(nw.Float64).to_numpy()[bought].astype(float)
        spend_first = type(spend).fit_counts(orders, mean, np.ones(len(bought)), starts=[astuple(spend)])
        spend_again = refits(spend_first, (orders, mean))
    pairs = []
    # Four parameters at a time give linear algebra nothing to share: its waiting threads would only slow others down.
    with threadpool_limits(1):
        for _ in progress(range(repeats), "resampling customers"):
            weight = random.multinomial(len(of), np.full(len(of), 1 / len(of))).astype(float)
            fits = [again(np.bincount(of, weight))] + ([spend_again(weight[bought])] if spends else [])
            if all(fit.converged for fit in fits):
                pairs.append((fits[0].model, fits[1].model if spends else spend))
    if len(pairs) < repeats / 2:
        raise Refusal(
            "the resampled customers allow no interval: most of them led to no stable fit.",
            f"{repeats - len(pairs)} of {repeats}; a number of the model runs to its limit",
            "the value without an interval, another model, or more orders",
        )
    lost = f" ({repeats - len(pairs)} more found no stable answer)" if len(pairs) < repeats else ""
    return Draws(tuple(pairs), f"{len(pairs)} bootstraps of the customers{lost}: uncertainty of the parameters")
