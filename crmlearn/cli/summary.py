"""``crmlearn summary``: a theme of the course on one page, to print."""

from crmlearn.cli.telling import GOOD


def add_to(commands):
    parser = commands.add_parser("summary", help="a theme of the course on one page, to print", allow_abbrev=False)
    parser.add_argument("theme", metavar="THEME", help="02, or 02_paradigms")
    parser.add_argument("--out", metavar="DIR", default=".", help="where to write the page (default: here)")
    parser.set_defaults(run=_run)


def _run(options):
    from crmlearn import reports

    print(f"{reports.summary(options.theme, options.out)}: open it in a browser, and print it.")
    return GOOD
