"""Our speed next to a peer's, in one run on one machine: medians and ratios. Nothing is asserted.

make bench; the peer is timed when it is there: .venv/bin/pip install --no-deps lifetimes==0.11.3 autograd dill
"""

import statistics
import time
import warnings

import numpy as np
import pandas as pd

from crmlearn import datasets, transactions
from crmlearn.clv.models import BGNBD, GammaGamma


def peer():
    """The other library, or None; imported late, because it changes pandas' options on the way in."""
    try:
        import lifetimes
        import lifetimes.utils
    except ImportError:
        return None
    return lifetimes


def median_of(call, runs=5):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def orders(customers, seed=1):
    """A seeded log: first orders within a quarter, then a year of orders at differing rates."""
    random = np.random.default_rng(seed)
    n = 1 + random.poisson(random.gamma(0.5, 4.0, customers))
    ids = np.repeat(np.arange(customers), n)
    first = random.integers(0, 90, customers)
    days = np.repeat(first, n) + np.where(np.r_[True, np.diff(ids) > 0], 0, random.integers(1, 365, len(ids)))
    start = np.datetime64("2024-01-01", "us")
    return pd.DataFrame({
        "customer_id": ids.astype(str),
        "date": start + days.astype("timedelta64[D]"),
        "amount": random.gamma(4.0, 10.0, len(ids)).round(2),
    })  # fmt: skip


def population(truth, n, weeks, seed, start_days=0):
    """Histories of n customers drawn from BG/NBD itself; first orders within start_days, days rounded as in a log."""
    random = np.random.default_rng(seed)
    T = weeks - (random.integers(0, start_days, n) / 7 if start_days else np.zeros(n))
    rate, leave = random.gamma(truth.r, 1 / truth.alpha, n), random.beta(truth.a, truth.b, n)
    x, t_x, t, alive = np.zeros(n, int), np.zeros(n), np.zeros(n), np.ones(n, bool)
    while alive.any():
        t = np.where(alive, t + random.exponential(1 / rate), t)
        came = alive & (t <= T)
        x, t_x = x + came, np.where(came, t, t_x)
        alive = came & (random.random(n) >= leave)
    return pd.DataFrame({"x": x, "t_x": np.floor(t_x * 7) / 7 if start_days else t_x, "T": T})


def cases(lifetimes):
    tx = transactions.clean(transactions.read(datasets.path("cdnow")).tx, transactions.Policy(end="1997-09-30")).tx
    cdnow = transactions.summarise(tx, as_of="1997-09-30")
    log = transactions.clean(orders(100_000)).tx
    large = population(BGNBD(0.6, 6.0, 0.8, 2.5), 100_000, 78, seed=1, start_days=90)
    buyers = cdnow[(cdnow.x > 0) & (cdnow.mean_spend > 0)]
    yield (
        "log to summary, 100,000 customers",
        lambda: transactions.summarise(log, as_of="2025-06-30"),
        lambda: lifetimes.utils.summary_data_from_transaction_data(
            log, "customer_id", "date", "amount", "2025-06-30", freq="D"
        ),
    )
    for name, s in (("CDNOW, 2,357", cdnow), ("simulated, 100,000", large)):
        yield (
            f"BG/NBD fit, {name}",
            lambda s=s: BGNBD.fit(s),
            lambda s=s: lifetimes.BetaGeoFitter().fit(s["x"], s["t_x"], s["T"]),
        )
    yield (
        "Gamma-Gamma fit, CDNOW, 946",
        lambda: GammaGamma.fit(cdnow),
        lambda: lifetimes.GammaGammaFitter().fit(buyers["x"], buyers["mean_spend"]),
    )


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lifetimes = peer()
    print(f"{'seconds, median of 5':40} {'crmlearn':>10} {'lifetimes':>10} {'ratio':>7}")
    for name, ours, peers in cases(lifetimes):
        mine = median_of(ours)
        if lifetimes is None:
            print(f"{name:40} {mine:10.3f} {'absent':>10}")
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = median_of(peers, 3)
        except Exception as error:
            print(f"{name:40} {mine:10.3f} {type(error).__name__:>10}")
            continue
        print(f"{name:40} {mine:10.3f} {theirs:10.3f} {theirs / mine:7.1f}")


if __name__ == "__main__":
    main()
