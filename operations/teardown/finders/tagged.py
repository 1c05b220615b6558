"""Finding by tag: what EC2 filters, and what the tagging service lists for all services."""

from collections.abc import Iterator
from typing import Any

from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.teardown.target import CLUSTER_TAGS, Target

# Services and kinds that a finder of their own looks at, and what is told elsewhere. ARNs:
# docs.aws.amazon.com/service-authorization.
_LOOKED_AT = (
    "backup:backup-vault",
    "cloudformation:stack",
    "ec2:elastic-ip",
    "ec2:instance",
    "ec2:launch-template",
    "ec2:network-interface",
    "ec2:security-group",
    "ec2:snapshot",
    "ec2:volume",
    "ecr:repository",
    "elasticfilesystem:file-system",
    "elasticloadbalancing:loadbalancer",
    "elasticloadbalancing:targetgroup",
    "kms:key",
    "logs:log-group",
    "s3:",
    "secretsmanager:secret",
)


def ec2_tagged(
    account: Account, target: Target, operation: str, key: str, id_key: str, **arguments: Any
) -> Iterator[dict[str, Any]]:
    """What an EC2 call lists with the environment's tags on it, or its cluster's."""
    ours = [{"Name": f"tag:{name}", "Values": [value]} for name, value in target.tags.items()]
    cluster = [{"Name": "tag-key", "Values": [target.ownership_tag, *CLUSTER_TAGS]}]
    found = {
        item[id_key]: item
        for filters in (ours, cluster)
        for item in account.ask_all("ec2", operation, key, Filters=filters, **arguments)
        if target.owns(ec2_tags(item))
    }
    yield from found.values()


def ec2_tags(item: dict[str, Any]) -> dict[str, str]:
    """The tags of an EC2 item; those of an interface are spelt differently."""
    return tags_of(item, "TagSet" if "TagSet" in item else "Tags")


def owner(target: Target, item: dict[str, Any]) -> str:
    """The cluster's name, when one of its controllers made the EC2 item."""
    return target.cluster if target.made_by_cluster(ec2_tags(item)) else ""


def tagged_arns(account: Account, target: Target, *types: str) -> Iterator[str]:
    """What the tagging service lists with the environment's tags."""
    filters = [{"Key": key, "Values": [value]} for key, value in target.tags.items()]
    narrowed: dict[str, Any] = {"ResourceTypeFilters": list(types)} if types else {}
    for item in account.ask_all(
        "resourcegroupstaggingapi",
        "get_resources",
        "ResourceTagMappingList",
        TagFilters=filters,
        **narrowed,
    ):
        yield item["ResourceARN"]


def other_arns(account: Account, target: Target) -> Iterator[str]:
    """Tagged things of the kinds that no finder looks at."""
    for arn in tagged_arns(account, target):
        _, _, service, _, _, resource = arn.split(":", 5)
        if not f"{service}:{resource}".startswith(_LOOKED_AT):
            yield arn


def ends_of(arn: str) -> frozenset[str]:
    """The names by which CloudFormation may call what has this ARN."""
    resource = arn.split(":", 5)[-1]
    after_kind = resource.replace(":", "/").partition("/")[2]
    return frozenset({arn, resource, after_kind, resource.rpartition("/")[2]} - {""})


def arn_kind(arn: str) -> str:
    """What an ARN is about: ``sns``, ``ec2 vpc``."""
    _, _, service, _, _, resource = arn.split(":", 5)
    kind, slash, _ = resource.replace(":", "/").partition("/")
    return f"{service} {kind}" if slash else service
