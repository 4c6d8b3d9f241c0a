"""A million simulated years of fifty risks: our blocks next to plain NumPy, each in a process of its own.

python -m tests.bench.risk      prints a table, asserts nothing
"""

import resource
import statistics
import subprocess
import sys
import time

YEARS, RISKS, RATE, TIMES = 1_000_000, 50, 0.5, 3


def ours():
    from crmlearn import risk

    register = [risk.Risk(f"R{k}", f"event {k}", risk.Rate(RATE), risk.Lognormal(5e3, 5e4)) for k in range(RISKS)]
    return lambda: risk.simulate(register, years=YEARS, seed=1, ranges="mid").losses.mean()


def plain():
    """What many tutorials do: for each risk the counts of all years, all its losses, and their sums by year."""
    import numpy as np

    def run():
        chance, total = np.random.default_rng(1), np.zeros(YEARS)
        for _ in range(RISKS):
            counts = chance.poisson(RATE, YEARS)
            losses = chance.lognormal(9.6685, 0.69994, counts.sum())
            total += np.bincount(np.repeat(np.arange(YEARS), counts), losses, YEARS)
        return total.mean()

    return run


def main():
    for name in ("ours", "plain"):
        took, peaks = [], []
        for _ in range(TIMES):
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.risk", name], capture_output=True, text=True, check=True
            )
            seconds, peak = map(float, told.stdout.split())
            took.append(seconds)
            peaks.append(peak)
        print(f"{name:6} {statistics.median(took):6.2f} s  {max(peaks):6.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run = {"ours": ours, "plain": plain}[sys.argv[1]]()
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main()
