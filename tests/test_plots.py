"""Charts draw the numbers they were given: nbval skips pictures, so this is where they are held."""

import base64
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlearn import plots
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
