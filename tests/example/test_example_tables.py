"""The example's tables: words that tell topics apart, and Sides that share no country."""

from __future__ import annotations

import numpy as np
import pytest
from example_reading import read
from sklearn.feature_extraction.text import TfidfVectorizer

from accord.example.tables import first_sides, places, topics


def nearest_centroid(texts: list[str], labels: list[str]) -> float:
    """How often the centroid of the first half tells the label of the second."""
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts).toarray()
    half = len(texts) // 2
    known = sorted(set(labels[:half]))
    centroids = np.array([vectors[:half][np.array(labels[:half]) == label].mean(axis=0) for label in known])
    distances = ((vectors[half:, None, :] - centroids[None]) ** 2).sum(axis=2)
    told = [known[place] for place in distances.argmin(axis=1)]
    return float(np.mean([one == label for one, label in zip(told, labels[half:], strict=True)]))


def field_of(text: str) -> str:
    """The sub-field that most of a text's phrases come from."""
    known = {
        field.id: [*field.systems, *field.methods, *field.problems, *field.goals, *field.measures, *field.uses]
        for topic in topics()
        for field in topic.fields
    }
    return max(known, key=lambda one: sum(phrase.lower() in text.lower() for phrase in known[one]))


def test_words_tell_topics_and_subfields_apart() -> None:
    proposals = read(2, 400, 400).rows("proposals")
    texts = [f"{row['title']}\n{row['abstract']}" for row in proposals]
    fields = [field_of(text) for text in texts]
    of_topic = {field.id: topic.id for topic in topics() for field in topic.fields}
    assert [of_topic[field] for field in fields] == [row["topic"] for row in proposals]
    assert set(fields) == set(of_topic)
    assert nearest_centroid(texts, [row["topic"] for row in proposals]) > 0.9
    assert nearest_centroid(texts, fields) > 0.9
    papers = [f"{row['title']}\n{row['abstract']}" for row in read(2, 400, 400).rows("publications")]
    assert nearest_centroid(papers, [field_of(text) for text in papers]) > 0.9


@pytest.mark.parametrize("sides", range(2, 41))
def test_no_country_belongs_to_two_sides(sides: int) -> None:
    found = first_sides(sides)
    assert len({side.id for side in found}) == len(found) == sides
    countries = [country for side in found for country in side.countries]
    assert len(countries) == len(set(countries))
    assert set(countries) <= set(places())
    assert all(side.signatory["en"].startswith("Example") and "架空" in side.signatory["ja"] for side in found)


def test_no_city_stands_in_two_countries() -> None:
    cities = [city for place in places().values() for city in place.cities]
    assert len(cities) == len(set(cities))


def test_the_first_sides_are_those_of_the_instruments() -> None:
    assert [(side.id, side.countries[0], side.unit) for side in first_sides(5) if side.id != "EU"] == [
        ("JP", "JP", "JPY"),
        ("UK", "GB", "GBP"),
        ("DK", "DK", "DKK"),
        ("CH", "CH", "CHF"),
    ]
