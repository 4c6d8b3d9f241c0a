"""Charts of any table: lines, bars, a bridge, estimates with intervals, a grid of numbers."""

import seaborn as sns
from matplotlib.ticker import MaxNLocator

from crmlearn.plots.page import PALETTE, axes


def lines(table, title, x_label, y_label, percent=False):
    """One line per column over the table's index, each labelled at its end.

    table : pandas; index = x, one column per line; columns whose name ends in "(model)" are dashed
    """
    figure, ax = axes(title, x_label, y_label)
    names = list(dict.fromkeys(c.removesuffix(" (model)") for c in table.columns))
    for column in table.columns:
        model = column.endswith(" (model)")
        color = PALETTE[names.index(column.removesuffix(" (model)"))]
        ax.plot(table.index, table[column], "--" if model else "-o", color=color, ms=4, lw=1.6, label=column)
    if percent:
        ax.yaxis.set_major_formatter("{x:.0%}")
    if table.index.dtype.kind in "iu":  # half a year of age or half an order means nothing
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(bottom=0)
    ax.legend()
    return figure


def bars(table, title, x_label, y_label, stacked=False):
    """Bars: one group (or stack) per row of the index, one colour and hatch per column."""
    figure, ax = axes(title, x_label, y_label)
    n = table.shape[1]
    width = 0.8 if stacked else 0.8 / n
    ground = [0.0] * len(table)
    for i, column in enumerate(table.columns):
        shift = 0 if stacked else (i - (n - 1) / 2) * width
        heights = table[column].tolist()
        ax.bar([k + shift for k in range(len(table))], heights, width, bottom=ground, label=column, color=PALETTE[i],
               hatch=["", "//", ".."][i % 3], edgecolor="white")  # fmt: skip
        if stacked:
            ground = [low + h for low, h in zip(ground, heights, strict=True)]
    ax.set_xticks(range(len(table)), [str(v) for v in table.index], rotation=60 if len(table) > 10 else 0)
    if n > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))  # beside the bars, never over them
    return figure


def bridge(steps, title, y_label):
    """A bridge from the first value to the last: what each step adds or takes off.

    steps : pandas Series; label -> change; labels that end in "=" are totals, standing on the ground with their value
    """
    figure, ax = axes(title, "", y_label, figsize=(9, 4.2))
    top, edges = 0.0, [0.0]
    for i, (label, value) in enumerate(steps.items()):
        total = label.endswith("=")
        low, height = (0.0, value) if total else (top, value)
        color = PALETTE[0] if total else PALETTE[2] if value >= 0 else PALETTE[3]
        ax.bar(i, height, 0.6, bottom=low, color=color, hatch="" if total else "//", edgecolor="white")
        top = value if total else top + value
        edges.append(top)
        ax.annotate(f"{value:,.2f}" if total else f"{value:+,.2f}", (i, max(low, low + height)), ha="center",
                    va="bottom", fontsize=10)  # fmt: skip
    ax.set_xticks(range(len(steps)), [label.removesuffix("=").strip().replace(" ", "\n", 1) for label in steps.index])
    ax.axhline(0, color="0.3", lw=0.8)
    room = 0.12 * (max(edges) - min(edges) or 1)  # for the numbers
    ax.set_ylim(min(edges) - room * (min(edges) < 0), max(edges) + room)
    return figure


def estimates(table, title, x_label):
    """One dot per row with its interval.

    table : pandas; index = labels, columns per_customer, low, high (missing where there is no interval)
    """
    figure, ax = axes(title, x_label, "", figsize=(8, 0.6 * len(table) + 1.4))
    for i, (_, row) in enumerate(table[::-1].iterrows()):
        ax.plot(row["per_customer"], i, "o", color=PALETTE[0], ms=8)
        ax.plot([row["low"], row["high"]], [i, i], "-", color=PALETTE[0], lw=2.5)
        ax.annotate(
            f"{row['per_customer']:,.2f}", (row["per_customer"], i), (0, 9), textcoords="offset points", ha="center"
        )
    ax.set_yticks(range(len(table)), list(table.index[::-1]))
    ax.set_xlim(left=0)
    ax.margins(y=0.15)
    ax.grid(axis="x", color="0.9")
    return figure


def heatmap(table, title, x_label, y_label, fmt=".1f"):
    """A grid of numbers with its colours; index down, columns across."""
    figure, ax = axes(title, x_label, y_label)
    ax.grid(False)
    sns.heatmap(table, annot=True, fmt=fmt, cmap="cividis", cbar=False, ax=ax, linewidths=1)
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.invert_yaxis()
    return figure
