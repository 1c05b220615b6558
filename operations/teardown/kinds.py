"""The kinds of things that a teardown may leave: their names, prices, and how to remove one."""

import shlex
from dataclasses import dataclass

from config.prices import Prices
from operations.aws.account import Account

_HOURS_A_MONTH = 730
INTERFACE = "AWS::EC2::NetworkInterface"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
ADDRESS = "AWS::EC2::EIP"
INSTANCE = "AWS::EC2::Instance"
VOLUME = "AWS::EC2::Volume"
SNAPSHOT = "AWS::EC2::Snapshot"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
CLASSIC_LOAD_BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
BUCKET = "AWS::S3::Bucket"
FILE_SYSTEM = "AWS::EFS::FileSystem"
REPOSITORY = "AWS::ECR::Repository"
VAULT = "AWS::Backup::BackupVault"
RECOVERY_POINT = "AWS::Backup::RecoveryPoint"
KEY = "AWS::KMS::Key"
SECRET = "AWS::SecretsManager::Secret"
LOG_GROUP = "AWS::Logs::LogGroup"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What people call it, and the command that removes one.

    Attributes:
        name: In plain words.
        remove: AWS CLI command without its program; ``{id}`` and ``{container}`` are filled in.
    """

    name: str
    remove: str


_KINDS = {
    INTERFACE: Kind(
        name="network interface",
        remove="ec2 delete-network-interface --network-interface-id {id}",
    ),
    SECURITY_GROUP: Kind(name="security group", remove="ec2 delete-security-group --group-id {id}"),
    ADDRESS: Kind(name="elastic IP", remove="ec2 release-address --allocation-id {id}"),
    INSTANCE: Kind(name="instance", remove="ec2 terminate-instances --instance-ids {id}"),
    VOLUME: Kind(name="EBS volume", remove="ec2 delete-volume --volume-id {id}"),
    SNAPSHOT: Kind(name="EBS snapshot", remove="ec2 delete-snapshot --snapshot-id {id}"),
    LAUNCH_TEMPLATE: Kind(
        name="launch template", remove="ec2 delete-launch-template --launch-template-id {id}"
    ),
    LOAD_BALANCER: Kind(
        name="load balancer", remove="elbv2 delete-load-balancer --load-balancer-arn {id}"
    ),
    CLASSIC_LOAD_BALANCER: Kind(
        name="classic load balancer",
        remove="elb delete-load-balancer --load-balancer-name {id}",
    ),
    TARGET_GROUP: Kind(
        name="target group", remove="elbv2 delete-target-group --target-group-arn {id}"
    ),
    BUCKET: Kind(name="S3 bucket", remove="s3 rb s3://{id}"),
    FILE_SYSTEM: Kind(
        name="EFS file system", remove="efs delete-file-system --file-system-id {id}"
    ),
    REPOSITORY: Kind(
        name="ECR repository", remove="ecr delete-repository --force --repository-name {id}"
    ),
    VAULT: Kind(name="backup vault", remove="backup delete-backup-vault --backup-vault-name {id}"),
    RECOVERY_POINT: Kind(
        name="recovery point",
        remove="backup delete-recovery-point --backup-vault-name {container} "
        "--recovery-point-arn {id}",
    ),
    KEY: Kind(
        name="KMS key",
        remove="kms schedule-key-deletion --pending-window-in-days 7 --key-id {id}",
    ),
    SECRET: Kind(
        name="secret",
        remove="secretsmanager delete-secret --force-delete-without-recovery --secret-id {id}",
    ),
    LOG_GROUP: Kind(name="log group", remove="logs delete-log-group --log-group-name {id}"),
}


def kind_name(type: str) -> str:
    """What people call a CloudFormation type; the type itself when it has no better name."""
    return _KINDS[type].name if type in _KINDS else type


def removal(account: Account, type: str, id: str, container: str = "") -> str:
    """The command that removes one; empty when there is none to give."""
    if type not in _KINDS:
        return ""
    command = _KINDS[type].remove.format(id=shlex.quote(id), container=shlex.quote(container))
    return account.aws(command)


def monthly_usd(prices: Prices, type: str, gib: float | None) -> float | None:
    """What one costs a month; ``None`` when its size or its price is not known."""
    flat = {
        KEY: prices.kms_key_month,
        SECRET: prices.secret_month,
        ADDRESS: prices.eip_hour * _HOURS_A_MONTH,
        INTERFACE: 0.0,
        SECURITY_GROUP: 0.0,
        LAUNCH_TEMPLATE: 0.0,
        TARGET_GROUP: 0.0,
    }
    by_size = {
        BUCKET: prices.s3_gb_month,
        FILE_SYSTEM: prices.efs_gb_month,
        REPOSITORY: prices.ecr_gb_month,
        VAULT: prices.backup_efs_gb_month,
        RECOVERY_POINT: prices.backup_efs_gb_month,
        VOLUME: prices.ebs_gp3_gb_month,
        SNAPSHOT: prices.ebs_snapshot_gb_month,
        LOG_GROUP: prices.logs_gb_month,
    }
    if type in flat:
        return flat[type]
    return None if gib is None or type not in by_size else gib * by_size[type]
