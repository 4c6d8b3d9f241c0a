"""A figure in the course's style, and its way onto the page."""

import base64
import io
import re
import textwrap
from html import escape

import matplotlib.pyplot as plt
import seaborn as sns
from IPython.display import display

from crmlearn.plots.glyphs import fitting, key_of
from crmlearn.privacy import mask

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
    alt : str, what the figure shows and what it says; required. Addresses and phone numbers in it are masked
    Labels that the font cannot write stand as letters in the figure; their key is written beside it, on the page.
    """
    alt, picture = mask(alt), io.BytesIO()
    figure.savefig(picture, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    data = base64.b64encode(picture.getvalue()).decode()
    key = "; ".join(f"{letter} = {label}" for letter, label in key_of(figure).items())
    caption = f"<figcaption>{escape(key)}</figcaption>" if key else ""
    html = f'<figure><img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}">{caption}</figure>'
    display({"text/html": html, "text/plain": f"Figure: {alt}{f' ({key})' if key else ''}"}, raw=True)


def short(value):
    """A number to four significant digits, without exponents and without noise below a ten-thousandth.

    >>> short(70976.39), short(2.5e-11), short(0.72662)
    ('70,980', '0', '0.7266')
    """
    return "0" if abs(value) < 5e-5 else f"{float(f'{value:.4g}'):,.{'0f' if abs(value) >= 10_000 else '12g'}}"


def axes(title, x_label, y_label, **subplots):
    """A figure in the course's style: finding as title, labelled axes. Returns (figure, axes)."""
    with plt.rc_context(_STYLE), sns.axes_style("ticks", _STYLE):
        figure, ax = plt.subplots(**subplots)
        ax.set(title=title, xlabel=x_label, ylabel=y_label)
        ax.grid(axis="y", color="0.9")
    return figure, ax


def titled(ax, title):
    """Set an axes' title in the course's style, as wide as the figure; what the font cannot write becomes a letter."""
    figure = ax.figure
    wide = int(figure.get_size_inches()[0] * 9)
    together = re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", fitting(figure, title))
    lines = [textwrap.fill(line, wide) for line in together.split("\n")]
    ax.set_title("\n".join(lines), loc="left", fontsize=_STYLE["axes.titlesize"], pad=_STYLE["axes.titlepad"])
    return figure
