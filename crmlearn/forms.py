"""Files that people write by hand (decks, feeds) against their form: every error at once, each with its line."""

import difflib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from crmlearn.errors import Refusal, refuse_all

LARGEST_BYTES = 1_000_000
MOST_ALIASES = 100  # a short file can name itself a billion times over


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
        refuse_all([_refusal(path.name, data, form, problem) for problem in error.errors()])


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
        aliases = sum(isinstance(event, AliasEvent) for event in yaml.parse(text))
        if aliases > MOST_ALIASES:
            raise Refusal(
                f"{path.name} repeats itself by aliases (*name) too often.",
                f"{aliases:,} of them, {MOST_ALIASES} are allowed",
                "write the repeated parts out",
            )
        data = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refusal(
            f"{path.name} is no readable YAML.",
            f"line {mark.line + 1}, column {mark.column + 1}: {error.problem or error.context}".splitlines()[0],
            "mend this line; a text with a colon in it needs quotes",
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        saw = str(error).splitlines()[0][:120] or type(error).__name__
        raise Refusal(f"{path.name} is no readable YAML.", saw, "mend it, or start from a file that works") from None
    if not isinstance(data, dict):
        raise Refusal(f"{path.name} needs keys and values.", type(data).__name__, "key: value, one a line")
    return data


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
    place, line, names = _walk(data, problem["loc"])
    where = f"{file}, line {line}" + (f" ({place})" if place else "")
    kind, context = problem["type"], problem.get("ctx", {})
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
    """Follow pydantic's path through the file: (place in words, line, keys found there). It also names union tags."""
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
    return " ".join(words), line, list(last) if isinstance(last, dict) else []


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
