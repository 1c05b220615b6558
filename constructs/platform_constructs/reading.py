"""The permission to see how a platform is, and nothing of what it holds."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from config.naming import (
    SECRETS_TO_FILL,
    cluster_name,
    repository_name,
    secret_name,
    stack_name,
)
from platform_constructs.acknowledgement import acknowledge, wildcard_resource

BOOTSTRAP_QUALIFIER = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER

# Describing and listing actions that know no resource.
_READ_ANYTHING = [
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    "backup:ListBackupVaults",
    "ce:ListCostAllocationTags",
    "cloudformation:DescribeStacks",
    "cloudformation:ListStacks",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNatGateways",
    "ec2:DescribeRegions",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "eks:DescribeAddonVersions",
    "iam:ListOpenIDConnectProviders",
    "logs:DescribeLogGroups",
    "route53:GetHostedZone",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "sts:GetCallerIdentity",
]


def grant_reading(role: iam.Role, environment: str) -> None:
    """Let ``role`` ask what `tritonctl doctor`, `tritonctl smoke` and `cdk diff` ask.

    Args:
        role: Whom to let.
        environment: Whose stacks, cluster, images and secrets, the latter without their values.
    """
    statements = _statements(cdk.Stack.of(role), environment)
    for statement in statements:
        role.add_to_policy(statement)
    acknowledge(
        role,
        "describing and listing actions that know no resource; and names that AWS completes",
        *(
            wildcard_resource(role, resource)
            for statement in statements
            for resource in statement.resources
            if "*" in resource
        ),
    )


def _statements(stack: cdk.Stack, environment: str) -> list[iam.PolicyStatement]:
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
                    resource_name=f"{secret_name(environment, secret)}{suffix}",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
                for secret in SECRETS_TO_FILL
                # AWS completes the name of a secret; one that is not there is asked by name.
                for suffix in ("", "-*")
            ],
        ),
        iam.PolicyStatement(
            sid="Bootstrap",
            actions=["ssm:GetParameter"],
            resources=[arn("ssm", "parameter", f"cdk-bootstrap/{BOOTSTRAP_QUALIFIER}/version")],
        ),
        iam.PolicyStatement(
            sid="Roles",
            actions=["iam:GetRole", "iam:ListAttachedRolePolicies"],
            resources=[
                arn("iam", "role", f"cdk-{BOOTSTRAP_QUALIFIER}-*", region=""),
                arn("iam", "role", "aws-service-role/*", region=""),
                # The name alone, of a role that is not there yet.
                arn("iam", "role", "AWSServiceRoleFor*", region=""),
            ],
        ),
    ]
