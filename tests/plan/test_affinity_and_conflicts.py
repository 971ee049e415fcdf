"""What a plan may say of affinity and conflicts, and what it is told where it may not."""

import pytest

from accord.errors import UnusableFolder
from accord.plan.load import parse_plan
from accord.plan.model import AffinityRule, JointProjectRule
from calls import PLAN

DIGEST = "ab" * 32


def with_affinity(text: str) -> str:
    return PLAN.replace('model = "tfidf"', text)


def problems(text: str) -> list[str]:
    with pytest.raises(UnusableFolder) as error:
        parse_plan(text.encode())
    return [str(problem) for problem in error.value.problems]


def test_a_sentence_model_has_a_name_and_may_have_a_digest() -> None:
    text = f'model = "semantic"\nweights = "sentence-transformers/all-MiniLM-L6-v2"\nweights_sha256 = "{DIGEST}"'
    assert parse_plan(with_affinity(text).encode()).plan.affinity == AffinityRule(
        model="semantic", weights="sentence-transformers/all-MiniLM-L6-v2", weights_sha256=DIGEST
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('model = "semantic"', 'model = "semantic" needs weights = "…", the name of a sentence model'),
        ('model = "tfidf"\nweights = "a"', 'model = "tfidf" takes no weights; leave them out'),
        (f'model = "tfidf"\nweights_sha256 = "{DIGEST}"', 'model = "tfidf" takes no weights; leave them out'),
        ('model = "semantic"\nweights = "../a"', 'affinity.weights: found "../a"'),
        ('model = "semantic"\nweights = "/a"', 'affinity.weights: found "/a"'),
        ('model = "semantic"\nweights = "a/b/c"', 'affinity.weights: found "a/b/c"'),
        ('model = "semantic"\nweights = "a"\nweights_sha256 = "0"', 'affinity.weights_sha256: found "0"'),
        ('model = "words"', "affinity.model: found \"words\"; write 'tfidf' or 'semantic'"),
    ],
)
def test_what_does_not_fit_together_is_told(text: str, told: str) -> None:
    (problem,) = problems(with_affinity(text))
    assert told in problem


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ('"department"', "department")])
def test_the_same_organisation_can_mean_the_department(text: str, value: object) -> None:
    plan = PLAN.replace("same_organisation = true", f"same_organisation = {text}")
    found = parse_plan(plan.encode()).plan.conflicts.same_organisation
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["1", "0", '"yes"', '"true"'])
def test_nothing_else_is_taken_for_it(text: str) -> None:
    (problem,) = problems(PLAN.replace("same_organisation = true", f"same_organisation = {text}"))
    assert "conflicts.same_organisation: found" in problem
    assert problem.endswith('; write true, false or "department"')


def test_joint_projects_have_years() -> None:
    plan = PLAN.replace("declared = true", "declared = true\njoint_projects = { years = 5 }")
    assert parse_plan(plan.encode()).plan.conflicts.joint_projects == JointProjectRule(years=5)
    assert parse_plan(PLAN.encode()).plan.conflicts.joint_projects is None
