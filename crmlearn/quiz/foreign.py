"""Decks of other programs as decks of ours: the questions of jupyterquiz, the cards of jupytercards."""

import io
import json
import re
from pathlib import Path

from ruamel.yaml import YAML

from crmlearn.errors import Refusal, counted, refuse_all

_LARGEST = 1_000_000  # bytes


def convert(file, title, topic):
    """A deck of another program, as the text of a deck of ours.

    file : JSON of jupyterquiz (a list of questions) or jupytercards (a list of cards with front and back)
    title : of the new deck; topic : what its questions are about
    Returns: YAML text; what has no counterpart is refused, all at once
    """
    path = Path(file)
    found = _read(path)
    problems, items = [], []
    for place, one in enumerate(found, 1):
        try:
            items.append({"id": f"q{place}"} | _item(one, topic))
        except Refusal as refusal:
            problems.append(Refusal(f"{path.name}, question {place}: {refusal.wrong}", refusal.saw, refusal.try_))
    refuse_all(problems)
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_") or "deck"
    deck = {"form": "crmlearn.deck/1", "id": name, "title": title, "version": 1, "licence": "as the original"}
    yaml = YAML()
    yaml.width = 120
    text = io.StringIO()
    yaml.dump(deck | {"items": items}, text)
    return text.getvalue()


def _read(path):
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise Refusal(f"{path.name} is too large for a deck.", f"{size:,} bytes", f"at most {_LARGEST:,}")
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path.name} cannot be read.", f"{type(error).__name__}", "a JSON file in UTF-8") from None
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno}: {error.msg}" if hasattr(error, "lineno") else "nested too deeply"
        raise Refusal(f"{path.name} is no JSON.", where, "the file that jupyterquiz or jupytercards reads") from None
    if isinstance(found, dict):
        found = found.get("questions", found.get("cards", found))
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise Refusal(f"{path.name} holds no list of questions.", repr(found)[:60], '[{"question": ...}, ...]')
    return found


def _item(one, topic):
    if "front" in one:
        return _base("flip", _text(one, "front"), topic) | {"back": _text(one, "back")} | _LAST
    kinds = {"multiple_choice": _choices, "many_choice": _choices, "numeric": _number, "string": _string}
    kind = one.get("type")
    if kind not in kinds:
        raise Refusal("this type is not known.", repr(kind)[:60], f"one of {', '.join(kinds)}")
    answers = one.get("answers")
    if not isinstance(answers, list) or not answers or not all(isinstance(a, dict) for a in answers):
        raise Refusal("there is no list of answers.", repr(answers)[:60], '"answers": [...]')
    return kinds[kind](one, _text(one, "question"), answers, topic) | _LAST


_LAST = {"explanation": "Taken from another deck, without an explanation.", "reread": "the page it belongs to"}


def _base(kind, stem, topic):
    return {"type": kind, "topics": [topic], "asks": "recall", "stem": stem}


def _text(one, name):
    text = one.get(name)
    if not isinstance(text, str | int | float) or isinstance(text, bool) or not str(text).strip():
        raise Refusal(f"'{name}' is missing.", repr(text)[:60], f'"{name}": "..."')
    # Signs that nobody can see are refused in a deck of ours.
    return re.sub(r"[^\S\n]+", " ", re.sub(r"[\x00-\x09\x0b-\x1f\x7f]", " ", str(text))).strip()


def _feedback(answer, right):
    told = answer.get("feedback")
    return _text(answer, "feedback") if isinstance(told, str) and told.strip() else ("Right." if right else "No.")


def _choices(one, stem, answers, topic):
    options = []
    for answer in answers:
        text = f"`{_text(answer, 'code')}`" if "code" in answer else _text(answer, "answer")
        right = answer.get("correct") is True
        options.append({"text": text, "feedback": _feedback(answer, right)} | ({"right": True} if right else {}))
    right = sum("right" in option for option in options)
    if one["type"] == "multiple_choice":
        kind = "single"
        if right != 1:
            raise Refusal("one answer must be correct.", counted(right, "answer"), '"correct": true at one of them')
    else:
        kind = "multi" if right not in (0, len(options)) else None
        if kind is None:
            raise Refusal("some answers must be correct, and some not.", counted(right, "answer"), '"correct": true')
    if not 2 <= len(options) <= 9:
        raise Refusal("a question needs 2 to 9 answers.", counted(len(options), "answer"), "split the question")
    return _base(kind, stem, topic) | {"options": options}


def _number(one, stem, answers, topic):
    keys, mistakes = [], []
    for answer in answers:
        ranges = answer.get("range")
        if isinstance(answer.get("value"), int | float) and not isinstance(answer.get("value"), bool):
            value, within = float(answer["value"]), _digits(one, answer["value"])
        elif isinstance(ranges, list) and len(ranges) == 2 and all(isinstance(v, int | float) for v in ranges):
            value, within = (ranges[0] + ranges[1]) / 2, abs(ranges[1] - ranges[0]) / 2
        else:
            continue  # what is said to everything else
        if answer.get("correct") is True:
            keys.append((value, within))
        else:
            mistakes.append({"value": value, "feedback": _feedback(answer, False)})
    if len(keys) != 1 or not keys[0][1]:
        raise Refusal("one number, or one range, must be correct.", counted(len(keys), "one"), '"correct": true')
    value, within = keys[0]
    number = {"answer": {"value": value}, "unit": "units", "within": within}
    return _base("numeric", stem, topic) | number | ({"mistakes": mistakes} if mistakes else {})


def _digits(one, value):
    """How far off a number may be that is asked for with so many significant digits."""
    precision = one.get("precision")
    if not isinstance(precision, int) or isinstance(precision, bool) or precision < 1 or not value:
        return max(abs(float(value)) * 1e-6, 1e-9)
    return 0.5 * 10.0 ** (len(f"{abs(value):.0f}") - precision)


def _string(one, stem, answers, topic):
    accept = [_text(a, "answer") for a in answers if a.get("correct") is True]
    if not accept:
        raise Refusal("no text is correct.", "0 of them", '"correct": true')
    near = [
        {"words": [_text(a, "answer")], "feedback": _feedback(a, False)}
        for a in answers
        if a.get("correct") is not True and "answer" in a
    ]
    return _base("text", stem, topic) | {"answer": {"accept": accept} | ({"near": near} if near else {})}
