"""The obligations of the Act: ten that bind, and one that is enacted and waits."""

from dataclasses import asdict, dataclass

import pandas as pd


@dataclass(frozen=True)
class Obligation:
    """One obligation: its name, its sections, the rule in a sentence, and the question that a firm puts to itself."""

    name: str
    sections: str
    rule: str
    question: str
    in_force: bool = True


# Names and sections as the fact base of the course has them; the sentences are ours. Not the words of the Act.
OBLIGATIONS = (
    Obligation("accountability", "ss 11, 12", "have policies, name a data protection officer, publish the contact",
               "Who answers a question about data, and where does a customer find this person?"),
    Obligation("notification", "s 20", "tell people the purpose, at the latest when their data are collected",
               "Which text did each person see?"),
    Obligation("consent", "ss 13 to 17", "collect, use and disclose with consent, or where an exception holds",
               "Who agreed to this, and has nobody taken it back?"),
    Obligation("purpose limitation", "s 18", "use data for purposes that a reasonable person finds appropriate",
               "Is each message sent for a purpose that was told?"),
    Obligation("accuracy", "s 23", "make a reasonable effort that data are right and complete before they decide",
               "Do two records of one person say the same?"),
    Obligation("protection", "s 24", "make reasonable security arrangements, also against loss",
               "What lay open, and what was mended?"),
    Obligation("retention limitation", "s 25", "stop keeping data that no purpose, law or business need asks for",
               "Whose data are kept that nobody needs? The Act sets no number of years."),
    Obligation("transfer limitation", "s 26", "send data abroad only where a comparable standard protects them",
               "Which supplier abroad holds our data, and under which terms?"),
    Obligation("access and correction", "ss 21, 22, 22A", "give people their data and their uses, and correct mistakes",
               "Which request is older than 30 days without an answer?"),
    Obligation("data breach notification", "ss 26A to 26E", "assess a breach, tell the Commission and the people",
               "When did each clock start, and who was told on which day?"),
    Obligation("data portability", "Part 6B", "hand a person's data to another organisation, once it is in force",
               "Could we export one customer's data today?", in_force=False),
)  # fmt: skip


def obligations():
    """The eleven obligations as a table: name, sections, rule, question, in_force.

    Ten bind; data portability is enacted and not in force, as far as the law was checked (see LAW_CHECKED_ON).

    >>> table = obligations()
    >>> len(table), int(table["in_force"].sum()), table.loc[~table["in_force"], "name"].tolist()
    (11, 10, ['data portability'])
    """
    return pd.DataFrame([asdict(o) for o in OBLIGATIONS])
