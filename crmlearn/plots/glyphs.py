"""Labels that the figure's font cannot write become letters with a key, never boxes."""

import string
from functools import cache
from itertools import count, product
from unicodedata import category

from matplotlib.font_manager import FontProperties, findfont, get_font

LONGEST = 36


def key_of(figure):
    """{letter: label} of a figure; empty where the font could write all of them."""
    return getattr(figure, "crmlearn_key", {})


def keyed(figure, labels):
    """The labels as the font can write them: others become letters, and the figure keeps their key.

    Of two labels that would look alike when they are cut off, the second becomes a letter too.

    >>> import matplotlib.figure
    >>> figure = matplotlib.figure.Figure()
    >>> keyed(figure, ["tea", "书", "tea for $5", "书"]), key_of(figure)
    (['tea', 'A', 'tea for \\\\$5', 'A'], {'A': '书'})
    """
    figure.crmlearn_key = key = dict(key_of(figure))
    letters = {label: letter for letter, label in key.items()}
    labels = [str(label) for label in labels]
    free = (letter for letter in _letters() if letter not in key and letter not in labels)
    whose = {}  # what is drawn -> the label that it stands for
    shown = []
    for label in labels:
        plain = _plain(label)
        if label in letters or not writable(label) or whose.setdefault(plain, label) != label:
            if label not in letters:
                letters[label] = next(free)
                key[letters[label]] = label
            plain = letters[label]
        shown.append(plain)
    return shown


def fitting(figure, sentence):
    """A sentence in which keyed labels are replaced by their letters, and what is still not writable left out."""
    for letter, label in sorted(key_of(figure).items(), key=lambda pair: -len(pair[1])):
        sentence = sentence.replace(label, letter)
    return "".join(c for c in sentence if _has(c)).replace("$", r"\$")


def writable(text):
    """Whether the font has every character, and there is something to see."""
    return all(_has(c) for c in text if c not in "\n\r\t") and any(category(c)[0] != "C" for c in text.strip() or "-")


@cache
def _has(character):
    return character == "\n" or bool(_font().get_char_index(ord(character)))


@cache
def _font():
    # The first font only: it comes with matplotlib, so that a figure looks the same on every machine.
    return get_font(findfont(FontProperties()))


def _plain(label):
    label = " ".join(label.split())
    label = label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
    return label.replace("$", r"\$")  # matplotlib would read $...$ as a formula


def _letters():
    for n in count(1):
        yield from ("".join(some) for some in product(string.ascii_uppercase, repeat=n))
