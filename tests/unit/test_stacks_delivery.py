"""The pipeline on AWS: staging, a look at it, a person's word, production."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

import app
from config import ConfigError, Settings, load_settings, load_versions
from config.naming import STACKS, boundary_name, stack_name
from stacks.assembly import feature_flags
from stacks.delivery import DeliveryStack
from tests.support.every_option import every_option, every_option_assembly


@pytest.fixture(scope="module")
def delivery() -> dict[str, Any]:
    name = stack_name("prod", "delivery")
    resources: dict[str, Any] = (
        every_option_assembly().get_stack_by_name(name).template["Resources"]
    )
    return resources


@pytest.fixture(scope="module")
def stages(delivery: dict[str, Any]) -> list[dict[str, Any]]:
    [pipeline] = [
        found for found in delivery.values() if found["Type"] == "AWS::CodePipeline::Pipeline"
    ]
    found: list[dict[str, Any]] = pipeline["Properties"]["Stages"]
    return found


def named(stages: list[dict[str, Any]], name: str) -> list[str]:
    [stage] = [stage for stage in stages if stage["Name"] == name]
    actions = sorted(stage["Actions"], key=lambda action: int(action["RunOrder"]))
    return [action["Name"] for action in actions]


def refusal(staging: Settings, prod: Settings) -> str:
    scope = cdk.App(context=feature_flags())
    with pytest.raises(ConfigError) as refused:
        DeliveryStack(scope, staging=staging, prod=prod, versions=load_versions())
    return str(refused.value)


def test_staging_comes_first_and_production_after_a_persons_word(
    stages: list[dict[str, Any]],
) -> None:
    order = [stage["Name"] for stage in stages]

    assert order.index("Source") < order.index("Build") < order.index("Staging")
    assert order.index("Staging") < order.index("Prod")
    assert named(stages, "Prod")[0] == "Approve"
    [approve] = [
        action
        for stage in stages
        for action in stage["Actions"]
        if action["ActionTypeId"]["Category"] == "Approval"
    ]
    assert approve["Name"] == "Approve"


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_every_stack_is_deployed_in_order_and_looked_at_afterwards(
    stages: list[dict[str, Any]], environment: str
) -> None:
    actions = named(stages, environment.capitalize())
    deployed = [name.removesuffix(".Deploy") for name in actions if name.endswith(".Deploy")]

    assert [name.rpartition("-")[2] for name in deployed] == list(STACKS)
    assert actions[-1] == f"Smoke-{environment}"


def test_the_source_is_the_repository_and_branch_of_the_settings(
    stages: list[dict[str, Any]],
) -> None:
    [source] = [action for action in stages[0]["Actions"]]
    settings = every_option("prod")
    assert settings.github
    assert settings.delivery

    assert source["Configuration"]["FullRepositoryId"] == settings.github.repository
    assert source["Configuration"]["BranchName"] == settings.delivery.branch
    assert source["Configuration"]["ConnectionArn"] == settings.delivery.connection_arn


def test_what_is_deployed_was_checked_and_tested_before(delivery: dict[str, Any]) -> None:
    builds = [
        json.loads(found["Properties"]["Source"]["BuildSpec"])
        for found in delivery.values()
        if found["Type"] == "AWS::CodeBuild::Project"
        and isinstance(found["Properties"]["Source"]["BuildSpec"], str)
    ]
    [commands] = [
        build["phases"]["build"]["commands"]
        for build in builds
        if "make test" in build["phases"]["build"]["commands"]
    ]

    assert commands == ["make check", "make test", "make synth ENV=prod"]


def test_its_stacks_are_named_as_those_that_a_person_deploys() -> None:
    deployed = {
        stack.stack_name
        for nested in every_option_assembly().nested_assemblies
        for stack in nested.nested_assembly.stacks
    }

    assert deployed == {
        stack_name(environment, noun) for environment in ("staging", "prod") for noun in STACKS
    }


def test_it_refers_to_no_stack_that_it_deploys(delivery: dict[str, Any]) -> None:
    # Its own version of that stack has no such export, and taking one away is refused.
    assert "Fn::ImportValue" not in json.dumps(delivery)
    assert boundary_name("prod") in json.dumps(delivery)


def test_without_its_settings_there_is_no_pipeline() -> None:
    assert load_settings("prod").delivery is None
    assert "[delivery] and [github]" in refusal(load_settings("staging"), load_settings("prod"))


@pytest.mark.parametrize("elsewhere", [{"region": "eu-west-1"}, {"account": "444455556666"}])
def test_it_deploys_to_the_account_and_region_that_it_is_in(elsewhere: dict[str, str]) -> None:
    staging = every_option("staging").model_copy(update=elsewhere)

    message = refusal(staging, every_option("prod"))

    (place,) = elsewhere.values()
    assert f"{place}" in message
    assert "prod in account 111122223333, eu-central-1" in message
    assert "use GitHub's workflows" in message


def test_the_source_comes_with_its_history_which_the_checks_ask_for(
    stages: list[dict[str, Any]],
) -> None:
    [source] = stages[0]["Actions"]

    assert source["Configuration"]["OutputArtifactFormat"] == "CODEBUILD_CLONE_REF"


def test_the_app_makes_it_when_the_settings_ask_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setattr(app, "load_settings", every_option)
    monkeypatch.setattr(app, "feature_flags", lambda: feature_flags() | {"env": "prod"})

    assert app.main() == 0

    assert (tmp_path / f"{stack_name('prod', 'delivery')}.template.json").exists()
