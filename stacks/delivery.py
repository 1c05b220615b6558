"""A pipeline on AWS, beside GitHub's workflows: staging, a look at it, a person's word, prod."""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines
from constructs import Construct

from config import ConfigError, Settings, Versions
from config.naming import DELIVERY_STACK, boundary_name
from platform_constructs.acknowledgement import acknowledge, wildcard_resource
from platform_constructs.encryption_key import EncryptionKey
from platform_constructs.log_group import EncryptedLogGroup
from platform_constructs.private_bucket import private_bucket
from platform_constructs.reading import grant_reading
from stacks.assembly import assemble
from stacks.platform_stack import PlatformStack

# The newest Python that the Triton wheel has stubs for; `setup.sh` finds it.
_RUNTIME = {"phases": {"install": {"runtime-versions": {"python": "3.12"}}}}


# Where the CDK CLI is pinned; CDK would install the newest one.
_PACKAGES = Path(__file__).parents[1] / "package.json"


class EnvironmentStage(cdk.Stage):
    """All stacks of one environment, which the pipeline deploys in order."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, versions: Versions
    ) -> None:
        super().__init__(scope, construct_id)
        assemble(self, settings=settings, versions=versions)


class DeliveryStack(PlatformStack):
    """The pipeline; it changes itself when its definition in the branch changes.

    It shares nothing with the stacks that it deploys but the name of their boundary: a reference
    would be an export that the pipeline's own version of those stacks does not have.

    Args:
        scope: The app.
        staging: What is deployed first.
        prod: What is deployed after a person approved; names repository, branch and connection.
        versions: Every pin.

    Raises:
        ConfigError: ``prod`` has no ``delivery`` or ``github``, or the two environments are not in
            one account and region.
    """

    def __init__(
        self, scope: Construct, *, staging: Settings, prod: Settings, versions: Versions
    ) -> None:
        super().__init__(scope, DELIVERY_STACK, settings=prod)
        if not prod.delivery or not prod.github:
            raise ConfigError("the pipeline needs [delivery] and [github] in prod.toml: add them")
        places = {(one.account, one.region) for one in (staging, prod)}
        if len(places) > 1:
            raise ConfigError(
                f"staging is in {_place(staging)} and prod in {_place(prod)}: the pipeline deploys "
                "to the account and region that it is in. Make them equal, or use GitHub's "
                "workflows and leave out [delivery]"
            )
        self._artifacts = self._artifact_bucket()
        boundary = iam.ManagedPolicy.from_managed_policy_name(
            self, "Boundary", boundary_name(prod.name)
        )
        iam.PermissionsBoundary.of(self).apply(boundary)

        pipeline = pipelines.CodePipeline(
            self,
            "Pipeline",
            synth=pipelines.ShellStep(
                "Synth",
                input=pipelines.CodePipelineSource.connection(
                    prod.github.repository,
                    prod.delivery.branch,
                    connection_arn=prod.delivery.connection_arn,
                    # With its history: `make check` asks git what changed.
                    code_build_clone_output=True,
                ),
                commands=["make check", "make test", f"make synth ENV={prod.name}"],
                primary_output_directory=f"cdk.out/{prod.name}",
            ),
            artifact_bucket=self._artifacts,
            code_build_defaults=pipelines.CodeBuildOptions(
                build_environment=codebuild.BuildEnvironment(
                    build_image=codebuild.LinuxBuildImage.STANDARD_8_0,
                    compute_type=codebuild.ComputeType.LARGE,
                ),
                partial_build_spec=codebuild.BuildSpec.from_object(_RUNTIME),
                logging=codebuild.LoggingOptions(
                    cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=self._build_log(prod))
                ),
            ),
            asset_publishing_code_build_defaults=pipelines.CodeBuildOptions(
                role_policy=[
                    # CDK lets the builds that publish assets start every build of the account. It
                    # drops a statement with the same actions in the same order.
                    iam.PolicyStatement(
                        sid="StartNoBuild",
                        effect=iam.Effect.DENY,
                        actions=[
                            "codebuild:StartBuild",
                            "codebuild:StopBuild",
                            "codebuild:BatchGetBuilds",
                        ],
                        resources=["*"],
                    )
                ]
            ),
            cli_version=_cdk_version(),
            cdk_assets_cli_version=versions.tools.cdk_assets,
            # One deployment after the other: two would wait for each other's stacks.
            use_change_sets=True,
        )
        pipeline.add_stage(
            EnvironmentStage(self, "Staging", settings=staging, versions=versions),
            post=[self._smoke(staging)],
        )
        pipeline.add_stage(
            EnvironmentStage(self, "Prod", settings=prod, versions=versions),
            pre=[
                pipelines.ManualApprovalStep(
                    "Approve", comment="staging answers; what will change: see the pull request"
                )
            ],
            post=[self._smoke(prod)],
        )
        pipeline.build_pipeline()
        self._acknowledge_cdk_parts()

    def _smoke(self, settings: Settings) -> pipelines.CodeBuildStep:
        role = iam.Role(
            self,
            f"SmokeRole-{settings.name}",
            assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"),
        )
        grant_reading(role, settings.name)
        return pipelines.CodeBuildStep(
            f"Smoke-{settings.name}",
            commands=["./setup.sh", f".venv/bin/tritonctl smoke -e {settings.name} --wait 30"],
            role=role,
        )

    def _build_log(self, settings: Settings) -> logs.ILogGroup:
        # Without it each build makes a group of its own, without an end and without a key.
        key = EncryptionKey(
            self,
            "LogKey",
            description=f"{self.stack_name}: logs of builds",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            log_groups=True,
        ).key
        return EncryptedLogGroup(
            self,
            "BuildLog",
            key=key,
            retention_days=settings.data.log_retention_days,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        ).group

    def _artifact_bucket(self) -> s3.Bucket:
        key = EncryptionKey(
            self,
            "ArtifactsKey",
            description=f"{self.stack_name}: source and templates on their way",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            via=("s3",),
        ).key
        bucket = private_bucket(
            self,
            "Artifacts",
            key=key,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(30),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(bucket, "what passes through is in the repository anyway", "AwsSolutions-S1")
        return bucket

    def _acknowledge_cdk_parts(self) -> None:
        actions = (
            "s3:Abort*",
            "s3:DeleteObject*",
            "s3:GetBucket*",
            "s3:GetObject*",
            "s3:List*",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        )
        acknowledge(
            self,
            "CDK's grants on the pipeline's own artifacts, each only what its action needs",
            *(f"AwsSolutions-IAM5[Action::{action}]" for action in actions),
            wildcard_resource(self, self._artifacts.arn_for_objects("*")),
        )
        acknowledge(
            self,
            "CDK's pipeline takes the roles that `cdk bootstrap` tagged as its own, and describes "
            "stacks to change itself",
            wildcard_resource(self, f"arn:*:iam::{self.account}:role/*"),
            "AwsSolutions-IAM5[Resource::*]",
        )
        projects = [
            node.ref
            for node in self.node.find_child("Pipeline").node.find_all()
            if isinstance(node, codebuild.CfnProject) and "Assets" not in node.node.path.split("/")
        ]
        log_groups, reports = (
            self.format_arn(
                service="logs",
                resource="log-group",
                resource_name="/aws/codebuild/",
                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
            ),
            self.format_arn(service="codebuild", resource="report-group", resource_name=""),
        )
        acknowledge(
            self,
            "a build writes to its log and reports; all that publish assets share a role",
            *(wildcard_resource(self, f"{log_groups}{project}:*") for project in projects),
            *(wildcard_resource(self, f"{reports}{project}-*") for project in projects),
            wildcard_resource(self, f"{log_groups}*"),
            wildcard_resource(self, f"{reports}*"),
        )


def _place(settings: Settings) -> str:
    return f"account {settings.account or '(any)'}, {settings.region}"


def _cdk_version() -> str:
    packages = json.loads(_PACKAGES.read_text(encoding="utf-8"))
    return str(packages["devDependencies"]["aws-cdk"])
