"""Copies of other people's images, by digest, with a list of what is in them."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources as cr
from constructs import Construct

from config import Image
from platform_constructs.access_log_bucket import logged_to
from platform_constructs.acknowledgement import acknowledge, wildcard_resource
from platform_constructs.private_bucket import private_bucket

_SCRIPT = Path(__file__).with_suffix(".sh")
_SBOMS = "sboms"


class ImageMirror(Construct):
    """A build that copies images into repositories of ours; it starts when a pin changes.

    A deployment does not wait for it: a pod that comes too early finds no image and is tried
    again.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        name: Name of the build project, by which people start it.
        images: What to copy, by the name of its repository here.
        repositories: Where to, by the same names.
        syft_version: Version of the program that lists what is in an image.
        key: Encrypts the lists.
        access_logs_name: Bucket that takes the access logs.
        log_group: What the build says.
        removal_policy: What happens to the lists when the construct goes.

    Attributes:
        project: The build.
        sboms: The bucket of the lists, as SPDX: ``sboms/<name>/<digest>.spdx.json``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        images: Mapping[str, Image],
        repositories: Mapping[str, ecr.IRepository],
        syft_version: str,
        key: kms.IKey,
        access_logs_name: str,
        log_group: logs.ILogGroup,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.sboms = private_bucket(
            self,
            "Sboms",
            key=key,
            access_logs=logged_to(access_logs_name, self),
            access_logs_prefix="sboms/",
            lifecycle_rules=[
                # A list is named by its digest, so another version of it says the same.
                s3.LifecycleRule(
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=removal_policy,
        )
        wanted = [
            {
                "name": image_name,
                "source": image.source,
                "tag": image.tag,
                "digest": image.digest,
                "repository": repositories[image_name].repository_uri,
            }
            for image_name, image in images.items()
        ]
        self.project = codebuild.Project(
            self,
            "Resource",
            project_name=name,
            description="Copies upstream images by digest and lists what is in them",
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxBuildImage.STANDARD_8_0,
                # The Triton image is unpacked once, to be listed.
                compute_type=codebuild.ComputeType.LARGE,
            ),
            environment_variables={
                "IMAGES": codebuild.BuildEnvironmentVariable(
                    value=cdk.Stack.of(self).to_json_string(wanted)
                ),
                "SBOM_LOCATION": codebuild.BuildEnvironmentVariable(
                    value=self.sboms.s3_url_for_object(_SBOMS)
                ),
                "SYFT_VERSION": codebuild.BuildEnvironmentVariable(value=syft_version),
            },
            build_spec=codebuild.BuildSpec.from_object(
                {
                    "version": "0.2",
                    "env": {"shell": "bash"},
                    "phases": {
                        "install": {"commands": [_written("mirror.sh"), "./mirror.sh install"]},
                        "build": {"commands": ["./mirror.sh mirror"]},
                    },
                }
            ),
            logging=codebuild.LoggingOptions(
                cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log_group)
            ),
            timeout=cdk.Duration.hours(2),
            grant_report_group_permissions=False,
        )
        acknowledge(
            self.project,
            "it leaves no artifacts: images and lists are encrypted where they go",
            "AwsSolutions-CB4",
        )
        acknowledge(
            self.project,
            "asking the registry for a password knows no resource; streams of its own log",
            "AwsSolutions-IAM5[Resource::*]",
            wildcard_resource(
                self,
                cdk.Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=f"/aws/codebuild/{self.project.project_name}:*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                ),
            ),
        )
        for repository in repositories.values():
            repository.grant_pull_push(self.project)
        self._let_it_write_lists(key)
        self._start_when_changed(images)

    def _let_it_write_lists(self, key: kms.IKey) -> None:
        lists = self.sboms.arn_for_objects(f"{_SBOMS}/*")
        for statement in (
            iam.PolicyStatement(
                sid="Lists",
                actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
                resources=[lists],
            ),
            # Without it a list that is not there yet is "forbidden", not "not found".
            iam.PolicyStatement(
                sid="Bucket", actions=["s3:ListBucket"], resources=[self.sboms.bucket_arn]
            ),
            iam.PolicyStatement(
                sid="Key",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[key.key_arn],
            ),
        ):
            self.project.add_to_role_policy(statement)
        acknowledge(
            self.project,
            "the lists, and nothing else of the bucket",
            wildcard_resource(self, lists),
        )

    def _start_when_changed(self, images: Mapping[str, Image]) -> None:
        # The repositories' addresses are tokens; what decides is what is copied.
        pins = json.dumps({name: image.digest for name, image in images.items()}, sort_keys=True)
        script = _SCRIPT.read_text(encoding="utf-8")
        version = hashlib.sha256((pins + script).encode()).hexdigest()[:16]
        start = cr.AwsSdkCall(
            service="CodeBuild",
            action="startBuild",
            parameters={"projectName": self.project.project_name, "idempotencyToken": version},
            output_paths=["build.id"],
            physical_resource_id=cr.PhysicalResourceId.of(version),
        )
        started = cr.AwsCustomResource(
            self,
            "Start",
            on_create=start,
            on_update=start,
            install_latest_aws_sdk=False,
            policy=cr.AwsCustomResourcePolicy.from_statements(
                [
                    iam.PolicyStatement(
                        actions=["codebuild:StartBuild"], resources=[self.project.project_arn]
                    )
                ]
            ),
        )
        started.node.add_dependency(self.project)


def _written(path: str) -> str:
    """The command that writes the script on the machine of the build, which has no source."""
    script = _SCRIPT.read_text(encoding="utf-8")
    return f"cat > {path} <<'END_OF_SCRIPT'\n{script}END_OF_SCRIPT\nchmod +x {path}"
