"""What GitHub's workflows may do here: read, or deploy through the CDK's own roles."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from config import GitHubSettings
from config.naming import role_name
from platform_constructs.reading import BOOTSTRAP_QUALIFIER, grant_reading

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"

# The roles that `cdk bootstrap` makes and `cdk deploy` takes (aws-cdk, bootstrap-template.yaml).
_BOOTSTRAP_ROLES = ("deploy", "file-publishing", "image-publishing", "lookup")


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
        grant_reading(self.read, environment)

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
                        resource_name=f"cdk-{BOOTSTRAP_QUALIFIER}-{role}-role-"
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
