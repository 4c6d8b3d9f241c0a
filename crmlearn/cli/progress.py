"""``crmlearn progress``: what is due and what you know; take your answers to another machine, or delete them."""

import json
import sys
from dataclasses import asdict, fields
from pathlib import Path

from crmlearn.cli.telling import GOOD, STOPPED
from crmlearn.errors import Refusal, counted, refuse_all

FORM = "crmlearn.reviews/1"


def add_to(commands):
    parser = commands.add_parser("progress", help="what is due, what you know; your answers", allow_abbrev=False)
    deed = parser.add_mutually_exclusive_group()
    deed.add_argument("--export", metavar="FILE", help="write all your answers into a new file")
    deed.add_argument("--import", dest="take", metavar="FILE", help="add the answers of another machine to yours")
    deed.add_argument("--forget", action="store_true", help="delete every answer of yours; asks first")
    parser.add_argument("--yes", action="store_true", help="with --forget: do not ask")
    parser.set_defaults(run=_run)


def _run(options):
    if options.export:
        return _export(Path(options.export))
    if options.take:
        return _import(Path(options.take))
    if options.forget:
        return _forget(options.yes)
    from crmlearn import quiz

    print(repr(quiz.progress()))
    return GOOD


def _export(path):
    from crmlearn import reviews

    found = reviews.read()
    lines = [json.dumps({"form": FORM, "answers": len(found)}), *(json.dumps(asdict(r)) for r in found)]
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise Refusal(f"{path.name} exists already.", str(path), "another name, or delete it first") from None
    except OSError as error:
        raise Refusal(f"{path.name} cannot be written.", type(error).__name__, "another folder") from None
    print(f"{path}: {counted(len(found), 'answer')}. It is yours alone: it says what you did not know, too.")
    return GOOD


def _import(path):
    from crmlearn import reviews
    from crmlearn.quiz import memory

    found = _read(path)
    new = reviews.add_all(found, memory.fold)
    print(f"{counted(new, 'new answer')}; {counted(len(found) - new, 'answer')} known already.")
    return GOOD


def _read(path):
    from crmlearn.reviews import Review

    mend = "a file that crmlearn progress --export wrote"
    try:
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        head = json.loads(first)
    except (OSError, ValueError, RecursionError) as error:
        raise Refusal(f"{path.name} holds no answers.", type(error).__name__, mend) from None
    if not isinstance(head, dict) or head.get("form") != FORM:
        raise Refusal(f"{path.name} holds no answers.", repr(first)[:60], mend)
    kinds = {f.name: f.type for f in fields(Review)}
    problems, found = [], []
    for number, line in enumerate(lines, 2):
        try:
            values = json.loads(line)
            if not isinstance(values, dict) or values.keys() != kinds.keys():
                raise ValueError("other names than an answer has")
            wrong = [name for name, value in values.items() if not _fits(value, kinds[name])]
            if wrong:
                raise ValueError(f"'{wrong[0]}' is {values[wrong[0]]!r}"[:60])
            found.append(Review(**values))
        except (ValueError, TypeError, RecursionError) as error:
            saw = error.saw if isinstance(error, Refusal) else str(error)[:80]
            problems.append(Refusal(f"{path.name}, line {number}: this is no answer.", saw, mend))
    refuse_all(problems[:10])
    return found


def _fits(value, kind):
    if value is None:
        return "None" in str(kind)
    known = {int: int, float: (int, float), str: str}.get(kind, str)
    return isinstance(value, known) and not isinstance(value, bool) and len(str(value)) <= 10_000


def _forget(sure):
    from crmlearn import reviews

    n = len(reviews.read())
    if n and not sure:
        if not sys.stdin.isatty():
            raise Refusal("this would delete your answers.", counted(n, "answer"), "crmlearn progress --forget --yes")
        print(f"This deletes {counted(n, 'answer')} for good. --export keeps a copy.")
        if input("Type forget to go on: ").strip() != "forget":
            print("Nothing was deleted.")
            return STOPPED
    reviews.forget()
    print(f"{counted(n, 'answer')} deleted; nothing is left of them.")
    return GOOD
