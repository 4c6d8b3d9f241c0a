"""The most that a contravention may cost, and what was imposed so far. A cap is not an expected fine."""

from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd

from crmlearn.errors import Refusal, number, one_of
from crmlearn.pdpa.ruling import Decision, Reason, in_singapore

HIGHER_CAP_FROM = date(2022, 10, 1)
BASE, PERSON = 1_000_000, 200_000
RULES = {  # share of Singapore turnover, from which turnover on, section, whether a person has a cap of its own
    "data protection": (0.10, 10_000_000, "s 48J, Parts 3 to 6B", False),
    "do not call": (0.0, None, "s 48J, Part 9", True),
    "dictionary attack": (0.05, 20_000_000, "s 48J, s 48B", True),
}


@dataclass(frozen=True)
class Case:
    """A published decision: name, year of publication, what happened, penalty in Singapore dollars, how sure we are."""

    name: str
    year: int
    facts: str
    penalty: int
    sure: str = "secondary source"


CASES = (
    Case(
        "SingHealth", 2019, "about 1.5 million patients; [2019] SGPDPC 3, under the old cap", 250_000, "primary source"
    ),
    Case("IHiS", 2019, "the intermediary in the same case; [2019] SGPDPC 3", 750_000, "primary source"),
    Case("Ninja Logistics", 2019, "1.26 million people, a tracking page; [2019] SGPDPC 39", 90_000),
    Case("GrabCar", 2019, "marketing e-mails carried another customer's name and number", 16_000),
    Case("RedMart", 2022, "898,791 people, a forgotten database", 72_000),
    Case("Eatigo", 2023, "no inventory of data; [2022] SGPDPC 9", 62_400, "primary source"),
    Case("Fullerton Healthcare", 2023, "156,900 people", 58_400),
    Case("Marina Bay Sands", 2025, "665,495 members, a migration missed a setting; [2025] SGPDPC 6", 315_000),
)


def cases():
    """Published decisions, the dearest first. A small choice of ours: it proves nothing about what a breach costs.

    Returns: table: name, year, facts, penalty (Singapore dollars), sure (how we know it)

    >>> cases().penalty.max()
    np.int64(750000)
    """
    table = pd.DataFrame([asdict(c) for c in CASES])
    return table.sort_values("penalty", ascending=False, kind="stable", ignore_index=True)


def cap(contravention="data protection", turnover=None, person="organisation", on=None, at=None):
    """The highest financial penalty that may be imposed for a contravention by negligence or on purpose.

    contravention : "data protection" (Parts 3 to 6B), "do not call" (Part 9) or "dictionary attack" (s 48B)
    turnover : annual turnover in Singapore, dollars, of the latest audited accounts when the penalty is imposed
    person : "organisation" or "individual"; on : day of the contravention (before 1 October 2022 the old cap holds)
    at : the day on which it is asked
    Returns: Decision, its `amount` in dollars. A cap is not an expected penalty.
    Errors: Refusal where the turnover is needed and missing

    >>> cap(turnover=50_000_000).amount, cap(turnover=8_000_000).answer
    (5000000.0, '1,000,000 dollars')
    """
    one_of("contravention", contravention, tuple(RULES))
    one_of("person", person, ("organisation", "individual"))
    share, limit, section, own = RULES[contravention]
    when = None if on is None else in_singapore("on", on)
    at = at or when
    if when is not None and when < HIGHER_CAP_FROM:
        if contravention != "data protection":
            wrong = "of this contravention only the caps since 1 October 2022 are known here."
            raise Refusal(wrong, f"{contravention} on {when}", "ask somebody who knows the earlier law")
        old = Reason("contraventions before 1 October 2022 stand under the old cap", "Act 40 of 2020 s 24")
        return _told(BASE, (old,), at)
    if person == "individual" and own:
        return _told(PERSON, (Reason("an individual", section),), at)
    if not share:
        return _told(BASE, (Reason("an organisation; turnover plays no part", section),), at)
    if turnover is None:
        raise Refusal("the cap hangs on the turnover in Singapore.", "turnover=None", "turnover=8_000_000")
    turnover = number("turnover", turnover, 0)
    if turnover > limit:
        return _told(share * turnover, (Reason(f"{share:.0%} of a turnover above {limit:,} dollars", section),), at)
    return _told(BASE, (Reason(f"the turnover is not above {limit:,} dollars", section),), at)


def _told(dollars, reasons, at):
    care = Reason("a cap is no expected penalty: what is imposed depends on harm, conduct and more", "s 48J(6)")
    return Decision("The highest penalty?", f"{dollars:,.10g} dollars", (*reasons, care), at=at, amount=float(dollars))
