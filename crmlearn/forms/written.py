"""Reading YAML that a person wrote: text, values with the lines they stand in, and nothing that blows up."""

import difflib
import re

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from crmlearn.errors import Refusal, refuse_all

LARGEST_BYTES = 1_000_000
MOST_ALIASES, DEEPEST, MOST_VALUES = 100, 30, 100_000


def read(path):
    """The mapping that a file holds, as ruamel keeps it: each value knows its line.

    Errors: Refusal for what is no file, no UTF-8, no YAML, no mapping, or unfolds into too much
    """
    data = _parsed(path, _text(path))
    _refuse_huge(path.name, data)
    return data


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


def plain(value):
    """ruamel's types, which remember lines, as Python's own."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def refuse_invisible(file, data):
    """Refuse signs that nobody typed: in double quotes \\f is a sign, so \\frac would lose its first two letters."""
    problems = []
    for at, value in _leaves(data):
        if isinstance(value, str) and re.search(r"[\x00-\x09\x0b-\x1f]", value):
            words, line, _ = walk(data, at)
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


def walk(data, location):
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
