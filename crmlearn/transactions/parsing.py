"""Text to amounts and dates. What could be read in two ways is refused, never decided by us."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmlearn.errors import Refusal, one_of

_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥])\s*|\s*(?:[A-Z]{3}|[$€£¥])$")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T](.+))?$")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}(\s|$)")


def parse_amounts(values, name, decimal=None, separator=None):
    """Turn {text: row number} into ({text: float}, notes). Refuses text, NaN, infinity and a doubtful '1,234'."""
    texts = {text: _bare(text) for text in values}
    commas = [t for t in texts.values() if "," in t]
    dots = [t for t in texts.values() if "." in t]
    notes = []
    if decimal is None:
        decimal = _decimal(name, commas, dots, separator)
        if decimal == ",":
            notes.append(f"{name}: a comma stands before the decimals")
    one_of("decimal", decimal, (".", ","))
    parsed, bad = {}, []
    for text, bare in texts.items():
        value = _number(bare, decimal)
        if value is None:
            bad.append(text)
        parsed[text] = value
    if bad:
        raise Refusal(
            f"'{name}' has values that are no finite numbers ({len(bad)} different).",
            "; ".join(f"row {values[t]}: {t!r}" for t in bad[:3]),
            "mend or delete these rows (the header is row 1)",
        )
    return parsed, notes


def _bare(text):
    text = _CURRENCY.sub("", text.strip())
    if text.startswith("(") and text.endswith(")"):  # a bookkeeper's minus
        text = "-" + text[1:-1]
    if text.endswith("-"):
        text = "-" + text[:-1]
    return _CURRENCY.sub("", text.replace("-$", "-").strip())


def _decimal(name, commas, dots, separator):
    """The sign before the decimals, or a refusal when every value could be read both ways."""
    both = [t for t in commas if "." in t]
    if both:
        return "," if both[0].rfind(",") > both[0].rfind(".") else "."
    for sign, texts in ((",", commas), (".", dots)):
        if not all(re.fullmatch(rf"[+-]?\d{{1,3}}(\{sign}\d{{3}})+", t) for t in texts):
            return sign  # 12,50 is no grouping by thousands
    for sign, texts in ((",", commas), (".", dots)):
        grouped = any(t.count(sign) > 1 for t in texts)  # 1,234,567 has two: they group
        if texts and not grouped and (sign == "," or separator == ";"):
            raise Refusal(
                f"'{name}' can be read in two ways.",
                f"{texts[0]} is {texts[0].replace(sign, '')} or {texts[0].replace(',', '.')}",
                "decimal='.' or decimal=','",
            )
    return "," if any(t.count(".") > 1 for t in dots) else "."


def _number(text, decimal):
    group = "," if decimal == "." else "."
    grouped = rf"[+-]?\d{{1,3}}([ '\u00a0\u202f\{group}]\d{{3}})+(\{decimal}\d+)?"
    if re.fullmatch(grouped, text):
        text = re.sub(rf"[ '\u00a0\u202f\{group}]", "", text)
    if group in text or not _PLAIN.fullmatch(text.replace(decimal, ".")):
        return None
    value = float(text.replace(decimal, "."))
    return value if abs(value) != float("inf") else None


def parse_dates(values, date_order=None, timezone=None):
    """Turn {text: row number} into ({text: naive datetime}, notes). Refuses 03/04/2021 unless the order is said."""
    if date_order is not None:
        one_of("date_order", date_order, ("DMY", "MDY"))
    slashed = {text: m for text in values if (m := _DAY.match(text.strip()))}
    order, notes = _order(values, slashed, date_order) if slashed else (None, [])
    parsed, bad = {}, []
    for text in values:
        try:
            parsed[text] = _day(slashed[text], order) if text in slashed else _iso(text.strip())
        except ValueError:
            bad.append(text)
    if bad:
        short = any(_TWO_DIGIT_YEAR.match(t) for t in bad)
        raise Refusal(
            f"'date' has values that cannot be read ({len(bad)} different).",
            "; ".join(f"row {values[t]}: {t!r}" for t in bad[:3]),
            "write years with four digits" if short else "write dates as 2021-04-03 or 2021-04-03 17:05",
        )
    return _one_zone(parsed, timezone, notes)


def _order(values, slashed, said):
    firsts = {t for t, m in slashed.items() if int(m[1]) > 12}
    seconds = {t for t, m in slashed.items() if int(m[2]) > 12}
    if said is None and firsts and seconds:
        a, b = min(firsts, key=values.get), min(seconds, key=values.get)
        raise Refusal(
            "'date' mixes day/month and month/day.",
            f"row {values[a]}: {a}; row {values[b]}: {b}",
            "date_order='DMY' or 'MDY' after mending the others, or write dates as 2021-04-03",
        )
    if said is None and not firsts and not seconds:
        text, m = next(iter(slashed.items()))
        raise Refusal(
            "'date' can be read in two ways.",
            f"{text} is day {int(m[1])} of month {int(m[2])}, or day {int(m[2])} of month {int(m[1])}",
            "date_order='DMY' (day first) or date_order='MDY' (month first)",
        )
    order = said or ("DMY" if firsts else "MDY")
    first = {"DMY": "day", "MDY": "month"}[order]
    return order, [f"date: the {first} stands first ({'as you said' if said else 'no other reading fits all rows'})"]


def _day(m, order):
    day, month = (m[1], m[2]) if order == "DMY" else (m[2], m[1])
    return _iso(f"{m[3]}-{int(month):02d}-{int(day):02d}" + (f" {_clock(m[4])}" if m[4] else ""))


def _clock(text):
    text = text.strip()
    if text[-2:].upper() in ("AM", "PM"):
        hour, *rest = text[:-2].strip().split(":")
        hour = int(hour) % 12 + (12 if text[-2:].upper() == "PM" else 0)
        text = ":".join([str(hour), *(rest or ["00"])])
    return text if text[1:2] != ":" else "0" + text


def _iso(text):
    text = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", lambda m: f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}", text)
    text = re.sub(r" (UTC|GMT)$", "Z", text)
    text = re.sub(r"^(\d{4}-\d{2}-\d{2}) (\d):", r"\1 0\2:", text)
    text = re.sub(r" ([+-]\d{2}:?\d{2})$", r"\1", text)
    if not re.match(r"\d{4}-\d{2}-\d{2}|\d{8}($|T)", text):  # fromisoformat also knows week dates; an id may look so
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _one_zone(parsed, timezone, notes):
    offsets = {}
    for text, value in parsed.items():
        offsets.setdefault(value.utcoffset(), text)
    if timezone is None and len(offsets) > 1:
        raise Refusal(
            "the dates carry more than one time zone.",
            "; ".join(list(offsets.values())[:3]),
            "timezone='Asia/Singapore' (all are turned into local time there; bare times are taken as local)",
        )
    if timezone is not None:
        zone = _zone(timezone)
        parsed = {t: v.astimezone(zone).replace(tzinfo=None) if v.tzinfo else v for t, v in parsed.items()}
        if set(offsets) != {None}:
            notes = [*notes, f"date: turned into local time of {timezone}"]
    elif set(offsets) != {None}:
        notes = [*notes, "date: all rows carry one time zone; its local time is kept"]
        parsed = {t: v.replace(tzinfo=None) for t, v in parsed.items()}
    return parsed, notes


def _zone(name):
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal(f"there is no time zone {name!r}.", name, "timezone='Asia/Singapore'") from None


def as_datetime(name, value):
    """A date argument (text, date or datetime) as a naive datetime; a bare date is the start of its day.

    >>> as_datetime("as_of", "1997-09-30")
    datetime.datetime(1997, 9, 30, 0, 0)
    """
    if isinstance(value, str):
        try:
            value = _iso(value.strip())
        except ValueError:
            raise Refusal(f"{name}={value!r} is no date.", repr(value), f"{name}='2021-04-03'") from None
    if isinstance(value, datetime):
        if value != value:  # pandas' NaT
            raise Refusal(f"{name} is no date.", "NaT", f"{name}='2021-04-03'")
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    raise Refusal(f"{name} needs a date.", repr(value), f"{name}='2021-04-03'")
