"""What a person typed where a number was asked for: every number that may have been meant, and the unit beside it."""

import re
import unicodedata

_SIGNS = str.maketrans({"−": "-", "–": "-", "٫": ".", "’": "'", "≈": "~"})
_DOLLARS = ("us$", "s$", "usd", "sgd", "$", "dollars", "dollar")
_UNITS = {"%": ("%", "percent", "per cent"), "dollars": _DOLLARS}
_OTHERS = ("€", "£", "¥", "eur", "euros", "euro", *_DOLLARS, *_UNITS["%"])
_NUMBER = re.compile(r"[-+]?(\d[\d,.' ]*|[.,]\d+)(e[-+]?\d{1,3})?", re.I)


def readings(text, unit=""):
    """Every number that a person may have meant: 1,234 is a thousand to some and a bit over one to others.

    Returns: list of float; empty for what is no number

    >>> readings("1,234"), readings("366.67 dollars", "dollars"), readings("about ten")
    ([1234.0, 1.234], [366.67], [])
    """
    text = re.sub(r"^[~=]\s*", "", plain(text))
    for word in _UNITS.get(unit, (unit.lower(),)):
        if word and text.startswith(word):
            text = text.removeprefix(word).strip()
            break
        if word and text.endswith(word):
            text = text.removesuffix(word).strip()
            break
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return []
    found = []
    for decimal, group in ((".", ","), (",", ".")):
        whole, point, rest = text.partition(decimal)
        if re.search(rf"[{group}' ]", whole):
            if not re.fullmatch(rf"[-+]?\d{{1,3}}([{group}' ]\d{{3}})+", whole):
                continue
            whole = re.sub(rf"[{group}' ]", "", whole)
        try:
            value = float(whole + ("." if point else "") + rest)
        except ValueError:
            continue
        if value not in found and abs(value) < 1e300:
            found.append(value)
    return found


def has_other_unit(text, unit):
    """Whether a sign of another unit stands there, such as 46 dollars where percent is asked for.

    >>> has_other_unit("46 dollars", "%"), has_other_unit("46 %", "%")
    (True, False)
    """
    mine = _UNITS.get(unit, (unit.lower(),))
    letters = re.sub(r"[\d\s.,'+~=-]", " ", plain(text)).split()
    return any(word in _OTHERS and word not in mine for word in letters)


def plain(text):
    """Small letters, ordinary signs, nothing invisible."""
    text = unicodedata.normalize("NFKC", str(text)).translate(_SIGNS)
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip().lower()
