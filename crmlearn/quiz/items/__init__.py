"""The kinds of questions. Each says what may be seen before the answer, judges, and tells the key in words.

choosing: single, multi, truefalse · writing: flip, text, cloze · number: numeric · placing: order, match, classify ·
scenario: several questions on one story.
"""

from typing import Annotated

from pydantic import Field

from crmlearn.quiz.items.base import CANNOT_CHECK, RIGHT, WRONG, Grade, Question
from crmlearn.quiz.items.choosing import Multi, Single, TrueFalse
from crmlearn.quiz.items.number import Numeric
from crmlearn.quiz.items.placing import Classify, Match, Order
from crmlearn.quiz.items.scenario import Part, Scenario
from crmlearn.quiz.items.writing import Cloze, Flip, Written

Item = Annotated[Part | Scenario, Field(discriminator="type")]

__all__ = [
    "CANNOT_CHECK", "RIGHT", "WRONG", "Classify", "Cloze", "Flip", "Grade", "Item", "Match", "Multi", "Numeric",
    "Order", "Question", "Scenario", "Single", "TrueFalse", "Written",
]  # fmt: skip
