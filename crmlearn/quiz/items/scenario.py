"""Several questions on one story, asked one after the other with the story above them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn.forms import Form
from crmlearn.quiz.items.base import Id, Text
from crmlearn.quiz.items.choosing import Multi, Single, TrueFalse
from crmlearn.quiz.items.number import Numeric
from crmlearn.quiz.items.placing import Classify, Match, Order
from crmlearn.quiz.items.writing import Cloze, Flip, Written

Part = Flip | Cloze | Single | Multi | TrueFalse | Numeric | Written | Order | Match | Classify


class Scenario(Form):
    """A case and its questions. Each of them is a question like any other; together they are asked in this order."""

    type: Literal["scenario"]
    id: Id
    case: Text
    questions: Annotated[list[Annotated[Part, Field(discriminator="type")]], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _tell_the_case(self):
        for question in self.questions:
            question._case = self.case
        return self
