"""A file against its form: every error at once, each with its line and what to write instead."""

import difflib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from crmlearn.errors import Refusal, refuse_all
from crmlearn.forms.written import plain, read, refuse_invisible, walk


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
        data = read(path)
    except (RuntimeError, ValueError) as error:
        if isinstance(error, Refusal):
            raise
        raise Refusal("this is no name of a file.", repr(str(path))[:80], "the path of a .yaml file") from None
    if visible:
        refuse_invisible(path.name, data)
    try:
        return form.model_validate(plain(data))
    except ValidationError as error:
        found = {}  # pydantic tells one fault once for each type that a value might have had
        for problem in error.errors():
            at = problem["loc"] + getattr(problem.get("ctx", {}).get("error"), "at", ())
            words, line, names = walk(data, at)
            own = at[-1:] if problem["type"] in ("missing", "extra_forbidden", "value_error") else ()
            found.setdefault((line, tuple(words), own), (problem, names))
        ordered = sorted(found.items(), key=lambda item: item[0][0])
        refuse_all([_refusal(path.name, form, *place, *found) for place, found in ordered])


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
