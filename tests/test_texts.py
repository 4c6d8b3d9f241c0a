"""Markdown becomes HTML that does nothing and fetches nothing."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import texts


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**a** *b* `c`", "<strong>a</strong> <em>b</em> <code>c</code>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("$5 and $6", "$5 and $6"),
        ("[08](08.ipynb#Round-1)", '<a href="08.ipynb#Round-1">08</a>'),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ],
)
def test_what_becomes_what(markdown, html):
    assert texts.html(markdown) == html


def test_formulas_are_mathml():
    html = texts.html("$m\\,\\frac{1+d}{1+d-r}$ of 6")
    assert "<mfrac>" in html and "\\frac" not in html and html.endswith("</math> of 6")
    assert 'display="block"' in texts.html("$$\\sum_{t=0}^{\\infty} r^t$$")


def test_a_formula_that_cannot_be_drawn_is_shown_as_typed():
    assert texts.mathml("\\left( <b>") == "<code>\\left( &lt;b&gt;</code>"


@given(st.text())
def test_nothing_runs_and_nothing_is_fetched(text):
    for tag in BeautifulSoup(texts.html(text), "html.parser").find_all(True):
        assert tag.name not in ("script", "img", "style", "iframe", "object", "form", "input")
        assert not [name for name in tag.attrs if name.startswith("on") or name == "src"]
