"""Charts draw the numbers they were given: nbval skips pictures, so this is where they are held."""

import base64
import re
from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlearn import audit, cohorts, pdpa, plots, rfm, transactions
from crmlearn.errors import Refusal
from crmlearn.plots import page


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def heights(figure):
    return [p.get_height() for p in figure.axes[0].patches]


def test_bars_stand_side_by_side_with_their_values():
    figure = plots.bars(pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=["x", "y"]), "finding", "what", "how many, n")
    assert heights(figure) == [1, 2, 3, 4]
    ax = figure.axes[0]
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("finding", "what", "how many, n")
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x", "y"]


def test_stacked_bars_stand_on_each_other():
    figure = plots.bars(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), "t", "x", "y", stacked=True)
    assert [p.get_y() for p in figure.axes[0].patches] == [0, 0, 1, 2]


def test_lines_keep_observed_and_model_in_one_colour():
    table = pd.DataFrame({"a": [1, 0.5], "a (model)": [1, 0.6], "b": [1, 0.2]}, index=[0, 1])
    drawn = plots.lines(table, "t", "x", "y").axes[0].lines
    assert drawn[0].get_color() == drawn[1].get_color() != drawn[2].get_color()
    assert drawn[1].get_linestyle() == "--" and np.allclose(drawn[2].get_ydata(), [1, 0.2])


def test_bridge_steps_start_where_the_last_one_ended():
    steps = pd.Series({"start =": 5.0, "less": -2.0, "more": 4.0, "end =": 7.0})
    bars = plots.bridge(steps, "t", "y").axes[0].patches
    assert [(p.get_y(), p.get_height()) for p in bars] == [(0, 5), (5, -2), (3, 4), (0, 7)]


def test_estimates_show_the_value_and_its_interval():
    table = pd.DataFrame({"per_customer": [2.0, 5.0], "low": [np.nan, 4.0], "high": [np.nan, 7.0]}, index=["p", "q"])
    ax = plots.estimates(table, "t", "x").axes[0]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["q", "p"]
    assert np.allclose(ax.lines[1].get_xdata(), [4, 7])
    assert {t.get_text() for t in ax.texts} == {"2.00", "5.00"}


def test_heatmap_writes_every_number():
    figure = plots.heatmap(pd.DataFrame([[1.0, 2.0], [3.0, 4.0]]), "t", "x", "y")
    assert [t.get_text() for t in figure.axes[0].texts] == ["1.0", "2.0", "3.0", "4.0"]


def test_show_gives_a_description_and_closes_the_figure(capsys, monkeypatch):
    shown = {}
    monkeypatch.setattr(page, "display", lambda data, raw: shown.update(data))
    plots.show(plots.bars(pd.DataFrame({"a": [1]}), "t", "x", "y"), 'A bar "of one" & nothing else')
    assert 'alt="A bar &quot;of one&quot; &amp; nothing else"' in shown["text/html"]
    picture = base64.b64decode(re.search(r"base64,([^\"]*)", shown["text/html"])[1])
    assert picture.startswith(b"\x89PNG") and shown["text/plain"].startswith("Figure: A bar")
    assert plt.get_fignums() == []


def test_the_palette_tells_neighbours_apart_without_colour():
    figure = plots.bars(pd.DataFrame({"a": [1], "b": [1]}), "t", "x", "y")
    assert len({p.get_hatch() for p in figure.axes[0].patches}) == 2


def test_play_follows_its_sliders():
    from ipywidgets import IntSlider

    slider = IntSlider(3, 0, 10)
    box = plots.play(lambda months: f"{months} < {months + 1}", months=slider)
    assert "3 &lt; 4" in box.children[-1].value and 'aria-live="polite"' in box.children[-1].value
    slider.value = 7
    assert "7 &lt; 8" in box.children[-1].value and slider.description == "months"


# What follows draws the tables of rfm, cohorts and audit.

LABELS = ["tea", "kain batik", "茶叶", "தேநீர்", "🫖", "$5 deals", "a name that is longer than any axis has room for"]


@pytest.fixture(autouse=True)
def no_warnings_about_glyphs():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def tx():
    random = np.random.default_rng(7)
    n = 400
    customer = np.r_[np.arange(120), random.integers(0, 120, n - 120)]
    day = np.r_[random.integers(0, 500, 120), random.integers(0, 900, n - 120)]
    amount = random.gamma(3, 10, n).round(2)
    return pd.DataFrame({
        "customer_id": customer.astype(str),
        "date": np.datetime64("2021-01-01", "us") + day.astype("timedelta64[D]"),
        "amount": amount,
        "margin": (amount * 0.4 - 6).round(2),
        "category": np.array(LABELS, object)[random.integers(0, len(LABELS), n)],
    })  # fmt: skip


@pytest.fixture(scope="module")
def made(tx):
    terms = {"period": "2022", "before": "2021", "acquisition_cost": 9.0, "with_refunds": tx}
    shown = audit.exhibits(tx, "2023-06-20", **terms).shown
    return {e.name: e for e in shown}


def of(figure):
    figure.canvas.draw()  # so that a missing glyph would warn
    return figure.axes[0]


def ticks(axis):
    return [t.get_text() for t in axis.get_ticklabels()]


def drawn(made, name):
    e = made[name]
    return e.table, of(getattr(plots, e.plot)(e.table, e.title))


def test_every_exhibit_has_its_finding_as_title_labels_and_a_description(made):
    for e in made.values():
        if not e.plot:
            continue
        figure = getattr(plots, e.plot)(e.table, e.title)
        ax = of(figure)
        title = ax.get_title(loc="left").replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
        if plots.key_of(figure) == {}:
            assert title.startswith(e.title.replace("$", r"\$")), e.name
        assert ax.get_xlabel() or ax.get_ylabel() or e.plot == "shares", e.name
        alt = plots.alt_text(e.plot, e.table, e.title)
        assert e.title in alt and alt.endswith(".") and len(alt) < 700
        plt.close(figure)


def test_draw_shows_the_figure_with_its_own_words(made, monkeypatch):
    shown = {}
    monkeypatch.setattr(page, "display", lambda data, raw: shown.update(data))
    e = made["lost_kept_new"]
    plots.draw("overlap", e.table, e.title, periods=("2021", "2022"))
    assert shown["text/plain"] == f"Figure: {plots.alt_text('overlap', e.table, e.title)}"
    with pytest.raises(Refusal, match="plot='overlapp' is not a choice"):
        plots.draw("overlapp", e.table, e.title)


def test_a_grid_is_described_by_its_ends(made):
    e = made["switching"]
    best = e.table.sort_values("share_of_from", kind="stable").iloc[-1]
    said = f"highest: from {best['from']}, to {best['to']}: {best['share_of_from'] * 100:.3g} %."
    assert plots.alt_text(e.plot, e.table, e.title).endswith(said)
    wide = pd.DataFrame({"cohort": ["2021", "2022"], "acquired": [50, 40], "0": [1.0, 1.0], "1": [0.5, 0.25]})
    assert "Lowest: cohort 2022, age 1: 25 %" in plots.alt_text("cohort_grid", wide, "Cohorts")


def test_shares_stand_side_by_side(made):
    table, ax = drawn(made, "deciles")
    bars = [p.get_height() for p in ax.patches]
    assert np.allclose(bars[:10], table["share_of_customers"] * 100) and np.allclose(
        bars[10:], table["share_of_profit"] * 100
    )


def test_lorenz_goes_through_its_table(made):
    table, ax = drawn(made, "lorenz")
    assert np.allclose(ax.lines[1].get_ydata(), table["share_of_profit"] * 100)
    assert np.allclose(ax.lines[0].get_xdata(), ax.lines[0].get_ydata())


def test_overlap_shows_kept_customers_in_both_bars(made):
    table, ax = drawn(made, "lost_kept_new")
    n = table.set_index("group")["customers"]
    assert [abs(p.get_width()) for p in ax.patches] == [n["lost"], n["kept"], n["kept"], n["new"], n["back"]]
    assert ax.patches[0].get_x() == -n["lost"] and ax.patches[3].get_x() == n["kept"]


def test_profit_bridge_ends_where_the_second_period_stands(made):
    for name in ("bridge", "bridge:factors"):
        table, ax = drawn(made, name)
        bars = ax.patches
        steps = table[table["total"] | (table["change"] != 0)]
        assert [p.get_height() for p in bars] == pytest.approx(steps["change"].tolist())
        assert bars[-2].get_y() + bars[-2].get_height() == pytest.approx(table["change"].iloc[-1])
        low, high = ax.get_ylim()
        assert all(low <= p.get_y() + p.get_height() < high for p in bars)


def test_switching_writes_the_shares_of_each_row(made):
    table, ax = drawn(made, "switching")
    first = table[table["from"] == "1"]["share_of_from"]
    assert [t.get_text() for t in ax.texts[:11]] == [f"{v * 100:.0f}" for v in first]
    assert ticks(ax.yaxis) == [*map(str, range(1, 11)), "not active"]


def test_up_down_writes_customers_and_change(made):
    table, ax = drawn(made, "up_down")
    by = table.set_index(["orders", "value_per_order"])
    assert ax.texts[0].get_text().split("\n")[0] == str(by.loc[("more", "lower"), "customers"])


def test_c3_stacks_each_cohort_on_the_earlier_ones(made):
    table, ax = drawn(made, "whole_base")
    tops = {}
    for p in ax.patches:
        x = round(p.get_x() + 0.5)
        tops[x] = tops.get(x, 0) + p.get_height()
    sums = table.groupby("period")["profit"].sum()
    assert [tops[i] for i in range(len(sums))] == pytest.approx(sums.tolist())
    assert ticks(ax.xaxis)[-1] == "2023 Q2*" and "until 2023-06-20" in ax.get_xlabel()


def test_c3_hangs_losses_below_zero():
    table = pd.DataFrame(
        {"period": ["1", "2", "2"], "cohort": ["1", "1", "2"], "profit": [5.0, -2.0, 3.0], "seen": "whole"}
    )
    bars = of(plots.c3(table, "t")).patches
    assert [(p.get_y(), p.get_height()) for p in bars if p.get_height()] == [(0, 5), (0, -2), (0, 3)]


def test_flow_stacks_new_on_returning(made):
    table, ax = drawn(made, "acquisition")
    n = len(table)
    assert [p.get_height() for p in ax.patches] == [*table["returning"], *table["new"]]
    assert [p.get_y() for p in ax.patches[n:]] == table["returning"].tolist()


def test_activity_leaves_what_was_not_seen_whole_hollow(made):
    table, ax = drawn(made, "one_cohort")
    assert np.allclose(ax.lines[0].get_ydata(), table["share_active"][:-1] * 100)
    assert ax.lines[1].get_markerfacecolor() == "white" and len(ax.lines[1].get_ydata()) == 1


def test_cohort_grid_leaves_the_future_empty(made, tx):
    table, ax = drawn(made, "cohorts_compared")
    whole = table[(table["seen"] == "whole") & (table["age"] > 0)]  # at age 0 all ordered by definition
    assert [t.get_text() for t in ax.texts] == [f"{v * 100:.0f}" for v in whole["share_active"]]
    assert set(ticks(ax.yaxis)) == set(whole["cohort"])
    wide = cohorts.table(tx, "2023-06-20", "Q")
    other = of(plots.cohort_grid(wide, "t"))
    assert [t.get_text() for t in other.texts] == [t.get_text() for t in ax.texts]
    large = plots.cohort_grid(cohorts.table(tx, "2023-06-20", "M", "revenue", align="calendar"), "t")
    assert of(large).texts[0].get_text() == "" and max(large.get_size_inches()) <= 14


def test_text_in_a_grid_stands_out_from_its_field(made):
    from matplotlib.colors import to_rgb
    from seaborn.utils import relative_luminance

    _, ax = drawn(made, "up_down")
    for text, face in zip(ax.texts, ax.collections[0].get_facecolors(), strict=False):
        light = sorted(relative_luminance(c) for c in (face, to_rgb(text.get_color())))
        assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5


def test_rankings_write_every_value(made):
    for name, value in (("penetration:category", "penetration"), ("entry:category", "share_of_customers"),
                        ("co_purchase:category", "support"), ("repeat_rates", "repeat_rate")):  # fmt: skip
        table, ax = drawn(made, name)
        known = table[value].head(20)[::-1] * 100
        assert np.allclose([p.get_width() for p in ax.patches], known.fillna(0))
        assert len(ax.texts) == len(known)
    short_lived = pd.DataFrame({"cohort": ["2021", "2022"], "repeat_rate": [0.25, np.nan]})
    texts = [t.get_text() for t in of(plots.ranking(short_lived, "t")).texts]
    assert texts == ["not seen long enough", "25"]


def test_labels_without_glyphs_are_letters_with_a_key_on_the_page(made, monkeypatch):
    e = made["penetration:category"]
    figure = plots.ranking(e.table, "茶叶 and tea")
    key = plots.key_of(figure)
    assert set(key.values()) == {"茶叶", "தேநீர்", "🫖"} and set(key) == {"A", "B", "C"}
    shown = ticks(of(figure).yaxis)
    assert {"A", "B", "C", "tea", "kain batik", r"\$5 deals"} < set(shown) and not {"茶叶", "🫖"} & set(shown)
    letter = next(k for k, v in key.items() if v == "茶叶")
    assert of(figure).get_title(loc="left") == f"{letter} and tea"
    page_html = {}
    monkeypatch.setattr(page, "display", lambda data, raw: page_html.update(data))
    plots.show(figure, "alt")
    assert f"{letter} = 茶叶" in page_html["text/html"] and "<figcaption>" in page_html["text/html"]


def test_a_label_that_is_a_letter_keeps_it():
    figure = plots.axes("", "", "")[0]
    assert plots.keyed(figure, ["A", "茶", "B", "叶"]) == ["A", "C", "B", "D"]
    assert len(set(plots.keyed(figure, [chr(0x4E00 + i) for i in range(60)]))) == 60


def test_waits_show_median_and_middle_half(made):
    table, ax = drawn(made, "time_between_orders")
    last = table.iloc[-1]
    assert ax.lines[0].get_xdata().tolist() == [last["p25_days"], last["p75_days"]]
    assert ax.lines[1].get_xdata().tolist() == [last["median_days"]]


def test_survival_falls_in_steps_with_its_band(tx):
    curve = cohorts.time_to_nth_order(tx, "2023-06-20")
    ax = of(plots.survival(curve, "t"))
    assert ax.lines[0].get_drawstyle() == "steps-post" and np.allclose(ax.lines[0].get_ydata(), curve["waiting"] * 100)
    assert len(ax.collections) == 1
    several = of(plots.survival(cohorts.time_to_nth_order(tx, "2023-06-20", period="Q"), "t"))
    assert len(several.get_legend().get_texts()) == len(several.lines) > 3


def test_rfm_grid_segments_and_moves(tx):
    book = transactions.ledger(tx)
    scores = rfm.score(book, "2023-06-20")
    ax = of(plots.rfm_grid(rfm.grid(scores), "t"))
    assert sum(int(t.get_text()) for t in ax.texts) == 120 and ticks(ax.yaxis) == list("54321")
    sizes = rfm.sizes(rfm.segments(scores))
    assert ticks(of(plots.ranking(sizes, "t")).yaxis) == sizes["segment"].tolist()[::-1]
    moves = rfm.stability(book, "2021-12-31", "2023-06-20").transitions
    assert ticks(of(plots.switching(moves, "t")).yaxis)[-1] == "(not scored)"


def test_polars_tables_are_drawn_alike(made):
    import polars as pl

    for e in made.values():
        if e.plot:
            one, two = (getattr(plots, e.plot)(t, e.title) for t in (e.table, pl.from_pandas(e.table)))
            bars = [
                [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in f.axes[0].patches] for f in (one, two)
            ]
            assert np.allclose(*bars)
            assert plots.alt_text(e.plot, pl.from_pandas(e.table), "t") == plots.alt_text(e.plot, e.table, "t")
            plt.close("all")


@pytest.fixture(scope="module")
def test():
    from crmlearn import clv, datasets, transactions

    tx = transactions.clean(transactions.read(datasets.path("cdnow")).tx).tx
    return clv.compare(tx, "1997-09-30", until="1998-06-30")


class TestForecasts:
    def test_tracking_draws_the_table_and_marks_the_split(self, test):
        for incremental, table in ((False, test.tracking), (True, test.incremental)):
            ax = of(plots.tracking(test, "They part after the split", ["NBD", "BGNBD"], incremental))
            drawn = {line.get_label(): line for line in ax.get_lines()}
            assert {"observed", "NBD (model)", "BG/NBD (model)"} <= set(drawn) and "Pareto/NBD (model)" not in drawn
            week, value = drawn["BG/NBD (model)"].get_data()
            assert value.tolist() == table.set_index("week").loc[week, "BGNBD"].tolist()
            assert any(line.get_xdata()[0] == line.get_xdata()[1] == pytest.approx(272 / 7) for line in ax.get_lines())
            assert ax.get_xlabel() == "weeks since 01 January 1997"

    def test_bars_stand_as_high_as_the_table(self, test):
        for draw, table in ((plots.by_history, test.by_history), (plots.frequency, test.frequency)):
            ax = of(draw(test, "Close"))
            heights = [p.get_height() for p in ax.patches]
            assert heights == pytest.approx(
                table[["observed", "NBD", "BGNBD", "MBGNBD", "ParetoNBD"]].to_numpy().T.ravel()
            )
            assert "30 September 1997" in ax.get_xlabel()


class TestFairness:
    def test_a_dot_stands_where_a_case_breaks_even(self):
        table = pd.DataFrame({"as it is": [-10.0, 0.0, 10.0]}, index=[0.0, 1.0, 2.0])
        ax = of(plots.break_even_line(table, "One point", {"as it is": 1.0}))
        assert ax.lines[0].get_ydata().tolist() == [-10, 0, 10] and ax.lines[1].get_xdata().tolist() == [1]
        assert "-10 at 0 points, 10 at 2" in plots.alt_text("break_even_line", table, "One point")

    def test_shares_and_the_four_fifths_are_those_of_the_table(self):
        from crmlearn import ethics

        rows = [("a", k < 60, k % 2 == 0) for k in range(100)] + [("b", k < 30, k % 2 == 0) for k in range(100)]
        people = pd.DataFrame(rows, columns=["group", "sent", "bought"])
        table = ethics.selection(people, "group", "sent", "bought")
        ax = of(plots.group_shares(table, "b is chosen half as often"))
        assert ax.lines[0].get_xdata().tolist() == [30, 60] and ax.lines[1].get_xdata().tolist() == [30, 60]
        assert ax.lines[2].get_xdata()[0] == pytest.approx(48) and ticks(ax.yaxis) == ["b (100)", "a (100)"]
        alone = of(plots.group_shares(table[["group", "people", "chosen", "low", "top"]], "t", fifths=False))
        assert len(alone.lines) == 1
        assert "b: 30 %" in plots.alt_text("group_shares", table, "t")

    def test_calibration_draws_each_group_against_the_promise(self):
        from crmlearn import ethics

        people = pd.DataFrame({"g": ["a", "a", "b", "b"] * 10, "p": [0.1, 0.1, 0.9, 0.9] * 10, "y": [0, 0, 1, 1] * 10})
        table = ethics.calibration(people, "g", "p", "y", bins=2)
        ax = of(plots.group_calibration(table, "Both keep it"))
        assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[0], [100]]
        assert "b: promised 90 %, 100 % happened" in plots.alt_text("group_calibration", table, "t")


class TestLaw:
    def test_a_clock_stands_on_its_days(self):
        days = {"told by": date(2025, 9, 15), "assessed": date(2025, 9, 12)}
        ax = of(plots.breach_clock(days, "Three days end on a Monday"))
        assert [t.get_text() for t in ax.get_yticklabels()] == ["assessed", "told by"]
        assert [line.get_xdata()[0] for line in ax.get_lines()] == [1, 4]  # one day of margin before the first
        assert len(ax.patches) == 2  # Saturday and Sunday
        assert "told by: Monday 15 September 2025" in plots.alt_text("breach_clock", days, "t")

    def test_each_reason_has_its_bar(self):
        book = pdpa.Ledger().add("a", "2025-01-01", "sms").add("b", "2025-01-01", "sms", event="withdrawn")
        made = pdpa.contact_list(pd.DataFrame({"customer_id": list("abc")}), book, "sms", "marketing", "2025-02-01")
        ax = of(plots.contact_reasons(made, "One of three may be reached"))
        names = [t.get_text() for t in ax.get_yticklabels()]
        assert names == ["yes: consent", "no: no consent", "no: withdrawn"]
        assert [bar.get_width() for bar in ax.patches] == [1, 1, 1]
        assert "no, withdrawn: 1" in plots.alt_text("contact_reasons", made, "t")

    def test_caps_are_drawn_as_given(self):
        table = pd.DataFrame({"data protection": [1e6, 5e6]}, index=[1e6, 50e6])
        ax = of(plots.penalty_caps(table, "Ten per cent above ten million"))
        assert ax.get_lines()[0].get_ydata().tolist() == [1.0, 5.0] and ax.get_xscale() == "log"
        assert "50,000,000" in plots.alt_text("penalty_caps", table, "t")


def test_a_ranking_says_why_a_number_is_missing():
    days = pd.to_datetime(["2024-01-01", "2024-01-10", "2024-01-06", "2024-05-01"])
    tx = pd.DataFrame({"customer_id": ["a", "a", "z", "b"], "date": days, "amount": [10.0, -4.0, -1.0, 0.0]})
    ax = of(plots.ranking(audit.refunds(tx, "2024-12-31"), "t"))
    said = dict(zip(ticks(ax.yaxis), [t.get_text() for t in ax.texts], strict=True))
    assert said == {"(no order in the log)": "no revenue", "2024 Q2": "no revenue", "2024 Q1": "40"}
    with pytest.raises(Refusal, match="finds no column to draw"):
        plots.ranking(pd.DataFrame({"a": [1]}), "t")


def test_two_labels_never_look_alike():
    many = pd.DataFrame({
        "customer_id": ["a", "a", "b", "c"], "date": pd.Timestamp("2024-01-01"), "amount": 5.0,
        "category": ["茶", "A", "L" * 199 + "x", "L" * 199 + "y"],
    })  # fmt: skip
    figure = plots.ranking(audit.co_purchase(many, "2024"), "t")
    assert ticks(of(figure).yaxis) == ["A + B"] and plots.key_of(figure) == {"B": "茶"}
    figure = plots.ranking(audit.penetration(many, "2024"), "t")
    assert len(set(ticks(of(figure).yaxis))) == 4
    figure = plots.ranking(audit.penetration(many.assign(category=["\u200b", "\u202e", "tea", "a b"]), "2024"), "t")
    assert set(plots.key_of(figure)) == {"A", "B"}


def test_counts_and_money_of_cohorts_are_no_shares():
    days = pd.to_datetime(["2024-01-01", "2024-02-10", "2024-03-01"])
    tx = pd.DataFrame({"customer_id": ["a", "b", "b"], "date": days, "amount": [0.5, 0.8, 0.1]})
    title = plots.cohort_grid(cohorts.table(tx, "2024-12-31", what="revenue"), "Revenue").axes[0].get_title(loc="left")
    assert title == "Revenue"
    with pytest.raises(Refusal, match="there is nothing to draw"):
        plots.cohort_grid(cohorts.table(tx.head(1), "2024-01-15"), "t")


def test_large_money_is_written_out():
    assert plots.short(1.2345e12) == "1,234,000,000,000" and plots.short(0.30000000000000004) == "0.3"


def test_an_alternative_text_without_numbers_ends_once():
    table = pd.DataFrame({"cohort": ["a"], "customers": [5], "repeat_rate": [float("nan")]})
    assert plots.alt_text("ranking", table, "Nobody yet") == "Bar chart. Nobody yet."
