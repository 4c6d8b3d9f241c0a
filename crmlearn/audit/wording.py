"""Numbers in sentences that never say more than the numbers do."""

from crmlearn.errors import counted

FEW = 30  # customers; below, sentences count heads instead of giving shares alone


def percent(share):
    """A share in words; only nothing is 0 % and only all of it is 100 %.

    >>> percent(0.4967), percent(0.001), percent(0.9991), percent(1.2), percent(0)
    ('50 %', 'less than 1 %', 'more than 99 %', '120 %', '0 %')
    """
    if share is None or share != share:
        return "an unknown share"
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 <= share < 1 - 1e-12:
        return "more than 99 %"
    return f"{share * 100:.0f} %".replace("-0 %", "0 %")


def money(value):
    """An amount with three significant digits.

    >>> money(35660.47), money(-27.6)
    ('35,700', '-27.6')
    """
    return f"{float(f'{value:.3g}'):,.12g}"


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


def part(groups):
    """A group of deciles by what it is one of many of."""
    n = sum(name.isnumeric() for name in groups)
    return "tenth" if n == 10 else f"{n}th" if n > 3 else {2: "half", 3: "third"}[n]


def listed(names):
    """Names in a sentence, three of them at most.

    >>> listed(["tea"]), listed(["tea", "cup"]), listed(list("abcde"))
    ('“tea”', '“tea” and “cup”', '“a”, “b”, “c” and 2 more')
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    shown = [f"“{name}”" for name in names[:3]]
    return ", ".join(shown) + more if more or len(shown) == 1 else " and ".join([", ".join(shown[:-1]), shown[-1]])
