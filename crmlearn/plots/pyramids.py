"""The value pyramid, to print and to click, and charts of what its elements go together with."""

import textwrap
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from crmlearn.plots.page import PALETTE, axes, titled
from crmlearn.plots.people import read

_FLOORS = (("social impact", 1), ("life changing", 5), ("emotional", 5), ("emotional", 5), ("functional", 7),
           ("functional", 7))  # fmt: skip
_NAMES = {"social impact": "Social impact", "life changing": "Life changing", "emotional": "Emotional",
          "functional": "Functional"}  # fmt: skip


def pyramid(table, elements, title):
    """The thirty elements in their four tiers, each with its share of high scores; a thick frame marks the high ones.

    table : pyramid.shares of one brand; elements : pyramid.elements()
    """
    data, titles = read(table).set_index("element"), dict(zip(elements["name"], elements["title"], strict=True))
    figure, ax = axes("", "", "", figsize=(10.5, 5.4))
    colors, top = plt.get_cmap("cividis"), max(0.6, float(data["share"].max()))
    for row, names in enumerate(_rows(elements)):
        y = len(_FLOORS) - row
        for place, name in enumerate(names):
            x = place - len(names) / 2
            known = name in data.index and not np.isnan(data["share"][name])
            shade = colors(data["share"][name] / top) if known else (0.92, 0.92, 0.92, 1.0)
            edge = {"edgecolor": "white", "lw": 1}
            if known and data["is_high"][name] == "yes":
                edge = {"edgecolor": PALETTE[1], "lw": 4}
            ax.add_patch(Rectangle((x + 0.03, y - 0.96), 0.94, 0.92, facecolor=shade, **edge))
            said = f"{100 * data['share'][name]:.0f} %" if known else "not asked"
            words = "\n".join(textwrap.wrap(titles[name].replace("/", "/ "), 14))
            ax.text(x + 0.5, y - 0.5, f"{words}\n{said}", ha="center", va="center", fontsize=8.5,
                    color=_readable(shade))  # fmt: skip
        if row == 0 or _FLOORS[row][0] != _FLOORS[row - 1][0]:
            ax.text(-4.9, y - 0.5, _NAMES[_FLOORS[row][0]], va="center", fontsize=11, fontweight="bold")
    ax.set(xlim=(-5, 3.6), ylim=(0, len(_FLOORS) + 0.05))
    ax.axis("off")
    figure.tight_layout()
    return titled(ax, title)


def clickable_pyramid(table, elements):
    """The pyramid as buttons: each says what its element means and how it scored. The page tells its story without it.

    table : pyramid.shares of one brand; elements : pyramid.elements()
    Returns: a widget, for keyboard and mouse
    """
    from ipywidgets import HTML, Button, HBox, Layout, VBox

    data, about = read(table).set_index("element"), elements.set_index("name")
    said = HTML('<p role="status" aria-live="polite">Choose an element.</p>')

    def tell(name):
        row, one = about.loc[name], data.loc[name] if name in data.index else None
        text = f"<strong>{escape(row['title'])}</strong> ({escape(row['tier'])}): {escape(row['means'])} "
        if one is None:
            text += "It was not asked about."
        else:
            high = {"yes": "The element is high.", "no": "The element is not high."}
            share, low, top = (f"{100 * one[c]:.0f}" for c in ("share", "low", "top"))
            text += f"{share} % score it high; the interval goes from {low} to {top} %. "
            text += high.get(one["is_high"], "Whether the element is high cannot be told.")
        said.value = f'<p role="status" aria-live="polite">{text}</p>'

    rows = []
    for names in _rows(elements):
        buttons = []
        for name in names:
            button = Button(description=about["title"][name], tooltip=about["means"][name], layout=Layout(width="auto"))
            button.on_click(lambda _, name=name: tell(name))
            buttons.append(button)
        rows.append(HBox(buttons, layout=Layout(justify_content="center", flex_flow="row wrap")))
    return VBox([*rows, said])


def associations(table, title, x_label, most=12):
    """What goes together with each element: alone (ring), and with all others held still (dot with its interval).

    table : the table of pyramid.associations; most : how many elements are drawn, the largest first
    """
    data = read(table).head(most).iloc[::-1].reset_index(drop=True)
    _, ax = axes("", x_label, "", figsize=(9, 0.32 * len(data) + 1.6))
    ax.axvline(0, color="0.3", lw=0.8)
    ax.plot(data["alone"], data.index, "o", mfc="white", color=PALETTE[1], ms=7, label="alone")
    ax.errorbar(data["adjusted"], data.index, xerr=[data["adjusted"] - data["low"], data["top"] - data["adjusted"]],
                fmt="s", color=PALETTE[0], ms=6, capsize=3, label="all others held still, 95 %")  # fmt: skip
    ax.set_yticks(data.index, [name.replace("_", " ") for name in data["element"]])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower right")
    return titled(ax, title)


def rivals(table, title, most=5):
    """Where we are ahead of a rival, and where behind: the differences with their intervals.

    table : pyramid.compare; most : how many are drawn at each end
    """
    data = read(table)
    data = data.iloc[[*range(min(most, len(data))), *range(max(most, len(data) - most), len(data))]][::-1].reset_index(
        drop=True
    )
    _, ax = axes("", "Share of high scores, ours less theirs, points", "", figsize=(9, 0.38 * len(data) + 1.4))
    ax.axvline(0, color="0.3", lw=0.8)
    marks = {"ahead": ("o", PALETTE[0]), "behind": ("v", PALETTE[3]), "cannot tell": ("D", "0.5")}
    for verdict, (mark, color) in marks.items():
        part = data[data["verdict"] == verdict]
        if len(part):
            ends = [100 * (part["difference"] - part["low"]), 100 * (part["top"] - part["difference"])]
            ax.errorbar(100 * part["difference"], part.index, xerr=ends, fmt=mark, color=color, ms=7, capsize=3,
                        label=verdict)  # fmt: skip
    ax.set_yticks(data.index, [name.replace("_", " ") for name in data["element"]])
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower right")
    return titled(ax, title)


def _readable(shade):
    """Black or white, whichever is easier to read on a colour (relative luminance of WCAG)."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade[:3])
    return "black" if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 else "white"


def _rows(elements):
    """Names by row of the picture, from the top down."""
    left = {tier: elements["name"][elements["tier"] == tier].tolist() for tier, _ in _FLOORS}
    rows = []
    for tier, wide in _FLOORS:
        rows.append(left[tier][:wide])
        left[tier] = left[tier][wide:]
    return rows
