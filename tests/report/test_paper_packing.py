"""A packed PDF is the same document, read by a program that is not ours, in fewer bytes."""

from __future__ import annotations

import io
import re

import pytest
from paper_reading import read_paper
from pypdf import PdfReader

from accord.call.folder import load_call
from accord.errors import AccordError
from accord.pipeline.walk import run
from accord.report.paper.packing import packed
from accord.report.paper.report import document
from calls import PLAN, write_call


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A report as Typst writes it, and packed."""
    walk = run(load_call(write_call(tmp_path_factory.mktemp("packed") / "call", plan=PLAN)))
    before: list[bytes] = []

    def kept(content: bytes) -> bytes:
        before.append(content)
        return packed(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "packed", kept)
        after = document.report_pdf(walk, "ja")
    return before[0], after


def told(one: object) -> str:
    """An object as text, without the address of the reader that its references name."""
    return re.sub(r"(IndirectObject\(\d+, \d+), \d+", r"\1", repr(one))


def test_every_object_and_every_stream_is_the_same(pair: tuple[bytes, bytes]) -> None:
    plain, small = (PdfReader(io.BytesIO(content), strict=True) for content in pair)
    size = int(plain.trailer["/Size"])
    assert size > 400
    for number in range(1, size):
        before, after = plain.get_object(number), small.get_object(number)
        assert told(before) == told(after)
        if hasattr(before, "get_data"):
            assert before.get_data() == after.get_data()
    assert told(plain.trailer["/Root"]) == told(small.trailer["/Root"])
    assert plain.trailer["/ID"] == small.trailer["/ID"]
    assert plain.metadata == small.metadata
    assert read_paper(pair[0]) == read_paper(pair[1])


def test_it_is_smaller_and_the_same_each_time(pair: tuple[bytes, bytes]) -> None:
    assert len(pair[1]) < 0.6 * len(pair[0])
    assert packed(pair[0]) == pair[1]


@pytest.mark.parametrize(
    "broken",
    [
        b"%PDF-1.7\nnothing\n",
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1>>\nstartxref\n7\n",
        b"5 0 obj\n1\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000000 00000 n \ntrailer\n<</Size 2>>\nstartxref\n17\n",
    ],
)
def test_another_file_is_refused(broken: bytes) -> None:
    with pytest.raises(AccordError, match="a PDF"):
        packed(broken)
