"""Charts of risks: the matrix, the loss-exceedance curve, the tornado, the calendar, what controls return."""

import numpy as np
import pandas as pd
import seaborn as sns

from crmlearn.plots.glyphs import keyed
from crmlearn.plots.page import PALETTE, axes, short, titled
from crmlearn.plots.people import HATCHES, THOUSANDS, read

_RATINGS = {"low": ("0.5", 0.12), "medium": (PALETTE[1], 0.4), "high": (PALETTE[3], 0.75)}  # darker is worse, too
_IN_A_LINE, _IN_A_FIELD = 4, 15  # ids; more would cover the fields beside it


def risk_matrix(matrix, title, unit="currency units"):
    """The risks by their ids in a grid of likelihood and impact; each field has the colour of its rating.

    matrix : risk.matrix
    """
    across, up = len(matrix.impact_bands), len(matrix.likelihood_bands)
    figure, ax = axes("", f"Impact of one event, {unit}", "Likelihood, events a year",
                      figsize=(2.6 + 1.35 * across, 1.5 + 0.58 * up))  # fmt: skip
    for field in matrix.fields.itertuples():
        color, alpha = _RATINGS[field.rating]
        ax.bar(field.impact, 1, 1, bottom=field.likelihood - 0.5, color=color, alpha=alpha, edgecolor="white", lw=2)
        ids = keyed(figure, field.ids[:_IN_A_FIELD])
        lines = [", ".join(ids[i : i + _IN_A_LINE]) for i in range(0, len(ids), _IN_A_LINE)]
        if more := len(field.ids) - len(ids):
            lines[-1] += f", +{more}"
        size = 10 if len(lines) < 3 else 8
        ax.text(field.impact, field.likelihood, "\n".join(lines), ha="center", va="center", fontsize=size)
    for rating, (color, alpha) in reversed(_RATINGS.items()):
        ax.bar(0, 0, color=color, alpha=alpha, label=rating)
    ax.set(xlim=(0.5, across + 0.5), ylim=(0.5, up + 0.5))
    ax.set_xticks(range(1, across + 1), [_two_lines(b) for b in matrix.impact_bands])
    ax.set_yticks(range(1, up + 1), matrix.likelihood_bands)
    ax.tick_params(length=0)
    ax.grid(False)
    ax.legend(title="rating", loc="upper left", bbox_to_anchor=(1, 1))
    return titled(ax, title)


def exceedance(curves, title, var=None, q=0.95, unit="currency units"):
    """How likely a year costs more than each amount; one curve or a few, with the value at risk marked on each.

    curves : {label: Simulated.exceedance()}; var : {label: Simulated.var(q)} or None; q : its level
    """
    _, ax = axes("", f"Loss of a year, {unit}", "Chance that a year costs more, per cent", figsize=(8.5, 4.4))
    for i, (label, table) in enumerate(curves.items()):
        data = read(table)
        style = ("-", "--", ":")[i % 3]
        marked = var is not None and label in var
        said = f"{label} (dot: VaR {q:g} = {short(var[label])})" if marked else label
        ax.plot(data["loss"], data["chance"] * 100, style, color=PALETTE[i], lw=2.2, label=said)
        if marked:
            ax.plot(var[label], (1 - q) * 100, "o", color=PALETTE[i], ms=8, zorder=3)
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.set(xlim=(0, None), ylim=(0, 102))
    ax.legend(loc="upper right")
    return titled(ax, title)


def tornado(table, title, measure="expected", most=12, unit="currency units a year"):
    """From where to where the result goes when one input alone goes from its low to its high end.

    table : risk.tornado; measure : "expected" (loss) or "var"; most : bars drawn, from the widest
    """
    data = read(table)
    width = (data[f"{measure}_high"] - data[f"{measure}_low"]).abs()
    data = data.loc[width.sort_values(ascending=False, kind="stable").index].head(most)[::-1]
    what = "Expected loss" if measure == "expected" else "Value at risk"
    figure, ax = axes("", f"{what}, {unit}", "", figsize=(8.5, 1.5 + 0.32 * max(len(data), 2)))
    middle = float(data[measure].iloc[0]) if len(data) else 0.0
    for i, row in enumerate(data.itertuples()):
        for k, end in enumerate(("low", "high")):
            to = getattr(row, f"{measure}_{end}")
            ax.barh(i, to - middle, 0.7, left=middle, color=PALETTE[(0, 1)[k]], hatch=HATCHES[k], edgecolor="white",
                    label=f"input at its {end} end" if i == 0 else None)  # fmt: skip
    ax.axvline(middle, color="0.3", lw=1)
    ax.set_yticks(
        range(len(data)), [f"{i}, {name}" for i, name in zip(keyed(figure, data["id"]), data["input"], strict=True)]
    )
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower right")
    return titled(ax, title)


def exposure_calendar(table, title, unit="currency units", most=25):
    """Expected loss by month and risk, and of all risks together; months without exposure stay empty.

    table : risk.calendar; most : risks drawn, those with the largest loss of a year; the others stand in one row
    """
    data = read(table).set_index("month").T
    rest = data.drop(index="all").sum(axis=1).sort_values(ascending=False, kind="stable").index[most:]
    if len(rest):
        others = data.loc[rest].sum().to_frame(f"{len(rest)} other risks").T
        data = pd.concat([data.drop(index=[*rest, "all"]), others, data.loc[["all"]]])
    figure, ax = axes("", "", "", figsize=(9.5, 1.3 + 0.27 * len(data)))
    names = ["all risks" if name == "all" else name for name in keyed(figure, data.index)]
    values = data.to_numpy(float)
    texts = np.array([[short(round(v)) if v else "" for v in row] for row in values])
    # The sums are written and not coloured: their colour would leave none for the risks.
    sums = np.arange(len(names)) >= len(names) - (2 if len(rest) else 1)
    colours = np.where((values == 0) | sums[:, None], np.nan, values)
    sns.heatmap(colours, cmap="cividis", ax=ax, linewidths=1, xticklabels=list(data.columns), yticklabels=names,
                cbar_kws={"label": f"Expected loss, {unit}", "format": THOUSANDS})  # fmt: skip
    highest = np.nanmax(colours) if not np.isnan(colours).all() else 1
    for (i, j), text in np.ndenumerate(texts):
        dark = not np.isnan(colours[i, j]) and colours[i, j] < 0.5 * highest
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=8, color="white" if dark else "black")
    ax.tick_params(axis="y", rotation=0, length=0)
    ax.tick_params(axis="x", rotation=0, length=0)
    ax.grid(False)
    return titled(ax, title)


def control_returns(table, title, chosen=(), unit="currency units a year", most=25):
    """Each control's cost next to the expected loss that it saves, with its return (ROSI) written at the end.

    table : risk.rosi; chosen : names of controls to mark, such as risk.best_controls(...).controls
    most : controls drawn, those that return most, and the chosen ones
    """
    data = read(table).dropna(subset=["saved"])
    drawn = data[(np.arange(len(data)) < most) | data["control"].isin(list(chosen))]
    left = f" ({len(drawn)} of {len(data)} controls)" if len(drawn) < len(data) else ""
    data = drawn[::-1]
    figure, ax = axes("", f"{unit[:1].upper()}{unit[1:]}{left}", "", figsize=(9, 1.5 + 0.32 * max(len(data), 2)))
    labels = {"saved": "expected loss that it saves", "cost": "cost"}
    for k, (column, label) in enumerate(labels.items()):
        at = np.arange(len(data)) + 0.19 * (1 - 2 * k)
        ax.barh(at, data[column], 0.38, color=PALETTE[(0, 1)[k]], hatch=HATCHES[k], edgecolor="white", label=label)
    for i, row in enumerate(data.itertuples()):
        said = "no cost" if np.isnan(row.rosi) else f"ROSI {row.rosi:.2g}"
        ax.annotate(said, (max(row.saved, row.cost), i), (5, 0), textcoords="offset points", va="center", fontsize=10)
    marks = ["chosen: " if name in set(chosen) else "" for name in data["control"]]
    ax.set_yticks(range(len(data)), [m + n for m, n in zip(marks, keyed(figure, data["control"]), strict=True)])
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.margins(x=0.14)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower right")
    return titled(ax, title)


def _two_lines(band):
    return band.replace(" to ", " to\n").replace(" or more", "\nor more").replace("below ", "below\n")


def _matrix_words(matrix):
    cells = matrix.table.groupby("rating", sort=False)["id"].agg(", ".join)
    return "; ".join(f"{rating}: {cells[rating]}" for rating in ("high", "medium", "low") if rating in cells)


def _curve_words(curves):
    said = []
    for label, table in curves.items():
        data = read(table)
        row = data.iloc[(data["chance"] - 0.05).abs().argmin()]
        said.append(f"{label}: some loss in {data['chance'].iloc[0]:.3g} of the years, above {short(row['loss'])} in "
                    f"{row['chance']:.2g} of them")  # fmt: skip
    return "; ".join(said)


def _tornado_words(table):
    rows = read(table).head(3).itertuples()
    return "; ".join(f"{r.id} by {r.input}: {short(r.expected_low)} to {short(r.expected_high)}" for r in rows)


def _calendar_words(table):
    data = read(table).sort_values("all", kind="stable")
    ends = (("lowest", data.iloc[0]), ("highest", data.iloc[-1]))
    return "Expected loss of all risks, " + ", ".join(f"{end} in {r['month']}: {short(r['all'])}" for end, r in ends)


def _control_words(table):
    rows = read(table).dropna(subset=["saved"]).itertuples()
    return "; ".join(f"{r.control}: costs {short(r.cost)}, saves {short(r.saved)}" for r in rows)


# What `alt_text` says of each: the kind of chart, and its numbers in words.
RISK_WORDS = {
    "risk_matrix": ("Risk matrix of likelihood by impact with the risks' ids", _matrix_words),
    "exceedance": ("Loss-exceedance curve", _curve_words),
    "tornado": ("Tornado chart, the widest bar on top", _tornado_words),
    "exposure_calendar": ("Heat map of expected losses by risk and month", _calendar_words),
    "control_returns": ("Bars of each control's cost and of the loss that it saves", _control_words),
}
