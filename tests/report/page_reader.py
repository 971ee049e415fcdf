"""A report read as a browser would: tags that match, identifiers, tables, and the text of each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "wbr", "br", "link", "img", "input"}
DRAWN_EMPTY = {"line", "circle", "rect", "path", "ellipse", "polyline", "polygon", "use"}


@dataclass
class Element:
    """One element of the page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text as it is read, without doubled spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> list[str]:
        if self.tag in {"style", "title"}:
            return []
        texts = (
            [" "] if self.tag in {"td", "th", "li", "small", "p"} or self.attributes.get("class") == "reason" else []
        )
        for child in self.children:
            texts += [child] if isinstance(child, str) else child._texts()
        return texts

    def all(self, tag: str | None = None) -> list[Element]:
        """Itself and everything in it, or those of a tag, in the page's order."""
        found = [self] if tag in {None, self.tag} else []
        for child in self.children:
            if isinstance(child, Element):
                found += child.all(tag)
        return found

    def by_id(self, identifier: str) -> Element:
        """The one element of that identifier."""
        (found,) = (one for one in self.all() if one.attributes.get("id") == identifier)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute stands twice in {self.get_starttag_text()}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN_EMPTY, f"<{tag}/> closes itself outside of a drawing"
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_entityref(self, name: str) -> None:
        raise AssertionError(f"an open &{name};")


def read_page(content: bytes) -> Element:
    """The page's elements; fails where a tag is not closed in its order."""
    reader = _Reader()
    reader.feed(content.decode())
    reader.close()
    assert [element.tag for element in reader.open] == ["page"]
    return reader.open[0]
