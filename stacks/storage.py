"""Where models are kept: the bucket is the source of truth, the volume is what Triton mounts."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from config import Settings
from platform_constructs.log_group import EncryptedLogGroup
from platform_constructs.model_store import ModelStore
from platform_constructs.model_volume import ModelVolume
from platform_constructs.release_copy import ReleaseCopy
from platform_constructs.volume_backup import VolumeBackup
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Safeguards


class StorageStack(PlatformStack):
    """Bucket and file system of the models; in production both outlive the stack.

    Args:
        scope: The app.
        settings: The environment.
        safeguards: Boundary, keys and access logs.
        vpc: Network of the file system.

    Attributes:
        store: The model bucket.
        models: The volume that Triton mounts.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        safeguards: Safeguards,
        vpc: ec2.IVpc,
    ) -> None:
        super().__init__(scope, "storage", settings=settings, safeguards=safeguards)

        self.store = ModelStore(
            self,
            "Store",
            key=safeguards.keys.objects,
            access_logs_name=safeguards.access_logs_name,
            old_release_days=settings.data.old_release_days,
            removal_policy=self.data_policy,
        )
        self.models = ModelVolume(
            self, "Models", vpc=vpc, key=safeguards.keys.files, removal_policy=self.data_policy
        )
        # A vault that has copies cannot be deleted: what is made to be thrown away has none.
        if settings.data.backup_retention_days:
            VolumeBackup(
                self,
                "Backup",
                file_system=self.models.file_system,
                key=safeguards.keys.files,
                retention_days=settings.data.backup_retention_days,
                removal_policy=self.data_policy,
            )
        copy_log = EncryptedLogGroup(
            self,
            "CopyLog",
            key=safeguards.keys.logs,
            retention_days=settings.data.log_retention_days,
            removal_policy=self.data_policy,
        )
        copy = ReleaseCopy(
            self,
            "Copy",
            store=self.store,
            volume=self.models,
            vpc=vpc,
            log_group=copy_log.group,
        )
        cdk.CfnOutput(self, "ModelBucket", value=self.store.bucket.bucket_name)
        cdk.CfnOutput(self, "CopyTask", value=copy.task.attr_task_arn)
