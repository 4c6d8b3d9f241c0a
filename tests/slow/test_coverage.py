"""The 95 % intervals of a fit hold what is true in 95 of 100 bases: bases are drawn from a truth, fitted and counted.

python -m tests.slow.test_coverage draws 2,000 bases of each model, half an hour of one core, and writes the table of
tests/bench/COVERAGE.md; the test draws as many as fit into a minute.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, fields, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, chi2
from threadpoolctl import threadpool_limits

from crmlearn.clv.intervals import Z
from crmlearn.clv.models import BGNBD, MBGNBD, NBD, ParetoNBD

pytestmark = pytest.mark.slow
# What the papers found for CDNOW, a little rounded.
TRUTHS = {
    "NBD": NBD(0.385, 12.072),
    "BG/NBD": BGNBD(0.243, 4.414, 0.793, 2.426),
    "MBG/NBD": MBGNBD(0.525, 6.183, 0.891, 1.614),
    "Pareto/NBD": ParetoNBD(0.553, 10.578, 0.606, 11.669),
}
CUSTOMERS, WEEKS, AHEAD = 5_000, (26, 78), 52
CLAIMED = 0.94, 0.965
SEEDS = {"NBD": range(300), "BG/NBD": range(300), "MBG/NBD": range(300), "Pareto/NBD": range(100)}  # a minute
TABLE_SEEDS = range(2000)


def forecast(model):
    return float(model.expected_orders_new(AHEAD))


def slope(model, step=1e-4):
    """Of the forecast, by the log of each parameter."""
    moved = [
        [forecast(replace(model, **{f.name: getattr(model, f.name) * np.exp(e)})) for e in (-step, step)]
        for f in fields(model)
    ]
    return np.array([(up - down) / (2 * step) for down, up in moved])


def found(name, seed, customers=CUSTOMERS):
    """One base -> (parameters and forecast as estimated, the standard error of each one's log, twice what the
    likelihood gains over the truth, whether the fit converged)."""
    truth, random = TRUTHS[name], np.random.default_rng(seed)
    T = random.integers(WEEKS[0] * 7, WEEKS[1] * 7 + 1, customers) / 7
    base = truth.simulate(T, random)
    with threadpool_limits(1):
        fit = type(truth).fit(base)
    p = np.array(astuple(fit.model))
    logs, by = fit.covariance / np.outer(p, p), slope(fit.model)
    ahead = forecast(fit.model)
    errors = np.sqrt([*np.diag(logs), by @ logs @ by]) * [*np.ones(len(p)), 1 / ahead]
    gain = 2 * (fit.log_likelihood - truth.log_likelihood(base["x"], base["t_x"], base["T"]).sum())
    return [*p, ahead], errors, gain, fit.converged


def all_found(name, seeds):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        runs = pool.map(partial(found, name), seeds, chunksize=5)
    return [np.array(part, float) for part in zip(*runs, strict=True)]


def counted(name, estimates, errors, gains, converged):
    """{number: (truth, bases whose interval lies above it, below it, and holds it; mean width)}

    An interval that is missing, or of a fit that did not converge, holds nothing.
    """
    truth = TRUTHS[name]
    spread = np.exp(Z * np.where(converged[:, None] > 0, errors, np.nan))
    low, high = estimates / spread, estimates * spread
    numbers = {}
    names = [*(f.name for f in fields(truth)), f"orders in {AHEAD} weeks"]
    for i, (number, true) in enumerate(zip(names, [*astuple(truth), forecast(truth)], strict=True)):
        held = (low[:, i] <= true) & (true <= high[:, i])
        width = np.nanmean(high[:, i] - low[:, i])
        numbers[number] = true, (low[:, i] > true).sum(), (high[:, i] < true).sum(), held.sum(), width
    together = (gains < chi2.ppf(0.95, len(fields(truth)))) & (converged > 0)
    return numbers | {"all together": (np.nan, 0, 0, together.sum(), np.nan)}


@pytest.mark.parametrize("name", TRUTHS)
def test_intervals_hold_what_is_true_as_often_as_they_say(name):
    seeds = SEEDS[name]
    results = all_found(name, seeds)
    # How far luck alone carries so few bases from what is claimed; one false alarm in 1,000 runs of all 22 numbers.
    lucky, n = 0.001 / 22, len(seeds)
    least, most = binom.ppf(lucky / 2, n, CLAIMED[0]), binom.ppf(1 - lucky / 2, n, CLAIMED[1])
    held = {number: of[3] for number, of in counted(name, *results).items()}
    assert all(least <= holds <= most for holds in held.values()), (least, held, most)
    # The gains themselves say more than how many of them are large: they are of chi-square's mean.
    gains, k = results[2], len(fields(TRUTHS[name]))
    assert gains.min() > -1e-6 and chi2.cdf(gains.sum(), k * n) == pytest.approx(0.5, abs=0.5 - lucky / 2)


def table(name, results):
    """Rows of Markdown."""
    n = len(results[2])
    for number, (true, above, below, held, width) in counted(name, *results).items():
        if np.isnan(true):
            yield f"| {name} | {number} | | {held / n:.1%} | | | |"
        else:
            missed = f"{above / n:.1%} | {below / n:.1%}"
            yield f"| {name} | {number} | {true:.4g} | {held / n:.1%} | {missed} | {width:.3g} ({width / true:.0%}) |"


def write(rows):
    """Below the mark; what stands above it is written by hand."""
    path = Path(__file__).parents[1] / "bench" / "COVERAGE.md"
    head = "| model | number | truth | held by the interval | interval too high | too low | mean width (of the truth) |"
    before = path.read_text(encoding="utf-8").split("<!-- measured -->")[0]
    lines = ["<!-- measured -->\n", head, "|---|---|---:|---:|---:|---:|---:|", *rows]
    path.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write([row for name in TRUTHS for row in table(name, all_found(name, TABLE_SEEDS))])
