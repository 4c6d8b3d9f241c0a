"""Times one piece of work and prints it as JSON. Only the standard library: it runs in every library's environment."""

import contextlib
import io
import json
import resource
import sys
import time
import warnings


def peak_mb():
    """Largest memory of this process so far. Whoever starts it has to be small: Linux counts from before the start."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def run(pieces):
    """PIECE FILE [CUSTOMERS] -> one line of JSON: seconds, peak memory, and what the piece tells of its answer.

    pieces : name -> function of (file, customers or None) that prepares, and returns what to time and, if there is
        anything to tell, a function of its answer -> dict. A piece whose name ends in "warm" is called once before,
        and then so often that the middle of the times says something.
    """
    name, file, *customers = sys.argv[1:]
    seconds = []
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        call, *tell = pieces[name](file, *map(int, customers))
        for _ in range(22 if name.endswith("warm") else 1):
            start = time.perf_counter()
            answer = call()
            seconds.append(time.perf_counter() - start)
        told = tell[0](answer) if tell else {}
    seconds = sorted(seconds[1:] or seconds)
    print(json.dumps({"seconds": seconds[len(seconds) // 2], "peak_mb": peak_mb(), **told}))
