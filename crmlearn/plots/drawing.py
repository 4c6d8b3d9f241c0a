"""A figure with the alternative text that belongs to it, in one call."""

from crmlearn.errors import one_of
from crmlearn.plots import fairness, law, people, risks, times
from crmlearn.plots.page import show
from crmlearn.plots.words import KINDS, OWN_WORDS, alt_text

DRAWN_BY = {name: getattr(m, name) for m in (people, times, risks, law, fairness) for name in (*KINDS, *OWN_WORDS)
            if hasattr(m, name)}  # fmt: skip


def draw(plot, table, title, **more):
    """Draw a table, and put the figure on the page with its alternative text.

    plot : str; the function of this package that draws it, such as "lorenz"
    table, title, more : as that function takes them
    Errors: Refusal for a name that is none of them
    """
    one_of("plot", plot, tuple(sorted(DRAWN_BY)))
    show(DRAWN_BY[plot](table, title, **more), alt_text(plot, table, title))
