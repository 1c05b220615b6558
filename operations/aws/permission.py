"""What IAM calls an operation: mostly, but not always, what AWS's client library calls it."""

# Services whose IAM actions have another prefix than their client.
_PREFIX = {
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}
# Operations that need a permission of another name.
_OTHER = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
}


def permission(service: str, operation: str) -> str:
    """The IAM action of an operation, such as ``ec2:DescribeRegions``.

    Args:
        service: By the name of its client.
        operation: In AWS's own spelling.
    """
    action = f"{_PREFIX.get(service, service)}:{operation}"
    return _OTHER.get(action, action)
