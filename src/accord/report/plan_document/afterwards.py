"""What follows a selection: publication, redress, letters, who reads what, retention, personal data."""

from __future__ import annotations

from collections.abc import Iterator

from accord.report.plan_document.blocks import Block
from accord.report.plan_document.voice import Voice, unique


def results(voice: Voice) -> Iterator[Block]:
    """What is published, how long and on what applicants can ask a Side to look again, the letters' words."""
    told = voice.plan.results
    yield voice.heading("results", voice.say("results.heading"))
    fields = voice.joined(voice.say(f"field.{one}") for one in (told.publish if told else ()))
    yield voice.paragraph(
        "results/publish",
        voice.say("results.publish", fields=fields) if fields else voice.say("results.publish_nothing"),
    )
    if told is not None and told.redress:
        yield voice.table(
            "results/redress",
            voice.say("results.caption"),
            [voice.say(f"results.{name}") for name in ("side", "within", "scope")],
            (16, 28, 56),
            {
                side: (voice.side(side), voice.count("days", redress.days), voice.name(redress.scope))
                for side, redress in told.redress.items()
            },
        )
    else:
        yield voice.paragraph("results/no-redress", voice.say("results.no_redress"))
    letters = voice.plan.letter
    if not letters:
        return
    yield voice.heading("letters", voice.say("results.letters"))
    for key, letter in zip(unique(f"letters/{one.id}" for one in letters), letters, strict=True):
        whom = voice.say("results.letter", whom=voice.say(f"results.{letter.to}"))
        yield voice.heading(key, voice.say("sign.identified", text=whom, id=voice.code(letter.id)), 3)
        yield voice.paragraphs(f"{key}/text", letter.text)
        scores = voice.say("results.scores_yes" if letter.scores else "results.scores_no")
        comments = voice.say("results.comments_yes" if letter.comments else "results.comments_no")
        yield voice.bullets(f"{key}/holds", {"scores": scores, "comments": comments})


def disclosure(voice: Voice) -> Iterator[Block]:
    """What one Side reads of what is the others', and the applicants of how their proposal fared."""
    told = voice.plan.disclosure
    yield voice.heading("disclosure", voice.say("disclosure.heading"))
    lines = {}
    for reader, matters in (("side", told.side), ("applicants", told.applicants)):
        named = voice.joined(voice.say(f"disclosure.{matter}") for matter in matters)
        lines[reader] = voice.say(f"disclosure.to_{reader}", matters=named or voice.say("disclosure.nothing"))
    yield voice.bullets("disclosure/readers", lines)


def retention(voice: Voice) -> Iterator[Block]:
    """How long the Sides keep what they received, and who answers for personal data."""
    kept = voice.plan.retention
    yield voice.heading("retention", voice.say("retention.heading"))
    if kept is None:
        yield voice.paragraph("retention/none", voice.say("retention.not_stated"))
    else:
        times = {"funded": kept.funded, "not_funded": kept.not_funded, "personal": kept.personal}
        yield voice.bullets(
            "retention/times",
            {
                name: voice.say(f"retention.{name}", time=voice.duration(time))
                for name, time in times.items()
                if time is not None
            },
        )
    protection = voice.plan.data_protection
    if protection is None:
        return
    yield voice.heading("retention/protection", voice.say("retention.protection"), 3)
    sides = tuple(dict.fromkeys((*protection.controller, *protection.law)))
    if sides:
        yield voice.table(
            "retention/protection/table",
            voice.say("retention.caption"),
            [voice.say(f"retention.{name}") for name in ("side", "controller", "law")],
            (16, 42, 42),
            {
                side: (
                    voice.side(side),
                    voice.name(protection.controller[side]) if side in protection.controller else (),
                    voice.name(protection.law[side]) if side in protection.law else (),
                )
                for side in sides
            },
        )
    else:
        yield voice.paragraph("retention/protection/none", voice.say("retention.protection_none"))
    if protection.contact is not None:
        yield voice.paragraph(
            "retention/protection/contact", voice.say("retention.contact", contact=voice.name(protection.contact))
        )


def log(voice: Voice) -> Iterator[Block]:
    """The log that the acts of the call are entered in, and by which key each Side witnesses it."""
    told = voice.plan.log
    if told is None:
        return
    yield voice.heading("log", voice.say("log.heading"))
    yield voice.paragraph("log/what", voice.say("log.what", origin=voice.code(told.origin), host=voice.code(told.host)))
    yield voice.table(
        "log/witness",
        voice.say("log.caption"),
        [voice.say("log.side"), voice.say("log.key")],
        (16, 84),
        {side: (voice.side(side), voice.code(key)) for side, key in told.witness.items()},
    )
    if told.tsa:
        stamps = {
            side: voice.say("log.tsa", side=voice.side(side), certificate=voice.code(certificate))
            for side, certificate in told.tsa.items()
        }
        yield voice.bullets("log/tsa", stamps)
