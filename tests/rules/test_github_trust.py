"""Whose tokens GitHub's roles take, evaluated as IAM would.

A token says its repository and event in ``sub``. A repository made, renamed or moved after
2026-07-15 says its owner's and its own id with the names (docs.github.com, "OpenID Connect
reference"); the ids stay with it, and a name that was given up may be somebody else's tomorrow.
"""

from collections.abc import Mapping

import pytest

from config.naming import role_name
from tests.rules.evaluation import may_take
from tests.rules.statements import Statement, trusts
from tests.rules.synthesis import EVERY_OPTION, PIPED, deployment

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
WEB = "sts:AssumeRoleWithWebIdentity"

READS, DEPLOYS = {"read"}, {"read", "deploy"}
NOTHING: set[str] = set()

# What a token says of its repository and event, and the roles that take it.
SUBJECTS = [
    # The repository of the settings, as it says itself without ids and with them.
    ("repo:acme/triton:environment:prod", DEPLOYS),
    ("repo:acme@1234567/triton@987654321:environment:prod", DEPLOYS),
    # GitHub gives a workflow of a fork's pull request this subject, but no token to put it in.
    ("repo:acme/triton:pull_request", READS),
    ("repo:acme@1234567/triton@987654321:pull_request", READS),
    # Its other events.
    ("repo:acme/triton:ref:refs/heads/main", NOTHING),
    ("repo:acme@1234567/triton@987654321:ref:refs/heads/main", NOTHING),
    ("repo:acme/triton:ref:refs/heads/environment:prod", NOTHING),
    ("repo:acme/triton:ref:refs/tags/v1.0.0", NOTHING),
    ("repo:acme/triton:environment:staging", NOTHING),
    ("repo:acme/triton:environment:prod-eu", NOTHING),
    ("repo:acme/triton:environment:", NOTHING),
    ("repo:acme/triton:job_workflow_ref:acme/triton/.github/workflows/deploy.yml", NOTHING),
    ("repo:acme/triton:environment:prod:job_workflow_ref:mallory/triton/x.yml", NOTHING),
    # Other repositories: a fork, one beside it, and names that begin or end alike.
    ("repo:mallory/triton:pull_request", NOTHING),
    ("repo:mallory/triton:environment:prod", NOTHING),
    ("repo:acme/other:environment:prod", NOTHING),
    ("repo:acme/triton-evil:environment:prod", NOTHING),
    ("repo:acme/triton/evil:environment:prod", NOTHING),
    ("repo:acme-evil/triton:environment:prod", NOTHING),
    ("repo:evil-acme/triton:environment:prod", NOTHING),
    # The names taken over by somebody else, who being new sends other ids.
    ("repo:acme@7654321/triton@987654321:environment:prod", NOTHING),
    ("repo:acme@1234567/triton@123456789:environment:prod", NOTHING),
    ("repo:acme@1234567/triton@9876543210:environment:prod", NOTHING),
    ("repo:acme@7654321/triton@123456789:pull_request", NOTHING),
    # The ids with other names, and names with ids of one kind only.
    ("repo:renamed@1234567/triton@987654321:environment:prod", NOTHING),
    ("repo:acme@1234567/triton:environment:prod", NOTHING),
    # Written otherwise, or made to match too much.
    ("repo:ACME/Triton:environment:prod", NOTHING),
    ("repo:acme/triton:environment:PROD", NOTHING),
    ("repo:acme/triton:Pull_Request", NOTHING),
    ("repo:acme/*", NOTHING),
    ("repo:*/*:environment:prod", NOTHING),
    ("*", NOTHING),
    ("repo:acme/triton", NOTHING),
    (" repo:acme/triton:environment:prod", NOTHING),
    ("", NOTHING),
    # Kubernetes' and GitLab's way to name somebody.
    ("system:serviceaccount:acme:triton", NOTHING),
    ("project_path:acme/triton:ref_type:branch:ref:main", NOTHING),
]


def role(name: str, kind: str) -> list[Statement]:
    found = deployment(name)
    named = role_name(found.settings.name, f"github-{kind}")
    return [one for one in trusts(found) if one.holder.properties.get("RoleName") == named]


def takers(context: Mapping[str, str], name: str = EVERY_OPTION) -> set[str]:
    return {kind for kind in ("read", "deploy") if may_take(role(name, kind), WEB, context)}


@pytest.mark.parametrize(("subject", "roles"), SUBJECTS)
def test_a_token_is_taken_for_what_it_says(subject: str, roles: set[str]) -> None:
    context = {f"{ISSUER}:sub": subject, f"{ISSUER}:aud": AUDIENCE}

    assert takers(context) == roles


@pytest.mark.parametrize(
    "changed",
    [
        {f"{ISSUER}:aud": "https://github.com/acme"},
        {f"{ISSUER}:aud": "sts.amazonaws.com.evil.example"},
        {f"{ISSUER}:aud": ""},
        {f"{ISSUER}:aud": None},
        {f"{ISSUER}:sub": None},
        {f"{ISSUER}:sub": None, f"{ISSUER}:job_workflow_ref": "acme/triton/.github/x.yml@main"},
        {f"{ISSUER}:sub": None, f"{ISSUER}:repository": "acme/triton"},
        {f"{ISSUER}:sub": None, "gitlab.com:sub": "repo:acme/triton:environment:prod"},
    ],
    ids=str,
)
def test_a_token_needs_its_audience_and_its_subject(changed: Mapping[str, str | None]) -> None:
    good = {f"{ISSUER}:sub": "repo:acme/triton:environment:prod", f"{ISSUER}:aud": AUDIENCE}

    context = {key: value for key, value in {**good, **changed}.items() if value is not None}

    assert takers(good) == DEPLOYS
    assert takers(context) == NOTHING


@pytest.mark.parametrize("kind", ["read", "deploy"])
def test_nobody_comes_by_another_way(kind: str) -> None:
    context = {
        f"{ISSUER}:sub": "repo:acme/triton:environment:prod",
        f"{ISSUER}:aud": AUDIENCE,
    }

    for action in ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:TagSession"):
        assert not may_take(role(EVERY_OPTION, kind), action, context)


@pytest.mark.parametrize("name", PIPED)
def test_an_environment_takes_its_own_tokens_only(name: str) -> None:
    def context(environment: str) -> dict[str, str]:
        subject = f"repo:acme/triton:environment:{environment}"
        return {f"{ISSUER}:sub": subject, f"{ISSUER}:aud": AUDIENCE}

    own = deployment(name).settings.name
    [other] = {"staging", "prod"} - {own}

    assert takers(context(own), name) == DEPLOYS
    assert takers(context(other), name) == NOTHING


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_without_a_repository_no_role_trusts_github(name: str) -> None:
    assert deployment(name).settings.github is None
    assert not any(ISSUER in str(trust.holder.body) for trust in trusts(deployment(name)))


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "taken"),
    [
        ("StringLike", "repo:acme/*", "repo:acme/anything", True),
        ("StringLike", "repo:acme/*", "repo:acme-evil/triton", False),
        ("StringEquals", "repo:acme/*", "repo:acme/anything", False),
        ("StringEqualsIgnoreCase", "repo:acme/triton", "repo:ACME/triton", True),
    ],
)
def test_the_evaluation_sees_what_a_wildcard_would_let_in(
    operator: str, wanted: str, given: str, taken: bool
) -> None:
    [trust] = role(EVERY_OPTION, "deploy")
    wide = Statement(
        holder=trust.holder,
        effect="Allow",
        actions=(WEB,),
        resources=(),
        principals=trust.principals,
        conditions={operator: {f"{ISSUER}:sub": (wanted,)}},
    )
    denial = Statement(**{**vars(wide), "effect": "Deny"})

    assert may_take([wide], WEB, {f"{ISSUER}:sub": given}) is taken
    assert not may_take([wide, denial], WEB, {f"{ISSUER}:sub": given})
