"""The most that any role of an environment can ever do."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from config.naming import boundary_name
from platform_constructs.acknowledgement import acknowledge

# The services that the platform's roles act on. Of IAM they read, and let a service make the role
# that is linked to it. They make no role or policy, and hand none on: who passes a role to a
# service can do what the role can.
_SERVICES = [
    "acm",
    "application-autoscaling",
    "autoscaling",
    "backup",
    "backup-storage",
    "ce",
    "cloudformation",
    "cloudwatch",
    "codebuild",
    "codeconnections",
    "codepipeline",
    "codestar-connections",
    "cognito-idp",
    "datasync",
    "ec2",
    "ec2messages",
    "ecr",
    "ecr-public",
    "eks",
    "eks-auth",
    "elasticfilesystem",
    "elasticloadbalancing",
    "kms",
    "lambda",
    "logs",
    "route53",
    "s3",
    "secretsmanager",
    "servicequotas",
    "shield",
    "sns",
    "ssm",
    "ssmmessages",
    "sts",
    "tag",
    "waf-regional",
    "wafv2",
    "xray",
]
_IAM = ["iam:CreateServiceLinkedRole", "iam:Get*", "iam:List*"]


class PermissionsBoundary(Construct):
    """A managed policy that is the upper bound of every role in its scope.

    It grants nothing by itself. What it keeps out: making users, roles, policies and keys to the
    account, handing roles on, leaving the organization, changing what is billed.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        environment: Part of the policy's name, which the policy of ``cdk bootstrap`` refers to.

    Attributes:
        policy: The managed policy.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: str) -> None:
        super().__init__(scope, construct_id)

        self.policy = iam.ManagedPolicy(
            self,
            "Resource",
            managed_policy_name=boundary_name(environment),
            description="Upper bound of every role of the platform; grants nothing",
            statements=[
                iam.PolicyStatement(
                    sid="Services",
                    actions=[f"{service}:*" for service in _SERVICES],
                    resources=["*"],
                ),
                iam.PolicyStatement(sid="Iam", actions=_IAM, resources=["*"]),
            ],
        )
        acknowledge(
            self.policy,
            "a boundary grants nothing: it says, by service, what no role's own policy can exceed",
            *(f"AwsSolutions-IAM5[Action::{service}:*]" for service in _SERVICES),
            "AwsSolutions-IAM5[Action::iam:Get*]",
            "AwsSolutions-IAM5[Action::iam:List*]",
            "AwsSolutions-IAM5[Resource::*]",
        )
