"""Markdown of decks, hints and feedback as harmless HTML; formulas become MathML, which browsers draw themselves."""

import re
from functools import cache, lru_cache
from html import escape

_TAGS = {
    *("p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "sub", "sup", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("math", "mrow", "mi", "mo", "mn", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msup", "msub", "msubsup"),
    *("mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "math": {"display"},
    "mo": {"stretchy", "fence", "separator", "form", "movablelimits", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mspace": {"width", "linebreak"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
}


def literal(text):
    """A text for Markdown that is shown as it was written: no markup, no formulas, no tags.

    text : str, such as a name from somebody's file

    >>> literal("a *mobile* reader, $5")
    'a &#42;mobile&#42; reader, &#36;5'
    """
    return re.sub(r"[^\w\s,.]|_", lambda sign: f"&#{ord(sign[0])};", " ".join(str(text).split()))


@lru_cache(4096)  # a question is shown more than once
def html(markdown):
    """Markdown as HTML without scripts, pictures or anything fetched.

    markdown : str; with ``$...$`` and ``$$...$$`` for formulas. A text of one paragraph comes without its <p>.

    >>> html("**Right**: 5 < 6")
    '<strong>Right</strong>: 5 &lt; 6'
    """
    import nh3

    rendered = _parser().render(str(markdown))
    clean = nh3.clean(rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https"}, link_rel=None).strip()
    if clean.startswith("<p>") and clean.endswith("</p>") and clean.count("<p>") == 1:
        return clean.removeprefix("<p>").removesuffix("</p>")
    return clean


def mathml(tex, display="inline"):
    """A formula as MathML; as it was typed where it cannot be converted.

    >>> mathml("r^t")[:18]
    '<math xmlns="http:'
    """
    from latex2mathml.converter import convert

    try:
        return convert(tex.strip(), display=display)
    except Exception:  # whatever the converter trips over, the reader still sees the formula
        return f"<code>{escape(tex)}</code>"


@cache
def _parser():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def render(tex, options):
        return mathml(tex, "block" if options["display_mode"] else "inline")

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    # No space inside the dollars, so that "$5 and $6" stays money; write \\$ where that is not enough.
    return markdown.use(dollarmath_plugin, renderer=render, allow_space=False, allow_labels=False)
