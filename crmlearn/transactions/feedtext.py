"""A feed as the text of its file: every part with a word on what it is for, so that a person can check and edit it."""

import re

# What any YAML takes for a text without quotes, but for the words that it knows.
_PLAIN = re.compile(r"[^\W\d_][\w/-]*(?: \w+)*")
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")
TEMPLATE = """\
# How crmlearn reads {source}. A person has looked at it; from now on nothing is guessed: a file that is not like this
# is refused. Edit it freely; null stands for "there is none".
feed: {feed}

# How the file is written: csv, parquet or table, and the names of all its columns. Their order does not matter.
file:
  kind: {file.kind}
  encoding: {file.encoding}
  separator: {file.separator}
  names:
{names}

# crmlearn's name: the file's name. The columns of the file that do not stand here are not used.
columns:
{columns}

reading:
  # DMY: 31/12/2021, MDY: 12/31/2021, YMD: 2021-12-31 only
  date_order: {reading.date_order}
  # The sign before the decimals. null: there were only whole numbers.
  decimal: {reading.decimal}
  # Columns that use another sign.
  decimal_of: {reading.decimal_of}
  # Times are turned into this zone. null: they carry none.
  timezone: {reading.timezone}
  # When an order has several rows: line (amounts are added up) or order (each row repeats the order's total).
  grain: {reading.grain}
  # Money that the rows of an order repeat, such as [shipping]. null: nobody had to know yet.
  once_per_order: {reading.once_per_order}

# The unit of all amounts, and the signs of currency that stand beside the numbers.
money:
  currency: {money.currency}
  signs: {money.signs}

# Words that orders carry as their status. A new one is a warning in the report.
statuses: {statuses}

# What reports do with what every file of orders has.
cleaning:
{cleaning}

# The day from which a report looks back and ahead: a day such as 2021-12-31, latest-order, or last-sunday (the last
# Sunday that is over).
as_of: {as_of}
"""
CHOICES = {
    "refunds": "rows with a negative amount: net (taken off their order), drop or refuse",
    "zeros": "orders of amount zero: keep, drop or refuse",
    "same_day": "orders of one customer on one day: merge or keep (apart)",
    "missing_ids": "orders without a customer: drop or refuse",
    "duplicates": "rows equal in every column: keep, drop or refuse",
    "cancelled": "orders whose status is one of cancelled_words: drop, keep or refuse",
    "test": "orders marked as tests: drop, keep or refuse",
    "staff": "orders of the own staff: drop, keep or refuse",
    "tax": "as_recorded, or subtract / add the column tax from / to the amount; so for the next two",
    "start": "the first day that counts; null takes all",
    "end": "the last day that counts; null takes all",
    "outside": "orders outside these days: drop or refuse",
    "currency": "the one to keep when the file holds several; null: all are in one",
}


def written(form, source):
    """The text of a feed file.

    form : FeedForm
    source : str; the name of the file it was made of
    """
    said = {name: column for name, column in form.columns.model_dump().items() if column is not None}
    cleaning = [
        f"  {name}: {_value(value)}" + (f"  # {CHOICES[name]}" if name in CHOICES else "")
        for name, value in form.cleaning.model_dump().items()
    ]
    return TEMPLATE.format(
        source=_text(source)[1:-1],
        feed=form.feed,
        file=_Values(form.file),
        names="\n".join(f"    - {_value(name)}" for name in form.file.names),
        columns="\n".join(f"  {name}: {_value(column)}" for name, column in said.items()),
        reading=_Values(form.reading),
        money=_Values(form.money),
        statuses=_value(form.statuses),
        cleaning="\n".join(cleaning),
        as_of=_value(form.as_of),
    )


class _Values:
    """The parts of a form as YAML writes them."""

    def __init__(self, form):
        self.__dict__.update({name: _value(value) for name, value in form})


def _value(value):
    if value is None:
        return "null"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else _text(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(key)}: {_text(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(_value, value)) + "]"


def _text(text):
    """A text in double quotes, where YAML reads every letter as it stands."""
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter):
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
