"""Six perspectives of business ethics: who owes what to whom, and may claim what."""

from dataclasses import asdict, dataclass

import pandas as pd


@dataclass(frozen=True)
class Perspective:
    """One direction of a relation: who looks at whom, what they owe, what they may claim, and a question to ask."""

    name: str
    owes: str
    may_claim: str
    question: str


# The names are those of common student notes, which give no content; the content is ours.
PERSPECTIVES = (
    Perspective("employee to employer", "honest work, confidentiality, no misuse of what belongs to the firm",
                "fair pay, safety, a hearing", "Would you say so to your manager's face?"),
    Perspective("employer to employee", "fair pay, safety, no discrimination, privacy at work",
                "effort, honesty, care with data", "Would you accept it in their place?"),
    Perspective("company to customer", "honest claims, fair prices, care with their data, safe goods",
                "payment, honest returns", "Would you do it if the customer watched?"),
    Perspective("customer to company", "payment, honest returns, no abuse of staff or of rules",
                "what was promised, a remedy, silence about their data", "Would you tell a friend that you did it?"),
    Perspective("company to shareholder", "true reports, no dealing on inside knowledge, care with their money",
                "capital, patience, a say within the law", "Does it stand in the annual report?"),
    Perspective("company to community", "taxes, safety, no harm that others pay for",
                "order, roads, educated people", "Who pays who is not at the table?"),
)  # fmt: skip


def perspectives():
    """The six perspectives as a table: name, owes, may_claim, question.

    Not among them, and worth asking for: suppliers, competitors, regulators, the environment.

    >>> perspectives().name.tolist()[:2]
    ['employee to employer', 'employer to employee']
    """
    return pd.DataFrame([asdict(p) for p in PERSPECTIVES])
