"""A deck for Anki. Every card keeps its name, so a deck that is taken in again adds nothing and renews what changed."""

import zlib
from pathlib import Path

from crmlearn import texts
from crmlearn.errors import Refusal

_CSS = ".card { font: 1.1rem/1.5 system-ui, sans-serif; text-align: left; max-width: 40em; margin: 1em auto; }"


def write(deck, path):
    """Write a deck as an .apkg file, with all answers in it.

    deck : Deck; path : a file that does not exist yet
    Returns: how many cards it holds
    Errors: Refusal when the file exists, or the extra is missing
    """
    try:
        import genanki
    except ImportError:
        raise Refusal("Anki decks need an extra.", "no package genanki", "pip install 'crmlearn[anki]'") from None
    path = Path(path)
    if path.exists():
        raise Refusal(f"{path.name} exists already.", str(path), "another name, or delete it first")
    if path.suffix != ".apkg":
        raise Refusal("Anki reads files that end in .apkg.", path.name, f"{path.stem}.apkg")
    if not path.parent.is_dir():
        raise Refusal("this folder does not exist.", str(path.parent), "make it first")
    fields = [{"name": name} for name in ("Question", "Answer", "Id")]
    card = {"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"}
    model = genanki.Model(_number("crmlearn card"), "crmlearn", fields=fields, templates=[card], css=_CSS)
    made = genanki.Deck(_number(f"crmlearn {deck.id}"), f"crmlearn::{deck.title}")
    for question in deck.questions:
        name = f"{deck.id}/{question.id}"
        front, back = faces(question.drawn(""))
        tags = [topic.replace(" ", "_") for topic in question.topics]
        made.add_note(genanki.Note(model, [front, back, name], guid=genanki.guid_for(name), tags=tags))
    genanki.Package(made).write_to_file(str(path))
    return len(made.notes)


def faces(question):
    """(front, back) of a card, HTML."""
    front = f"<div>{texts.html(question.case)}</div>" if question.case else ""
    front += f"<div>{texts.html(question.stem)}</div>"
    choices = question.choices()
    if choices:
        front += f"<ol type='a'>{''.join(f'<li>{texts.html(text)}</li>' for text in choices)}</ol>"
    if question.room() and question.type != "flip":
        front += f"<p><em>{texts.html(question.room())}</em></p>"
    return front, f"<div>{texts.html(question.key())}</div><p>{texts.html(question.explanation)}</p>"


def _number(name):
    """A number of a name, the same everywhere and always."""
    return 1_500_000_000 + zlib.crc32(name.encode())
