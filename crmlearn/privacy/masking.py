"""Text that may be kept or printed: nothing in it leads back to a person."""

import re
from functools import lru_cache

from crmlearn.privacy.pseudonyms import as_text

# Tried in this order at each place; what is named `keep` stays as it is.
PATTERNS = re.compile(
    r"""
    (?P<keep> \x1b\[[\d;]*m                                       # terminal colours
            | data:[\w/+.-]+;base64,[\w+/=]+                      # pictures
            | (?<!\w)\d{4}-\d\d-\d\d(?!\d)                        # 2021-04-03
            | (?<!\w)(?:19|20)\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])(?!\w) )  # 20210403
    | (?P<mail> (?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)* )
    | (?P<NRIC> (?<!\w)[STFGM]\d{7}[A-Z](?!\w) )
    | (?P<number> (?<![\w+])(?<!\d[.,])(?<!C-)                    # not inside a decimal, nor a pseudonym of ours
        (?: \+\(?\d[\d\ ()-]{6,}\d                                # +65 9123 4567
          | \d{8,}                                                # 91234567
          | [3689]\d{3}[ -]\d{4}                                  # 9123-4567; not the years 2011-2012
          | \(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,4} )                 # (415) 555-2671
        (?!\w|\.(?!0\b)\d) )                                      # 12345678.90 is money, 91234567.0 a float phone
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Where a traceback counts its lines, a number is no customer.
COUNTED = re.compile(r"(\x1b\[[\d;]*m|\bline \d+|\b(?:In|Out) ?\[\d+\]|^-+> ?\d+|data:[\w/+.-]+;base64,[\w+/=]+)", re.M)
WORD = re.compile(r"(\d+\.(?!0\b)\d+|\w+)")  # 12345.67 is one word and no id; 12345.0 is the id 12345


def mask(text, ids=()):
    """Replace what could name a person: e-mail addresses, phone and identity-card numbers, and the ids given.

    text : str; a log line, a traceback, an output
    ids : texts or numbers, a million of them if need be (quickest as a frozenset of texts); an id of several words,
        such as a name, is found too. Capital letters count
    Returns: the text with [mail], [NRIC], [number] and [id] in their places
    Dates (2021-04-03, 20210403), years and money with cents (12345678.90) stay; a bare whole number of eight digits or
    more goes, since it may be a phone. A number that equals an id goes even where it meant something else, except
    where a traceback counts lines.

    >>> mask("customer A-17 (tan@shop.sg, +65 9123 4567) paid 12345.67 on 2021-04-03", ids=["A-17"])
    'customer [id] ([mail], [number]) paid 12345.67 on 2021-04-03'
    """
    if ids:
        # Whoever passes the same frozenset again does not pay for it again.
        known, longest = _prepared(ids if isinstance(ids, frozenset) else frozenset(ids))
        # Every second piece is one that COUNTED keeps.
        parts = COUNTED.split(text)
        parts[::2] = [_without(part, known, longest) for part in parts[::2]]
        text = "".join(parts)
    return PATTERNS.sub(lambda hit: hit[0] if hit.lastgroup == "keep" else f"[{hit.lastgroup}]", text)


@lru_cache(maxsize=1)
def _prepared(ids):
    """The ids as texts without signs at their ends, and how many words the longest has."""
    texts = {as_text(value).strip() for value in ids}
    texts = {text if text.isalnum() else re.sub(r"^\W+|\W+$", "", text) for text in texts} - {""}
    return texts, max((1 if text.isalnum() else len(WORD.findall(text)) for text in texts), default=1)


def _without(text, known, longest):
    pieces = WORD.split(text)  # gap, word, gap, word, ..., gap
    at, out = 1, [pieces[0]]
    while at < len(pieces):
        for words in range(longest, 0, -1):
            if "".join(pieces[at : at + 2 * words - 1]) in known:
                out.append("[id]")
                break
        else:
            words = 1
            out.append(pieces[at])
        at += 2 * words
        out.append(pieces[at - 1])
    return "".join(out)
