"""How a page shows an exhibit of the audit: what it asks, the finding, notes, chart, table."""

from crmlearn import texts
from crmlearn.reports.exhibits import exhibit as tell
from crmlearn.reports.publishing import ONLY_DRAWN

ON_PAGE = 14  # rows; longer tables stand in the workbook only, where a chart shows them
ASKS = {
    "factors": "What is the profit made of?",
    "frequency": "How often do they order?",
    "spread": "What does one customer bring?",
    "deciles": "How much do the best bring?",
    "equal_profit": "How many customers bring each tenth of the profit?",
    "lorenz": "How unequal are they?",
    "concentration": "How much hangs on a few?",
    "one_time_buyers": "Who ordered only once?",
    "unprofitable": "Who brought less than their goods cost?",
    "lost_kept_new": "Who ordered in both periods?",
    "new_or_returning": "How many came, and how many came again?",
    "switching": "Do the best stay the best?",
    "up_down": "Do those who stayed order more?",
    "bridge": "Whose orders make the change?",
    "bridge:factors": "Which factor makes the change?",
    "one_cohort": "What becomes of one cohort?",
    "cohorts_compared": "Do newer cohorts come back like the older ones?",
    "repeat_rates": "How many order again?",
    "whole_base": "Which cohorts carry the profit?",
    "acquisition": "How many are new?",
    "penetration": "How many buy each {}?",
    "entry": "With which {} do they begin?",
    "co_purchase": "Which {} goes with which?",
    "dashboard": "The last whole period in numbers",
    "time_between_orders": "How long is it from order to order?",
    "refunds": "How much is paid back?",
    "payback": "When have they earned back their cost?",
    "unit_economics": "What did each cohort cost, and what has it brought?",
}
_SHARES = ("penetration", "support", "repeat_rate", "confidence_second_given_first", "confidence_first_given_second")
_SAID_ELSEWHERE = ("profit_is", "caveat", "total", "within_days")
_IN_OTHER_WORDS = {
    "support": "share who hold both", "confidence_second_given_first": "of those with the first, share with the second",
    "confidence_first_given_second": "of those with the second, share with the first", "base": "all",
    "lift": "times as often as by chance", "payback_periods": "steps until the mean profit covered the cost",
}  # fmt: skip
_MOST_BARS = 25


def show_exhibit(title, table, exhibit, currency="currency units"):
    """Show one exhibit and keep its numbers for the workbook.

    title, table, exhibit : as `publishable` returns them
    currency : the unit of the amounts
    """
    from IPython.display import Markdown, display

    from crmlearn import plots

    known = "share_of_profit" not in table or table["share_of_profit"].notna().any()  # a loss has no shares to draw
    drawn = exhibit.plot and len(table) > 1 and known
    display(
        Markdown(
            f"#### {asks(exhibit.name)}\n\n"
            + " ".join(([] if drawn else [f"**{texts.literal(title)}.**"]) + [*exhibit.notes])
        )
    )
    if drawn:
        more = {"most": _MOST_BARS} if exhibit.plot == "ranking" else {}
        if exhibit.plot in ("c3", "profit_bridge"):
            more = {"y_label": f"{exhibit.noun.capitalize()}, {currency}"}
        plots.draw(exhibit.plot, table, title, **more)
    if exhibit.name in ONLY_DRAWN:
        return
    table = table.drop(columns=list(_SAID_ELSEWHERE), errors="ignore")
    shares = [c for c in table.columns if "share" in c or c in _SHARES]
    shares = [_IN_OTHER_WORDS.get(c, c.replace("_", " ")) for c in shares]
    if "unit" in table:
        table = table.assign(unit=table["unit"].replace("currency units", currency))
    table = table.set_index(table.columns[0]).rename(columns=lambda c: _IN_OTHER_WORDS.get(c, c.replace("_", " ")))
    label = table.index.name.replace("_", " ")
    if label == "measure":
        table.index = table.index.str.replace("_", " ").str.replace("gini", "Gini index")
        table = table[~((table.index == "peak") & (table.get("value", 1) == 1))]  # no loss pulls the curve down
    fold = "The numbers in a table" if drawn else ""
    tell(in_words(exhibit.name), table, label, percent=shares, page=len(table) <= ON_PAGE or not drawn, fold=fold)


def asks(name):
    """What an exhibit answers.

    >>> asks("co_purchase:category"), asks("bridge:factors")
    ('Which category goes with which?', 'Which factor makes the change?')
    """
    what, _, column = name.partition(":")
    if name == "penetration:channel":
        return "How many use each channel?"
    return ASKS.get(name, ASKS.get(what, in_words(name))).format(column)


def in_words(name):
    """An exhibit's name as a page writes it.

    >>> in_words("co_purchase:category")
    'co purchase by category'
    """
    return name.replace("_", " ").replace(":", " by ")
