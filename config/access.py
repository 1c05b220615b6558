"""Who may do what: people by IAM roles, pipelines by GitHub's identities."""

from typing import Annotated

from pydantic import Field, model_validator

from config.group import Distinct, Group

PrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[\w+=,.@/-]+)$",
        description="the ARN of a role, a user or an account",
        examples=["arn:aws:iam::111122223333:role/platform"],
    ),
]
NumericId = Annotated[str, Field(pattern=r"^[0-9]+$")]


class AccessSettings(Group):
    """Who may take the roles of the platform; empty: whom the account's own policies allow."""

    admins: Distinct[PrincipalArn] = Field(
        default=(), description="everything on the cluster, for emergencies"
    )
    operators: Distinct[PrincipalArn] = Field(
        default=(), description="change what runs in the platform's namespaces"
    )
    viewers: Distinct[PrincipalArn] = Field(
        default=(), description="look at everything but secrets"
    )


class GitHubSettings(Group):
    """The repository whose workflows may read and deploy this environment."""

    repository: str = Field(
        pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+$",
        description="owner/name",
        examples=["acme/triton"],
    )
    owner_id: NumericId | None = Field(
        default=None,
        description="the number from `gh api repos/OWNER/NAME --jq .owner.id`, in quotes",
        examples=["1234567"],
    )
    repository_id: NumericId | None = Field(
        default=None,
        description="the number from `gh api repos/OWNER/NAME --jq .id`, in quotes",
        examples=["123456789"],
    )
    oidc_provider_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$",
        description="the ARN of the account's identity provider for GitHub. An account can have "
        "only one: name it if it exists. Default: make it",
        examples=["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"],
    )

    @model_validator(mode="after")
    def _ids_come_together(self) -> "GitHubSettings":
        if (self.owner_id is None) != (self.repository_id is None):
            raise ValueError(
                "owner_id and repository_id go together: a repository made, renamed or moved "
                "after 2026-07-15 is known to AWS by both. Add the other, or remove both"
            )
        return self
