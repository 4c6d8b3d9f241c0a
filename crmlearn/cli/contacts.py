"""``crmlearn contacts``: whom of a segment a message may go to, as a file that only its owner may read."""

from crmlearn.cli.telling import GOOD


def add_to(commands):
    parser = commands.add_parser(
        "contacts",
        help="write the list of people whom a message may go to",
        description="Ask for each customer whether a message may go out (consent, the Do Not Call register, the day), "
        "write those who may be reached into a restricted file, and count the others by reason. Teaching material, not "
        "legal advice.",
        allow_abbrev=False,
    )
    parser.add_argument("--channel", required=True, metavar="CHANNEL", help="email, sms, phone, app, fax or post")
    parser.add_argument("--purpose", required=True, metavar="PURPOSE", help="marketing or service")
    parser.add_argument("--at", required=True, metavar="DAY", help="day of sending: 2026-06-01, or today")
    parser.add_argument("--data", metavar="FILE", help="a file of orders; else the course's invented firm")
    parser.add_argument("--feed", metavar="FEED", help="how to read the file, as crmlearn inspect saved it")
    parser.add_argument("--consents", metavar="FILE", help="customer_id, at, channel, event; purpose and route if any")
    parser.add_argument("--checks", metavar="FILE", help="customer_id, register, checked_on, listed")
    parser.add_argument("--people", metavar="FILE", help="customer_id and phone, email, fax or address")
    parser.add_argument("--segment", metavar="NAME", help="only this RFM segment, such as 'At risk'")
    parser.add_argument("--only", metavar="FILE", help="only these ids, or pseudonyms of a report on the same file")
    parser.add_argument("--related", action="store_true", help="you can show an ongoing relationship and related goods")
    parser.add_argument("--out", metavar="DIR", default="restricted", help="folder for the list (default: restricted)")
    parser.set_defaults(run=_run)


def _run(options):
    from crmlearn.reports import contacts

    told = {name: value for name, value in vars(options).items() if name != "run"}
    done = contacts(**told)
    print(done.made)
    print(
        f"{done.path}: personal data, for this message only; delete it afterwards. The record beside it names nobody."
    )
    return GOOD
