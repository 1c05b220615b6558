"""How a release gets from the bucket, the source of truth, to the volume that pods mount."""

import aws_cdk as cdk
from aws_cdk import aws_datasync as datasync
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from platform_constructs.acknowledgement import acknowledge, wildcard_resource
from platform_constructs.model_store import RELEASES, ModelStore
from platform_constructs.model_volume import ModelVolume

_SERVICE = "datasync.amazonaws.com"


class ReleaseCopy(Construct):
    """A DataSync task that copies releases and verifies what it wrote; it runs when asked.

    It adds and mends, and never deletes: what is on the volume may be mounted.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        store: Where releases come from; read only.
        volume: Where they go.
        vpc: Network of the volume.
        log_group: What was copied, file by file.

    Attributes:
        task: For whoever publishes a release.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        store: ModelStore,
        volume: ModelVolume,
        vpc: ec2.IVpc,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)

        reader = self._role("Reader")
        # Not `bucket.grant_read`, which adds every action that begins with Get and List.
        reader.add_to_policy(
            iam.PolicyStatement(
                sid="ListReleases",
                actions=[
                    "s3:GetBucketLocation",
                    "s3:ListBucket",
                    "s3:ListBucketMultipartUploads",
                ],
                resources=[store.bucket.bucket_arn],
            )
        )
        releases = store.bucket.arn_for_objects(f"{RELEASES}/*")
        reader.add_to_policy(
            iam.PolicyStatement(
                sid="ReadReleases",
                actions=["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"],
                resources=[releases],
            )
        )
        if store.bucket.encryption_key:
            store.bucket.encryption_key.grant_decrypt(reader)
        acknowledge(
            reader,
            "every object of every release, and nothing else of the bucket",
            wildcard_resource(self, releases),
        )
        source = datasync.CfnLocationS3(
            self,
            "Source",
            s3_bucket_arn=store.bucket.bucket_arn,
            s3_config=datasync.CfnLocationS3.S3ConfigProperty(
                bucket_access_role_arn=reader.role_arn
            ),
        )
        source.node.add_dependency(reader)

        writer = self._role("Writer")
        volume.grant_write(writer)
        agents = ec2.SecurityGroup(
            self,
            "Agents",
            vpc=vpc,
            description="DataSync, which writes models to the volume",
            allow_all_outbound=False,
        )
        volume.file_system.connections.allow_default_port_from(agents, "NFS from DataSync")

        subnet = vpc.isolated_subnets[0]
        target = datasync.CfnLocationEFS(
            self,
            "Target",
            efs_filesystem_arn=volume.file_system.file_system_arn,
            access_point_arn=volume.access_point.access_point_arn,
            file_system_access_role_arn=writer.role_arn,
            in_transit_encryption="TLS1_2",
            ec2_config=datasync.CfnLocationEFS.Ec2ConfigProperty(
                security_group_arns=[
                    stack.format_arn(
                        service="ec2",
                        resource="security-group",
                        resource_name=agents.security_group_id,
                    )
                ],
                subnet_arn=stack.format_arn(
                    service="ec2", resource="subnet", resource_name=subnet.subnet_id
                ),
            ),
        )
        # It mounts once to see whether it can.
        target.node.add_dependency(volume.file_system.mount_targets_available, writer)

        log_group.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(_SERVICE)],
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log_group.log_group_arn],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
        self.task = datasync.CfnTask(
            self,
            "Resource",
            name=f"{stack.stack_name}-releases",
            source_location_arn=source.attr_location_arn,
            destination_location_arn=target.attr_location_arn,
            cloud_watch_log_group_arn=log_group.log_group_arn,
            # A filter, not a directory of the two locations: the volume has none at first.
            includes=[
                datasync.CfnTask.FilterRuleProperty(
                    filter_type="SIMPLE_PATTERN", value=f"/{RELEASES}"
                )
            ],
            options=datasync.CfnTask.OptionsProperty(
                verify_mode="ONLY_FILES_TRANSFERRED",
                # A release is immutable, so a file that differs is one that was cut short.
                overwrite_mode="ALWAYS",
                transfer_mode="CHANGED",
                preserve_deleted_files="PRESERVE",
                # The access point gives every file to the same user.
                uid="NONE",
                gid="NONE",
                posix_permissions="NONE",
                object_tags="NONE",
                log_level="TRANSFER",
            ),
        )

    def _role(self, construct_id: str) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                _SERVICE,
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                },
            ),
        )
