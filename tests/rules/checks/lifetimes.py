"""What outlives its stack, and for how long logs are kept."""

from collections.abc import Iterator

from config.naming import DELIVERY_STACK
from tests.rules.deployment import Deployment, Resource

_STATEFUL = (
    "AWS::Backup::BackupVault",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
)
_LOGS = "AWS::Logs::LogGroup"


def data_has_the_fate_of_the_settings(deployment: Deployment) -> Iterator[str]:
    """Kept in production, gone without a trace in development; when replaced like when deleted."""
    wanted = "Retain" if deployment.settings.data.retain else "Delete"
    for resource in deployment.resources(*_STATEFUL):
        # The pipeline holds copies of what the repository has, and ends them within days. Its
        # bucket stays only because CloudFormation cannot delete one that is not empty.
        if resource.stack == DELIVERY_STACK and resource.type != "AWS::S3::Bucket":
            continue
        for key in ("DeletionPolicy", "UpdateReplacePolicy"):
            if resource.body.get(key) != wanted:
                yield f"{resource} has {key} {resource.body.get(key)}"


def stacks_are_protected_when_data_is(deployment: Deployment) -> Iterator[str]:
    """Deleting a stack of production takes a person's word first."""
    for stack in deployment.templates:
        if (stack in deployment.protected) is not deployment.settings.data.retain:
            yield f"{stack}: termination protection is {stack in deployment.protected}"


def logs_end_and_are_encrypted(deployment: Deployment) -> Iterator[str]:
    """Each group has a number of days and a key of ours."""
    for group in deployment.resources(_LOGS):
        if "RetentionInDays" not in group.properties:
            yield f"{group} never ends"
        key = deployment.origin(group.stack, group.properties.get("KmsKeyId"))
        if key is None or key.type != "AWS::KMS::Key":
            yield f"{group} is encrypted with no key of ours"


def functions_write_to_a_log_of_their_stack(deployment: Deployment) -> Iterator[str]:
    """Lambda would make a group that nobody owns."""
    for function in deployment.resources("AWS::Lambda::Function"):
        group = function.properties.get("LoggingConfig", {}).get("LogGroup")
        if not _owned(deployment, function, group):
            yield f"{function} writes to a log of nobody's"


def builds_write_to_a_log_of_their_stack(deployment: Deployment) -> Iterator[str]:
    """CodeBuild would make a group that nobody owns."""
    for project in deployment.resources("AWS::CodeBuild::Project"):
        logs = project.properties.get("LogsConfig", {}).get("CloudWatchLogs", {})
        if not _owned(deployment, project, logs.get("GroupName")):
            yield f"{project} writes to a log of nobody's"


def _owned(deployment: Deployment, writer: Resource, group: object) -> bool:
    origin = deployment.origin(writer.stack, group)
    return origin is not None and origin.type == _LOGS and origin.stack == writer.stack


RULES = (
    data_has_the_fate_of_the_settings,
    stacks_are_protected_when_data_is,
    logs_end_and_are_encrypted,
    functions_write_to_a_log_of_their_stack,
    builds_write_to_a_log_of_their_stack,
)
