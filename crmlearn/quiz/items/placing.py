"""Questions in which things are put in their place: in an order, beside their partner, into a class."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn import texts
from crmlearn.forms import Form, Misplaced
from crmlearn.quiz.items.base import CANNOT_CHECK, RIGHT, WRONG, Grade, Question, Text, mixed, positions, repeated


class Step(Form):
    text: Text
    feedback: Text  # why it stands where it stands


class Order(Question):
    """Steps to put in order; they stand here as they should."""

    type: Literal["order"]
    steps: Annotated[list[Step], Field(min_length=3, max_length=9)]

    @model_validator(mode="after")
    def _steps_differ(self):
        twice = repeated([step.text for step in self.steps])
        if twice is not None:
            raise Misplaced("two steps say the same.", self.steps[twice].text, "change one of them", "steps", twice)
        return self

    def order(self, seed):
        """Positions of the steps as they are shown first; never in the right order."""
        order = mixed(seed, self.id, [step.text for step in self.steps])
        return order[1:] + order[:1] if seed is not None and order == sorted(order) else order

    def face(self, seed):
        return {"steps": [texts.html(self.steps[i].text) for i in self.order(seed)]}

    def choices(self):
        return [self.steps[i].text for i in self.order("")]

    def grade(self, given, seed=None):
        places = positions(given, len(self.steps))
        if places is None or len(places) < len(self.steps):
            return Grade(CANNOT_CHECK, "Put all steps in order first.")
        order = self.order(seed)
        said = [order[place] for place in places]
        understood = " > ".join(self.steps[i].text for i in said)
        marks = tuple(at == i for at, i in enumerate(said))
        if all(marks):
            return Grade(RIGHT, "", understood, marks)
        good = marks.index(False)
        before = {0: "", 1: "The first one is right. "}.get(good, f"The first {good} are right. ")
        step = self.steps[said[good]]
        return Grade(WRONG, f"{before}Look again at *{step.text}*: {step.feedback}", understood, marks)

    def key(self):
        return "\n".join(f"{n}. {step.text}" for n, step in enumerate(self.steps, 1))

    def room(self):
        return "Number them from 1."


class _Rows(Question):
    """Things in rows, each with one choice from a list that all rows share."""

    def rows(self):
        """[(thing, its right choice, feedback to who chose another), ...]"""
        raise NotImplementedError

    def kinds(self):
        """All choices, in the order of the deck."""
        raise NotImplementedError

    def _row_order(self, seed):
        return mixed(seed, f"{self.id} rows", [thing for thing, _, _ in self.rows()])

    def _kind_order(self, seed):
        return list(range(len(self.kinds())))

    def face(self, seed):
        rows, kinds = self.rows(), self.kinds()
        return {
            "rows": [texts.html(rows[i][0]) for i in self._row_order(seed)],
            "kinds": [kinds[i] for i in self._kind_order(seed)],
        }

    def choices(self):
        return [self.rows()[i][0] for i in self._row_order("")]

    def grade(self, given, seed=None):
        rows, kinds = self.rows(), self.kinds()
        fits = isinstance(given, list) and len(given) == len(rows)
        chosen = [positions([v], len(kinds)) for v in given] if fits else [None]
        if None in chosen:
            return Grade(CANNOT_CHECK, "Choose something in every row first.")
        order, kind_order = self._row_order(seed), self._kind_order(seed)
        said = [kinds[kind_order[at[0]]] for at in chosen]
        told = [(rows[i], kind) for i, kind in zip(order, said, strict=True)]
        marks = tuple(kind == right for (_, right, _), kind in told)
        understood = "; ".join(f"{thing}: {kind}" for (thing, _, _), kind in told)
        if all(marks):
            return Grade(RIGHT, "", understood, marks)
        wrong = [f"*{thing}*: {feedback}" for (thing, right, feedback), kind in told if kind != right]
        return Grade(WRONG, "\n\n".join(wrong), understood, marks)

    def key(self):
        return "\n".join(f"- {thing}: **{kind}**" for thing, kind, _ in self.rows())

    def room(self):
        return "Write one of these beside each: " + "; ".join(self.kinds()[i] for i in self._kind_order("")) + "."


class Pair(Form):
    left: Text
    right: Text
    feedback: Text


class Match(_Rows):
    """Find the partner of each; ``extra`` are choices that belong to nobody."""

    type: Literal["match"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=9)]
    extra: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _partners_differ(self):
        for name in ("left", "right"):
            twice = repeated([getattr(pair, name) for pair in self.pairs])
            if twice is not None:
                said = getattr(self.pairs[twice], name)
                raise Misplaced(f"two pairs have one '{name}'.", said, "change one of them", "pairs", twice)
        twice = repeated(self.kinds())
        if twice is not None:
            at = twice - len(self.pairs)
            raise Misplaced("an extra choice stands there already.", self.kinds()[twice], "another one", "extra", at)
        return self

    def rows(self):
        return [(pair.left, pair.right, pair.feedback) for pair in self.pairs]

    def kinds(self):
        return [pair.right for pair in self.pairs] + self.extra

    def _kind_order(self, seed):
        return mixed(seed, f"{self.id} kinds", self.kinds())


class Thing(Form):
    text: Text
    kind: Text
    feedback: Text


class Classify(_Rows):
    """Say of each thing of which kind it is."""

    type: Literal["classify"]
    into: Annotated[list[Text], Field(min_length=2, max_length=9)]
    things: Annotated[list[Thing], Field(min_length=2, max_length=14)]

    @model_validator(mode="after")
    def _kinds_are_known(self):
        for place, thing in enumerate(self.things):
            if thing.kind not in self.into:
                mend = f"kind: {self.into[0]}"
                raise Misplaced("this kind is not among 'into'.", thing.kind, mend, "things", place, "kind")
        twice = repeated([thing.text for thing in self.things])
        if twice is not None:
            raise Misplaced("two things say the same.", self.things[twice].text, "change one of them", "things", twice)
        if repeated(self.into) is not None:
            raise Misplaced("two kinds say the same.", ", ".join(self.into), "change one of them", "into")
        return self

    def rows(self):
        return [(thing.text, thing.kind, thing.feedback) for thing in self.things]

    def kinds(self):
        return self.into
