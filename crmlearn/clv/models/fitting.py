"""One way to the maximum likelihood: counts of identical histories, logs of the parameters, exact gradients.

The cost grows with the distinct histories, not with the customers. Where there are many, all starts are tried on a
sample of customers; only the maxima found there are climbed once more with all, in a few steps.
"""

from dataclasses import astuple, dataclass, fields, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.optimize import minimize

from crmlearn.clv.models.climbing import climb
from crmlearn.clv.models.distinct import rows
from crmlearn.clv.models.fits import Fit
from crmlearn.errors import Refusal, columns
from crmlearn.transactions import count_histories

# In units of the data. Beyond these a parameter has run away to where the data no longer tell it.
_SMALL, _LARGE = 1e-4, 1e4
_FLAT = 1e-5  # slope per customer below which the top is reached
_SAMPLE = 20_000  # customers on whom all starts are tried
_STEPS, _GAIN = 3, 1e-4  # so many steps that together gain less log-likelihood than this are the last
_SAME = 0.1  # who comes closer than this, in logs, to a maximum known already is on its way there


def histories(summary, names, title):
    """Count identical rows of a summary: arrays by name, n. The cost of a fit grows with these, not with customers."""
    frame = nw.from_native(summary)
    columns(title, names, frame.collect_schema().names())
    n = None
    if isinstance(frame, nw.LazyFrame):  # what lies on an engine is counted there
        frame = nw.from_native(count_histories(frame.select(names).to_native(), names))
        n = frame["customers"].to_numpy()
    arrays = [np.asarray(frame[name].cast(nw.Float64).to_numpy(), float) for name in names]
    for name, values in zip(names, arrays, strict=True):
        bad = ~np.isfinite(values) | (values < 0)
        if bad.any():
            raise Refusal(f"'{name}' must be finite and not negative.", f"{values[bad][0]}", "summarise(tx, as_of=...)")
    known, index = rows(*arrays)
    return known, np.bincount(index, n, len(known[0])).astype(float)


def maximise(cls, known, n, starts=None, errors=True):
    """Find the most likely parameters of a model.

    known : arrays of distinct histories, as cls._weighted takes them; n : how many customers share each
    starts : parameter tuples in natural units; None takes the model's own
    errors : False leaves the standard errors out, for speed
    Returns: Fit
    """
    search = _Search(cls, cls._weighted(*known)(n), n.sum(), cls._units(*known))
    if starts:
        _refuse_odd_starts(cls, starts)
    starts = np.log(starts) if starts else np.log(cls._STARTS) + np.log(search.units)
    if len(n) <= _SAMPLE:
        found = search.tops(starts)
    else:
        drawn = np.random.default_rng(1).multinomial(_SAMPLE, n / n.sum()).astype(float)
        some = drawn > 0
        part = _Search(cls, cls._weighted(*(v[some] for v in known))(drawn[some]), _SAMPLE, search.units)
        tops = part.tops(starts)
        near = [search.from_nearby(top.x, part.curvature(top.x)) for top in tops]
        found = [f for f in near if f is not None] or [search.from_afar(top.x) for top in tops]
    told = float(sum((n * column).sum() for column in known))
    return replace(search.best(found, len(n), errors), checksum=told)


def _refuse_odd_starts(cls, starts):
    names = [f.name for f in fields(cls)]
    for start in starts:
        if len(start) != len(names) or not all(np.isfinite(v) and v > 0 for v in start):
            saw, mend = repr(start)[:80], f"starts=[({', '.join(['1.0'] * len(names))})]: {', '.join(names)}"
            raise Refusal(f"a start of {cls.__name__} needs {len(names)} positive numbers.", saw, mend)


def refits(fit, known):
    """How to fit the same model to the same histories again under other weights: a function weights -> Fit."""
    cls = type(fit.model)
    weighted, units = cls._weighted(*known), cls._units(*known)
    logs = np.log(astuple(fit.model))
    curvature = None
    if fit.covariance is not None and np.isfinite(fit.covariance).all():
        curvature = fit.covariance * fit.n / np.exp(np.add.outer(logs, logs))

    def refit(n):
        search = _Search(cls, weighted(n), n.sum(), units)
        found = search.from_nearby(logs, curvature)
        return search.best([found or search.from_afar(logs)], np.count_nonzero(n), errors=False)

    return refit


@dataclass
class _Search:
    """The search for one model on one set of histories, over the logs of its parameters."""

    cls: Any
    log_likelihood: Any  # parameters (natural) -> (value, gradient)
    n: float
    units: Any

    def negative(self, logs):
        """Per customer: minus the log-likelihood, and its gradient."""
        with np.errstate(all="ignore"):  # a step too far is taken back by the search itself
            p = np.exp(logs)
            value, gradient = self.log_likelihood(p)
        return -value / self.n, -gradient * p / self.n

    def hessian(self, logs, step=1e-4):
        """Second derivatives of the negative: the model's own, or else differences of its gradient."""
        if self.cls._CURVED:
            with np.errstate(all="ignore"):
                p = np.exp(logs)
                _, gradient, hessian = self.log_likelihood(p, curved=True)
            return -(hessian * np.outer(p, p) + np.diag(gradient * p)) / self.n
        steps = np.eye(len(logs)) * step
        found = np.array([self.negative(logs + e)[1] - self.negative(logs - e)[1] for e in steps]) / (2 * step)
        return (found + found.T) / 2

    def tops(self, starts):
        """The maxima to which these starts lead, each once."""
        found = []
        for start in starts:
            top = self.from_afar(start, found)
            if np.isfinite(top.fun) and not _at_one_of(found, top):
                found.append(top)
        return found

    def from_afar(self, start, tops=()):
        """Newton's steps in a region of trust; beyond the limits the likelihood is held to be flat.

        tops : maxima known already; whoever comes close to one of them ends there
        """
        low, high = np.log(_SMALL / 10 * self.units), np.log(_LARGE * 10 * self.units)

        def held(logs):
            inside = np.clip(logs, low, high)
            value, gradient = self.negative(inside)
            return value, np.where(inside == logs, gradient, 0.0)

        def hessian(logs):
            inside = np.clip(logs, low, high)
            free = inside == logs
            return np.where(np.outer(free, free), self.hessian(inside), 0.0)

        seen = []

        def enough(found):
            """A likelihood that rises for ever, ever more slowly, is not climbed to its end."""
            seen.append(found.fun * self.n)
            slow = len(seen) > _STEPS and seen[-1 - _STEPS] - seen[-1] < _GAIN
            return slow or _at_one_of(tops, found)

        with np.errstate(all="ignore"):  # where the likelihood is flat to the last digit, its ratios are 0 / 0
            found = climb(held, hessian, start, enough)
        found.x = np.clip(found.x, low, high)
        return found

    def from_nearby(self, logs, curvature):
        """Quasi-Newton steps with a curvature known already; None when they do not end on a flat top."""
        if curvature is None:
            return None
        options = {"hess_inv0": (curvature + curvature.T) / 2, "gtol": 1e-8}
        found = minimize(self.negative, logs, jac=True, method="BFGS", options=options)
        return found if _flat(found) else None

    def curvature(self, logs):
        """Inverse of the second derivatives per customer, in logs; None when the top is flat."""
        hessian = self.hessian(logs)
        sound = np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian).min() > 0
        return np.linalg.inv(hessian) if sound else None

    def best(self, found, distinct, errors):
        best = min((f for f in found if np.isfinite(f.fun)), key=lambda f: f.fun, default=None)
        name = self.cls.__name__
        if best is None:
            raise Refusal(f"{name} found no likelihood for these data.", f"{self.n:g} customers", "look at the summary")
        p = np.exp(best.x)
        names = [f.name for f in fields(self.cls)]
        edge = [name for name, v in zip(names, p / self.units, strict=True) if not _SMALL < v < _LARGE]
        converged = bool(not edge and _flat(best))
        message = "converged" if converged else "not converged" + (f": {', '.join(edge)} at the limit" if edge else "")
        covariance, standard = None, {}
        if errors:
            curvature = self.curvature(best.x)
            covariance = np.full((len(p), len(p)), np.nan)
            if curvature is not None:
                covariance = curvature / self.n * np.outer(p, p)
            standard = dict(zip(names, np.sqrt(np.diag(covariance)).tolist(), strict=True))
        model = self.cls(*(float(v) for v in p))
        return Fit(model, float(-best.fun * self.n), standard, int(self.n), distinct, converged, message, covariance)


def _flat(found):
    return bool(np.isfinite(found.fun) and np.abs(found.jac).max() < _FLAT)


def _at_one_of(tops, here):
    """Whether the way from here ends on a flat top that is known already."""
    return any(_flat(top) and here.fun >= top.fun and np.abs(here.x - top.x).max() < _SAME for top in tops)
