"""The environment's copies of the images."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from config.image import Image
from config.naming import repository_name
from operations.aws.account import Account
from operations.doctor.images import check_images
from operations.finding import Status
from tests.support.aws_answers import AnsweringAccount
from tests.support.moto_account import moto_account

DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture
def account() -> Iterator[Account]:
    with moto_account() as account:
        yield account


def image(digest: str = DIGEST) -> Image:
    return Image(registry="nvcr.io", repository="nvidia/x", tag="26.07-py3", digest=digest)


def make_repository(account: Account, name: str) -> Any:
    ecr = boto3.client("ecr", account.region)
    ecr.create_repository(repositoryName=repository_name("prod", name))
    return ecr


def test_before_the_registry_is_deployed_that_is_the_first_step(account: Account) -> None:
    make_repository(account, "of-another-name")

    (finding,) = check_images(account, "prod", {"tritonserver": image(), "dcgm": image()})

    assert finding.status is Status.WARN
    assert "no repository triton-platform-prod/tritonserver, triton-platform-prod/dcgm" in (
        finding.found
    )
    assert finding.fix == ("npx cdk deploy --context env=prod triton-platform-prod-registry",)


def test_an_image_that_the_registry_lacks_is_told_with_the_mirrors_command(
    account: Account,
) -> None:
    make_repository(account, "tritonserver")

    (finding,) = check_images(account, "prod", {"tritonserver": image()})

    assert finding.status is Status.WARN
    assert finding.found == "the registry lacks tritonserver:26.07-py3"
    assert finding.fix == (
        "aws codebuild start-build --project-name triton-platform-prod-mirror "
        "--region eu-central-1",
    )


def test_an_image_is_looked_for_by_digest(account: Account) -> None:
    ecr = make_repository(account, "tritonserver")
    manifest = (
        '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",'
        '"config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1,'
        f'"digest": "{DIGEST}"}}, "layers": []}}'
    )
    made = ecr.put_image(
        repositoryName=repository_name("prod", "tritonserver"),
        imageManifest=manifest,
        imageTag="26.07-py3",
    )
    digest = made["image"]["imageId"]["imageDigest"]

    (there,) = check_images(account, "prod", {"tritonserver": image(digest)})
    (other,) = check_images(account, "prod", {"tritonserver": image()})

    assert (there.status, other.status) == (Status.OK, Status.WARN)


@pytest.mark.parametrize(
    ("scan", "status"),
    [
        ({}, Status.OK),
        ({"imageScanFindingsSummary": {"findingSeverityCounts": {"HIGH": 4}}}, Status.OK),
        ({"imageScanFindingsSummary": {"findingSeverityCounts": {"CRITICAL": 2}}}, Status.WARN),
    ],
)
def test_critical_findings_are_a_warning(scan: dict[str, Any], status: Status) -> None:
    name = repository_name("prod", "tritonserver")
    answer = {"imageDetails": [{"imageDigest": DIGEST, **scan}]}
    account = AnsweringAccount({"ecr:DescribeImages": answer})

    (finding,) = check_images(account, "prod", {"tritonserver": image()})

    assert finding.status is status
    if status is Status.WARN:
        assert "2 critical findings" in finding.found
        assert f"--repository-name {name} --image-id imageDigest={DIGEST}" in finding.fix[0]
