"""The file system that Triton pods mount their models from."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from serving.triton import CONTAINER_USER_ID

NFS_PORT = 2049

_OWNER = str(CONTAINER_USER_ID)


class ModelVolume(Construct):
    """An encrypted EFS that nobody mounts without TLS and an IAM permission.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        vpc: One mount target in each of its isolated subnets.
        key: Encrypts the files.
        removal_policy: What happens to the files when the construct goes.

    Attributes:
        file_system: The file system.
        access_point: Its directory ``/models``, in which every client is the same user.
        security_group: Lets nobody in by itself; the stack with the clients adds them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        key: kms.IKey,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)

        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="EFS of the models",
            allow_all_outbound=False,
        )
        self.file_system = efs.FileSystem(
            self,
            "Resource",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_group=self.security_group,
            encrypted=True,
            kms_key=key,
            throughput_mode=efs.ThroughputMode.ELASTIC,
            removal_policy=removal_policy,
            # The policy below allows nothing, so each client needs an IAM permission of its own.
            # CDK's way to shut anonymous clients out, False, would instead add a statement that
            # gives whoever may mount the right to write, as root.
            allow_anonymous_access=True,
            file_system_policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="TlsOnly",
                        effect=iam.Effect.DENY,
                        principals=[iam.AnyPrincipal()],
                        actions=["*"],
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    )
                ]
            ),
        )
        self.access_point = self.file_system.add_access_point(
            "Models",
            path="/models",
            posix_user=efs.PosixUser(uid=_OWNER, gid=_OWNER),
            create_acl=efs.Acl(owner_uid=_OWNER, owner_gid=_OWNER, permissions="755"),
        )

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let ``grantee`` mount the models, and read."""
        self._grant(grantee, "MountModels", "elasticfilesystem:ClientMount")

    def grant_write(self, grantee: iam.IGrantable) -> None:
        """Let ``grantee`` mount the models, read and write."""
        self._grant(
            grantee,
            "WriteModels",
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:ClientWrite",
        )

    def _grant(self, grantee: iam.IGrantable, sid: str, *actions: str) -> None:
        # Through this access point only: mounting the file system's root would show all of it.
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                sid=sid,
                actions=list(actions),
                resources=[self.file_system.file_system_arn],
                conditions={
                    "StringEquals": {
                        "elasticfilesystem:AccessPointArn": self.access_point.access_point_arn
                    }
                },
            )
        )
