"""A chart read back: its marks by name in pixels, its texts, and scales told from the texts on its axes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Text:
    """A text and where it stands."""

    text: str
    x: Fraction
    y: Fraction


@dataclass(frozen=True)
class Drawing:
    """One SVG: each named kind of marks as points, each named path as its parts, and the texts."""

    points: Mapping[str, list[Point]]
    paths: Mapping[str, list[list[Point]]]
    texts: tuple[Text, ...]

    def text(self, words: str) -> Text:
        """The one text that reads so."""
        (found,) = (one for one in self.texts if one.text == words)
        return found


def parsed(markup: str) -> ET.Element:
    """The markup of a chart as XML."""
    return ET.fromstring(markup)  # noqa: S314 - written by the charts a moment ago


def drawings(markup: str) -> list[Drawing]:
    """Every SVG in a chart's markup, the wide one first."""
    root = parsed(markup)
    found = [root] if root.tag == f"{SVG}svg" else root.findall(f"{SVG}svg")
    return [_drawing(one) for one in found]


def _drawing(svg: ET.Element) -> Drawing:
    name = svg.get("aria-labelledby", "").split("-title")[0] + "-"
    points, paths = {}, {}
    for group in svg.iter(f"{SVG}g"):
        kind = group.get("id", "").removeprefix(name)
        if kind:
            points[kind] = [(Fraction(use.get("x", "")), Fraction(use.get("y", ""))) for use in group.iter(f"{SVG}use")]
            paths[kind] = [part for path in group.findall(f"{SVG}path") for part in _parts(path.get("d", ""))]
    texts = tuple(
        Text("".join(text.itertext()), Fraction(text.get("x", "")), Fraction(text.get("y", "")))
        for text in svg.iter(f"{SVG}text")
    )
    return Drawing(points, paths, texts)


def _parts(commands: str) -> list[list[Point]]:
    parts: list[list[Point]] = []
    assert re.fullmatch(r"(?:[MLz]|-?\d+(?:\.\d+)?| )*", commands)
    for part in re.findall(r"M[^Mz]*", commands):
        numbers = [Fraction(number) for number in re.findall(r"-?\d+(?:\.\d+)?", part)]
        parts.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return parts


def scale(places: Mapping[int, Fraction]) -> Callable[[Fraction], Fraction]:
    """From pixels to the axis, by its first and last labelled value; every other label must agree."""
    (low, *_, high) = sorted(places)
    per_pixel = (high - low) / (places[high] - places[low])

    def read(pixels: Fraction) -> Fraction:
        return low + (pixels - places[low]) * per_pixel

    assert all(abs(read(pixels) - value) < Fraction(1, 20) for value, pixels in places.items())
    return read


def close(read: Fraction, millionths: int) -> bool:
    """Whether a place read back is that many millionths, to a fiftieth: a hundredth of a pixel is less."""
    return abs(read - Fraction(millionths, 1_000_000)) < Fraction(1, 50)
