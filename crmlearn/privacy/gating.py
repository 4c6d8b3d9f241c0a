"""The one gate between persons and a page: pseudonyms, no small groups, no contact fields, no free text."""

import re
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from crmlearn import errors
from crmlearn.privacy.masking import mask
from crmlearn.privacy.pseudonyms import Pseudonymised, pseudonymise

# Words in the name of a column by which somebody can be reached or named, or under which anything may stand.
_PERSONAL = {
    "email", "mail", "phone", "mobile", "handphone", "hp", "tel", "telephone", "fax", "nric", "fin", "passport", "ic",
    "address", "street", "postcode", "postal", "zip", "birth", "birthday", "birthdate", "dob", "surname", "firstname",
    "lastname", "fullname", "contact", "client", "kunde", "buyer", "comment", "note", "remark", "body", "text",
    "description",
}  # fmt: skip
_IDS = ("customer_id", "customer", "customer id")
_NAMES = re.compile(r"^(?:(?:first|last|full|customer|client|user|member|contact)[ _-]?)?name$", re.I)
_OURS = re.compile(r"C-[A-Z0-9]+")  # a pseudonym
PHONE = 10_000_000  # a number from here on may be a phone
HELD_BACK = "[held back]"


@dataclass(frozen=True)
class Gate:
    """What a page may tell of persons.

    personal : whether the data are about persons; only a data card that says ``personal: false`` makes it False, a
        file of one's own never does
    k : the smallest group of persons that is shown, 5 by default
    reveal : whether somebody asked, in so many words, to see ids in place of pseudonyms; it opens nothing else

    >>> Gate().table(pd.DataFrame({"segment": ["new", "of tan@shop.sg"], "workPhone": [91234567, 81234567]}))
         segment    workPhone
    0        new  [held back]
    1  of [mail]  [held back]
    """

    personal: bool = True
    k: int = 5
    reveal: bool = False

    def __post_init__(self):
        object.__setattr__(self, "k", errors.whole("k", self.k, 1, "k=5"))

    @property
    def smallest(self):
        """How many persons a shown group needs: 1 where nobody can be meant."""
        return self.k if self.personal else 1

    def ids(self, table, column="customer_id"):
        """The table with pseudonyms in place of ids, and the sentence that says how; see `pseudonymise`."""
        if not self.personal:
            return Pseudonymised(table, "Nobody can be meant: the data are not about persons, as their card says.")
        if self.reveal:
            errors.columns("ids", [column], nw.from_native(table, eager_only=True).columns)
            return Pseudonymised(table, "Customers stand with the ids of the file, because somebody asked for it.")
        return pseudonymise(table, column)

    def words(self, text):
        """Text without addresses, phone and identity-card numbers; what is no text stays as it is."""
        return mask(text) if self.personal and isinstance(text, str) else text

    def table(self, table):
        """A pandas table as a page may show it: contact fields and free text held back, other texts masked.

        Ids are held back where they are no pseudonyms, and `reveal` was not asked for. A column of small numbers is a
        count, whatever its name: under "email" may stand how many were sent.
        """
        if not self.personal:
            return table
        shown = table.copy()
        for at, name in enumerate(table.columns):
            shown.isetitem(at, self._column(str(name), table.iloc[:, at]))
        shown.columns = self._labels(table.columns)
        shown.index = self._labels(table.index)
        return shown

    def _column(self, name, values):
        if pd.api.types.is_numeric_dtype(values):
            large = (pd.to_numeric(values, errors="coerce").abs() >= PHONE).any()
            return [HELD_BACK] * len(values) if large and _about_a_person(name) else values.array
        if pd.api.types.is_datetime64_any_dtype(values) and not _about_a_person(name):
            return values.array
        if name in _IDS:
            return values.array if self.reveal else [v if _is_ours(v) else HELD_BACK for v in values]
        if _about_a_person(name) or (_NAMES.match(name) and name != "name"):
            return [HELD_BACK] * len(values)
        return [_cell(value) for value in values] if _is_text(values) else values.array

    def _labels(self, index):
        """The labels of rows or columns, and their names, masked; ids stand where somebody asked for them."""
        if isinstance(index, pd.MultiIndex):
            return pd.MultiIndex.from_arrays([self._labels(index.get_level_values(n)) for n in range(index.nlevels)])
        if self.reveal and index.name in _IDS:
            return index
        name = _cell(index.name)
        if pd.api.types.is_integer_dtype(index) and not isinstance(index, pd.RangeIndex):
            return pd.Index([_cell(v) if abs(v) >= PHONE else v for v in index.tolist()], name=name)
        return pd.Index([_cell(v) for v in index], name=name) if _is_text(index) else index.rename(name)


def _about_a_person(name):
    """Whether a column's name, in snake or camel case, plural or numbered, has a word of contact or of free text."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name.replace("e-mail", "email").replace("E-mail", "email"))
    return any(word.lower().removesuffix("s") in _PERSONAL or word.lower() in _PERSONAL for word in words)


def _cell(value):
    if isinstance(value, (list, tuple, dict, set)):
        return mask(str(value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= PHONE:
        return "[number]"
    return mask(value) if isinstance(value, str) else value


def _is_ours(value):
    return not isinstance(value, str) or _OURS.fullmatch(value) is not None


def _is_text(values):
    return pd.api.types.is_object_dtype(values) or pd.api.types.is_string_dtype(values)
