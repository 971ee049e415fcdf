"""Writes blocks in the report's words: lines, tables whose figures line up, charts, in one of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Final, Literal

from accord.report.charts import Chart
from accord.report.language import Words
from accord.report.paper.setting import Ledger, Picture, Set
from accord.report.plan_document.blocks import Heading, Item, Line, Listing, Paragraph, Row, Run, Table
from accord.report.sides import SideView
from accord.report.texts import Worded, printable

CHARTS: Final = "charts"  # the folder of drawings


class Writer:
    """Collects the blocks of a report; `say` has its messages, `charts` its drawings by name."""

    def __init__(self, say: Words, charts: Mapping[str, Chart]) -> None:
        self.say = say
        self.language = say.language
        self.charts = charts
        self.blocks: list[Set] = []

    # ---- lines ---------------------------------------------------------------------------------------------------

    def text(self, text: str) -> Line:
        """A text in the report's language."""
        return (Run(str(printable(text)), self.language),)

    def worded(self, text: Worded) -> Line:
        """A text in the language that it is in."""
        return (Run(str(printable(text.text)), text.tag or self.language),)

    def code(self, text: str) -> Line:
        """An identifier."""
        return (Run(str(printable(text)), self.language, "code"),)

    def quiet(self, line: Line) -> Line:
        """The same line, set back."""
        return tuple(Run(run.text, run.language, "quiet") for run in line)

    def side(self, side: SideView | str | None) -> Line:
        """A Side by its identifier; words where somebody has none."""
        if side is None:
            return self.quiet(self.told("page.no-side"))
        return (Run(side if isinstance(side, str) else side.id, self.language, "strong"),)

    def told(self, key: str, /, **parts: Line | str | int | None) -> Line:
        """A message with its parts in their places, of which each may be a line."""
        plain = {name: part for name, part in parts.items() if not isinstance(part, tuple)}
        if len(plain) == len(parts):
            return self.text(self.say(key, **plain))
        runs: list[Run] = []
        for before, name, spec, _ in Formatter().parse(self.say.template(key)):
            runs += self.text(before) if before else ()
            if name is not None:
                part = parts[name]
                runs += part if isinstance(part, tuple) else self.text(format(part, spec or ""))
        return tuple(runs)

    def joined(self, lines: Iterable[Line], between: str) -> Line:
        """Lines as one, with a text between them."""
        runs: list[Run] = []
        for number, line in enumerate(line for line in lines if line):
            runs += [*(self.text(between) if number else ()), *line]
        return tuple(runs)

    def listed(self, lines: Iterable[Line]) -> Line:
        """Lines as an enumeration."""
        return self.joined(lines, self.say("page.comma"))

    def sentences(self, *lines: Line) -> Line:
        """Sentences one after the other."""
        return self.joined(lines, "" if self.language == "ja" else " ")

    # ---- blocks --------------------------------------------------------------------------------------------------

    def heading(self, line: Line, level: Literal[1, 2] = 1, *, new_page: bool = False) -> None:
        """A heading, without a number."""
        key = f"{len(self.blocks)}"
        self.blocks.append(
            Heading(key=key, language=self.language, level=level, line=line, numbered=False, new_page=new_page)
        )

    def paragraph(self, line: Line, style: Literal["body", "note", "title", "subtitle", "mast"] = "body") -> None:
        """A paragraph."""
        key = f"{len(self.blocks)}"
        self.blocks.append(Paragraph(key=key, language=self.language, line=line, style=style))

    def bullets(self, lines: Sequence[Line]) -> None:
        """A list, where it has an entry."""
        items = tuple(Item(key=str(number), line=line) for number, line in enumerate(lines))
        if items:
            key = f"{len(self.blocks)}"
            self.blocks.append(Listing(key=key, language=self.language, kind="bullets", items=items))

    def table(
        self,
        caption: Line,
        columns: Sequence[tuple[Line, int]],
        rows: Iterable[Sequence[Line]],
        numbers: Iterable[int] = (),
    ) -> None:
        """A table of columns, each its head and its part of the width; those in `numbers` are set to the right."""
        told = tuple(Row(key=str(number), cells=tuple(cells)) for number, cells in enumerate(rows))
        table = Table(
            key=f"{len(self.blocks)}",
            language=self.language,
            caption=caption,
            head=tuple(head for head, _ in columns),
            rows=told,
            shares=tuple(share for _, share in columns),
        )
        self.blocks.append(Ledger(table=table, numbers=frozenset(numbers)))

    def chart(self, name: str) -> None:
        """A drawing, where there is one."""
        chart = self.charts.get(name)
        if chart is not None:
            file, caption = f"{CHARTS}/{name}.svg", self.text(chart.title)
            self.blocks.append(
                Picture(language=self.language, file=file, caption=caption, description=chart.description)
            )
