"""The draft's own words: what each field is called, and what to mend in it, in the reader's language."""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord_server.proposals.lacks import Lack

LABELS: Final[dict[str, Promise | str]] = {
    "title": gettext_lazy("Title"),
    "abstract": gettext_lazy("Abstract"),
    "topic": gettext_lazy("Topic"),
    "duration_months": gettext_lazy("Length in months"),
    "excluded_experts": gettext_lazy("Experts who should not judge it"),
    "side": gettext_lazy("Side"),
    "role": gettext_lazy("Part in the consortium"),
    "organisation": gettext_lazy("Organisation"),
    "country": gettext_lazy("Country"),
    "city": gettext_lazy("City"),
    "ror": "ROR",
    "department": gettext_lazy("Department"),
    "requested": gettext_lazy("Requested"),
    "overhead": gettext_lazy("Overhead"),
    "erad": gettext_lazy("e-Rad number"),
    "name": gettext_lazy("Name"),
    "orcid": "ORCID",
    "lead": gettext_lazy("Leads the work of this partner"),
}
PEOPLE: Final = re.compile(r"partners/[^/]+/investigators/")
PARTNER: Final = re.compile(r"partners/")


def label(path: str) -> str:
    """What a field is called."""
    last = path.rpartition("/")[2]
    if path == "partners":
        return _("Partners")
    if last == "erad" and PEOPLE.match(path):
        return _("e-Rad number of the person")
    return str(LABELS.get(last, last))


def place(path: str) -> str:
    """What a field is called, and whose it is."""
    if PEOPLE.match(path):
        return _("Investigator: %(field)s") % {"field": label(path)}
    if PARTNER.match(path):
        return _("Partner: %(field)s") % {"field": label(path)}
    return label(path)


def mend(lack: object) -> str:
    """What is wrong with a field and what to do, in a sentence."""
    if not isinstance(lack, Lack):
        raise TypeError("a lack of a draft is needed")
    told: dict[str, str] = {
        "missing": _("Nothing stands here yet: fill it in."),
        "missing-file": _("No document is attached yet: attach a PDF."),
        "string_too_short": _("Nothing stands here yet: fill it in."),
        "too_short": _("Nothing stands here yet: add one."),
        "too-long": _("This is too long: %(found)s; %(expected)s.") % _both(lack),
        "string_too_long": _("This is too long: shorten it."),
        "number": _("Write a number, such as 4.5."),
        "int_parsing": _("Write a whole number."),
        "int_type": _("Write a whole number."),
        "greater_than": _("Write a number above zero."),
        "yes-no": _("Answer yes or no."),
        "choice": _("Choose one of the answers."),
        "literal_error": _("Choose one of the answers."),
        "conflict": _("Two people wrote this at once: choose one of the texts."),
        "changed": _(
            "Somebody saved the draft meanwhile. It is shown here as it is now: look at it, then submit again."
        ),
        "unknown": _("The plan asks no such question any more: take the answer out."),
    }
    return told.get(lack.kind) or _("This cannot be taken as it is: %(found)s; %(expected)s.") % _both(lack)


def _both(lack: Lack) -> dict[str, str]:
    return {"found": lack.found, "expected": lack.expected}
