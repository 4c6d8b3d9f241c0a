"""A fitted model: its numbers, how sure they are, and how it compares with other models of the same customers."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from crmlearn import tables
from crmlearn.clv.intervals import lognormal
from crmlearn.errors import Refusal, number


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted model and how well it was found.

    model : the model with its parameters
    log_likelihood : float, of all customers
    standard_errors : {parameter: float}, from the curvature at the maximum; missing where it is flat
    n : customers; histories : distinct histories among them
    converged : False when the search stopped early or a parameter ran to its limit; `message` says which
    covariance : parameters x parameters, in natural units
    checksum : sum of all that the model was told; fits of the same data in the same unit share it
    """

    model: Any
    log_likelihood: float
    standard_errors: dict[str, float]
    n: int
    histories: int
    converged: bool
    message: str
    covariance: Any = None
    checksum: float = float("nan")

    @property
    def aic(self):
        """Akaike's information criterion: 2 parameters - 2 log-likelihood; the smaller, the better."""
        return 2 * len(fields(self.model)) - 2 * self.log_likelihood

    @property
    def bic(self):
        """Schwarz's information criterion: ln(customers) parameters - 2 log-likelihood; the smaller, the better."""
        return np.log(self.n) * len(fields(self.model)) - 2 * self.log_likelihood

    def intervals(self):
        """95 % interval of each parameter by the delta method on its log, which keeps it positive.

        Returns: pandas table: estimate, standard_error, low, high; one row per parameter
        """
        rows = {}
        for name, error in self.standard_errors.items():
            value = getattr(self.model, name)
            rows[name] = [value, error, *lognormal(value, error)]
        return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "standard_error", "low", "high"])

    def __repr__(self):
        values = ", ".join(f"{f.name}={getattr(self.model, f.name):.4g}" for f in fields(self.model))
        about = f"log-likelihood {self.log_likelihood:.6g}, {self.n:,} customers, {self.message}"
        return f"{type(self.model).__name__}({values}); {about}"

    def _repr_html_(self):
        rows = [[name, f"{getattr(self.model, name):.4g}", f"{se:.2g}"] for name, se in self.standard_errors.items()]
        about = f"{type(self.model).__name__}, {self.n:,} customers ({self.histories:,} different histories), "
        about += f"log-likelihood {self.log_likelihood:.6g}; {self.message}"
        return tables.html(["parameter", "estimate", "standard error"], rows, about, right=(1, 2))


def model_of(fit_or_model):
    """The model itself, whether it was written down or fitted; a fit that did not converge is refused."""
    if not isinstance(fit_or_model, Fit):
        return fit_or_model
    if not fit_or_model.converged:
        raise Refusal(
            f"the fit of {type(fit_or_model.model).__name__} found no stable answer, so nothing is forecast from it.",
            f"{fit_or_model.message}; {fit_or_model.n:,} customers",
            "more customers or a longer period; or fit.model, if you know why the limit does no harm",
        )
    return fit_or_model.model


def ranking(fits):
    """Fits of the same customers, the best by BIC first.

    fits : list of Fit, of models whose likelihoods leave out the same constants: NBD, ParetoNBD, BGNBD, MBGNBD
    Returns: pandas table, one row per model: model, parameters, log_likelihood, aic, bic, converged
    Errors: Refusal for fits of different customers

    >>> import crmlearn.clv.models as models
    >>> small = pd.DataFrame({"x": [0, 0, 1, 3, 6], "t_x": [0, 0, 9.0, 20, 30], "T": [30.0, 33, 35, 36, 38]})
    >>> ranking([models.NBD.fit(small)])["model"].tolist()
    ['NBD']
    """
    if not all(_alike(fit, fits[0]) for fit in fits):
        saw = "; ".join(f"{type(f.model).__name__} of {f.n:,} customers" for f in fits)
        raise Refusal("these fits are not of the same customers in the same unit.", saw, "fit all on one table")
    rows = [
        (type(f.model).__name__, len(fields(f.model)), f.log_likelihood, float(f.aic), float(f.bic), f.converged)
        for f in fits
    ]
    table = pd.DataFrame(rows, columns=["model", "parameters", "log_likelihood", "aic", "bic", "converged"])
    return table.sort_values("bic", ignore_index=True)


def _alike(one, other):
    return one.n == other.n and np.isclose(one.checksum, other.checksum, rtol=1e-9, atol=0)


def likelihood_ratio(small, large):
    """Test whether the additional parameters of a larger model are needed.

    small, large : Fit of two nested models of the same customers, such as NBD within ParetoNBD
    Returns: dict: statistic (twice the gain of log-likelihood), parameters (how many more), p_value. Nobody leaves in
        NBD, which is a limit of the larger models and not inside their range, so the usual chi-square p-value is too
        large (Self and Liang, 1987): a small one still speaks against the smaller model.
    Errors: Refusal for different customers, or when the larger one has no more parameters
    """
    more = len(fields(large.model)) - len(fields(small.model))
    if not _alike(small, large) or more <= 0:
        saw = f"{small.n:,} and {large.n:,} customers, {more:+d} parameters"
        raise Refusal("a likelihood ratio needs a small and a large model of the same customers.", saw, "small first")
    statistic = 2 * (large.log_likelihood - small.log_likelihood)
    number("the gain of log-likelihood", statistic, -1e-3 * abs(small.log_likelihood))
    return {"statistic": statistic, "parameters": more, "p_value": float(chdtrc(more, max(statistic, 0)))}
