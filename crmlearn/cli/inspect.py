"""``crmlearn inspect``: show what is understood of a file, and keep it as a feed once a person has looked."""

import re
import sys
from pathlib import Path

from crmlearn.cli.telling import BAD_INPUT, GOOD, say
from crmlearn.errors import Refusal

TOLD = {
    "grain": ("line or order", "what a row holds when order ids repeat: one line, or the order's total again"),
    "date_order": ("DMY or MDY", "what stands first in 03/04/2021: the day or the month"),
    "decimal": (". or ,", "the sign before the decimals"),
    "timezone": ("ZONE", "such as Asia/Singapore, when rows carry different zones"),
    "encoding": ("NAME", "such as cp1252, when the file is not in UTF-8"),
    "separator": ("SIGN", "what stands between the columns"),
}
# How a refusal says things in Python, and how this line says them. The longer forms go first.
_SAID = [
    (re.compile(r"read\(\.\.\., (columns=\{.*?\})\)"), r"\1"),
    (re.compile(r"columns=\{([^}]*)\}"), lambda hit: " ".join(_columns(hit[1]))),
    (re.compile(r"once_per_order=\[([^]]*)\]"), lambda hit: f"--once-per-order {_plain(hit[1]) or 'none'}"),
    (re.compile(r"Policy\((\w+='[^']*')\)"), r"\1"),
    (
        re.compile(rf"\b({'|'.join([*TOLD, 'currency', 'as_of'])})=(\.\.\.|'[^']*'(?: or '[^']*')*)"),
        lambda hit: f"--{hit[1].replace('_', '-')} {_plain(hit[2])}",
    ),
    (re.compile(r"\b([a-z_]+)=('\w+'(?: or '\w+')?)"), lambda hit: f"--clean {hit[1]}={_plain(hit[2])}"),
]  # fmt: skip


def add_to(commands):
    parser = commands.add_parser(
        "inspect",
        help="show what is understood of a file of orders; save it as a feed for reports",
        epilog="Exit codes: 0 understood, 2 in doubt or bad input: it says what to type.",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", help="a file of orders (CSV, Parquet), or a name such as firm/orders")
    parser.add_argument("--save", metavar="FEED", help="write what was understood, such as shop.yaml")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing FEED")
    parser.add_argument(
        "--column",
        dest="columns",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="which column is which, crmlearn's name first: amount=Total; repeatable",
    )
    for name, (metavar, text) in TOLD.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=metavar.replace(" or ", "|"), help=text)
    parser.add_argument(
        "--once-per-order", metavar="NAMES", help="money that the lines of an order repeat: tax,shipping, or none"
    )
    parser.add_argument("--currency", help="unit of the amounts, such as SGD; the one to keep if there are several")
    parser.add_argument("--as-of", metavar="DAY", help="for reports: a date, latest-order (default) or last-sunday")
    parser.add_argument(
        "--clean",
        action="append",
        default=[],
        metavar="RULE=CHOICE",
        help="for reports: such as refunds=drop, tax=subtract; repeatable",
    )
    parser.set_defaults(run=_run)


def _run(options):
    try:
        return _inspect(options)
    except Refusal as refusal:
        problems = [in_words(problem) for problem in getattr(refusal, "problems", [refusal])]
        for problem in problems:
            say(problem)
        asked = _asked(problems)
        if asked:
            say(f"  Then: {_line(options, asked)}")
        return BAD_INPUT


def _inspect(options):
    from crmlearn import datasets
    from crmlearn.privacy import mask
    from crmlearn.transactions import Policy, inspect

    file = options.file
    if file in datasets.names() and not Path(file).exists():
        file = datasets.path(file)
    if options.save and Path(options.save).exists() and not options.overwrite:
        raise Refusal(f"{Path(options.save).name} is there already.", "a feed is never replaced unasked", "--overwrite")
    columns = _pairs("--column", options.columns, "amount=Total")
    terms = {name: getattr(options, name) for name in TOLD}
    once = options.once_per_order
    if once is not None:
        terms["once_per_order"] = [] if once == "none" else once.split(",")
    found = inspect(
        file,
        columns or None,
        currency=options.currency,
        as_of=options.as_of or "latest-order",
        policy=_policy(Policy, _pairs("--clean", options.clean, "refunds=drop")),
        **terms,
    )
    print(mask(repr(found)))
    if options.save:
        found.feed.save(options.save, Path(options.file).name, options.overwrite)
        print(f"\nSaved as {options.save}. Look at it, then:", file=sys.stderr)
        print(
            f"  crmlearn report customer_base --data {_word(options.file)} --feed {_word(options.save)}",
            file=sys.stderr,
        )
    else:
        print(f"\nIf this is right: {_line(options, [])}", file=sys.stderr)
    return GOOD


def _policy(policy, told):
    known = policy.__dataclass_fields__
    wrong = [name for name in told if name not in known]
    if wrong:
        raise Refusal(f"--clean knows no rule {wrong[0]}.", ", ".join(known), "--clean refunds=drop")
    if "cancelled_words" in told:
        told["cancelled_words"] = tuple(told["cancelled_words"].split(","))
    return policy(**told)


def _pairs(option, texts, example):
    told = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise Refusal(f"{option} needs a name and a value.", f"{option} {text}", f"{option} {example}")
        if name in told:
            raise Refusal(f"{name} is told twice.", f"{told[name]} and {value}", f"{option} {name}={value} once")
        told[name] = value
    return told


def in_words(problem):
    """A refusal whose last line says what to type here rather than in Python.

    >>> in_words(Refusal("Which?", "1,234", "decimal='.' or decimal=','")).try_
    '--decimal . or --decimal ,'
    """
    text = problem.try_
    for pattern, said in _SAID:
        text = pattern.sub(said, text)
    return Refusal(problem.wrong, problem.saw, text)


def _columns(text):
    for name, column in re.findall(r"'([^']*)': (?:'([^']*)'|\"[^\"]*\"|\.\.\.)", text):
        yield f"--column {_word(f'{name}={column or chr(46) * 3}')}"


def _plain(text):
    """'a' or 'b' as a or b; 'a', 'b' as a,b"""
    parts = re.findall(r"'([^']*)'", text)
    return (" or " if " or " in text else ",").join(map(_word, parts)) if parts else text


def _word(text):
    return text if re.fullmatch(r"[\w./\\:=,+-]+", text) else f'"{text}"'


def _asked(problems):
    """The options that the refusals ask for; where one has to choose, with dots."""
    asked = {}
    for problem in problems:
        for option, value in re.findall(r"(--[a-z-]+) (\"[^\"]*\"|[^\s\"]+(?: or (?!--)[^\s\"]+)*)", problem.try_):
            value = value.rstrip(".") or value if option == "--decimal" else value
            key = (option, value.split("=")[0]) if option in ("--column", "--clean") else option
            asked[key] = f"{option} {value}" if key not in asked and " or " not in value else f"{option} ..."
    return list(asked.values())


def _line(options, asked):
    """The whole line to type, with all that was told already."""
    parts = ["crmlearn inspect", _word(options.file)]
    parts += [f"--column {_word(text)}" for text in options.columns]
    for name in (*TOLD, "once_per_order", "currency", "as_of"):
        value, option = getattr(options, name), f"--{name.replace('_', '-')}"
        if value is not None and not any(text.startswith(f"{option} ") for text in asked):
            parts.append(f"{option} {_word(value)}")
    parts += [f"--clean {_word(text)}" for text in options.clean]
    return " ".join(
        [*parts, *asked, f"--save {_word(options.save or 'shop.yaml')}", *["--overwrite"] * options.overwrite]
    )
