"""Mistakes in what is kept."""

from dataclasses import replace

from tests.rules.breaking import GONE, Break, Change, put
from tests.rules.checks.lifetimes import (
    builds_write_to_a_log_of_their_stack,
    data_has_the_fate_of_the_settings,
    functions_write_to_a_log_of_their_stack,
    logs_end_and_are_encrypted,
    stacks_are_protected_when_data_is,
)
from tests.rules.deployment import Deployment

GROUP = "AWS::Logs::LogGroup"


def protecting(*stacks: str) -> Change:
    def change(deployment: Deployment) -> Deployment:
        return replace(deployment, protected=frozenset(stacks))

    return change


BREAKS = (
    Break(
        data_has_the_fate_of_the_settings,
        put("storage", "AWS::EFS::FileSystem", "UpdateReplacePolicy", GONE),
        "has UpdateReplacePolicy None",
    ),
    Break(
        data_has_the_fate_of_the_settings,
        put("security", "AWS::KMS::Key", "DeletionPolicy", "Delete"),
        "has DeletionPolicy Delete",
    ),
    Break(
        data_has_the_fate_of_the_settings,
        put("storage", "AWS::S3::Bucket", "DeletionPolicy", "Retain"),
        "has DeletionPolicy Retain",
        of="dev",
    ),
    Break(
        stacks_are_protected_when_data_is,
        protecting("security", "network"),
        "storage: termination protection is False",
    ),
    Break(
        stacks_are_protected_when_data_is,
        protecting("storage"),
        "storage: termination protection is True",
        of="dev",
    ),
    Break(
        logs_end_and_are_encrypted,
        put("network", GROUP, "Properties/RetentionInDays", GONE),
        "never ends",
    ),
    Break(
        logs_end_and_are_encrypted,
        put("cluster", GROUP, "Properties/KmsKeyId", GONE),
        "is encrypted with no key of ours",
    ),
    Break(
        functions_write_to_a_log_of_their_stack,
        put("registry", "AWS::Lambda::Function", "Properties/LoggingConfig", GONE),
        "writes to a log of nobody's",
    ),
    Break(
        builds_write_to_a_log_of_their_stack,
        put("delivery", "AWS::CodeBuild::Project", "Properties/LogsConfig", GONE),
        "writes to a log of nobody's",
    ),
)
