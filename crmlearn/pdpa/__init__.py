"""Singapore's Personal Data Protection Act as rules that run: each gives a decision with its reasons and its sections.

ruling: what a decision says, and the day on which the law was checked · breach: whom to tell of a data breach, and
until when · penalty: the most that a contravention may cost. This is teaching material, not legal advice; the Act and
the Commission's guidelines decide, and they change.
"""

from crmlearn.pdpa.breach import PRESCRIBED, Breach, Duties, must_notify, significant_harm
from crmlearn.pdpa.penalty import CASES, cap, cases
from crmlearn.pdpa.ruling import LAW_CHECKED_ON, Decision, Reason

__all__ = [
    "CASES", "LAW_CHECKED_ON", "PRESCRIBED", "Breach", "Decision", "Duties", "Reason", "cap", "cases", "must_notify",
    "significant_harm",
]  # fmt: skip
