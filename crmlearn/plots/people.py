"""Charts of customers: tenths, concentration, switching, RFM, waiting. Each draws the table that its idea returned."""

import narwhals.stable.v2 as nw
import numpy as np
import seaborn as sns

from crmlearn.plots.charts import bridge
from crmlearn.plots.glyphs import keyed
from crmlearn.plots.page import PALETTE, axes, short, titled

HATCHES = ["", "//", "..", "xx"]
THOUSANDS = "{x:,.15g}"  # numbers on an axis: 800,000
_SHARES = {"share_of_customers": "of the customers", "share_of_profit": "of the {noun}"}


def read(table):
    """A table of any engine as pandas."""
    return nw.from_native(table, eager_only=True).to_pandas()


def noun(data):
    """What a table's profit is called on an axis."""
    words = data["profit_is"].iloc[0] if "profit_is" in data and len(data) else ""
    return {"revenue": "revenue", "": "profit"}.get(words, "profit")


def unit_of_profit(data):
    """The axis of money, with what profit is here."""
    words = data["profit_is"].iloc[0] if "profit_is" in data and len(data) else ""
    return (
        "Revenue, currency units" if words == "revenue" else f"Profit ({words}), currency units" if words else "Profit"
    )


def shares(table, title, x_label=None):
    """Each group's share of customers next to its share of profit, per cent.

    table : audit.frequency, deciles, one_time_buyers or unprofitable
    x_label : what a group is; None for the words that fit any table
    """
    data = read(table)
    figure, ax = axes("", "", "Share, per cent", figsize=(9, 4.2))
    names = keyed(figure, data.iloc[:, 0])
    for i, (column, label) in enumerate(_SHARES.items()):
        at = np.arange(len(data)) + (i - 0.5) * 0.4
        ax.bar(at, data[column] * 100, 0.4, color=PALETTE[i], hatch=HATCHES[i], edgecolor="white",
               label=label.format(noun=noun(data)))  # fmt: skip
    ax.axhline(0, color="0.3", lw=0.8)
    ax.set_xticks(range(len(data)), [name.replace(", ", ",\n") for name in names])
    known = {"group": "Group, the best first", "orders_each": "Orders in the period"}
    ax.set_xlabel(x_label or known.get(data.columns[0], ""))
    ax.legend()
    return titled(ax, title)


def lorenz(table, title):
    """The Lorenz curve with the line of equal shares.

    table : audit.lorenz
    """
    data = read(table)
    of = next(c for c in data.columns if c in ("share_of_profit", "share_of_revenue"))
    what = "revenue" if of == "share_of_revenue" else noun(data)
    _, ax = axes("", "Customers from the least to the most, per cent", f"Share of the {what}, per cent",
                      figsize=(6, 5))  # fmt: skip
    ax.plot([0, 100], [0, 100], "--", color="0.5", lw=1.2, label="all alike")
    ax.plot(data["share_of_customers"] * 100, data[of] * 100, color=PALETTE[0], lw=2.2, label="customers")
    ax.axhline(0, color="0.3", lw=0.8)
    ax.set_xlim(0, 100)
    ax.legend(loc="upper left")
    return titled(ax, title)


def overlap(table, title, periods=("first period", "second period")):
    """Two bars, one per period: what they share and what they do not.

    table : audit.lost_kept_new
    periods : the names of the two bars
    """
    data = read(table).set_index("group")["customers"]
    _, ax = axes("", "Customers", "", figsize=(9, 2.8))
    ax.grid(axis="y", visible=False)
    lost, kept, new, back = (int(data[g]) for g in ("lost", "kept", "new", "back"))
    colours = {"lost": PALETTE[3], "kept": PALETTE[0], "new": PALETTE[2], "back": PALETTE[4]}
    parts = [(1, "lost", -lost, lost), (1, "kept", 0, kept), (0, "kept", 0, kept), (0, "new", kept, new),
             (0, "back", kept + new, back)]  # fmt: skip
    seen = set()
    for y, name, left, width in parts:
        hatch = HATCHES[["kept", "lost", "new", "back"].index(name)]
        ax.barh(y, width, 0.6, left=left, color=colours[name], hatch=hatch, edgecolor="white",
                label=None if name in seen else f"{name}: {width:,}")  # fmt: skip
        seen.add(name)
    ax.set_yticks([1, 0], list(periods))
    ax.axvline(0, color="0.3", lw=0.8)
    ax.xaxis.set_major_formatter(lambda v, _: f"{abs(v):,.0f}")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def switching(table, title):
    """Where each group of the first date stands at the second: rows from, columns to, share of the row in per cent.

    table : audit.switching, or rfm.stability(...).transitions
    """
    data = read(table)
    order = list(dict.fromkeys([*data["from"], *data["to"]]))
    last = [name for name in order if name in ("not active", "(not scored)")]
    order = [*(name for name in order if name not in last), *last]
    grid = data.pivot(index="from", columns="to", values="share_of_from").reindex(index=order, columns=order)
    n = len(order)
    figure, ax = axes("", "At the second date", "At the first date", figsize=(2.4 + 0.62 * n, 1.6 + 0.42 * n))
    names = keyed(figure, order)
    _grid(ax, grid.to_numpy() * 100, names, names, ".0f")
    return titled(ax, f"{title}\n(per cent of each row)")


def up_down(table, title):
    """Kept customers by orders and by value per order: how many, and what their profit changed by.

    table : audit.up_down
    """
    data = read(table)
    ways, values = list(dict.fromkeys(data["orders"])), list(dict.fromkeys(data["value_per_order"]))[::-1]
    by = data.set_index(["orders", "value_per_order"])
    counts = np.array([[by.loc[(w, v), "customers"] for v in values] for w in ways], float)
    texts = [[f"{counts[i, j]:,.0f}\n{short(by.loc[(w, v), 'change'])}" for j, v in enumerate(values)]
             for i, w in enumerate(ways)]  # fmt: skip
    _, ax = axes("", "Revenue per order, second period", "Orders, second period", figsize=(7, 3.8))
    _grid(ax, counts, values, ways, "", np.array(texts))
    ax.tick_params(axis="x", rotation=0)
    return titled(ax, f"{title}\n(above: customers; below: change in {noun(data)}, currency units)")


def profit_bridge(table, title, y_label=None):
    """The steps from one period's profit to the next one's; a step of nothing is not drawn.

    table : audit.bridge or audit.factor_bridge
    y_label : what is counted, with its unit; None for the words of the table
    """
    data = read(table)
    data = data[data["total"].astype(bool) | (data["change"] != 0)]
    labels = [f"{step} =" if total else step for step, total in zip(data["step"], data["total"], strict=True)]
    figure = bridge(data["change"].set_axis(labels), "", y_label or unit_of_profit(data))
    figure.axes[0].yaxis.set_major_formatter(THOUSANDS)
    for text, value in zip(figure.axes[0].texts, data["change"], strict=True):
        text.set_text(short(value) if text.get_text()[0] not in "+" else f"+{short(value)}")
    return titled(figure.axes[0], title)


def rfm_grid(table, title):
    """How many customers stand in each field of recency by frequency.

    table : rfm.grid
    """
    data = read(table)
    grid = data.pivot(index="r", columns="f", values="customers").sort_index(ascending=False)
    _, ax = axes("", "Frequency score (5 orders most often)", "Recency score", figsize=(7, 4.4))
    _grid(ax, grid.to_numpy(float), grid.columns.astype(str), grid.index.astype(str), ",.0f")
    ax.set(xlabel=f"Frequency score ({grid.columns.max()} = most orders)",
           ylabel=f"Recency score ({grid.index.max()} = latest)")  # fmt: skip
    return titled(ax, title)


def survival(table, title, what="still waiting"):
    """Share for whom it has not happened yet, as steps with their 95 % band; + marks customers seen only until then.

    table : cohorts.time_to_nth_order or kaplan_meier; with a column cohort, a curve per cohort
    """
    data = read(table)
    _, ax = axes("", "Days since the first order", f"Customers {what}, per cent")
    curves = [(None, data)] if "cohort" not in data else list(data.groupby("cohort", sort=True))
    for i, (name, curve) in enumerate(curves):
        colour = PALETTE[i % len(PALETTE)] if len(curves) <= 6 else sns.color_palette("cividis", len(curves))[i]
        ax.step(curve["time"], curve["waiting"] * 100, where="post", color=colour, lw=2, label=name)
        if len(curves) <= 3:
            ax.fill_between(
                curve["time"], curve["low"] * 100, curve["high"] * 100, step="post", color=colour, alpha=0.2
            )
            gone = curve[curve["censored"] > 0]
            if len(gone) <= 60:
                ax.plot(gone["time"], gone["waiting"] * 100, "+", color=colour, ms=7)
    ax.set_ylim(0, 103)
    ax.set_xlim(left=0)
    if len(curves) > 1:
        ax.legend(title="cohort", loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def _grid(ax, values, across, down, fmt, texts=None):
    """A heat map whose empty cells stay empty; of many labels every second, third, ... is written."""
    names = [_thinned(list(labels)) for labels in (across, down)]
    labels = {"xlabel": ax.get_xlabel(), "ylabel": ax.get_ylabel()}
    sns.heatmap(values, annot=True if texts is None else texts, fmt=fmt if texts is None else "", cmap="cividis",
                cbar=False, ax=ax, linewidths=1, xticklabels=names[0], yticklabels=names[1],
                mask=np.isnan(values))  # fmt: skip
    faces = ax.collections[0].get_facecolors()[~np.isnan(values).ravel()]
    for text, face in zip(ax.texts, faces, strict=False):
        text.set_color("black" if sns.utils.relative_luminance(face) > 0.18 else "white")  # the better contrast
    ax.set(**labels)
    ax.grid(False)
    ax.tick_params(axis="y", rotation=0, length=0)
    ax.tick_params(axis="x", rotation=45 if max(map(len, across)) > (7 if len(across) < 13 else 3) else 0, length=0)


def _thinned(labels):
    every = -(-len(labels) // 26)
    return [name if i % every == 0 else "" for i, name in enumerate(labels)]
