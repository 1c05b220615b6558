"""What outlives an environment."""

from collections.abc import Mapping

import pytest
from aws_cdk.assertions import Template

DATA = ["AWS::S3::Bucket", "AWS::EFS::FileSystem", "AWS::KMS::Key"]


@pytest.mark.parametrize("kind", DATA)
def test_production_keeps_models_and_their_key(
    synth_prod: Mapping[str, Template], kind: str
) -> None:
    synth_prod["storage"].has_resource(
        kind, {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    )


@pytest.mark.parametrize("kind", DATA)
def test_development_leaves_nothing_behind(synth: Mapping[str, Template], kind: str) -> None:
    synth["storage"].has_resource(kind, {"DeletionPolicy": "Delete"})


def test_only_a_bucket_that_goes_is_emptied(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template]
) -> None:
    synth["storage"].resource_count_is("Custom::S3AutoDeleteObjects", 1)
    synth_prod["storage"].resource_count_is("Custom::S3AutoDeleteObjects", 0)
