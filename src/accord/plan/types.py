"""The scalar types of plans and tables: what a text, a number, an amount, an instant and an identifier are."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.json_schema import WithJsonSchema

from accord.record.canonical import integer

LARGEST_NUMBER: Final = 10**9
SMALLEST_EXPONENT: Final = -12

IN_WORDS: Final = {
    r"\S": "it is empty",
    r"^[0-9]{1,18}(\.[0-9]{1,6})?$": 'an amount is digits with an optional decimal point, as text: "2500000.00"',
    r"^P([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,3}W)?([0-9]{1,4}D)?$": 'a duration is written "P5Y", "P18M", "P90D"',
    r"^[A-Za-z0-9][A-Za-z0-9._:@+-]*$": "an identifier is letters, digits and . _ : @ + -, a letter or digit first",
    r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$": 'a language is a tag such as "en" or "ja"',
}
"""What a person should write, for each pattern that a text has to match."""


class Block(BaseModel):
    """A frozen value of the plan or of a table; a key it does not know is refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _exact(value: Any) -> Any:
    """A decimal from what TOML, JSON and CSV have for numbers; a binary float by its shortest text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,12})?", value):
        return Decimal(value)
    return value


def _has_few_decimals(value: Decimal) -> bool:
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= SMALLEST_EXPONENT


def _plain(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > LARGEST_NUMBER or not _has_few_decimals(value):
        raise ValueError("a number here is at most 1,000,000,000, with at most 12 decimals")
    return Decimal(f"{value.normalize():f}")  # 4.0 and 4 are one number and one text


def _is_of_our_time(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2200:
        raise ValueError("a year lies between 1900 and 2200")
    return value


def _is_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a time zone is a name such as "Asia/Tokyo" or "Europe/Brussels"') from error
    return value


def _is_country(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", value):
        raise ValueError('a country is two capital letters (ISO 3166-1): "JP"')
    return {"UK": "GB", "EL": "GR"}.get(value, value)  # the European Union's own codes for two of them


def _is_orcid(value: str) -> str:
    bare = value.removeprefix("https://orcid.org/")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", bare):
        raise ValueError('an ORCID has four groups of four: "0000-0002-1825-0097"')
    total = 0
    for digit in bare.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if bare[-1] != ("X" if check == 10 else str(check)):
        raise ValueError("its last digit does not fit (ISO 7064, 11-2); look for a typing error")
    return bare


def _is_ror(value: str) -> str:
    bare = value.removeprefix("https://ror.org/")
    if not re.fullmatch(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}", bare):
        raise ValueError('a ROR identifier is nine signs that begin with 0: "057zh3y96"')
    return bare


Number = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_plain), WithJsonSchema({"type": "number"})]
"""An exact decimal, read from a TOML or CSV number without passing through a binary float."""

Name = Annotated[str, Field(pattern=r"\S")]
"""A text that is not empty."""

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]*$", max_length=200)]
"""An identifier: letters, digits and . _ : @ + - after a letter or digit."""

Text = Annotated[dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")], Name], Field(min_length=1)]
"""One text in several languages, by language tag: `{ en = "…", ja = "…" }`."""

Amount = Annotated[str, Field(pattern=r"^[0-9]{1,18}(\.[0-9]{1,6})?$")]
"""An amount in its Side's own unit, as decimal text."""

Duration = Annotated[str, Field(pattern=r"^P([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,3}W)?([0-9]{1,4}D)?$", min_length=3)]
"""A length of time as in ISO 8601: `"P5Y"`."""

Zone = Annotated[str, AfterValidator(_is_zone)]
Country = Annotated[str, AfterValidator(_is_country)]
Orcid = Annotated[str, AfterValidator(_is_orcid)]
Ror = Annotated[str, AfterValidator(_is_ror)]
Instant = Annotated[AwareDatetime, AfterValidator(_is_of_our_time)]
Count = Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
Positive = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Share = Annotated[
    Decimal,
    BeforeValidator(_exact),
    AfterValidator(_plain),
    Field(ge=0, le=1),
    WithJsonSchema({"type": ["string", "number"]}),
]
"""A part of a whole between 0 and 1, written as text or number: `"0.30"`."""


def normalised(text: str) -> str:
    """Text in Unicode's normal form C, as every room below the door may expect it."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def instant_text(value: datetime) -> str:
    """An instant as records write it: in UTC, to the second, with a Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _from_text(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else value


Whole = Annotated[
    int,
    BeforeValidator(_from_text),
    PlainSerializer(integer, return_type=int | str, when_used="json"),
    WithJsonSchema({"type": ["integer", "string"]}),
]
"""An integer of any size; from 2^53 on canonical JSON holds it as decimal text."""
