"""What a feed file may say: the form that `forms.load` holds it against."""

from dataclasses import fields
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator

from crmlearn.errors import Refusal, refuse_all
from crmlearn.forms import Form
from crmlearn.transactions.dates import as_datetime
from crmlearn.transactions.mapping import CANONICAL, MONEY
from crmlearn.transactions.policy import Policy

FORMAT = "crmlearn.feed/1"
LATEST, SUNDAY = "latest-order", "last-sunday"


def _day(value):
    """A day as text: YAML makes a date of 2021-04-03 when it stands without quotes."""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return value if value is None else f"{as_datetime('the day', value):%Y-%m-%d}"


def rule(value):
    """A day, or the words for one."""
    if value in (LATEST, SUNDAY):
        return value
    try:
        return _day(value) or LATEST
    except Refusal:
        wrong = "as_of is a day, latest-order or last-sunday."
        raise Refusal(wrong, repr(value)[:80], f"as_of={LATEST!r}") from None


Day = Annotated[str | None, BeforeValidator(_day)]
Texts = list[str]


class File(Form):
    kind: Literal["csv", "parquet", "table"]
    encoding: str | None
    separator: str | None
    names: Annotated[Texts, Field(min_length=1)]


class Reading(Form):
    date_order: Literal["DMY", "MDY", "YMD"]
    decimal: Literal[".", ","] | None
    decimal_of: dict[str, Literal[".", ","]] = Field(default_factory=dict)
    timezone: str | None
    grain: Literal["line", "order"] | None
    once_per_order: Texts | None


class Money(Form):
    currency: str | None
    signs: Texts


def _choices():
    """The fields of a Policy, as a file says them."""
    for field in fields(Policy):
        days, words = field.name in ("start", "end"), field.name == "cancelled_words"
        kind = Day if days else Texts if words else field.type
        yield field.name, (kind, list(field.default) if words else field.default)


class _Cleaning(Form):
    @model_validator(mode="after")
    def _a_policy(self):
        Policy(**self.model_dump())
        return self


_COLUMNS = {name: (str, ...) if name in ("customer_id", "date") else (str | None, None) for name in CANONICAL}
Columns = create_model("Columns", __base__=Form, **_COLUMNS)
Cleaning = create_model("Cleaning", __base__=_Cleaning, **dict(_choices()))


class FeedForm(Form):
    """A whole feed file."""

    feed: Literal["crmlearn.feed/1"]
    file: File
    columns: Columns
    reading: Reading
    money: Money
    statuses: Texts
    cleaning: Cleaning
    as_of: Annotated[str, BeforeValidator(rule)]

    @model_validator(mode="after")
    def _fits_together(self):
        said = {name: column for name, column in self.columns.model_dump().items() if column is not None}
        problems, names = [], self.file.names
        if self.columns.amount is None and not (self.columns.quantity and self.columns.unit_price):
            problems.append(Refusal("columns name no amount.", ", ".join(said), "amount: the file's name of it"))
        for name, column in said.items():
            if column not in names:
                problems.append(
                    Refusal(
                        f"columns: {name} is '{column}', which is none of the file's names.",
                        ", ".join(names),
                        "one of these",
                    )
                )
            elif list(said.values()).count(column) > 1:
                problems.append(Refusal(f"columns: '{column}' stands for two things.", name, "name it once"))
        known = [name for name in (*MONEY, "quantity", "unit_price") if name in said]
        wrong = {"decimal_of": self.reading.decimal_of, "once_per_order": self.reading.once_per_order or []}
        problems += [
            Refusal(f"reading: {key} names '{name}'.", f"columns of money: {', '.join(known)}", "one of these")
            for key, names in wrong.items()
            for name in names
            if name not in known
        ]
        if self.file.kind == "csv" and not (self.file.encoding and self.file.separator):
            problems.append(
                Refusal("a CSV file needs encoding and separator.", "null", 'encoding: utf-8, separator: ","')
            )
        refuse_all(problems)
        return self
