"""What everything else is protected with: keys, secrets, roles and their upper bound."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from config import Settings
from platform_constructs.access_log_bucket import AccessLogBucket
from platform_constructs.access_roles import AccessRoles
from platform_constructs.encryption_key import EncryptionKey
from platform_constructs.github_roles import GitHubRoles
from platform_constructs.permissions_boundary import PermissionsBoundary
from platform_constructs.platform_secrets import PlatformSecrets
from platform_constructs.spending_budget import SpendingBudget
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Keys, Safeguards


class SecurityStack(PlatformStack):
    """Keys, secrets, the boundary, and the roles of people and pipelines; deployed first.

    Args:
        scope: The app.
        settings: The environment.

    Attributes:
        safeguards: What protects the other stacks.
        roles: Admin, operator and viewer of the cluster.
        secrets: By name.
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "security", settings=settings)
        environment = settings.name

        keys = Keys(
            kubernetes=self._key("KubernetesKey", "Kubernetes secrets", via=()),
            # Auto Scaling launches nodes by a role of its own, which has no policy of ours.
            disks=self._key("DisksKey", "disks of nodes", via=("ec2",), any_caller=True),
            files=self._key("FilesKey", "model volume", via=("elasticfilesystem", "backup")),
            objects=self._key("ObjectsKey", "buckets", via=("s3",)),
            images=self._key("ImagesKey", "container images", via=("ecr",)),
            logs=self._key("LogsKey", "logs", via=(), log_groups=True),
            secrets=self._key("SecretsKey", "secrets", via=("secretsmanager",)),
        )
        access_logs = AccessLogBucket(
            self,
            "AccessLogs",
            retention_days=settings.data.log_retention_days,
            removal_policy=self.data_policy,
        )
        self.safeguards = Safeguards(
            boundary=PermissionsBoundary(self, "Boundary", environment=environment).policy,
            keys=keys,
            access_logs_name=access_logs.bucket.bucket_name,
        )
        self.guard(settings, self.safeguards)

        self.secrets = PlatformSecrets(
            self,
            "Secrets",
            environment=environment,
            key=keys.secrets,
            removal_policy=self.data_policy,
        ).secrets
        self.roles = AccessRoles(self, "Access", access=settings.access, environment=environment)
        if settings.github:
            github = GitHubRoles(self, "GitHub", github=settings.github, environment=environment)
            cdk.CfnOutput(self, "GitHubDeployRole", value=github.deploy.role_arn)
            cdk.CfnOutput(self, "GitHubReadRole", value=github.read.role_arn)
        if settings.budget:
            SpendingBudget(self, "Budget", budget=settings.budget, environment=environment)

    def _key(
        self,
        construct_id: str,
        protects: str,
        *,
        via: tuple[str, ...],
        any_caller: bool = False,
        log_groups: bool = False,
    ) -> kms.IKey:
        return EncryptionKey(
            self,
            construct_id,
            description=f"{self.stack_name}: {protects}",
            removal_policy=self.data_policy,
            via=via,
            any_caller=any_caller,
            log_groups=log_groups,
        ).key
