"""``crmlearn deck``: check a deck of your own, take one in from elsewhere, give one to Anki."""

from pathlib import Path

from crmlearn.cli.telling import BAD_INPUT, GOOD, say
from crmlearn.errors import Refusal, counted


def add_to(commands):
    parser = commands.add_parser("deck", help="check, convert and export decks of questions", allow_abbrev=False)
    deeds = parser.add_subparsers(title="what to do", required=True, metavar="WHAT")
    check = deeds.add_parser("check", help="is the file a deck? names every line to mend", allow_abbrev=False)
    check.add_argument("files", nargs="+", metavar="FILE")
    check.set_defaults(run=_check)
    take = deeds.add_parser("import", help="questions of jupyterquiz, cards of jupytercards (JSON)", allow_abbrev=False)
    take.add_argument("file", metavar="FILE.json")
    take.add_argument("--out", required=True, metavar="FILE.yaml", help="where to write the deck")
    take.add_argument("--title", metavar="TEXT", help="of the deck (default: the name of the file)")
    take.add_argument("--topic", default="own", metavar="TEXT", help="what the questions are about (default: own)")
    take.set_defaults(run=_import)
    give = deeds.add_parser("export", help="a deck with its answers for Anki", allow_abbrev=False)
    give.add_argument("deck", metavar="DECK", help="08, or a file")
    give.add_argument("--out", required=True, metavar="FILE.apkg")
    give.set_defaults(run=_export)
    schema = deeds.add_parser("schema", help="print the JSON Schema of decks, for editors", allow_abbrev=False)
    schema.set_defaults(run=_schema)


def _check(options):
    from crmlearn import quiz

    bad = 0
    for file in options.files:
        try:
            print(f"{file}: good, {quiz.deck(_a_file(file))!r}")
        except Refusal as refusal:
            bad += 1
            say(refusal)
    return BAD_INPUT if bad else GOOD


def _a_file(name):
    if Path(name).suffix not in (".yaml", ".yml"):
        raise Refusal(f"{Path(name).name} is no deck.", "another ending", "a file that ends in .yaml")
    return Path(name)


def _import(options):
    from crmlearn import quiz
    from crmlearn.quiz import foreign

    out = _a_file(options.out)
    if out.exists():
        raise Refusal(f"{out.name} exists already.", str(out), "another name, or delete it first")
    text = foreign.convert(options.file, options.title or Path(options.file).stem, options.topic)
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Refusal(f"{out.name} cannot be written.", type(error).__name__, "another folder") from None
    try:
        made = quiz.deck(out)
    except Refusal:
        out.unlink()
        raise
    print(f"{out}: {counted(len(made.questions), 'question')}. Ask them with quiz.ask({str(out)!r}).")
    return GOOD


def _export(options):
    from crmlearn import quiz
    from crmlearn.quiz import anki

    n = anki.write(quiz.deck(options.deck), options.out)
    print(f"{options.out}: {counted(n, 'card')}, with their answers. Import it in Anki; once more adds nothing.")
    return GOOD


def _schema(_options):
    from crmlearn.quiz.decks import schema

    print(schema())
    return GOOD
