"""``crmlearn report``: run a report and write it as a page."""

import sys

from crmlearn.cli.telling import FAILED, GOOD, say
from crmlearn.errors import Refusal

OPTIONS = {"data": "--data {}", "out": "--out {}", "overwrite": "--overwrite", "name": "crmlearn report {}"}
IN_WORDS_OF_THE_LINE = "-p name=value, such as -p date_order=DMY or -p amount_column=Total; see --list"


def add_to(commands):
    parser = commands.add_parser("report", help="run a report and write it as an HTML page", allow_abbrev=False)
    parser.add_argument("name", nargs="?", metavar="NAME", help="which report; --list shows them")
    parser.add_argument("--list", action="store_true", help="show every report and what it may be told")
    parser.add_argument("--data", metavar="FILE", help="a file of orders (CSV, Parquet); else the report's own data")
    parser.add_argument("--out", metavar="DIR", default="out", help="folder for the page (default: out)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace DIR/NAME.html instead of numbering the new one"
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
            typed = "--data FILE" if parameter.name == "data" else f"-p {parameter.name}={parameter.default}"
            print(f"  {typed:<28} {parameter.type:<6} {parameter.help}".rstrip())
    return GOOD


def _report(options):
    from crmlearn.reports import ReportFailed, names, run, shelf

    if options.name is None:
        raise Refusal("Which report?", "no name", f"crmlearn report {(*names(), '--list')[0]}")
    shelf.path(options.name)
    told = _told(options.told)
    print(f"running {options.name} ...", file=sys.stderr, flush=True)  # it takes some seconds
    try:
        print(run(options.name, options.data, options.out, options.overwrite, **told))
    except ReportFailed as failure:
        say(failure)
        return FAILED
    return GOOD


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
