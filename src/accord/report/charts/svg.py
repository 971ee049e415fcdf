"""From matplotlib's SVG to the chart's own: the page's colours, no foreign ids, nothing that is not drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from accord.report.charts.canvas import SIZE, Canvas, Label
from accord.report.charts.palette import TONE_OF, paint
from accord.report.texts import printable

SVG: Final = "{http://www.w3.org/2000/svg}"
LINK: Final = "{http://www.w3.org/1999/xlink}href"
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SANS: Final = '"Inter","Noto Sans JP",system-ui,"Noto Sans CJK JP",sans-serif'
# What SVG draws anyway.
DEFAULTS: Final = {
    ("stroke-dashoffset", "0"),
    ("stroke-width", "1"),
    ("stroke-linejoin", "miter"),
    ("stroke-linecap", "butt"),
    ("stroke", "none"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A drawing's marks of one kind: matplotlib's elements and the style that they share."""

    name: str
    style: tuple[tuple[str, str], ...]
    paths: tuple[str, ...]
    shape: str | None
    places: tuple[tuple[str, str], ...]


def svg(canvas: Canvas, *, name: str, title: str, description: str, plain: bool, part: str = "") -> str:
    """The drawing as one SVG element, its ids beginning with its name.

    Plain, it has literal colours, for paper; else the page's custom properties. `part` goes into the root as it
    is: attributes.
    """
    frame = canvas.frame
    kinds = "".join(_kind(one, name, plain=plain) for one in _named(canvas.drawn))
    family = SANS.replace('"', "'") if plain else f"var(--sans,{SANS})".replace('"', "'")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_short(frame.width)} {_short(frame.height)}"'
        f' width="{_short(frame.width)}" height="{_short(frame.height)}" role="img"'
        f' aria-labelledby="{name}-title {name}-text"{part}>'
        f'<title id="{name}-title">{_safe(title)}</title><desc id="{name}-text">{_safe(description)}</desc>'
        f'{kinds}<g font-family="{family}" font-size="{SIZE:g}" style="font-variant-numeric:tabular-nums lining-nums">'
        f"{''.join(_texts(canvas.labels, plain=plain))}</g></svg>"
    )


def _safe(text: str) -> str:
    return escape(str(printable(text)), quote=True)


def _short(number: float) -> str:
    """A number of pixels to a hundredth, as short as it goes."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _texts(labels: Iterable[Label], *, plain: bool) -> Iterator[str]:
    """The texts; those in a row of one tone and weight share a group."""
    for (tone, bold), group in groupby(labels, lambda label: (label.tone, label.bold)):
        # As an attribute SVG knows hundreds only; in a style, which a page reads, any weight.
        weight = (' font-weight="700"' if plain else "") if bold else ""
        heavy = ";font-weight:650" if bold and not plain else ""
        yield f'<g{weight} style="fill:{paint(tone, plain=plain)}{heavy}">'
        for label in group:
            anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
            size = "" if label.size == SIZE else f' font-size="{label.size:g}"'
            outline = f"stroke:{paint('paper', plain=plain)};stroke-width:3px;paint-order:stroke"
            halo = f' stroke-linejoin="round" style="{outline}"' if label.halo else ""
            yield (f'<text x="{_short(label.x)}" y="{_short(label.y)}"{anchor}{size}{halo}>{_safe(label.text)}</text>')
        yield "</g>"


def _kind(kind: Named, name: str, *, plain: bool) -> str:
    style = ";".join(f"{key}:{_painted(value, plain=plain)}" for key, value in kind.style)
    opening = f'<g id="{name}-{kind.name}" style="{style}">'
    if kind.shape is None:
        return f'{opening}<path d="{"".join(kind.paths)}"/></g>'
    mark = f"{name}-{kind.name}-mark"
    uses = "".join(f'<use href="#{mark}" x="{x}" y="{y}"/>' for x, y in kind.places)
    return f'{opening}<defs><path id="{mark}" d="{kind.shape}"/></defs>{uses}</g>'


def _painted(value: str, *, plain: bool) -> str:
    return paint(TONE_OF[value], plain=plain) if value in TONE_OF else value


def _named(content: bytes) -> Iterator[Named]:
    """The groups that the canvas named, in the order drawn; the rest of the file draws nothing."""
    root = ET.fromstring(content)  # noqa: S314 - written a moment ago by matplotlib, from numbers alone
    shapes = {f"#{path.get('id')}": path for path in root.iter(f"{SVG}path") if path.get("id")}
    for group in root.iter(f"{SVG}g"):
        identifier = group.get("id", "")
        if re.fullmatch(r"(figure|axes|patch)_\d+", identifier) or not identifier:
            continue
        uses, paths = list(group.iter(f"{SVG}use")), group.findall(f"{SVG}path")
        # A kind of marks is drawn in one style and one shape; the shape may stand with another kind.
        (style,) = {_style(element.get("style", "")) for element in uses or paths}
        shape = shapes[uses[0].get(LINK, "")].get("d", "") if uses else None
        yield Named(
            name=identifier,
            style=style,
            paths=tuple(_path(path.get("d", "")) for path in paths),
            shape=None if shape is None else _path(shape),
            places=tuple((_rounded(use.get("x", "0")), _rounded(use.get("y", "0"))) for use in uses),
        )


def _style(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(part.strip() for part in entry.split(":", 1)) for entry in text.split(";") if entry.strip()]
    return tuple((key, value) for key, value in pairs if (key, value) not in DEFAULTS)


def _rounded(number: str) -> str:
    return _short(float(number))


def _path(commands: str) -> str:
    """A path with hundredths of a pixel, and no blank that it can do without."""
    shorter = NUMBER.sub(lambda found: _rounded(found.group()), " ".join(commands.split()))
    return re.sub(r" ?([A-Za-z]) ?", r"\1", shorter).replace(" -", "-")
