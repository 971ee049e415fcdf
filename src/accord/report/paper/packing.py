"""A PDF made smaller: the objects without a stream, the tags above all, packed together and compressed.

Typst writes every object as text of its own. PDF 1.5 and later may hold them in object streams (ISO 32000-1, 7.5.7),
found by a cross-reference stream (7.5.8). Nothing else is touched: numbers, streams and the file's identity stay.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from accord.errors import AccordError

TOGETHER: Final = 200  # objects in one stream: a reader unpacks as many to see one
WIDTHS: Final = (1, 4, 2)  # bytes of the three fields of an entry
IN_FILE, PACKED = 1, 2  # how an object is found (7.5.8.3)
HEAD: Final = re.compile(rb"(\d+) 0 obj\n")
ENTRY: Final = re.compile(rb"(\d{10}) (\d{5}) ([nf])[\r\n ]{2}")
TRAILER: Final = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf][\r\n ]{2})+)trailer\n<<(.*?)>>\nstartxref\n(\d+)\n", re.DOTALL
)
SIZE: Final = re.compile(rb"/Size \d+")


class UnpackedPaper(AccordError):
    """A file that is not laid out as Typst lays one out."""


def packed(content: bytes) -> bytes:
    """The same document in fewer bytes; the same bytes in, the same bytes out.

    Raises UnpackedPaper for a file that is not one of Typst's.
    """
    objects, opening, trailer = _read(content)
    out = bytearray(content[:opening])
    places: dict[int, tuple[int, int, int]] = {}
    loose: list[int] = []
    for number, body in objects.items():
        if body.endswith(b"endstream"):
            places[number] = (IN_FILE, len(out), 0)
            out += b"%d 0 obj\n%b\nendobj\n\n" % (number, body)
        else:
            loose.append(number)
    following = max(objects) + 1
    for first in range(0, len(loose), TOGETHER):
        group = loose[first : first + TOGETHER]
        places[following] = (IN_FILE, len(out), 0)
        places |= {number: (PACKED, following, at) for at, number in enumerate(group)}
        out += _stream(following, b"/Type/ObjStm", *_group(objects, group))
        following += 1
    places[following] = (IN_FILE, len(out), 0)
    entries = b"".join(_entry(places.get(number, (0, 0, 0))) for number in range(following + 1))
    told = SIZE.sub(b"/Size %d" % (following + 1), trailer)
    start = len(out)
    out += _stream(following, b"/Type/XRef/W[%d %d %d]%b" % (*WIDTHS, told), b"", entries)
    out += b"startxref\n%d\n%%%%EOF" % start
    return bytes(out)


def _read(content: bytes) -> tuple[Mapping[int, bytes], int, bytes]:
    """Every object by its number, where the first one begins, and what the trailer says."""
    start = content.rfind(b"xref\n0 ")
    found = TRAILER.match(content, start) if start >= 0 else None
    if found is None or int(found[4]) != start:
        raise UnpackedPaper("a PDF without a table of its objects at its end")
    places = [(int(entry[1]), number) for number, entry in enumerate(ENTRY.finditer(found[2])) if entry[3] == b"n"]
    places.sort()
    ends = [place for place, _ in places[1:]] + [start]
    objects = {}
    for (place, number), end in zip(places, ends, strict=True):
        head = HEAD.match(content, place)
        body = content[place:end].rstrip()
        if head is None or int(head[1]) != number or not body.endswith(b"endobj"):
            raise UnpackedPaper(f"a PDF whose object {number} is not where its table says")
        objects[number] = content[head.end() : place + len(body) - len(b"endobj")].rstrip()
    return dict(sorted(objects.items())), places[0][0], found[3]


def _group(objects: Mapping[int, bytes], group: Sequence[int]) -> tuple[bytes, bytes]:
    """What tells of a stream of objects, and what is in it: numbers and places, then the objects."""
    index, body = bytearray(), bytearray()
    for number in group:
        index += b"%d %d " % (number, len(body))
        body += objects[number] + b"\n"
    return b"/N %d/First %d" % (len(group), len(index)), bytes(index + body)


def _stream(number: int, kind: bytes, more: bytes, content: bytes) -> bytes:
    shrunk = zlib.compress(content, 9)
    head = b"<<%b%b/Length %d/Filter/FlateDecode>>" % (kind, more, len(shrunk))
    return b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n\n" % (number, head, shrunk)


def _entry(place: tuple[int, int, int]) -> bytes:
    return b"".join(value.to_bytes(width, "big") for value, width in zip(place, WIDTHS, strict=True))
