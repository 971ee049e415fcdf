"""Writes blocks in the report's words: lines, tables whose figures line up, charts, in one of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from string import Formatter
from typing import Final, Literal

from accord.report.charts import Chart
from accord.report.language import Words
from accord.report.paper.measure import width_of
from accord.report.paper.setting import Card, Ledger, Picture, Roster, Set
from accord.report.plan_document.blocks import Heading, Item, Line, Listing, Paragraph, Run
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
        self._keys = map(str, count())

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
        key = next(self._keys)
        self.blocks.append(
            Heading(key=key, language=self.language, level=level, line=line, numbered=False, new_page=new_page)
        )

    def paragraph(self, line: Line, style: Literal["body", "note", "title", "subtitle", "mast"] = "body") -> None:
        """A paragraph."""
        key = next(self._keys)
        self.blocks.append(Paragraph(key=key, language=self.language, line=line, style=style))

    def bullets(self, lines: Sequence[Line]) -> None:
        """A list, where it has an entry."""
        items = tuple(Item(key=str(number), line=line) for number, line in enumerate(lines))
        if items:
            key = next(self._keys)
            self.blocks.append(Listing(key=key, language=self.language, kind="bullets", items=items))

    def table(
        self,
        caption: Line,
        columns: Sequence[tuple[Line, int]],
        rows: Iterable[Sequence[Line]],
        numbers: Iterable[int] = (),
        *,
        light: bool = False,
        spread: bool = False,
    ) -> None:
        """A table of columns, each its head and its part of the width.

        Those in `numbers` are set to the right, each as wide as its figures; the others share what is left. Where all
        but the first are figures, they may be `spread` over the width instead, each by what it takes.
        """
        told = tuple(tuple(cells) for cells in rows)
        right = frozenset(numbers)
        points = {number: width_of(columns[number][0], (cells[number] for cells in told)) for number in right}
        shares = [share for _, share in columns]
        if spread:
            points[0] = width_of(columns[0][0], (cells[0] for cells in told))
            shares, points = [round(points[number] * 10) for number in range(len(columns))], {}
        self.blocks.append(
            Ledger(
                language=self.language,
                caption=caption,
                head=tuple(head for head, _ in columns),
                rows=told,
                shares=tuple(shares),
                points=points,
                numbers=right,
                light=light,
            )
        )

    def roster(self, rows: Iterable[tuple[Line, Line, Line]]) -> None:
        """Lines with a label before and an amount after them."""
        self.blocks.append(Roster(language=self.language, rows=tuple(rows)))

    @contextmanager
    def card(self) -> Iterator[None]:
        """Blocks that are written meanwhile stay together on a page where they fit on one."""
        outside, self.blocks = self.blocks, []
        yield
        held = tuple(block for block in self.blocks if not isinstance(block, Card | Picture))
        self.blocks = [*outside, Card(language=self.language, blocks=held)]

    def chart(self, name: str, width: int = 90, *, floats: bool = False) -> None:
        """A drawing, where there is one, on that part of the width in hundredths."""
        chart = self.charts.get(name)
        if chart is not None:
            self.blocks.append(
                Picture(
                    language=self.language,
                    file=f"{CHARTS}/{name}.svg",
                    caption=self.text(chart.title),
                    description=chart.description,
                    width=width,
                    floats=floats,
                )
            )
