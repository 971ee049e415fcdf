"""The proposals that two Sides' exports were made from, as linking should give them back."""

from __future__ import annotations

import hashlib

from accord.call.values import Investigator, Partner, Proposal
from twin_exports import EU_PEOPLE, ORCIDS, Project, projects


def person(side: str, name: str, organisation: str) -> str:
    """The identifier of someone of whom only the name is known."""
    text = "\n".join((side, name.casefold().replace(" ", ""), organisation.casefold()))
    return f"person-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def expected(one: Project, *, coordinating: str = "JP") -> Proposal:
    """The proposal that a project's two halves make."""
    partners = []
    for rank, partner in enumerate(one.jp):
        identifier = str(10_000_000 + one.number)
        plain_name = partner["person"].replace("　", " ")
        partners.append(
            Partner(
                organisation=partner["organisation"],
                country="JP",
                department=None if rank else "工学系研究科",
                side="JP",
                role="partner" if rank or coordinating != "JP" else "coordinator",
                investigators=(
                    Investigator(
                        id=person("JP", plain_name, partner["organisation"]) if rank else identifier,
                        name=partner["person"],
                        lead=not rank,
                    ),
                ),
                requested=str(partner["requested"]),
                unit="JPY",
            )
        )
    for rank, partner in sorted(enumerate(one.eu), key=lambda pair: (pair[0] > 0, pair[1]["place"][0])):
        name, _, country, city = partner["place"]
        who, orcid = " ".join(EU_PEOPLE[partner["person"]]), ORCIDS[partner["person"]]
        partners.append(
            Partner(
                organisation=name,
                country=country,
                city=city,
                side="EU",
                role="partner" if rank or coordinating != "EU" else "coordinator",
                investigators=(
                    Investigator(id=orcid or person("EU", who, name), name=who, orcid=orcid, lead=not rank),
                ),
                requested=f"{partner['requested'] // 100}.{partner['requested'] % 100:02d}",
                unit="EUR",
            )
        )
    return Proposal(
        id=one.reference if one.number % 3 else one.reference.lower(),  # as the first Side writes it
        title=one.title,
        abstract=f"On {one.topic}: résumé {one.number}",
        topic=one.topic,
        duration_months=one.months,
        partners=tuple(partners),
        joint_reference=jp_spelling(one),
    )


def jp_spelling(one: Project) -> str:
    """The reference as the Japanese export has it."""
    if one.number % 3:
        return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in one.reference)
    return one.reference.lower().replace("-", "－")


PROJECT = projects(60)[9]


def european(one: Project) -> str:
    """The European partners as a finding lists them."""
    return "; ".join(partner.organisation for partner in expected(one).partners if partner.side == "EU")
