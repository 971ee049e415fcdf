"""No text is left in a template or untranslated in Japanese, and what is compiled is what is written."""

from __future__ import annotations

import ast
import gettext
import html
import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

WEB = Path(__file__).resolve().parents[3] / "src" / "accord_server" / "web"
WORDS = WEB / "locale" / "ja" / "LC_MESSAGES"
TAG = re.compile(r"<(script|style|svg|code)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)
TRANSLATED = re.compile(r"\b(?:translate|trans)\s+\"((?:[^\"\\]|\\.)*)\"")
SPOKEN_ATTRIBUTE = re.compile(r"\b(?:aria-label|title|alt|placeholder)=\"([^\"{]*[A-Za-z]{2}[^\"{]*)\"")
SAME_IN_BOTH = {"Accord", "SHA-"}
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def templates() -> dict[str, str]:
    return {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in WEB.rglob("*.html")}


def literal_text(source: str) -> list[str]:
    """Words that stand in a template as they are, and would be the same in every language."""
    kept = []
    inside = False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            inside = (inside or token.contents.startswith("blocktrans")) and not token.contents.startswith("endblock")
            kept.append(" ")
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            kept.append("0")
    text = "".join(kept)
    words = [
        word.strip(" ·,.:;()0123456789\n") for word in re.split(r"[<>]{2}|\n", TAG.sub("<>", text).replace("<>", "\n"))
    ]
    return [word for word in words if re.search(r"[^\W\d_]", html.unescape(word)) and word not in SAME_IN_BOTH] + list(
        SPOKEN_ATTRIBUTE.findall(text)
    )


def asked_in_templates() -> set[str]:
    return {found for text in templates().values() for found in TRANSLATED.findall(text)}


def asked_in_code() -> set[str]:
    """Every text that code of the pages gives to gettext."""
    found = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "gettext_lazy"}:
                (text,) = node.args
                assert isinstance(text, ast.Constant), f"{path}:{node.lineno} not a plain text"
                found.add(text.value)
    return found


def japanese() -> gettext.GNUTranslations:
    with (WORDS / "django.mo").open("rb") as stream:
        return gettext.GNUTranslations(stream)


def test_no_template_has_text_of_its_own() -> None:
    assert len(templates()) > 20
    assert {name: found for name, text in templates().items() if (found := literal_text(text))} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<p>{% translate "Hello" %} · {{ name }}, 3</p>', []),
        ('<nav aria-label="Site"></nav>', ["Site"]),
        ("{% if a %}yes{% endif %}", ["yes"]),
        ("{% blocktranslate %}Hello {{ a }}{% endblocktranslate %}", []),
    ],
)
def test_text_in_a_template_is_found(source: str, found: list[str]) -> None:
    assert literal_text(source) == found


def test_every_text_is_translated() -> None:
    asked = asked_in_templates() | asked_in_code()
    assert len(asked) > 150
    there = japanese()
    assert sorted(text for text in asked if not KANA.search(there.gettext(text))) == []
    assert there.gettext("A text that nobody wrote") == "A text that nobody wrote"


def test_what_is_compiled_is_what_is_written() -> None:
    written = (WORDS / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in written
    pairs = re.findall(r'(?m)^msgid ((?:"(?:[^"\\]|\\.)*"\n?)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', written)
    texts = {_text(one): _text(other) for one, other in pairs}
    del texts[""]
    there = japanese()
    assert {one: there.gettext(one) for one in texts} == texts
    places = re.compile(r"%\(\w+\)s")
    assert [one for one, other in texts.items() if set(places.findall(one)) != set(places.findall(other))] == []


def _text(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.strip().splitlines())
