"""Charts. Each draws a table that another room computed; titles are given, because a title says the finding."""

import base64
import io
from html import escape

import matplotlib.pyplot as plt
import seaborn as sns
from IPython.display import display

PALETTE = sns.color_palette("colorblind")
_STYLE = {
    "figure.figsize": (8, 4.2),
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titlepad": 12,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "0.9",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.facecolor": "white",
}


def show(figure, alt):
    """Put a figure on the page with its description for those who do not see it, and close it.

    figure : matplotlib Figure
    alt : str, what the figure shows and what it says; required
    """
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    data = base64.b64encode(picture.getvalue()).decode()
    html = f'<figure><img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}"></figure>'
    display({"text/html": html, "text/plain": f"Figure: {alt}"}, raw=True)


def short(value):
    """A number to four significant digits, without exponents and without noise below a ten-thousandth.

    >>> short(70976.39), short(2.5e-11), short(0.72662)
    ('70,980', '0', '0.7266')
    """
    return "0" if abs(value) < 5e-5 else f"{float(f'{value:.4g}'):,.12g}"


def axes(title, x_label, y_label, **subplots):
    """A figure in the course's style: finding as title, labelled axes. Returns (figure, axes)."""
    with plt.rc_context(_STYLE), sns.axes_style("ticks", _STYLE):
        figure, ax = plt.subplots(**subplots)
        ax.set(title=title, xlabel=x_label, ylabel=y_label)
        ax.grid(axis="y", color="0.9")
    return figure, ax


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
    top = 0.0
    for i, (label, value) in enumerate(steps.items()):
        total = label.endswith("=")
        low, height = (0.0, value) if total else (top, value)
        color = PALETTE[0] if total else PALETTE[2] if value >= 0 else PALETTE[3]
        ax.bar(i, height, 0.6, bottom=low, color=color, hatch="" if total else "//", edgecolor="white")
        top = value if total else top + value
        ax.annotate(f"{value:,.2f}" if total else f"{value:+,.2f}", (i, max(low, low + height)), ha="center",
                    va="bottom", fontsize=10)  # fmt: skip
    ax.set_xticks(range(len(steps)), [label.removesuffix("=").strip().replace(" ", "\n", 1) for label in steps.index])
    ax.axhline(0, color="0.3", lw=0.8)
    ax.margins(y=0.12)
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


def play(sentence, **sliders):
    """Sliders with a sentence below them that follows their values; the page must tell its story without them too.

    sentence : function of the sliders' values, returning text
    sliders : ipywidgets sliders by the name of the argument
    Returns: a widget
    """
    from ipywidgets import HTML, VBox

    said = HTML()

    def follow(_=None):
        text = sentence(**{name: slider.value for name, slider in sliders.items()})
        said.value = f'<p role="status" aria-live="polite">{escape(text)}</p>'

    for name, slider in sliders.items():
        slider.description = name
        slider.observe(follow, "value")
    follow()
    return VBox([*sliders.values(), said])
