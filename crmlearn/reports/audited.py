"""How a page shows an exhibit of the audit: finding, notes, chart, table."""

from crmlearn.reports.exhibits import exhibit as tell
from crmlearn.reports.publishing import ONLY_DRAWN

ON_PAGE = 14  # rows; longer tables stand in the workbook only
_SHARES = ("penetration", "support", "repeat_rate")
_SAID_ELSEWHERE = ("profit_is", "caveat")


def show_exhibit(title, table, exhibit):
    """Show one exhibit and keep its numbers for the workbook.

    title, table, exhibit : as `publishable` returns them
    """
    from IPython.display import Markdown, display

    from crmlearn import plots

    display(Markdown(f"**{title}.** " + " ".join(exhibit.notes)))
    if exhibit.plot and len(table) > 1:
        more = {"most": 60} if exhibit.plot == "ranking" else {}
        plots.show(getattr(plots, exhibit.plot)(table, title, **more), plots.alt_text(exhibit.plot, table, title))
    if exhibit.name in ONLY_DRAWN:
        return
    table = table.drop(columns=list(_SAID_ELSEWHERE), errors="ignore")
    shares = [c.replace("_", " ") for c in table.columns if "share" in c or c in _SHARES]
    table = table.set_index(table.columns[0]).rename(columns=lambda c: c.replace("_", " "))
    label = table.index.name.replace("_", " ")
    tell(in_words(exhibit.name), table, label, percent=shares, page=len(table) <= ON_PAGE)


def in_words(name):
    """An exhibit's name as a page writes it.

    >>> in_words("co_purchase:category")
    'co purchase by category'
    """
    return name.replace("_", " ").replace(":", " by ")
