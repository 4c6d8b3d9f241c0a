"""Text to amounts of money. What could be read in two ways is refused, never decided by us."""

import re

from crmlearn.errors import Refusal, one_of, refuse_all
from crmlearn.transactions.dates import shown

LARGEST = 1e15  # from here on a float no longer knows cents

_SIGN = r"(?:RM|[A-Z]{3}|[A-Z]{0,2}[$€£¥₹₩₫฿])"
_MONEY = re.compile(
    rf"(?P<open>\()?\s*(?P<minus>[-+−])?\s*(?P<before>{_SIGN})?\s*(?P<inner>[-−])?"
    r"(?P<number>[\d.,][\d.,'\s]*(?:[eE][+-]?\d+)?)"
    rf"\s*(?P<after>{_SIGN})?(?P<end>-)?\s*(?P<close>\))?"
)
_PLAIN = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def parse_amounts(values, name, decimal=None, origin=None, currency_known=False, guess=True):
    """Turn {text: row number} into ({text: float}, notes, {"decimal": ..., "signs": ...}).

    Refuses text, NaN, infinity and a doubtful '1,234'; without `guess` any comma and point unless the sign is said.

    origin : where the values came from (separator, and how rows are counted there)
    currency_known : the file names each row's currency, so several currency signs do no harm
    """
    parts = {text: _parts(text) for text in values}
    numbers = [part[0] for part in parts.values() if part]
    problems, notes = [], []
    signs = {}
    for text, part in parts.items():
        for sign in part[1] if part else ():
            signs.setdefault(sign, values[text])
    if len(signs) > 1 and not currency_known:
        problems.append(_two_currencies(name, signs))
    elif signs:
        notes.append(f"{name}: the sign {', '.join(signs)} was taken off")
    said = decimal
    try:
        if said:
            one_of("decimal", said, (".", ","))
        decimal = said or (_decimal(name, numbers, origin) if guess else None)
    except Refusal as problem:
        refuse_all([*problems, problem, *_bad([t for t, part in parts.items() if not part], values, name, origin)])
    if decimal == "," and any("," in n for n in numbers):
        notes.append(f"{name}: a comma stands before the decimals")
    parsed = {text: _number(part[0], decimal) if part else None for text, part in parts.items()}
    bad = [text for text, value in parsed.items() if value is None]
    others = [sign for sign in ".," if sign != decimal] if said or not guess else []
    fits = [o for o in others if bad and all(parts[text] and _number(parts[text][0], o) is not None for text in bad)]
    mend = " or ".join(f"decimal='{o}'" for o in fits)
    refuse_all([*problems, *_bad(bad, values, name, origin, f"{mend} if that fits, or " if fits else "")])
    seen = any(sign in number for number in numbers for sign in ".,")
    return parsed, notes, {"decimal": decimal if seen else None, "signs": tuple(signs)}


def _bad(texts, values, name, origin, mend=""):
    if not texts:
        return []
    wrong = f"'{name}' has values that are no finite numbers below 1e15 ({len(texts)} different)."
    saw = "; ".join(f"row {values[t]}: {shown(t)}" for t in texts[:3])
    counting = f" ({origin.counting})" if origin else ""
    return [Refusal(wrong, saw, f"{mend}mend or delete these rows{counting}")]


def _two_currencies(name, signs):
    return Refusal(
        f"'{name}' carries more than one currency sign.",
        "; ".join(f"row {row}: {sign}" for sign, row in list(signs.items())[:4]),
        "convert them, or put the currency into a column 'currency'",
    )


def _parts(text):
    """(signed number without currency, [currency signs]), or None for what is no amount. '(5.00)' is minus 5."""
    m = _MONEY.fullmatch(re.sub(rf"^({_SIGN})\s*\(", r"(\1", text)) if len(text) < 50 else None
    if not m or bool(m["open"]) != bool(m["close"]):
        return None
    minuses = [part for part in (m["open"], m["minus"], m["inner"], m["end"]) if part and part != "+"]
    if len(minuses) > 1:
        return None
    return ("-" if minuses else "") + m["number"].strip(), [s for s in (m["before"], m["after"]) if s]


def _decimal(name, numbers, origin):
    """The sign before the decimals, or a refusal when every value could be read both ways."""
    # What shows it beyond doubt: 1.234,50 and 12,50 do, 1,234 does not.
    shows = {}
    for number in numbers:
        last = max(number.rfind(","), number.rfind("."))
        sign = number[last] if last >= 0 else None
        other = {",": ".", ".": ","}.get(sign)
        if sign and (other in number or not re.fullmatch(rf"-?\d{{1,3}}(\{sign}\d{{3}})+", number)):
            shows.setdefault(sign, number)
    if len(shows) > 1:
        raise Refusal(
            f"'{name}' mixes decimal commas and decimal points.",
            f"{shows[',']} and {shows['.']}",
            "write all amounts alike, best as 1234.50",
        )
    if shows:
        return next(iter(shows))
    for sign in (",", "."):
        texts = [n for n in numbers if sign in n]
        grouped = any(n.count(sign) > 1 for n in texts)  # 1,234,567 has two: they group
        if texts and not grouped and (sign == "," or (origin and origin.separator == ";")):
            raise Refusal(
                f"'{name}' can be read in two ways.",
                f"{texts[0]} is {texts[0].replace(sign, '')} or {texts[0].replace(',', '.')}",
                "decimal='.' or decimal=','",
            )
    return "," if any(n.count(".") > 1 for n in numbers) else "."


def _number(text, decimal):
    """The value, or None. Where no decimal sign is known, only whole numbers have one."""
    if decimal is None:
        if "," in text or "." in text:
            return None
        decimal = "."
    group = "," if decimal == "." else "."
    minus, text = text.startswith("-"), text.removeprefix("-")
    if re.fullmatch(rf"\d{{1,3}}([\s'\{group}]\d{{3}})+(\{decimal}\d*)?", text):
        text = re.sub(rf"[\s'\{group}]", "", text)
    if group in text or not _PLAIN.fullmatch(text.replace(decimal, ".")):
        return None
    value = float(text.replace(decimal, "."))
    if value >= LARGEST:
        return None
    return -value if minus and value else value
