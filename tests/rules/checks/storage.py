"""Buckets, the model volume and its backup."""

from collections.abc import Iterator

from config.naming import DELIVERY_STACK
from serving.triton import CONTAINER_USER_ID
from tests.rules.deployment import Deployment, Resource
from tests.rules.statements import Statement, resource_policies

_BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_VAULT = "AWS::Backup::BackupVault"


def buckets_are_private_and_versioned(deployment: Deployment) -> Iterator[str]:
    """Nothing public, no access lists, and a mistake can be taken back."""
    for bucket in deployment.resources("AWS::S3::Bucket"):
        public = bucket.properties.get("PublicAccessBlockConfiguration", {})
        if not all(public.get(key) is True for key in _BLOCKED):
            yield f"{bucket} can be made public"
        owners = bucket.properties.get("OwnershipControls", {}).get("Rules", ())
        if [rule["ObjectOwnership"] for rule in owners] != ["BucketOwnerEnforced"]:
            yield f"{bucket} has access lists"
        if bucket.properties.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{bucket} has no versions"


def buckets_are_encrypted_with_our_key(deployment: Deployment) -> Iterator[str]:
    """All but that of the access logs, which S3 cannot write with it."""
    for bucket in deployment.resources("AWS::S3::Bucket"):
        rules = bucket.properties.get("BucketEncryption", {}).get(
            "ServerSideEncryptionConfiguration", ()
        )
        kinds = [rule["ServerSideEncryptionByDefault"] for rule in rules]
        wanted = "AES256" if _takes_logs(deployment, bucket) else "aws:kms"
        if [kind["SSEAlgorithm"] for kind in kinds] != [wanted]:
            yield f"{bucket} is not encrypted with {wanted}"
        elif wanted == "aws:kms":
            key = deployment.origin(bucket.stack, kinds[0].get("KMSMasterKeyID"))
            if key is None or key.type != "AWS::KMS::Key":
                yield f"{bucket} is encrypted with no key of ours"


def buckets_answer_over_tls_only(deployment: Deployment) -> Iterator[str]:
    """A denial for everybody, of everything, on bucket and objects."""
    denials = {
        deployment.text(statement.holder.stack, statement.holder.properties["Bucket"])
        for statement in resource_policies(deployment)
        if statement.holder.type == "AWS::S3::BucketPolicy"
        and _denies_plain_transport(statement)
        and statement.actions == ("s3:*",)
        and len(statement.resources) == 2
    }
    for bucket in deployment.resources("AWS::S3::Bucket"):
        if f"<{bucket}>" not in denials:
            yield f"{bucket} answers without TLS"


def buckets_write_down_who_asked(deployment: Deployment) -> Iterator[str]:
    """Into a bucket of ours, each under its own prefix."""
    prefixes: dict[str, Resource] = {}
    for bucket in deployment.resources("AWS::S3::Bucket"):
        # The pipeline's artifacts come from the repository and end within days.
        if _takes_logs(deployment, bucket) or bucket.stack == DELIVERY_STACK:
            continue
        logging = bucket.properties.get("LoggingConfiguration", {})
        target = deployment.origin(bucket.stack, logging.get("DestinationBucketName"))
        if target is None:
            yield f"{bucket} writes no access log"
        prefix = logging.get("LogFilePrefix", "")
        if prefix in prefixes:
            yield f"{bucket} logs to {prefix!r} like {prefixes[prefix]}"
        prefixes[prefix] = bucket


def buckets_forget_what_is_over(deployment: Deployment) -> Iterator[str]:
    """Old versions and uploads that were cut short cost until somebody ends them."""
    for bucket in deployment.resources("AWS::S3::Bucket"):
        rules = [
            rule
            for rule in bucket.properties.get("LifecycleConfiguration", {}).get("Rules", ())
            if rule["Status"] == "Enabled"
        ]
        for key in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
            if not any(key in rule for rule in rules):
                yield f"{bucket} has no {key}"


def the_volume_is_shut(deployment: Deployment) -> Iterator[str]:
    """Our key; nobody without TLS; and by itself it lets nobody in."""
    policies: dict[str, list[Statement]] = {}
    for statement in resource_policies(deployment):
        policies.setdefault(str(statement.holder), []).append(statement)
    for volume in deployment.resources("AWS::EFS::FileSystem"):
        key = deployment.origin(volume.stack, volume.properties.get("KmsKeyId"))
        if volume.properties.get("Encrypted") is not True or not key or key.type != "AWS::KMS::Key":
            yield f"{volume} is not encrypted with a key of ours"
        own = policies.get(str(volume), [])
        if any(statement.allows for statement in own):
            yield f"{volume} lets somebody in by itself"
        # Without a policy of its own a file system lets everybody mount.
        if not any(_denies_plain_transport(s) and s.covers("elasticfilesystem:*") for s in own):
            yield f"{volume} answers without TLS"


def the_volume_is_where_nodes_are(deployment: Deployment) -> Iterator[str]:
    """A mount target in each zone: mounting across zones costs, and fails with the zone."""

    def zones(stack: str, values: list[object]) -> set[str]:
        subnets = [deployment.origin(stack, value) for value in values]
        return {str(subnet.properties["AvailabilityZone"]) for subnet in subnets if subnet}

    nodes = {
        zone
        for group in deployment.resources("AWS::EKS::Nodegroup")
        for zone in zones(group.stack, group.properties["Subnets"])
    }
    for volume in deployment.resources("AWS::EFS::FileSystem"):
        targets = {
            zone
            for target in deployment.resources("AWS::EFS::MountTarget")
            if deployment.origin(target.stack, target.properties["FileSystemId"]) == volume
            for zone in zones(target.stack, [target.properties["SubnetId"]])
        }
        for zone in sorted(nodes - targets):
            yield f"{volume} has no mount target in {zone}"


def everybody_on_the_volume_is_tritons_user(deployment: Deployment) -> Iterator[str]:
    """Whoever mounts by an access point is the user that Triton runs as, in its directory."""
    owner = str(CONTAINER_USER_ID)
    for point in deployment.resources("AWS::EFS::AccessPoint"):
        user = point.properties.get("PosixUser", {})
        if (user.get("Uid"), user.get("Gid")) != (owner, owner):
            yield f"{point} makes everybody {user or 'who they say they are'}"
        if point.properties.get("RootDirectory", {}).get("Path", "/") == "/":
            yield f"{point} shows the whole volume"


def the_volume_is_backed_up(deployment: Deployment) -> Iterator[str]:
    """Every day, for as long as the settings say, with our key; not at all if they say so."""
    days = deployment.settings.data.backup_retention_days
    if days == 0:
        yield from (f"{vault} was not asked for" for vault in deployment.resources(_VAULT))
        return
    selected = {
        deployment.text(selection.stack, resource).rpartition(":file-system/")[2]
        for selection in deployment.resources("AWS::Backup::BackupSelection")
        for resource in selection.properties["BackupSelection"].get("Resources", ())
    }
    for volume in deployment.resources("AWS::EFS::FileSystem"):
        if f"<{volume}>" not in selected:
            yield f"{volume} is not backed up"
    for plan in deployment.resources("AWS::Backup::BackupPlan"):
        for rule in plan.properties["BackupPlan"]["BackupPlanRule"]:
            if rule.get("Lifecycle", {}).get("DeleteAfterDays") != days:
                yield f"{plan} keeps copies otherwise than {days} days"
    for vault in deployment.resources(_VAULT):
        key = deployment.origin(vault.stack, vault.properties.get("EncryptionKeyArn"))
        if key is None or key.type != "AWS::KMS::Key":
            yield f"{vault} is encrypted with no key of ours"


def _takes_logs(deployment: Deployment, bucket: Resource) -> bool:
    return any(
        ("Service", "logging.s3.amazonaws.com") in statement.principals
        and deployment.origin(statement.holder.stack, statement.holder.properties["Bucket"])
        == bucket
        for statement in resource_policies(deployment)
        if statement.holder.type == "AWS::S3::BucketPolicy"
    )


def _denies_plain_transport(statement: Statement) -> bool:
    return (
        statement.effect == "Deny"
        and statement.principals == (("AWS", "*"),)
        and statement.conditions == {"Bool": {"aws:SecureTransport": ("false",)}}
    )


RULES = (
    buckets_are_private_and_versioned,
    buckets_are_encrypted_with_our_key,
    buckets_answer_over_tls_only,
    buckets_write_down_who_asked,
    buckets_forget_what_is_over,
    the_volume_is_shut,
    the_volume_is_where_nodes_are,
    everybody_on_the_volume_is_tritons_user,
    the_volume_is_backed_up,
)
