"""The command line: ``crmlearn report customer_base --data orders.csv --out DIR -p horizon_months=12``."""

import argparse
import sys
import traceback

import crmlearn
from crmlearn.errors import Refusal

GOOD, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
OPTIONS = {"data": "--data {}", "out": "--out {}", "overwrite": "--overwrite", "name": "crmlearn report {}"}


def main(argv=None):
    """Run one command.

    argv : list of str; without it, what was typed
    Returns: 0 good, 1 the report failed, 2 bad input or bad usage, 130 stopped by Ctrl-C
    """
    try:
        options = _parser().parse_args(argv)
        return _list() if options.list else _report(options)
    except SystemExit as stop:  # argparse has said why
        return stop.code
    except KeyboardInterrupt:
        print("Stopped; no page was written.", file=sys.stderr)
        return STOPPED
    except Refusal as refusal:
        code = _say(refusal, BAD_INPUT)
        if "='" in str(refusal) or "columns={" in str(refusal):  # said in Python's words
            print(
                "  Here: -p name=value, such as -p date_order=DMY or -p amount_column=Total; see --list",
                file=sys.stderr,
            )
        return code
    except Exception:
        return _say(traceback.format_exc().rstrip(), FAILED)


def _parser():
    parser = argparse.ArgumentParser("crmlearn", description=crmlearn.__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"crmlearn {crmlearn.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="run a report and write it as an HTML page", allow_abbrev=False)
    report.add_argument("name", nargs="?", metavar="NAME", help="which report; --list shows them")
    report.add_argument("--list", action="store_true", help="show every report and what it may be told")
    report.add_argument("--data", metavar="FILE", help="a file of orders (CSV, Parquet); else the report's own data")
    report.add_argument("--out", metavar="DIR", default="out", help="folder for the page (default: out)")
    report.add_argument(
        "--overwrite", action="store_true", help="replace DIR/NAME.html instead of numbering the new one"
    )
    report.add_argument(
        "-p",
        dest="told",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="tell the report something; repeatable",
    )
    return parser


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
        return _say(failure, FAILED)
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


def _say(problem, code):
    from crmlearn.privacy import mask

    print(mask(str(problem)), file=sys.stderr)
    return code
