"""Singapore's Personal Data Protection Act as rules that run: each gives a decision with its reasons and its sections.

ruling: what a decision says, and the day on which the law was checked · incidents, breach: what happened, whom to tell
of it and until when · consent: who agreed to what · contact: may we contact this person · portability: a person's own
data · penalty: the most that a contravention may cost · eleven: all obligations · looking, told, inspecting: a firm's
records held against them · listing: whom of a segment a message may go to. This is teaching material, not legal advice;
the Act and the Commission's guidelines decide, and they change.
"""

from crmlearn.pdpa.breach import Duties, must_notify, significant_harm
from crmlearn.pdpa.consent import Event, Ledger, business_days_on, may_use
from crmlearn.pdpa.contact import Checks, may_contact, screen, spam_duties, unsubscribe_by
from crmlearn.pdpa.eleven import OBLIGATIONS, Obligation, obligations
from crmlearn.pdpa.incidents import PRESCRIBED, Breach
from crmlearn.pdpa.inspecting import SEVERITY, Records, findings
from crmlearn.pdpa.listing import ContactList, contact_list
from crmlearn.pdpa.penalty import CASES, cap, cases
from crmlearn.pdpa.portability import PersonsData, access, answer_by, must_port
from crmlearn.pdpa.ruling import LAW_CHECKED_ON, Decision, Reason, law_as_of

__all__ = [
    "CASES", "LAW_CHECKED_ON", "OBLIGATIONS", "PRESCRIBED", "SEVERITY", "Breach", "Checks", "ContactList", "Decision",
    "Duties", "Event", "Ledger", "Obligation", "PersonsData", "Reason", "Records", "access", "answer_by",
    "business_days_on", "cap", "cases", "contact_list", "findings", "law_as_of", "may_contact", "may_use",
    "must_notify", "must_port", "obligations", "screen", "significant_harm", "spam_duties", "unsubscribe_by",
]  # fmt: skip
