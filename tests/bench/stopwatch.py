"""Times one piece of work and prints it as JSON. Only the standard library: it runs in every library's environment."""

import contextlib
import io
import json
import resource
import statistics
import sys
import time
import warnings


def peak_mb():
    """Largest memory of this process so far. Whoever starts it has to be small: Linux counts from before the start."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


def run(pieces):
    """PIECE FILE [CUSTOMERS] -> one line of JSON: seconds, peak memory, and what the piece tells of its answer.

    cpu adds up the work of all cores: on a machine that is busy with other things it says more than the clock.

    pieces : name -> function of (file, customers or None) that prepares, and returns what to time and, if there is
        anything to tell, a function of its answer -> dict. A piece whose name ends in "warm" is called once before,
        and then so often that the middle of the times says something.
    """
    name, file, *customers = sys.argv[1:]
    seconds, cpu = [], []
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        call, *tell = pieces[name](file, *map(int, customers))
        for _ in range(22 if name.endswith("warm") else 1):
            start, worked = time.perf_counter(), time.process_time()
            answer = call()
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - worked)
        told = tell[0](answer) if tell else {}
    seconds, cpu = (statistics.median(each[1:] or each) for each in (seconds, cpu))
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak_mb(), **told}))
