"""Files that people write by hand (decks, feeds) against their form: every error at once, each with its line."""

import difflib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from crmlearn.errors import Refusal, refuse_all

LARGEST_BYTES = 1_000_000
MOST_ALIASES, DEEPEST = 100, 30


class Form(BaseModel):
    """A part of such a file: unknown keys are refused, values are taken as they stand, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def load(path, form):
    """Read a YAML file and check it against its form.

    path : path of a YAML 1.2 file in UTF-8, up to 1 MB
    form : a subclass of Form
    Returns: an instance of the form
    Errors: Refusals for everything that is wrong, each with the line it stands in
    """
    path = Path(path)
    data = _parsed(path, _text(path))
    try:
        return form.model_validate(_plain(data))
    except ValidationError as error:
        problems = sorted(error.errors(), key=lambda problem: _walk(data, problem["loc"])[1])
        refuse_all([_refusal(path.name, data, form, problem) for problem in problems])


def _text(path):
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Refusal(f"{path.name} is too large.", f"{path.stat().st_size:,} bytes", "split it; 1 MB is the limit")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.y*ml")], 1)
        saw = (error.strerror or "no reason given").lower()
        raise Refusal(f"{path.name} cannot be read.", saw, near[0] if near else "check the name") from None
    except UnicodeDecodeError as error:
        saw = f"byte {error.start} is no UTF-8"
        raise Refusal(f"{path.name} is not written in UTF-8.", saw, "save it as UTF-8") from None


def _parsed(path, text):
    yaml = YAML(typ="rt", pure=True)
    try:
        _refuse_bombs(path.name, yaml.parse(text))
        data = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refusal(
            f"{path.name} is no readable YAML.",
            f"line {mark.line + 1}, column {mark.column + 1}: {error.problem or error.context}".splitlines()[0],
            "mend this line; a text with a colon in it needs quotes",
        ) from None
    except Refusal:  # a ValueError too
        raise
    except (YAMLError, ValueError, RecursionError) as error:
        saw = str(error).splitlines()[0][:120] or type(error).__name__
        raise Refusal(f"{path.name} is no readable YAML.", saw, "mend it, or start from a file that works") from None
    if not isinstance(data, dict):
        raise Refusal(f"{path.name} needs keys and values.", type(data).__name__, "key: value, one a line")
    return data


def _refuse_bombs(file, events):
    """A short file can unfold into a huge one, or nest until the parser gives up; neither was written by hand."""
    aliases = depth = 0
    for event in events:
        aliases += isinstance(event, AliasEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if aliases > MOST_ALIASES:
            saw, mend = f"more than {MOST_ALIASES} aliases (*name)", "write the repeated parts out"
        elif depth > DEEPEST:
            saw, mend = f"lists in lists, more than {DEEPEST} deep", "close a bracket"
        else:
            continue
        raise Refusal(f"{file} is no file that a person wrote.", saw, mend)


def _plain(value):
    """ruamel's types, which remember lines, as Python's own."""
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _refusal(file, data, form, problem):
    """One of pydantic's findings in our words."""
    kind, context = problem["type"], problem.get("ctx", {})
    words, line, names = _walk(data, problem["loc"])
    place = " ".join(words[:-1] if kind == "extra_forbidden" else words)
    where = f"{file}, line {line}" + (f" ({place})" if place else "")
    key = str(problem["loc"][-1]) if problem["loc"] else ""
    given = problem["input"]
    saw = f"only {', '.join(map(str, names))}" if isinstance(given, dict) else repr(given)[:80]
    if kind == "missing":
        return Refusal(f"{where}: '{key}' is missing.", saw, f"{key}: ...")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(key, _keys(form), 1)
        return Refusal(f"{where}: there is no key '{key}'.", repr(given)[:80], near[0] if near else "leave it out")
    if kind == "union_tag_invalid":
        known = context["expected_tags"].replace("'", "")
        near = difflib.get_close_matches(str(context["tag"]), known.split(", "), 1) or known.split(", ")
        tag = context["discriminator"].strip("'")
        return Refusal(f"{where}: {tag} '{context['tag']}' is not known.", f"known are {known}", f"{tag}: {near[0]}")
    if kind == "union_tag_not_found":
        tag = context["discriminator"].strip("'")
        return Refusal(f"{where}: '{tag}' is missing.", saw, f"{tag}: ...")
    cause = context.get("error")
    if isinstance(cause, Refusal):  # a form's own check has said what to type
        return Refusal(f"{where}: {cause.wrong}", cause.saw, cause.try_)
    return Refusal(f"{where}: '{key}' {_said(kind, context)}.", saw, _mend(kind, key, context))


def _said(kind, context):
    if kind in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return "is empty"
    if kind in ("too_short", "too_long"):
        limit = context.get("min_length") or context.get("max_length")
        return f"needs {'at least' if kind == 'too_short' else 'at most'} {limit} entries"
    if kind == "literal_error":
        return f"needs {context['expected']}"
    if kind == "string_pattern_mismatch":
        return "has letters that it may not have"
    needs = {"string": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "list": "a list"}
    return f"needs {needs.get(kind.split('_')[0], 'another value')}"


def _mend(kind, key, context):
    if kind == "literal_error":
        return f"{key}: {context['expected'].split(' or ')[0].split(', ')[0]}".replace("'", "")
    if kind == "string_pattern_mismatch":
        return f"{key}: small letters, digits and - only"
    if kind.startswith("string_type"):
        return f'{key}: "..." in quotes'
    return f"{key}: another value"


def _walk(data, location):
    """Follow pydantic's path, which names union tags too: (the steps in words, line, keys found there)."""
    line, words, last = 1, [], data
    for step in location:
        if isinstance(last, dict) and step in last:
            line = last.lc.key(step)[0] + 1 if hasattr(last, "lc") else line
        elif isinstance(last, list) and isinstance(step, int) and step < len(last):
            line = last.lc.item(step)[0] + 1 if hasattr(last, "lc") else line
        else:
            continue
        last = last[step]
        name = last.get("id") if isinstance(last, dict) else None
        words.append(f"{step + 1}{f' {name}' if isinstance(name, str) else ''}" if isinstance(step, int) else str(step))
    return words, line, list(last) if isinstance(last, dict) else []


def _keys(form):
    """All keys of a form and its parts."""
    found, waiting = set(), [form]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel):
            if part in found:
                continue
            found.add(part)
            waiting += [field.annotation for field in part.model_fields.values()]
        else:
            waiting += getattr(part, "__args__", ()) + getattr(getattr(part, "__origin__", None), "__args__", ())
    return sorted({name for part in found for name in part.model_fields})
