"""What outlives an environment."""

from collections.abc import Mapping

import pytest
from aws_cdk.assertions import Template

DATA = [
    ("storage", "AWS::S3::Bucket"),
    ("storage", "AWS::EFS::FileSystem"),
    ("storage", "AWS::Backup::BackupVault"),
    ("registry", "AWS::ECR::Repository"),
    ("security", "AWS::KMS::Key"),
    ("security", "AWS::SecretsManager::Secret"),
]


@pytest.mark.parametrize(("noun", "kind"), DATA)
def test_production_keeps_data_and_keys(
    synth_prod: Mapping[str, Template], noun: str, kind: str
) -> None:
    synth_prod[noun].all_resources(
        kind, {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    )


@pytest.mark.parametrize(("noun", "kind"), [data for data in DATA if "Backup" not in data[1]])
def test_development_leaves_nothing_behind(
    synth: Mapping[str, Template], noun: str, kind: str
) -> None:
    synth[noun].all_resources(kind, {"DeletionPolicy": "Delete"})


def test_only_a_bucket_that_goes_is_emptied(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template]
) -> None:
    synth["storage"].resource_count_is("Custom::S3AutoDeleteObjects", 1)
    synth_prod["storage"].resource_count_is("Custom::S3AutoDeleteObjects", 0)


def test_what_is_made_to_be_thrown_away_has_no_backup_that_would_hold_it(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template]
) -> None:
    synth["storage"].resource_count_is("AWS::Backup::BackupVault", 0)
    synth_prod["storage"].resource_count_is("AWS::Backup::BackupVault", 1)
