"""Questions answered in words: a word or a short name, gaps in a sentence, and cards that readers judge themselves."""

import difflib
import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn import texts
from crmlearn.forms import Form, Misplaced
from crmlearn.quiz.items.base import CANNOT_CHECK, RIGHT, WRONG, Grade, Question, Text
from crmlearn.quiz.numbers import plain

GAP = "___"
_ALIKE = 0.84  # words more alike than this are held to be one word misspelt
_LONGEST = 200


class Near(Form):
    """Usual wrong words, and what to say to them."""

    words: Annotated[list[Text], Field(min_length=1)]
    feedback: Text


class Words(Form):
    """What counts as the answer. Capital letters, articles, full stops and hyphens do not matter."""

    accept: Annotated[list[Text], Field(min_length=1)]
    near: list[Near] = Field(default_factory=list)

    @model_validator(mode="after")
    def _near_is_wrong(self):
        right = {normal(word) for word in self.accept}
        for place, near in enumerate(self.near):
            for word in near.words:
                if normal(word) in right:
                    raise Misplaced("a near word counts as the answer.", word, "another word", "near", place)
        return self

    def grade(self, written):
        text = str(written).strip()[:_LONGEST]
        said = normal(text)
        if not said:
            return Grade(CANNOT_CHECK, "Write an answer first.")
        if said in map(normal, self.accept):
            return Grade(RIGHT, "", text)
        for near in self.near:
            if said in map(normal, near.words):
                return Grade(WRONG, near.feedback, text)
        if any(alike(said, normal(word)) for word in self.accept):
            return Grade(CANNOT_CHECK, "Nearly. Look at the spelling.", text)
        return Grade(WRONG, "That is not it.", text)


class Flip(Question):
    """Think, turn over, and judge yourself."""

    type: Literal["flip"]
    back: Text

    def face(self, seed):
        return {}

    def grade(self, given, seed=None):
        if not isinstance(given, bool):
            return Grade(CANNOT_CHECK, "Say whether you knew it.")
        return Grade(RIGHT if given else WRONG, "", "knew it" if given else "did not know it")

    def key(self):
        return self.back


class Written(Question):
    """A word or a short name."""

    type: Literal["text"]
    answer: Words

    def face(self, seed):
        return {}

    def grade(self, given, seed=None):
        return self.answer.grade(given if isinstance(given, str) else "")

    def key(self):
        return self.answer.accept[0]

    def room(self):
        return "Answer: ............"


class Cloze(Question):
    """A sentence with gaps; each ``___`` of the stem is one of ``gaps``, in that order."""

    type: Literal["cloze"]
    gaps: Annotated[list[Words], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _as_many_gaps(self):
        found = self.stem.count(GAP)
        if found != len(self.gaps):
            saw = f"{found} in the stem, {len(self.gaps)} under 'gaps'"
            raise Misplaced("every gap needs its words.", saw, f"{GAP} in the stem for each of them", "gaps")
        return self

    def card(self, seed=None):
        card = super().card(seed)
        parts = card["stem"].split(_MARK)
        gaps = (f'<span class="crml-gap" data-gap="{n}"></span>' for n in range(len(self.gaps)))
        return card | {"stem": parts[0] + "".join(gap + part for gap, part in zip(gaps, parts[1:], strict=True))}

    def face(self, seed):
        return {"stem": texts.html(self.stem.replace(GAP, _MARK)), "gaps": len(self.gaps)}

    def grade(self, given, seed=None):
        words = [w if isinstance(w, str) else "" for w in given] if isinstance(given, list) else []
        words = (words + [""] * len(self.gaps))[: len(self.gaps)]
        grades = [gap.grade(word) for gap, word in zip(self.gaps, words, strict=True)]
        understood = " / ".join(word.strip()[:60] for word in words)
        unsure = [n for n, g in enumerate(grades, 1) if g.verdict == CANNOT_CHECK]
        if unsure:
            told = f"Gap {unsure[0]}: {grades[unsure[0] - 1].feedback}" if len(grades) > 1 else grades[0].feedback
            return Grade(CANNOT_CHECK, told, understood)
        marks = tuple(g.verdict == RIGHT for g in grades)
        if all(marks):
            return Grade(RIGHT, "", understood, marks)
        told = [f"Gap {n}: {g.feedback}" for n, g in enumerate(grades, 1) if g.verdict == WRONG]
        return Grade(WRONG, "\n\n".join(told) if len(grades) > 1 else grades[0].feedback, understood, marks)

    def key(self):
        parts = self.stem.split(GAP)
        filled = (f"**{gap.accept[0]}**" for gap in self.gaps)
        return parts[0] + "".join(word + part for word, part in zip(filled, parts[1:], strict=True))

    def room(self):
        return "Fill the gaps."


_MARK = "\N{WHITE SQUARE}\N{WHITE SQUARE}"  # what no Markdown and no cleaning of HTML touches


def normal(text):
    """What is left of words when only the words count.

    >>> normal("The Customer-Lifetime  value."), normal("R&D")
    ('customer lifetime value', 'r and d')
    """
    text = plain(text).replace("&", " and ")
    words = re.sub(r"[^\w%$]+", " ", text).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words)


def alike(said, right):
    """Whether somebody may have meant this word and misspelt it; numbers and short words have to be exact."""
    if len(right) < 5 or re.sub(r"\D", "", said) != re.sub(r"\D", "", right):
        return False
    return difflib.SequenceMatcher(None, said, right, autojunk=False).ratio() >= _ALIKE
