"""Charts of the Act: a breach's clock, who may be reached and why not the others, and caps of penalties."""

from datetime import timedelta

import numpy as np

from crmlearn.plots.glyphs import keyed
from crmlearn.plots.page import PALETTE, axes, short, titled
from crmlearn.plots.people import THOUSANDS, read

_STYLES = ["-", "--", ":"]


def breach_clock(days, title):
    """A line of days, weekends shaded, with what happens on each.

    days : {what: date}, in the order of time or not
    """
    days = dict(sorted(days.items(), key=lambda item: item[1]))
    first, last = min(days.values()) - timedelta(days=1), max(days.values()) + timedelta(days=1)
    _, ax = axes("", "", "", figsize=(9, 1.2 + 0.5 * len(days)))
    span = (last - first).days + 1
    for n in range(span):
        if (first + timedelta(days=n)).weekday() >= 5:
            ax.axvspan(n - 0.5, n + 0.5, color="0.9", zorder=0)
    for row, on in enumerate(days.values()):
        at = (on - first).days
        ax.hlines(-row, 0, at, color=PALETTE[row % len(PALETTE)], lw=1.5, ls=_STYLES[row % 3])
        ax.plot(at, -row, "o", color=PALETTE[row % len(PALETTE)], ms=9)
    ax.set_yticks([-row for row in range(len(days))], list(days))
    ticks = range(0, span, max(1, span // 12))
    ax.set_xticks(list(ticks), [f"{first + timedelta(days=n):%a}\n{(first + timedelta(days=n)).day}" for n in ticks])
    ax.set_xlim(-0.5, span - 0.5)
    ax.grid(axis="y", visible=False)
    return titled(ax, title)


def contact_reasons(made, title):
    """How many people a message may go to, and why not the others.

    made : pdpa.ContactList
    """
    rows = _reasons(made)
    figure, ax = axes("", "People", "", figsize=(8.5, 1.2 + 0.5 * len(rows)))
    at = np.arange(len(rows))[::-1]
    for y, (_, people, allowed) in zip(at, rows, strict=True):
        ax.barh(y, people, color=PALETTE[0 if allowed else 3], hatch="" if allowed else "//", edgecolor="white")
        ax.annotate(f" {short(people)}", (people, y), va="center")
    ax.set_yticks(at, keyed(figure, [f"{'yes' if yes else 'no'}: {ground}" for ground, _, yes in rows]))
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.margins(x=0.12)
    ax.grid(axis="y", visible=False)
    return titled(ax, title)


def penalty_caps(table, title):
    """The highest penalty by turnover, one line per kind of contravention, on scales that multiply.

    table : pandas; index = annual turnover in Singapore, dollars; one column per contravention, dollars
    """
    _, ax = axes(
        "", "Annual turnover in Singapore, million dollars", "Highest penalty, million dollars", figsize=(8, 4)
    )
    for i, name in enumerate(table.columns):
        ax.plot(table.index / 1e6, table[name] / 1e6, _STYLES[i % 3], color=PALETTE[i], lw=2.4, label=name)
    ax.set(xscale="log", yscale="log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.legend(loc="upper left")
    return titled(ax, title)


def _reasons(made):
    yes = made.allowed["ground"].value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    rows = [(ground, int(n), True) for ground, n in yes.items()]
    return rows + [(ground, int(n), False) for ground, n in read(made.excluded).itertuples(index=False)]


def _clock_words(days):
    return "; ".join(f"{what}: {on:%A} {on.day} {on:%B %Y}" for what, on in sorted(days.items(), key=lambda d: d[1]))


def _reason_words(made):
    return "; ".join(f"{'yes' if allowed else 'no'}, {ground}: {n:,}" for ground, n, allowed in _reasons(made))


def _cap_words(table):
    last = table.iloc[-1]
    said = (f"{name} {short(value)} dollars" for name, value in last.items())
    return f"At a turnover of {short(table.index[-1])} dollars: {'; '.join(said)}"


LAW_WORDS = {
    "breach_clock": ("A line of days with weekends shaded", _clock_words),
    "contact_reasons": ("Bars of people who may be reached, and of the others by reason", _reason_words),
    "penalty_caps": ("Lines of the highest penalty by turnover, both scales multiplying", _cap_words),
}
