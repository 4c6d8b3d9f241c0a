"""Numbers in sentences that never say more than the numbers do."""

from math import fsum
from textwrap import shorten

from crmlearn.errors import counted

LONGEST = 60  # characters of a name in a sentence
FEW = 30  # customers; below, sentences count heads instead of giving shares alone


def percent(share):
    """A share in words; only nothing is 0 % and only all of it is 100 %.

    >>> percent(0.4967), percent(0.001), percent(0.9991), percent(12.5), percent(0), percent(-0.996)
    ('50 %', 'less than 1 %', 'more than 99 %', '1,250 %', '0 %', '-99.6 %')
    """
    if share is None or share != share:
        return "an unknown share"
    if 0 < abs(share) < 0.005:
        return "less than 1 %" if share > 0 else "a little below 0 %"
    if 0.995 <= share < 1 - 1e-12:
        return "more than 99 %"
    return f"{share * 100:,.{int(0.995 <= -share < 1)}f} %"


def money(value):
    """An amount with three significant digits.

    >>> money(35660.47), money(-27.6), money(1.5e12)
    ('35,700', '-27.6', '1,500,000,000,000')
    """
    return f"{float(f'{value:.3g}'):,.{'0f' if abs(value) >= 1000 else '12g'}}"


def total(parts):
    """The sum of parts; 0 where only rounding is left of it.

    >>> total([0.1, 0.2, -0.3]), total([2, 3])
    (0.0, 5.0)
    """
    whole = fsum(parts)
    return whole if abs(whole) > 1e-9 * fsum(map(abs, parts)) else 0.0


def of_customers(n, whole):
    """How many of how many, with the share where it means something."""
    return f"{n:,} of {counted(whole, 'customer')}" + (f" ({percent(n / whole)})" if whole >= FEW else "")


def brought(share, noun, before):
    """What a part of the customers did for the whole; nothing where that is not known."""
    if share is None or share != share:
        return ""
    return (
        f"{before}cost {percent(-share)} of the {noun}"
        if share < 0
        else f"{before}brought {percent(share)} of the {noun}"
    )


def listed(names):
    """Names in a sentence, three of them at most, each on one line and not too long.

    >>> listed(["tea"]), listed(["tea", "cup"]), listed(list("abcde"))
    ('“tea”', '“tea” and “cup”', '“a”, “b”, “c” and 2 more')
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    shown = [f"“{shorten(name, LONGEST, placeholder='…')}”" for name in names[:3]]
    return ", ".join(shown) + more if more or len(shown) == 1 else " and ".join([", ".join(shown[:-1]), shown[-1]])
