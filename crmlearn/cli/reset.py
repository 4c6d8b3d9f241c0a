"""``crmlearn reset``: one page of the course as it was handed out; the person's own version is kept."""

from crmlearn.cli.telling import GOOD


def add_to(commands):
    parser = commands.add_parser(
        "reset", help="restore a page of your copy; yours is kept beside it", allow_abbrev=False
    )
    parser.add_argument("page", metavar="PAGE", help="08, or exercises/08")
    parser.add_argument("--dir", metavar="DIR", help="your folder (default: the course around you, or in your home)")
    parser.set_defaults(run=_run)


def _run(options):
    from crmlearn.course import copies

    print(repr(copies.restore(options.page, options.dir)))
    return GOOD
