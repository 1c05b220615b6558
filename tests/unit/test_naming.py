"""The names by which the outside knows an environment are names that AWS takes."""

import re

import pytest

from config import environment_names, load_versions, naming

ENVIRONMENTS = pytest.mark.parametrize("environment", environment_names())


@ENVIRONMENTS
def test_stacks_have_names_that_cloudformation_takes(environment: str) -> None:
    names = [
        naming.stack_name(environment, noun) for noun in (*naming.STACKS, naming.DELIVERY_STACK)
    ]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name) for name in names)


@ENVIRONMENTS
def test_every_image_has_a_repository_that_ecr_takes(environment: str) -> None:
    images = [*naming.BUILT_IMAGES, *load_versions().images]
    names = [naming.repository_name(environment, image) for image in images]

    assert len(set(names)) == len(names), "a built image and a copied one share a repository"
    assert all(re.fullmatch(r"[a-z0-9]+([._/-][a-z0-9]+)*", name) for name in names)


@ENVIRONMENTS
def test_secrets_have_names_that_an_arn_tells_apart(environment: str) -> None:
    names = [
        naming.secret_name(environment, secret)
        for secret in (*naming.GENERATED_SECRETS, *naming.SECRETS_TO_FILL)
    ]

    assert len(set(names)) == len(names)
    # Secrets Manager appends a hyphen and six characters: a name must not end like that.
    assert not any(re.search(r"-[A-Za-z0-9]{6}$", name) for name in names)


@ENVIRONMENTS
def test_roles_have_names_that_iam_takes(environment: str) -> None:
    names = [naming.role_name(environment, "deployment"), naming.boundary_name(environment)]

    assert all(re.fullmatch(r"[\w+=,.@-]{1,64}", name) for name in names)


def test_everything_is_named_after_its_environment() -> None:
    make = (
        lambda environment: naming.stack_name(environment, "network"),
        naming.cluster_name,
        lambda environment: naming.repository_name(environment, "triton"),
        lambda environment: naming.secret_name(environment, "grafana-admin"),
        lambda environment: naming.role_name(environment, "viewer"),
        naming.boundary_name,
        naming.mirror_name,
        lambda environment: naming.tags(environment)["Environment"],
    )

    for name in make:
        assert len({name(environment) for environment in environment_names()}) == 3
