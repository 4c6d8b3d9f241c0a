"""Forecasts next to what came: charts of a comparison of models, clv.compare."""

from crmlearn.clv.models import SPOKEN
from crmlearn.plots.charts import bars, lines

_POINTS = 40  # more of them than this, and markers run into each other


def tracking(test, title, names=None, incremental=False):
    """Repeat orders by week, observed and expected; a line marks from where on the models saw nothing.

    test : clv.compare(...); names : which models, in that order; None draws all
    incremental : week by week, instead of all until then
    """
    table = (test.incremental if incremental else test.tracking).set_index("week")
    names = _models(test.tracking, names)
    every = 1 if incremental else -(-len(table) // _POINTS)
    shown = table[["observed", *names]].rename(columns={n: f"{SPOKEN[n]} (model)" for n in names})
    what = "repeat orders in the week" if incremental else "repeat orders until then"
    figure = lines(shown[::every], title, f"weeks since {test.start:%d %B %Y}", what)
    ax, split = figure.axes[0], (test.split_at - test.start).days / 7
    ax.axvline(split, color="0.3", lw=1, ls=":")
    ax.annotate("hidden from the models", (split, 0), (5, 6), textcoords="offset points", color="0.3")
    return figure


def by_history(test, title, names=None):
    """Orders per customer in the hidden time, by number of repeat orders before: observed and expected.

    test, names : as in tracking
    """
    names = _models(test.by_history, names)
    table = test.by_history[["observed", *names]].rename(columns=SPOKEN)
    return bars(table, title, f"repeat orders until {test.split_at:%d %B %Y}", "orders per customer after it")


def frequency(test, title, names=None):
    """How many customers had 0, 1, 2, ... repeat orders before the split: observed and expected.

    test, names : as in tracking
    """
    names = _models(test.frequency, names)
    table = test.frequency[["observed", *names]].rename(columns=SPOKEN)
    return bars(table, title, f"repeat orders until {test.split_at:%d %B %Y}", "customers")


def _models(table, names):
    return list(names) if names is not None else [n for n in table if n in SPOKEN]
