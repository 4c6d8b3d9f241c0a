"""``crmlearn report``: run a report and write its folder."""

import re
import sys

from crmlearn.cli.telling import FAILED, GOOD, WARNED, say
from crmlearn.errors import Refusal

OPTIONS = {
    "data": "--data {}",
    "feed": "--feed {}",
    "out": "--out {}",
    "reveal": "--reveal",
    "overwrite": "--overwrite",
    "name": "crmlearn report {}",
}
# How a refusal says things in Python, and how this line says them.
_SAID = [
    (re.compile(r"Policy\((\w+='[^']*')\)"), r"\1"),
    (re.compile(r"(?:read\(\.\.\., )?columns=\{([^}]*)\}\)?"), lambda hit: " ".join(_columns(hit[1]))),
    (re.compile(r"\b([a-z_]+)='([^']*)'"), r"-p \1=\2"),
]
OR_ONCE = "or once: crmlearn inspect FILE --save FEED, then --feed FEED"


def in_words(problem):
    """A refusal as somebody types it here.

    >>> print(in_words(Refusal("two currencies.", "MYR, SGD", "Policy(currency='SGD')")).try_)
    -p currency=SGD; or once: crmlearn inspect FILE --save FEED, then --feed FEED
    """
    text = problem.try_
    for form, said in _SAID:
        text = form.sub(said, text)
    return problem if text == problem.try_ else Refusal(problem.wrong, problem.saw, f"{text}; {OR_ONCE}")


def _columns(pairs):
    for ours, theirs in re.findall(r"'(\w+)': '([^']*)'", pairs):
        yield f"-p {ours.removesuffix('_id')}_column={theirs}" if ours in _ASKED else f"{ours}={theirs} by a feed"


_ASKED = ("customer_id", "date", "amount")


def add_to(commands):
    parser = commands.add_parser(
        "report",
        help="run a report and write it as an HTML page",
        description="Run a report. A folder DIR/NAME-DAY appears when it is done: the page, the executed notebook, "
        "exhibits.xlsx (its tables), manifest.json (what made it) and status.json (how it went).",
        epilog="Exit codes: 0 good, 1 failed, 2 bad input, 3 published with warnings, which the page shows at its top.",
        allow_abbrev=False,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="which report; --list shows them")
    parser.add_argument("--list", action="store_true", help="show every report and what it may be told")
    parser.add_argument("--data", metavar="FILE", help="a file of orders (CSV, Parquet); else the report's own data")
    parser.add_argument("--feed", metavar="FEED", help="how to read the file, as crmlearn inspect saved it: no guesses")
    parser.add_argument(
        "--reveal", action="store_true", help="show ids, or names of people in charge, that a page hides otherwise"
    )
    parser.add_argument("--out", metavar="DIR", default="out", help="folder for the runs (default: out)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the run of the same day instead of numbering the new one"
    )
    parser.add_argument(
        "-p",
        dest="told",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="tell the report something; repeatable",
    )
    parser.set_defaults(run=_run)


def _run(options):
    return _list() if options.list else _report(options)


def _list():
    from crmlearn.reports import describe, names, shelf

    for name in names():
        print(f"{name}: {shelf.title(name)}")
        for parameter in describe(name):
            typed = {"data": "--data FILE", "feed": "--feed FEED", "reveal": "--reveal"}.get(parameter.name)
            typed = typed or f"-p {parameter.name}={parameter.default}"
            print(f"  {typed:<28} {parameter.type:<6} {parameter.help}".rstrip())
    return GOOD


def _report(options):
    from crmlearn.reports import ReportFailed, days, describe, names, run, shelf

    if options.name is None:
        raise Refusal("Which report?", "no name", f"crmlearn report {(*names(), '--list')[0]}")
    shelf.path(options.name)
    told = _told(options.told) | ({"feed": options.feed} if options.feed is not None else {})
    if options.reveal and "reveal" not in (parameter.name for parameter in describe(options.name)):
        raise Refusal(f"{options.name} lists nobody, so there is nothing to reveal.", "--reveal", "leave it away")
    told |= {"reveal": True} if options.reveal else {}
    print(f"running {options.name} ...", file=sys.stderr, flush=True)  # it takes some seconds
    try:
        done = run(options.name, options.data, options.out, options.overwrite, **told)
    except ReportFailed as failure:
        say(failure)
        return FAILED
    if done.as_of:
        words = days.IN_WORDS.get(done.as_of_rule)
        print(f"as of {done.as_of}" + (f" ({words})" if words else ""), file=sys.stderr)
    for warning in done.warnings:
        say(f"warning: {warning}")
    print(done.page)
    return WARNED if done.warnings else GOOD


def _told(texts):
    told = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise Refusal("-p needs a name and a value.", f"-p {text}", "-p horizon_months=12")
        if name in OPTIONS:
            raise Refusal(f"{name} is no -p parameter.", f"-p {text}", OPTIONS[name].format(value))
        if name in told:
            raise Refusal(f"{name} is told twice.", f"{told[name]} and {value}", f"-p {name}={value} once")
        told[name] = value
    return told
