"""Text to dates. What could be read in two ways is refused, never decided by us."""

import re
from datetime import date, datetime, timedelta
from datetime import timezone as offset_zone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from crmlearn.errors import Refusal, counted, one_of, refuse_all

_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T](.+))?$")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}(\s|$)")
# Values that can be shown in a refusal. Any other may be a name or a phone number that slipped into the column.
_HARMLESS = re.compile(
    r"(?!.*\d{8}|.*\d{4}[ -]\d{4})[-\d.,:/()'+\s$€£¥%]+(T[\d:.]+)?Z?|[-+]?inf(inity)?|[\d.,+-]+e[\d+-]+", re.I
)


def shown(text):
    """A value as a refusal may repeat it: numbers and dates as they are, of any other text only its length.

    >>> shown("31/02/2021"), shown("Tan Ah Kow")
    ("'31/02/2021'", 'a text of 10 characters')
    """
    if _HARMLESS.fullmatch(text) and len(text) <= 40:
        return repr(text)
    return f"a text of {counted(len(text), 'character')}"


ORDERS = ("DMY", "MDY", "YMD")
_FIRST = {"DMY": "day", "MDY": "month"}


def parse_dates(values, date_order=None, timezone=None, origin=None, guess=True):
    """Turn {text: row number} into ({text: naive datetime}, notes, {"date_order": ..., "timezone": ...}).

    Refuses 03/04/2021 unless the order is said; without `guess` also an order or a time zone that nobody said.
    """
    if date_order is not None:
        one_of("date_order", date_order, ORDERS)
    slashed = {text: m for text in values if (m := _DAY.match(text))}
    problems, notes = [], []
    order, order_known = date_order or (None if guess else "YMD"), True
    if slashed and order is None:
        try:
            order = _order(values, slashed)
        except Refusal as problem:
            problems.append(problem)
            order_known = False
    parsed, bad = {}, []
    for text in values:
        try:
            if text not in slashed:
                parsed[text] = _iso(text)
            elif order == "YMD":
                bad.append(text)
            elif order_known:
                parsed[text] = _day(slashed[text], order)
        except ValueError:
            bad.append(text)
    if bad:
        problems.append(_unreadable(bad, values, slashed, order if not guess else date_order, origin))
    refuse_all(problems)
    if slashed:
        same = all(int(m[1]) == int(m[2]) for m in slashed.values())
        why = "as you said" if date_order else "no other reading fits all rows"
        why = "day and month are equal in every row" if same and not date_order else why
        notes.append(f"date: the {_FIRST[order]} stands first ({why})")
    parsed, zone, more = _one_zone(parsed, timezone, guess)
    return parsed, notes + more, {"date_order": order or "YMD", "timezone": zone}


def _unreadable(bad, values, slashed, date_order, origin):
    if any(_TWO_DIGIT_YEAR.match(t) for t in bad):
        mend = "write years with four digits"
    elif any(re.fullmatch(r"\d{5}(\.\d+)?", t) for t in bad):
        mend = "44289 is how Excel counts days: format the column as a date there (yyyy-mm-dd) and export again"
    elif date_order == "YMD" and any(t in slashed for t in bad):
        mend = "date_order='DMY' (day first) or date_order='MDY' (month first), whichever it is"
    elif date_order and any(t in slashed for t in bad):
        mend = f"date_order='{'MDY' if date_order == 'DMY' else 'DMY'}' if that fits, or mend these rows"
    else:
        mend = "write dates as 2021-04-03 or 2021-04-03 17:05"
    counting = f" ({origin.counting})" if origin else ""
    saw = "; ".join(f"row {values[t]}: {shown(t)}" for t in bad[:3])
    return Refusal(f"'date' has values that cannot be read ({len(bad)} different).", saw, mend + counting)


def _order(values, slashed):
    firsts = {t for t, m in slashed.items() if int(m[1]) > 12}
    seconds = {t for t, m in slashed.items() if int(m[2]) > 12}
    if firsts and seconds:
        a, b = min(firsts, key=values.get), min(seconds, key=values.get)
        raise Refusal(
            "'date' mixes day/month and month/day.",
            f"row {values[a]}: {_only_day(a)}; row {values[b]}: {_only_day(b)}",
            "date_order='DMY' or 'MDY' after mending the others, or write dates as 2021-04-03",
        )
    doubtful = next((t for t, m in slashed.items() if int(m[1]) != int(m[2])), None)  # 03/03/2021 is one day only
    if doubtful is not None and not firsts and not seconds:
        m = slashed[doubtful]
        raise Refusal(
            "'date' can be read in two ways.",
            f"{_only_day(doubtful)} is day {int(m[1])} of month {int(m[2])}, or day {int(m[2])} of month {int(m[1])}",
            "date_order='DMY' (day first) or date_order='MDY' (month first)",
        )
    return "MDY" if seconds else "DMY"


def _only_day(text):
    return re.split("[ T]", text)[0]  # what follows may be anything


def _day(m, order):
    day, month = (m[1], m[2]) if order == "DMY" else (m[2], m[1])
    return _iso(f"{m[3]}-{int(month):02d}-{int(day):02d}" + (f" {m[4].strip()}" if m[4] else ""))


_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T]+(.+))?")
_CLOCK = re.compile(
    r"(\d{1,2})(:\d{2})?(:\d{2}(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?( ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)


def _iso(text):
    """A date with the year first, with or without a clock; datetime.fromisoformat knows fewer ways of writing it."""
    m = _YEAR_FIRST.fullmatch(text)
    if not m:  # 20210403; fromisoformat also knows week dates, and an id may look like one
        if re.fullmatch(r"\d{8}(T.+)?", text):
            return datetime.fromisoformat(text)
        raise ValueError(text)
    clock = _CLOCK.fullmatch(m[4].strip()) if m[4] else None
    if m[4] and (not clock or not (clock[2] or clock[4])):
        raise ValueError(text)
    time = ""
    if clock:
        hour = int(clock[1])
        if clock[4]:
            if not 1 <= hour <= 12:
                raise ValueError(text)
            hour = hour % 12 + (12 if clock[4] in "Pp" else 0)
        zone = re.sub("UTC|GMT|Z", "+00:00", (clock[5] or "").strip())
        time = f"T{hour:02d}{clock[2] or ':00'}{clock[3] or ''}{zone}"
    return datetime.fromisoformat(f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}{time}")


def _one_zone(parsed, timezone, guess):
    """(naive datetimes, the zone whose local time they tell, notes)"""
    offsets = {}
    for text, value in parsed.items():
        offsets.setdefault(value.utcoffset(), text)
    if timezone is None and len(offsets) > 1:
        raise Refusal(
            "the dates carry more than one time zone.",
            "; ".join(list(offsets.values())[:3]),
            _ZONE,
        )
    zoned = set(offsets) - {None}
    if timezone is None and zoned and not guess:
        text = offsets[min(zoned)]
        raise Refusal("the dates carry a time zone, and nobody said which one counts.", text, _ZONE)
    if timezone is not None:
        zone = zone_of(timezone)
        try:
            parsed = {t: v.astimezone(zone).replace(tzinfo=None) if v.tzinfo else v for t, v in parsed.items()}
        except OverflowError:
            raise Refusal("a date lies at the end of the calendar.", "year 1 or 9999", "mend this row") from None
    if not zoned:
        return parsed, timezone, []
    parsed = {t: v.replace(tzinfo=None) for t, v in parsed.items()}
    return parsed, timezone or str(offset_zone(min(zoned))), [zone_note(timezone)]


def zone_note(timezone):
    if timezone is None:
        return "date: all rows carry one time zone; its local time is kept"
    return f"date: turned into local time of {timezone}"


_ZONE = "timezone='Asia/Singapore' (all are turned into local time there; bare times are taken as local)"
_OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):(\d\d)")


def zone_of(name):
    """A time zone by its name, or by its distance from UTC such as UTC+08:00."""
    fixed = _OFFSET.fullmatch(name) if isinstance(name, str) else None
    try:
        if fixed:
            distance = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
            return offset_zone(-distance if fixed[1] == "-" else distance)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError):
        raise Refusal(f"there is no time zone {name!r}.", repr(name), "timezone='Asia/Singapore'") from None


def as_datetime(name, value):
    """A date argument (text, date or datetime) as a naive datetime; a bare date is the start of its day.

    >>> as_datetime("as_of", "1997-09-30")
    datetime.datetime(1997, 9, 30, 0, 0)
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        value = value.astype("datetime64[us]").item()
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
    raise Refusal(f"{name} needs a date.", repr(value)[:80], f"{name}='2021-04-03'")
