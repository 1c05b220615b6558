"""A copy of the model volume for every day."""

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from platform_constructs.acknowledgement import acknowledge, managed_policies

_POLICY = "service-role/AWSBackupServiceRolePolicyForBackup"


class VolumeBackup(Construct):
    """An AWS Backup plan of one file system, with a vault of its own.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        file_system: What is copied.
        key: Encrypts the copies.
        retention_days: How long a copy is kept.
        removal_policy: What happens to the vault when the construct goes. One that has copies
            cannot be deleted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        file_system: efs.IFileSystem,
        key: kms.IKey,
        retention_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        vault = backup.BackupVault(
            self,
            "Vault",
            encryption_key=key,
            removal_policy=removal_policy,
        )
        plan = backup.BackupPlan(
            self,
            "Plan",
            backup_vault=vault,
            backup_plan_rules=[
                backup.BackupPlanRule(
                    rule_name="Daily",
                    schedule_expression=events.Schedule.cron(hour="3", minute="0"),
                    delete_after=cdk.Duration.days(retention_days),
                )
            ],
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        acknowledge(
            role,
            "AWS keeps the permissions of its backup service current in it",
            *managed_policies(_POLICY),
        )
        plan.add_selection(
            "Models",
            resources=[backup.BackupResource.from_efs_file_system(file_system)],
            role=role,
            disable_default_backup_policy=True,
        )
