"""Files that people write by hand (decks, feeds) against their form: every error at once, each with its line."""

import difflib
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from crmlearn.errors import Refusal, refuse_all

LARGEST_BYTES = 1_000_000
MOST_ALIASES, DEEPEST, MOST_VALUES = 100, 30, 100_000


class Form(BaseModel):
    """A part of such a file: unknown keys are refused, values are taken as they stand, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Misplaced(Refusal):
    """A refusal of a form's own check that knows the place: the keys and positions below the checked part."""

    def __init__(self, wrong, saw, try_, *at):
        super().__init__(wrong, saw, try_)
        self.at = at


def load(path, form, visible=False):
    """Read a YAML file and check it against its form.

    path : path of a YAML 1.2 file in UTF-8, up to 1 MB
    form : a subclass of Form
    visible : bool; refuse texts with signs that nobody can see, such as a tab
    Returns: an instance of the form
    Errors: Refusals for everything that is wrong, each with the line it stands in
    """
    try:
        path = Path(path).expanduser()
        text = _text(path)
    except (RuntimeError, ValueError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal("this is no name of a file.", repr(str(path))[:80], "the path of a .yaml file") from None
    data = _parsed(path, text)
    _refuse_huge(path.name, data)
    if visible:
        _refuse_invisible(path.name, data)
    try:
        return form.model_validate(_plain(data))
    except ValidationError as error:
        found = {}  # pydantic tells one fault once for each type that a value might have had
        for problem in error.errors():
            at = problem["loc"] + getattr(problem.get("ctx", {}).get("error"), "at", ())
            words, line, names = _walk(data, at)
            own = at[-1:] if problem["type"] in ("missing", "extra_forbidden", "value_error") else ()
            found.setdefault((line, tuple(words), own), (problem, names))
        ordered = sorted(found.items(), key=lambda item: item[0][0])
        refuse_all([_refusal(path.name, form, *place, *found) for place, found in ordered])


def _text(path):
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Refusal(f"{path.name} is too large.", f"{path.stat().st_size:,} bytes", "split it; 1 MB is the limit")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.y*ml")], 1)
        saw = (error.strerror or "no reason given").lower()
        raise Refusal(f"{path.name[:80]} cannot be read.", saw, near[0] if near else "check the name") from None
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
        said = (error.problem or error.context).splitlines()[0]
        saw = f"line {mark.line + 1}, column {mark.column + 1}: {said}"
        raise Refusal(f"{path.name} is no readable YAML.", saw, _yaml_mend(said)) from None
    except Refusal:  # a ValueError too
        raise
    except (YAMLError, ValueError, RecursionError) as error:
        saw = str(error).splitlines()[0][:120] or type(error).__name__
        raise Refusal(f"{path.name} is no readable YAML.", saw, "mend it, or start from a file that works") from None
    if not isinstance(data, dict):
        saw = "nothing" if data is None else "a list" if isinstance(data, list) else repr(data)[:60]
        raise Refusal(f"{path.name} needs keys and values.", saw, "key: value, one a line")
    return data


def _yaml_mend(said):
    if "duplicate key" in said:
        return "name it once"
    if "\\t" in said or "tab" in said:
        return "indent with spaces, not with tabs"
    return "mend this line or the one above it; a text with : # * % & or ' in it needs double quotes around it"


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


def _refuse_invisible(file, data):
    """Refuse signs that nobody typed: in double quotes \\f is a sign, so \\frac would lose its first two letters."""
    problems = []
    for at, value in _leaves(data):
        if isinstance(value, str) and re.search(r"[\x00-\x09\x0b-\x1f]", value):
            words, line, _ = _walk(data, at)
            wrong = f"{file}, line {line} ({' '.join(words)}): the text holds an invisible sign."
            problems.append(Refusal(wrong, repr(str(value))[:80], "\\\\frac with two strokes, or single quotes"))
    refuse_all(problems)


def _refuse_huge(file, data):
    """A few nested aliases can unfold into billions of values, or into themselves."""
    for seen, (at, _) in enumerate(_leaves(data)):
        if seen > MOST_VALUES or len(at) > DEEPEST:
            raise Refusal(
                f"{file} unfolds into too much.", "aliases (*name) of aliases", "write the repeated parts out"
            )


def _leaves(data):
    """Every value with its place, lists and mappings too."""
    waiting = [((), data)]
    while waiting:
        at, value = waiting.pop()
        yield at, value
        if isinstance(value, dict):
            waiting += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*at, place), item) for place, item in enumerate(value)]


def _refusal(file, form, line, words, _own, problem, names):
    """One of pydantic's findings in our words."""
    kind, context, given = problem["type"], problem.get("ctx", {}), problem["input"]
    where = f"{file}, line {line}" + (f" ({' '.join(words)})" if words and kind != "extra_forbidden" else "")
    if kind == "extra_forbidden" and words[:-1]:
        where = f"{file}, line {line} ({' '.join(words[:-1])})"
    key = str(problem["loc"][-1]) if problem["loc"] else ""
    if kind not in ("missing", "extra_forbidden") and words:
        key = words[-1]
    saw = f"only {', '.join(map(str, names))}" if isinstance(given, dict) and names else repr(given)[:80]
    cause = context.get("error")
    if isinstance(cause, Refusal):  # a form's own check has said what to type
        return Refusal(f"{where}: {cause.wrong}", cause.saw, cause.try_)
    if kind == "missing":
        return Refusal(f"{where}: '{key}' is missing.", saw, f"{key}: ...")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(key, _keys(form), 1, cutoff=0.7)
        return Refusal(f"{where}: there is no key '{key}'.", repr(given)[:80], near[0] if near else "leave it out")
    if kind == "union_tag_invalid":
        known = context["expected_tags"].replace("'", "")
        near = difflib.get_close_matches(str(context["tag"]), known.split(", "), 1) or known.split(", ")
        tag = context["discriminator"].strip("'")
        return Refusal(f"{where}: {tag} '{context['tag']}' is not known.", f"known are {known}", f"{tag}: {near[0]}")
    if kind == "union_tag_not_found":
        tag = context["discriminator"].strip("'")
        return Refusal(f"{where}: '{tag}' is missing.", saw, f"{tag}: ...")
    needs, mend = _wanted(kind, context)
    name = f"entry {key}" if key.split()[0].isdigit() else f"'{key}'"
    return Refusal(f"{where}: {name} {needs}.", saw, f"{'- ' if name[0] == 'e' else f'{key}: '}{mend}")


def _wanted(kind, context):
    """(what a value needs, an example of it)"""
    limits = {"greater_than": ("gt", "above"), "greater_than_equal": ("ge", "at least"), "less_than": ("lt", "below")}
    if kind in limits:
        name, word = limits[kind]
        return f"needs a number {word} {context[name]:g}", "0.5"
    if kind == "literal_error":
        first = context["expected"].split(" or ")[0].split(", ")[0]
        return f"needs {context['expected']}", first.strip("'")
    if kind == "string_pattern_mismatch":
        if context["pattern"] == r"\S":
            return "is empty", '"..."'
        extra = " and _" if "_" in context["pattern"] else " and -"
        return f"may have small letters, digits{extra} only", "my_deck" if "_" in extra else "my-item"
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} letters", "a shorter one"
    if kind in ("string_too_short", "too_short") and context["min_length"] == 1:
        return "is empty", "..."
    if kind in ("too_short", "too_long"):
        limit, word = (context["min_length"], "at least") if kind == "too_short" else (context["max_length"], "at most")
        return f"needs {word} {limit} entries", "[..., ...]"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "needs keys and values", "{...: ..., ...: ...}"
    kinds = {
        "string": ("text", '"..."'), "int": ("a whole number", "1"), "float": ("a number", "0.5"),
        "finite": ("a finite number", "0.5"), "bool": ("true or false", "true"), "list": ("a list", "[..., ...]"),
    }  # fmt: skip
    needs, mend = kinds.get(kind.split("_")[0], ("another value", "another value"))
    return f"needs {needs}", mend


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
