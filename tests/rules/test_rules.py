"""Our own rules: each holds for every deployment, and each finds the mistake it is for."""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import pytest

from tests.rules.breaking import Break, Rule
from tests.rules.checks.permissions import ON_EVERYTHING
from tests.rules.statements import expanded, grants, known_actions
from tests.rules.synthesis import DEPLOYMENTS, deployment

NOUNS = (
    "trust",
    "permissions",
    "keys",
    "network",
    "cluster",
    "storage",
    "images",
    "builds",
    "secrets",
    "lifetimes",
    "order",
)


def module(package: str, noun: str) -> ModuleType:
    return import_module(f"tests.rules.{package}.{noun}")


RULES: Sequence[Rule] = [rule for noun in NOUNS for rule in module("checks", noun).RULES]
BREAKS: Sequence[Break] = [one for noun in NOUNS for one in module("breaks", noun).BREAKS]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_rule_holds(name: str, rule: Rule) -> None:
    assert list(rule(deployment(name))) == []


@pytest.mark.parametrize(
    "mistake", BREAKS, ids=lambda mistake: f"{mistake.rule.__name__}: {mistake.says}"
)
def test_the_rule_finds_the_mistake(mistake: Break) -> None:
    bad = mistake.change(deployment(mistake.of))

    found = list(mistake.rule(bad))

    assert any(mistake.says in sentence for sentence in found), found


def test_every_rule_is_seen_to_fail() -> None:
    assert {mistake.rule for mistake in BREAKS} == set(RULES)


def test_what_may_be_done_on_everything_is_done_and_could_be_limited() -> None:
    used = {
        action
        for name in DEPLOYMENTS
        for statement in grants(deployment(name))
        if "*" in statement.resources
        for action in statement.actions
    }

    assert set(ON_EVERYTHING) <= used
    for action in ON_EVERYTHING:
        assert any(known_actions()[one][1] for one in expanded(action)), action
