"""What GitHub's workflows may do here: read, or deploy through the CDK's own roles."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from config import GitHubSettings
from config.naming import (
    SECRETS_TO_FILL,
    cluster_name,
    repository_name,
    role_name,
    secret_name,
    stack_name,
)

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"

# The roles that `cdk bootstrap` makes and `cdk deploy` takes (aws-cdk, bootstrap-template.yaml).
_BOOTSTRAP_QUALIFIER = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
_BOOTSTRAP_ROLES = ("deploy", "file-publishing", "image-publishing", "lookup")

# What `tritonctl doctor` and `smoke` and `cdk diff` ask, none of it about data.
_READ_ANYTHING = [
    "acm:ListCertificates",
    "autoscaling:DescribeAutoScalingGroups",
    "cloudformation:DescribeStacks",
    "cloudformation:ListStacks",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNatGateways",
    "ec2:DescribeRegions",
    "ec2:DescribeVpcs",
    "eks:DescribeAddonVersions",
    "eks:DescribeClusterVersions",
    "iam:ListOpenIDConnectProviders",
    "servicequotas:GetServiceQuota",
    "servicequotas:ListServiceQuotas",
    "sts:GetCallerIdentity",
]


def subjects(github: GitHubSettings, claim: str) -> list[str]:
    """The exact ``sub`` claims of one event of one repository.

    A repository that was made, renamed or transferred after 2026-07-15 sends its owner's and its
    own id with the names; an older one sends the names only (docs.github.com, "OpenID Connect
    reference"). Both are exact, so no other repository matches, even one that takes over an
    abandoned name: being new, it sends ids, and not these.

    Args:
        github: Names and, where known, ids.
        claim: What follows the repository: ``pull_request`` or ``environment:prod``.
    """
    owner, name = github.repository.split("/")
    found = [f"repo:{owner}/{name}:{claim}"]
    if github.owner_id is not None:
        found.append(f"repo:{owner}@{github.owner_id}/{name}@{github.repository_id}:{claim}")
    return found


class GitHubRoles(Construct):
    """GitHub's identity provider and two roles: one reads, one deploys.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        github: The repository.
        environment: Name of the GitHub environment, which is that of ours.

    Attributes:
        read: For pull requests and the checks around a deployment; publishes nothing.
        deploy: For jobs of the protected environment; may only take the CDK's bootstrap roles.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, github: GitHubSettings, environment: str
    ) -> None:
        super().__init__(scope, construct_id)
        provider_arn = github.oidc_provider_arn
        if provider_arn is None:
            provider = iam.OidcProviderNative(
                self,
                "Provider",
                url=f"https://{_ISSUER}",
                client_ids=[_AUDIENCE],
                # Other environments of the account may trust it as well.
                removal_policy=cdk.RemovalPolicy.RETAIN,
            )
            provider_arn = provider.oidc_provider_arn
        in_environment = subjects(github, f"environment:{environment}")

        self.read = iam.Role(
            self,
            "Read",
            role_name=role_name(environment, "github-read"),
            description="Reads what is deployed; publishes nothing",
            assumed_by=_federated(
                provider_arn, [*subjects(github, "pull_request"), *in_environment]
            ),
            max_session_duration=cdk.Duration.hours(1),
        )
        for statement in _read_statements(cdk.Stack.of(self), environment):
            self.read.add_to_policy(statement)
        cdk.Validations.of(self.read).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="describing and listing actions that know no resource",
            ),
        )

        self.deploy = iam.Role(
            self,
            "Deploy",
            role_name=role_name(environment, "github-deploy"),
            description="May only take the roles of cdk bootstrap",
            assumed_by=_federated(provider_arn, in_environment),
            max_session_duration=cdk.Duration.hours(2),
        )
        stack = cdk.Stack.of(self)
        self.deploy.add_to_policy(
            iam.PolicyStatement(
                sid="TakeBootstrapRoles",
                actions=["sts:AssumeRole"],
                resources=[
                    stack.format_arn(
                        service="iam",
                        region="",
                        resource="role",
                        resource_name=f"cdk-{_BOOTSTRAP_QUALIFIER}-{role}-role-"
                        f"{stack.account}-{stack.region}",
                    )
                    for role in _BOOTSTRAP_ROLES
                ],
            )
        )


def _federated(provider_arn: str, allowed: list[str]) -> iam.IPrincipal:
    return iam.WebIdentityPrincipal(
        provider_arn,
        conditions={"StringEquals": {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": allowed}},
    )


def _read_statements(stack: cdk.Stack, environment: str) -> list[iam.PolicyStatement]:
    def arn(service: str, resource: str, name: str, *, region: str | None = None) -> str:
        return stack.format_arn(
            service=service, resource=resource, resource_name=name, region=region
        )

    cluster = cluster_name(environment)
    return [
        iam.PolicyStatement(sid="Describe", actions=_READ_ANYTHING, resources=["*"]),
        iam.PolicyStatement(
            sid="Templates",
            actions=[
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResources",
                "cloudformation:GetTemplate",
                "cloudformation:ListStackResources",
            ],
            resources=[arn("cloudformation", "stack", stack_name(environment, "*"))],
        ),
        iam.PolicyStatement(
            sid="Cluster",
            actions=[
                "eks:DescribeAddon",
                "eks:DescribeCluster",
                "eks:DescribeNodegroup",
                "eks:ListAddons",
                "eks:ListNodegroups",
            ],
            resources=[
                arn("eks", "cluster", cluster),
                arn("eks", "addon", f"{cluster}/*"),
                arn("eks", "nodegroup", f"{cluster}/*"),
            ],
        ),
        iam.PolicyStatement(
            sid="Images",
            actions=["ecr:DescribeImages", "ecr:DescribeImageScanFindings"],
            resources=[arn("ecr", "repository", repository_name(environment, "*"))],
        ),
        iam.PolicyStatement(
            sid="SecretsWithoutValues",
            actions=["secretsmanager:DescribeSecret"],
            resources=[
                stack.format_arn(
                    service="secretsmanager",
                    resource="secret",
                    resource_name=f"{secret_name(environment, secret)}-*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
                for secret in SECRETS_TO_FILL
            ],
        ),
        iam.PolicyStatement(
            sid="Bootstrap",
            actions=["ssm:GetParameter"],
            resources=[arn("ssm", "parameter", f"cdk-bootstrap/{_BOOTSTRAP_QUALIFIER}/version")],
        ),
        iam.PolicyStatement(
            sid="Roles",
            actions=["iam:GetRole", "iam:ListAttachedRolePolicies"],
            resources=[
                arn("iam", "role", f"cdk-{_BOOTSTRAP_QUALIFIER}-*", region=""),
                arn("iam", "role", "aws-service-role/*", region=""),
            ],
        ),
    ]
