"""What people type into cells: chances, money, ranges, dates. Each is read in one way or refused."""

import math
import re
from datetime import date, datetime
from numbers import Real

from crmlearn.errors import Refusal
from crmlearn.transactions.dates import as_datetime

_WORDS = {
    "very low", "low", "medium", "moderate", "high", "very high", "rare", "unlikely", "possible", "likely",
    "very likely", "almost certain", "certain", "unknown",
}  # fmt: skip
_MONEY = re.compile(r"(?:(?:S|US|A)?\$|€|£|[A-Za-z]{3}\s)?\s*(\d{1,3}(?:[,\s]\d{3})+|\d+)(\.\d+)?\s*([kKmM])?")
_SIGN = re.compile(r"^([-−+]?)\s*(.*)$", re.S)
_UNCERTAIN = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # 1.200 is a little more than one here, and 1200 in other countries
_ABOUT_MONEY = {
    "a", "about", "and", "approx", "ca", "cent", "cents", "circa", "dollar", "dollars", "e", "eur", "euro", "euros",
    "from", "k", "less", "m", "mil", "million", "mio", "more", "or", "over", "roughly", "sgd", "s", "than", "thousand",
    "to", "under", "up", "us", "usd",
}  # fmt: skip
_BETWEEN = re.compile(r"\s+(?:to|-|–|—)\s+|(?<=[\d%kKmM])\s*[-–—]\s*(?=[\d$€£.])")


def empty(value):
    return value is None or (isinstance(value, float) and math.isnan(value)) or value != value or not str(value).strip()


def text(value):
    """Words of a cell, with the spaces and lines of typing made plain."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel hands out the year 2026 as 2026.0
    if isinstance(value, (list, tuple)):
        return "; ".join(map(text, value))  # a list in YAML
    return "" if empty(value) else " ".join(str(value).split())


def share(value):
    """A chance or a share of 0 to 1: 0.25 or "25 %"; 80 is refused, since 80 % and 0.80 are meant so often."""
    what = "a share between 0 and 1, such as 0.25, or 25 %"
    if isinstance(value, str):
        percent = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)
        if percent:
            return share(float(percent[1]) / 100)
    value = _plain_number(value, what)
    if not 0 <= value <= 1:
        try_ = f"for {value:g} % write {value / 100:.2f}" if 1 < value <= 100 else what
        raise Refusal("is not between 0 and 1.", f"{value:g}", try_)
    return value


def rate(value):
    """How often in a year."""
    what = "how often in a year, such as 2, or 0.5 for every second year"
    value = _plain_number(value, what)
    if not (0 <= value < math.inf):
        raise Refusal("is no rate.", f"{value:g}", what)
    return value


def money(value, cents=False):
    """Currency units: 1200, "1,200", "$1.2k"; text is refused, and so are 1.200 and 1.200,50, which two readers read
    in two ways."""
    if isinstance(value, Real) and not isinstance(value, bool):
        if math.isinf(value):
            raise Refusal("is no amount of money.", f"{value}", "a number such as 1200")
        return float(value) / (100 if cents else 1)
    sign, rest = _SIGN.match(str(value).strip()).groups()
    found = _MONEY.fullmatch(rest)
    if not found:
        raise Refusal("needs money, not words.", repr(str(value))[:60], "a number such as 1200; words: impact_in_words")
    if not found[3] and _UNCERTAIN.fullmatch(f"{found[1]}{found[2] or ''}"):
        whole, part = found[1], found[2][1:]
        raise Refusal("can be read as two amounts.", repr(str(value))[:60], f"{whole},{part} or {whole}.{part[:2]}")
    amount = float(re.sub(r"[,\s]", "", found[1]) + (found[2] or ""))
    amount *= {"k": 1e3, "m": 1e6}.get((found[3] or "").lower(), 1)
    return (-amount if sign in ("-", "−") else amount) / (100 if cents else 1)


def amounts(value, cents=False):
    """A list of amounts: [400, 900] or "400; 900; 2000"."""
    if isinstance(value, (list, tuple)):
        return [money(v, cents) for v in value]
    if isinstance(value, str):
        return [money(v, cents) for v in re.split(r"\s*;\s*|\s*,\s+", value.strip().strip(";"))]
    return [money(value, cents)]


def ends(value):
    """The two ends of "0.1 to 0.25" or [0.1, 0.25]; one value alone comes alone."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        parts = _BETWEEN.split(value.strip())
        if len(parts) == 2 and re.search(r"[kKmM]\s*$", parts[1]) and re.search(r"\d\s*$", parts[0]):
            unit = parts[1].strip()[-1]
            try_ = f"{parts[0].strip()}{unit} to {parts[1].strip()}, or both ends in full"
            raise Refusal("has a unit at one end only.", repr(value)[:60], try_)
        if len(parts) == 2 and parts[1].strip().endswith("%") and not parts[0].strip().endswith("%"):
            parts[0] += " %"  # "10 to 25 %"
        return parts
    return [value]


def is_words(value):
    """Whether a chance was given in words that registers use, such as "low"."""
    first = re.split(r"[\[(,;:]", str(value).casefold())[0].strip()
    return first in _WORDS


def looks_like_money(value):
    """Whether a cell holds amounts and no words. Figures and units alone are money, well written or not."""
    if not isinstance(value, str):
        return True
    letters = re.findall(r"[^\W\d_]+", value.casefold())
    return bool(re.search(r"\d", value)) and set(letters) <= _ABOUT_MONEY | _currency(value)


def _currency(text):
    """The three letters before an amount, such as SGD."""
    return {code.casefold() for code in re.findall(r"\b[A-Z]{3}(?=\s*\d)", text)}


def day(value):
    """A date without its clock."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return as_datetime("review_on", value).date()
    except Refusal as problem:
        raise Refusal("is no date.", problem.saw, "a day such as 2026-01-15") from None


def _plain_number(value, what):
    try:
        found = float(value) if isinstance(value, (str, Real)) and not isinstance(value, bool) else math.nan
    except ValueError:
        found = math.nan
    if math.isnan(found):
        raise Refusal("needs a number.", repr(value)[:60], what)
    return found
