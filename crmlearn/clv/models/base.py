"""What all models share: positive parameters, counts of identical histories, and one way to the maximum likelihood."""

from dataclasses import astuple, dataclass, fields
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.optimize import minimize

from crmlearn import tables
from crmlearn.clv.models.distinct import rows
from crmlearn.errors import Refusal, columns, number

# Beyond these a parameter has run away to where the data no longer tell it.
_SMALL, _LARGE = 1e-4, 1e4
_FLAT = 1e-5  # slope per customer below which the top is reached


class Model:
    """A frozen dataclass whose fields are positive numbers."""

    def __post_init__(self):
        for f in fields(self):
            value = number(f"{type(self).__name__}'s {f.name}", getattr(self, f.name), 0, low_open=True)
            object.__setattr__(self, f.name, value)


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted model and how well it was found.

    model : the model with its parameters
    log_likelihood : float, of all customers
    standard_errors : {parameter: float}, from the curvature at the maximum
    n : customers; histories : distinct histories among them
    converged : False when the search stopped early or a parameter ran to its limit; `message` says which
    covariance : parameters x parameters, in natural units
    """

    model: Any
    log_likelihood: float
    standard_errors: dict[str, float]
    n: int
    histories: int
    converged: bool
    message: str
    covariance: Any = None

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


def histories(summary, names, title):
    """Count identical rows of a summary: {name: array}, n. The cost of a fit grows with these, not with customers."""
    frame = nw.from_native(summary)
    columns(title, names, frame.collect_schema().names())
    counted = frame.select(names).group_by(names).agg(n=nw.len())
    if isinstance(counted, nw.LazyFrame):
        counted = counted.collect()
    counted = counted.sort(names)
    arrays = {name: counted[name].cast(nw.Float64).to_numpy().astype(float) for name in names}
    for name, values in arrays.items():
        bad = ~np.isfinite(values) | (values < 0)
        if bad.any():
            raise Refusal(f"'{name}' must be finite and not negative.", f"{values[bad][0]}", "summarise(tx, as_of=...)")
    return arrays, counted["n"].to_numpy().astype(float)


def maximise(cls, log_likelihood, starts, n, distinct, errors=True, near=None):
    """Search the maximum over log-parameters from several starts.

    log_likelihood : function of the parameters (natural scale) returning (value, gradient), of all customers together
    starts : list of parameter tuples
    n, distinct : customers, and distinct histories among them
    errors : False leaves the standard errors out, for speed
    near : Fit of almost the same data; its maximum and curvature make the search a matter of a few steps
    """

    def negative(logs):
        p = np.exp(logs)
        value, gradient = log_likelihood(p)
        return -value / n, -gradient * p / n

    found = _from_nearby(negative, near) or _from_afar(negative, np.log(starts))
    best = min((f for f in found if np.isfinite(f.fun)), key=lambda f: f.fun, default=None)
    if best is None:
        raise Refusal(f"{cls.__name__} found no likelihood for these data.", f"{n:g} customers", "look at the summary")
    p = np.exp(best.x)
    model = cls(*(float(v) for v in p))
    names = [f.name for f in fields(cls)]
    edge = [name for name, v in zip(names, p, strict=True) if not _SMALL < v < _LARGE]
    converged = bool(not edge and np.abs(best.jac).max() < _FLAT)
    message = (
        "converged" if converged else f"not converged: {', '.join(edge)} at the limit" if edge else "not converged"
    )
    covariance = _covariance(negative, best.x, n) if errors else None
    standard = {} if covariance is None else dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))
    return Fit(model, float(-best.fun * n), standard, int(n), distinct, converged, message, covariance)


def refits(fit, *columns):
    """How to fit the same model to the same histories again under other weights: a function weights -> Fit."""
    cls = type(fit.model)
    weighted = cls._weighted(*columns)

    def refit(n):
        return maximise(cls, weighted(n), [astuple(fit.model)], n.sum(), np.count_nonzero(n), errors=False, near=fit)

    return refit


def _from_afar(negative, starts):
    """The most likely start first; the others only when it leads nowhere."""
    limits = [(np.log(_SMALL / 10), np.log(_LARGE * 10))] * len(starts[0])
    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    found = []
    for start in sorted(starts, key=lambda logs: negative(logs)[0]):
        found.append(minimize(negative, start, jac=True, method="L-BFGS-B", bounds=limits, options=options))
        if _flat(found[-1]):
            break
    return found


def _from_nearby(negative, near):
    """Quasi-Newton steps with the curvature of a nearby fit; nothing when they do not end on a flat top."""
    if near is None or near.covariance is None or not np.isfinite(near.covariance).all():
        return []
    logs = np.log(astuple(near.model))
    curvature = near.covariance * near.n / np.exp(np.add.outer(logs, logs))
    options = {"hess_inv0": (curvature + curvature.T) / 2, "gtol": 1e-8}
    with np.errstate(all="ignore"):  # a step too far is taken back by the search itself
        found = minimize(negative, logs, jac=True, method="BFGS", options=options)
    return [found] if _flat(found) else []


def _flat(found):
    return np.isfinite(found.fun) and np.abs(found.jac).max() < _FLAT


def _covariance(negative, logs, n, step=1e-4):
    """Inverse curvature in log-parameters, carried to natural ones; missing values when the top is flat."""
    k = len(logs)
    hessian = np.empty((k, k))
    for i in range(k):
        e = np.eye(k)[i] * step
        hessian[i] = (negative(logs + e)[1] - negative(logs - e)[1]) / (2 * step)
    hessian = (hessian + hessian.T) / 2 * n
    if np.linalg.eigvalsh(hessian).min() <= 0:
        return np.full((k, k), np.nan)
    scale = np.exp(logs)
    return np.linalg.inv(hessian) * np.outer(scale, scale)


class OrderModel(Model):
    """A model of when customers order. Times stand in the unit of the summary it was fitted on.

    Each model says how likely a history makes it that the customer is still there (`p_alive`), and what one who is
    still there will order (`expected_if_alive`), which depends on x and T only. All forecasts are made of the two.
    """

    @classmethod
    def fit(cls, summary, starts=None, errors=True):
        """Find the most likely parameters.

        summary : table with x, t_x, T (summarise(...)), one row per customer
        Returns: Fit
        Errors: Refusal when nobody bought again, or t_x > T
        """
        h, n = histories(summary, ["x", "t_x", "T"], f"{cls.__name__} summaries")
        return cls.fit_counts(h["x"], h["t_x"], h["T"], n, starts, errors)

    @classmethod
    def fit_counts(cls, x, t_x, T, n, starts=None, errors=True):
        """As fit, from arrays of distinct histories and how many customers share each."""
        refuse_impossible(x, t_x, T, n)
        scale = float(np.average(T, weights=n)) / 30
        starts = starts or cls._starts(scale)
        return maximise(cls, cls._weighted(x, t_x, T)(n), starts, n.sum(), len(n), errors)

    def expected_orders(self, t, x, t_x, T):
        """Expected orders in the next t time units, given a history. Arrays broadcast."""
        return self.p_alive(x, t_x, T) * self.expected_if_alive(t, x, T)

    def discounted_orders(self, horizon, rate, x=None, t_x=None, T=None):
        """Expected orders within the horizon, each discounted from its own moment.

        horizon : time units from now (for a new customer: from the first order, which itself is not counted)
        rate : continuous discount rate per time unit, ln(1 + d)
        x, t_x, T : arrays of histories; all None means a new customer
        Returns: array, or float for a new customer
        """
        if x is None:
            return _discounted(self.expected_orders_new, horizon, rate)
        x, t_x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, T)))
        known, index = rows(x.ravel(), T.ravel())
        ahead = self.discounted_if_alive(horizon, rate, *known)[index].reshape(x.shape)
        return self.p_alive(x, t_x, T) * ahead

    def discounted_if_alive(self, horizon, rate, x, T):
        """As discounted_orders, of customers who are known to be still there."""
        return _discounted(lambda t: self.expected_if_alive(t, x, T), horizon, rate)


def _discounted(expected, horizon, rate, nodes=12):
    """Integrated by parts, so only expected orders M are needed: e^(-kH) M(H) + k * integral of e^(-kt) M(t)."""
    total = np.exp(-rate * horizon) * expected(horizon)
    if rate == 0:
        return total
    points, weights = np.polynomial.legendre.leggauss(nodes)
    times = horizon * (points + 1) / 2
    flow = sum(w * np.exp(-rate * t) * expected(t) for t, w in zip(times, weights, strict=True))
    return total + rate * horizon / 2 * flow


def refuse_impossible(x, t_x, T, n):
    """Refuse histories from which no model of repeat orders can learn."""
    if not (x > 0).any():
        raise Refusal(
            "nobody bought again, so there is nothing to learn about coming back.",
            f"{n.sum():,.0f} customers with one order each",
            "wait for repeat orders, or take an earlier start",
        )
    if (T <= 0).all():
        raise Refusal(
            "nobody has been known for any time.", "T=0 for all", "summarise(tx, as_of=...) with a later as_of"
        )
    if (t_x > T).any():
        i = int(np.argmax(t_x > T))
        raise Refusal(
            "t_x must not exceed T.", f"t_x={t_x[i]:g}, T={T[i]:g}", "summarise(tx, as_of=...) with a later as_of"
        )
