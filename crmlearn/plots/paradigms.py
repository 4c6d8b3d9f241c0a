"""Charts of two paradigms: where both are worth the same, and where a firm stands between them."""

import numpy as np

from crmlearn.plots.page import PALETTE, axes, titled
from crmlearn.plots.people import read

_MARKS = ["o", "s", "^", "D"]


def crossing(table, title, break_even=None):
    """What a prospect is worth under both strategies, by how often customers come back.

    table : paradigm.by_repeat; break_even : paradigm.break_even_repeat, marked where it lies on the chart
    """
    data = read(table)
    _, ax = axes("", "Customers who buy again in the next period, per cent", "Worth of a prospect, currency units")
    for i, (column, label, style) in enumerate((("deal", "deal", "--"), ("bond", "relationship", "-"))):
        ax.plot(100 * data["repeat"], data[column], style, color=PALETTE[i], lw=2, label=label)
    ax.axhline(0, color="0.3", lw=0.8)
    if break_even is not None and data["repeat"].min() <= break_even <= data["repeat"].max():
        ax.axvline(100 * break_even, color="0.3", lw=1, ls=":")
        ax.annotate(f"{100 * break_even:.0f} %", (100 * break_even, ax.get_ylim()[1]), (4, -12),
                    textcoords="offset points")  # fmt: skip
    ax.legend()
    return titled(ax, title)


def continuum(tables, title):
    """The six characteristics of a firm, each between its two ends, with intervals.

    tables : {label, such as a year: paradigm.continuum}
    """
    found = {label: read(table) for label, table in tables.items()}
    ends = next(iter(found.values()))
    _, ax = axes("", "Share, per cent (0 = transactional, 100 = relational)", "", figsize=(9.5, 5))
    rows = np.arange(len(ends))[::-1]
    for i, (label, data) in enumerate(found.items()):
        at = rows + 0.22 * ((len(found) - 1) / 2 - i)
        known = data["value"].notna().to_numpy()
        low, high = (100 * abs(data[c] - data["value"])[known] for c in ("low", "high"))
        ax.errorbar(100 * data["value"][known], at[known], xerr=[low, high], fmt=_MARKS[i % 4], color=PALETTE[i], ms=8,
                    capsize=3, label=str(label))  # fmt: skip
    for row, right, known in zip(rows, ends["relational"], ends["value"].notna(), strict=True):
        ax.plot([0, 100], [row, row], color="0.85", lw=1, zorder=0)
        if not known:
            ax.annotate("not measured", (50, row), ha="center", va="center", fontsize=9, color="0.35")
        ax.annotate(right.replace(" and ", "\nand "), (103, row), va="center", fontsize=10, annotation_clip=False)
    ax.set_yticks(rows, ends["transactional"])
    ax.set(xlim=(-2, 102), ylim=(-0.6, len(rows) - 0.4))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=len(found))
    return titled(ax, title)
