"""What a step found, told again in the page's language: an English sentence, read by the template that it was made of.

Steps record what they found as an English sentence. The report's English messages of that family have the same
shape, with names for the places; where one fits, the page's own message is filled with what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Final

from accord.plan.money import minor_units
from accord.report.language import Words, report_words
from accord.report.texts import Worded, untagged

LISTS: Final = frozenset({"sides", "countries"})
AMOUNTS: Final = frozenset({"amount", "most", "least"})
NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?"
RECORDED: Final = "en"  # the language of the steps' own sentences


def retold(family: str, text: str, say: Words) -> Worded:
    """A step's sentence in the page's language; one that no message of the family fits stays as it is recorded."""
    for key, pattern in _patterns(family).items():
        if found := pattern.fullmatch(text):
            return Worded(tag=None, text=_filled(key, found.groupdict(), text, say))
    return Worded(tag=None if say.language == RECORDED else RECORDED, text=text)


def evidence(kind: str, text: str, say: Words) -> Worded:
    """A conflict's evidence; what a person declared is in that person's words."""
    if kind == "declared" and not any(one.fullmatch(text) for one in _patterns("evidence.declared").values()):
        return untagged(text)
    return retold(f"evidence.{kind}", text, say)


def kind_and_evidence(text: str, say: Words) -> Worded:
    """A recorded `kind: evidence`, or why a review does not count otherwise."""
    kind, colon, rest = text.partition(": ")
    if colon and f"conflict.{kind}" in say.messages:
        told = evidence(kind, rest, say)
        return Worded(tag=told.tag, text=say("page.labelled", name=say(f"conflict.{kind}"), text=told.text))
    return retold("left-out", text, say)


@cache
def _patterns(family: str) -> Mapping[str, re.Pattern[str]]:
    messages = report_words(RECORDED).messages
    return {
        key: _pattern(template) for key, template in messages.items() if key == family or key.startswith(f"{family}.")
    }


def _pattern(template: str) -> re.Pattern[str]:
    written = ""
    for before, name, _, _ in Formatter().parse(template):
        written += re.escape(before)
        if name:
            written += f"(?P<{name}>{NUMBER if name in AMOUNTS and '{unit}' in template else '.+'})"
    return re.compile(written, re.DOTALL)


def _filled(key: str, found: Mapping[str, str], text: str, say: Words) -> str:
    """The page's message; in the steps' own language their sentence, with its amounts as people write them."""
    if say.language != RECORDED:
        return say(key, **_worded(found, say))
    return say.template(key).replace(" {unit}", "").format(**_worded(found, say)) if "unit" in found else text


def _worded(found: Mapping[str, str], say: Words) -> dict[str, str]:
    """What stands in a sentence's places, written as the language does: amounts in their unit, lists with its comma."""
    told = {name: say.joined(text.split(", ")) if name in LISTS else text for name, text in found.items()}
    if "unit" in found:
        unit = found["unit"]
        told |= {name: say.amount(minor_units(found[name], unit), unit) for name in AMOUNTS & found.keys()}
    return told
