"""What holds for every report, checked on the page: each proposal with its reason, and a page that all can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from page_reader import Element, read_page

from accord.pipeline.steps import NotFunded
from accord.pipeline.walk import Walk
from accord.plan.model import Side


def amount(minor: int, side: Side) -> str:
    """An amount written another way than the report does."""
    scale = 10**side.exponent
    decimals = f".{minor % scale:0{side.exponent}d}" if side.exponent else ""
    digits = str(minor // scale)
    groups = [digits[max(end - 3, 0) : end] for end in range(len(digits), 0, -3)]
    return f"{side.unit} {','.join(reversed(groups))}{decimals}"


def check_lists(walk: Walk, page: Element) -> None:
    """Every proposal stands once, in its list, with what it asks of each Side and with its reason."""
    assert walk.selection is not None
    plan, chosen = walk.inputs.call.plan.plan, walk.selection.result
    ids = [element.attributes["id"] for element in page.all() if element.attributes.get("id", "").startswith("p-")]
    assert sorted(ids) == sorted(f"p-{proposal.id}" for proposal in walk.inputs.call.proposals)
    rows = {identifier[2:]: page.by_id(identifier).text for identifier in ids}
    rest = [one.proposal for one in chosen.not_funded if one.reserve_place is None]
    lists = {"funded": [one.proposal for one in chosen.funded], "reserve": list(chosen.reserve), "not-funded": rest}
    for name, proposals in lists.items():
        assert [row.attributes["id"][2:] for row in page.by_id(name).all("tr") if "id" in row.attributes] == proposals
    for proposal in walk.inputs.call.proposals:
        assert proposal.title in rows[proposal.id]
        assert f" {proposal.id} " in f" {rows[proposal.id]} "
        asked = [amount(proposal.requested(side), side) for side in plan.side if proposal.requested(side)]
        assert all(text in rows[proposal.id] for text in asked)
    for funded in chosen.funded:
        row = rows[funded.proposal]
        assert row.startswith(f"{funded.place} ")
        assert "Funded" in row
        asked = [side for side in plan.side if funded.requested[side.id]]
        for side in asked:
            assert f"{amount(funded.requested[side.id], side)} left {amount(funded.remaining[side.id], side)}" in row
    for one in chosen.not_funded:
        row = rows[one.proposal]
        at = f"place {one.place} of the list" if one.reserve_place not in {None, one.place} else f"{one.place} "
        assert at in row
        reasons = list(reasons_of(walk, one))
        assert reasons
        assert all(reason in row for reason in reasons)
    for verdict in walk.eligibility.result.verdicts:
        for failed in verdict.failed:
            named = f"{failed.side} {failed.rule}" if failed.side else failed.rule
            assert f"{named}: {with_amounts(failed.found)}" in rows[verdict.proposal]


def with_amounts(found: str) -> str:
    """What a rule found, with its amounts written as people write them."""
    told = re.fullmatch(r"([0-9.]+) ([A-Z]{3}) (requested, at (?:most|least)) ([0-9.]+) (.+)", found)
    if told is None:
        return found
    amounts = [f"{told[2]} {whole_part(told[number])}" for number in (1, 4)]
    return f"{amounts[0]} {told[3]} {amounts[1]} {told[5]}"


def whole_part(digits: str) -> str:
    """An amount's digits in groups of three, its decimals as they are."""
    whole, point, decimals = digits.partition(".")
    return f"{','.join(reversed([whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)]))}{point}{decimals}"


def reasons_of(walk: Walk, one: NotFunded) -> Iterator[str]:
    """What a proposal's row has to say of why it is not funded."""
    assert walk.ranking is not None
    assert walk.list is not None
    plan = walk.inputs.call.plan.plan
    criteria = {None: "total"} | {known.id: (known.title or {}).get("en", known.id) for known in plan.review.criterion}
    for lack in one.short:
        yield f"{lack.side} {amount(lack.amount, plan.side_of(lack.side))} short"
    for assessment in walk.ranking.result.assessments:
        if assessment.proposal == one.proposal:
            yield from (f"below threshold: {criteria[missed.criterion]} " for missed in assessment.missed)
    for place in walk.list.result.places:
        if place.proposal == one.stopped_at:
            yield f"the list stopped above it, at place {place.place} ({one.stopped_at})"
    if one.reason == "displaced":
        yield "could be paid, but a better set uses the money"


def check_page(content: bytes, language: str = "en") -> Element:
    """What holds for every report: nothing runs or loads, everything is named, nothing promises money."""
    page = read_page(content)
    elements = page.all()
    assert {element.tag for element in elements} & {
        "script",
        "link",
        "iframe",
        "object",
        "img",
        "base",
        "form",
    } == set()
    for element in elements:
        assert not [name for name in element.attributes if name.startswith("on") or name in {"src", "srcset", "action"}]
        assert element.attributes.get("href", "#").startswith("#")
    assert page.all("style")
    for style in page.all("style"):
        css = "".join(child for child in style.children if isinstance(child, str))
        assert not re.search(r"url\((?!#)|@import|@font-face|//|https?:", css)
    identifiers = Counter(element.attributes["id"] for element in elements if "id" in element.attributes)
    assert set(identifiers.values()) == {1}
    for element in elements:
        for name in ("href", "aria-labelledby"):
            for target in element.attributes.get(name, "").removeprefix("#").split():
                assert target in identifiers, f"{name} leads to {target}, which is not there"
    for table in page.all("table"):
        assert table.all("caption")[0].text
        assert table.all("th")
        assert {cell.attributes.get("scope") for cell in table.all("th")} <= {"col", "row", "rowgroup"}
        assert all(row.all("th") for row in table.all("tr"))
    for region in (one for one in elements if one.attributes.get("role") == "region"):
        assert region.attributes["tabindex"] == "0"
        assert region.attributes["aria-label"]
    landmarks = [page.by_id(one.attributes["aria-labelledby"]).text for one in page.all("section")]
    landmarks += [one.attributes["aria-label"] for one in elements if one.attributes.get("role") == "region"]
    assert [name for name, number in Counter(landmarks).items() if number > 1] == []
    for drawing in page.all("svg"):
        assert drawing.attributes["role"] == "img"
        named = drawing.attributes.get("aria-labelledby", "").split()
        assert drawing.attributes.get("aria-label") or named
        assert set(named) <= set(identifiers)
    (html,) = page.all("html")
    assert html.attributes["lang"] == language
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert not re.search(r"\bshall\b|\bobligat|\b(has|have|is|are) committed\b|\bowes?\b", page.all("body")[0].text)
    return page
