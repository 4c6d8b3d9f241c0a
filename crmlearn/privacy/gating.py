"""The one gate between persons and a page: pseudonyms, no small groups, no contact fields, no free text."""

import re
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import pandas as pd

from crmlearn import errors
from crmlearn.privacy.masking import mask
from crmlearn.privacy.pseudonyms import Pseudonymised, pseudonymise

# Columns by which somebody can be reached or named, and those in which anything may stand.
CONTACT = re.compile(r"(?:^|[ _-])(?:e-?mail|phone|mobile|tel|nric|fin|passport|address|postcode|postal|birth\w*|"
                     r"(?:first|last|full|customer|user)[ _-]?name|surname)(?:$|[ _-])", re.I)  # fmt: skip
FREE_TEXT = re.compile(r"(?:^|[ _-])(?:comments?|notes?|remarks?|free[ _-]?text|body)(?:$|[ _-])", re.I)
HELD_BACK = "[held back]"


@dataclass(frozen=True)
class Gate:
    """What a page may tell of persons.

    personal : whether the data are about persons; only a data card that says ``personal: false`` makes it False, a
        file of one's own never does
    k : the smallest group of persons that is shown, 5 by default
    reveal : whether somebody asked, in so many words, to see ids in place of pseudonyms; it opens nothing else

    >>> Gate().table(pd.DataFrame({"segment": ["new", "of tan@shop.sg"], "phone": ["9123 4567", "8123 4567"]}))
         segment        phone
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
        """Text without addresses, phone and identity-card numbers."""
        return mask(text) if self.personal else text

    def table(self, table):
        """A pandas table as a page may show it: contact fields and free text held back, other texts masked.

        What stands under the ids stays as `ids` made it.
        """
        if not self.personal:
            return table
        shown = table.copy()
        for at, name in enumerate(table.columns):
            said = str(name)
            if CONTACT.search(said) or FREE_TEXT.search(said):
                shown.isetitem(at, [HELD_BACK] * len(table))
            elif _is_text(table.iloc[:, at]) and not (self.reveal and said == "customer_id"):
                shown.isetitem(at, [self._cell(value) for value in table.iloc[:, at]])
        if not self.reveal and not isinstance(table.index, pd.MultiIndex) and _is_text(table.index):
            shown.index = pd.Index([self._cell(value) for value in table.index], name=table.index.name)
        return shown

    def _cell(self, value):
        return mask(value) if isinstance(value, str) else value


def _is_text(values):
    return pd.api.types.is_object_dtype(values) or pd.api.types.is_string_dtype(values)
