"""Charts of ethics: what doing right must bring, who is chosen by group, and whether a score means the same."""

import numpy as np

from crmlearn.plots.glyphs import keyed
from crmlearn.plots.page import PALETTE, axes, short, titled
from crmlearn.plots.people import THOUSANDS, read

_MARKS = ["o", "s", "^", "D", "v", "P"]
_STYLES = ["-", "--", ":"]


def break_even_line(table, title, needed=None, unit="dollars"):
    """What is left by how many points more stay, one line per case; a dot where a case breaks even.

    table : pandas; index = more customers who stay, points (2 = two of 100); one column per case, up to three
    needed : {case: points at which nothing is lost}, or None
    """
    _, ax = axes("", "More customers who stay from year to year, points", f"What is left, {unit}", figsize=(8.5, 4.2))
    needed = needed or {}
    for i, case in enumerate(table.columns):
        color = PALETTE[(0, 1, 2)[i % 3]]
        said = f"{case} (dot: {needed[case]:.1f} points)" if case in needed else str(case)
        ax.plot(table.index, table[case], _STYLES[i % 3], color=color, lw=2.2, label=said)
        if case in needed:
            ax.plot(needed[case], 0, "o", color=color, ms=9, zorder=3)
    ax.axhline(0, color="0.3", lw=0.8)
    ax.yaxis.set_major_formatter(THOUSANDS)
    ax.legend(loc="upper left")
    return titled(ax, title)


def group_shares(table, title, fifths=True):
    """Each group's share that is chosen, with its interval; and of those who respond, where the table has it.

    table : ethics.selection; fifths : whether to draw the line at four fifths of the highest share
    """
    data = read(table)[::-1].reset_index(drop=True)
    both = "chosen_of_responders" in data
    figure, ax = axes("", "Chosen, per cent", "", figsize=(8.5, 1.5 + 0.55 * len(data)))
    kinds = [("chosen", "low", "top", "of all in the group")]
    if both:
        kinds.append(("chosen_of_responders", "opportunity_low", "opportunity_top", "of those who respond"))
    at = np.arange(len(data))
    for k, (share, low, top, label) in enumerate(kinds):
        y = at + (0.16 * (1 - 2 * k) if both else 0)
        ax.hlines(y, data[low] * 100, data[top] * 100, color=PALETTE[k], lw=2.5)
        ax.plot(data[share] * 100, y, _MARKS[k], color=PALETTE[k], ms=8, label=label)
    if fifths:
        highest = float(data["chosen"].max())
        ax.axvline(80 * highest, color="0.3", lw=1, ls=":", label="four fifths of the highest\n(of all in the group)")
    names = keyed(figure, data["group"].astype(str))
    ax.set_yticks(at, [f"{name} ({short(n)})" for name, n in zip(names, data["people"], strict=True)])
    ax.set_xlim(0, None)
    ax.grid(axis="x", color="0.9")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def group_calibration(table, title):
    """What a score promised and what happened, by group; a fair score lies on the line in every group.

    table : ethics.calibration, of a few groups
    """
    data = read(table)
    figure, ax = axes("", "What the score promised, per cent", "What happened, per cent", figsize=(7, 4.4))
    groups = list(dict.fromkeys(data["group"]))
    names = keyed(figure, [str(g) for g in groups])
    for i, (group, name) in enumerate(zip(groups, names, strict=True)):
        rows = data[data["group"] == group]
        shift = 0.8 * (i - (len(groups) - 1) / 2)  # so that intervals of two groups do not cover each other
        x, y = rows["expected"] * 100 + shift, rows["happened"] * 100
        color = PALETTE[i % len(PALETTE)]
        ax.vlines(x, rows["low"] * 100, rows["top"] * 100, color=color, lw=2.2)
        ax.plot(x, y, _MARKS[i % len(_MARKS)], color=color, ms=8, label=name)
    end = 105 * float(max(data["top"].max(), data["expected"].max()))
    ax.plot([0, end], [0, end], color="0.3", lw=1, ls=":", label="promise kept")
    ax.set(xlim=(0, end), ylim=(0, end))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def _line_words(table):
    first, last = table.iloc[0], table.iloc[-1]
    return "; ".join(
        f"{c}: {short(first[c])} at {short(table.index[0])} points, {short(last[c])} at {short(table.index[-1])}"
        for c in table.columns
    )


def _share_words(table):
    said = []
    for r in read(table).to_dict("records"):
        words = f"{r['group']}: {r['chosen'] * 100:.0f} %, interval {r['low'] * 100:.0f} to {r['top'] * 100:.0f}"
        if "chosen_of_responders" in r and r["chosen_of_responders"] == r["chosen_of_responders"]:
            words += f", of those who respond {r['chosen_of_responders'] * 100:.0f} %"
        said.append(words)
    return "; ".join(said)


def _calibration_words(table):
    rows = read(table).itertuples()
    return "; ".join(f"{r.group}: promised {r.expected * 100:.0f} %, {r.happened * 100:.0f} % happened" for r in rows)


# What `alt_text` says of each: the kind of chart, and its numbers in words.
FAIR_WORDS = {
    "break_even_line": ("Lines of what is left by how many more customers stay", _line_words),
    "group_shares": ("Dots with intervals of the share chosen, by group", _share_words),
    "group_calibration": ("Dots of what a score promised and of what happened, by group", _calibration_words),
}
