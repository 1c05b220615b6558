"""Who may do what: people by IAM roles, pipelines by GitHub's identities."""

from typing import Annotated

from pydantic import Field, model_validator

from config.group import Group

PrincipalArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)/[\w+=,.@/-]+)$")
]
NumericId = Annotated[str, Field(pattern=r"^\d+$")]


class AccessSettings(Group):
    """Who may take the roles of the platform; empty: whom the account's own policies allow."""

    admins: tuple[PrincipalArn, ...] = Field(
        default=(), description="everything on the cluster, for emergencies"
    )
    operators: tuple[PrincipalArn, ...] = Field(
        default=(), description="change what runs in the platform's namespaces"
    )
    viewers: tuple[PrincipalArn, ...] = Field(
        default=(), description="look at everything but secrets"
    )


class GitHubSettings(Group):
    """The repository whose workflows may read and deploy this environment."""

    repository: str = Field(
        pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+$",
        description="owner/name",
    )
    owner_id: NumericId | None = Field(
        default=None, description="gh api repos/OWNER/NAME --jq .owner.id"
    )
    repository_id: NumericId | None = Field(
        default=None, description="gh api repos/OWNER/NAME --jq .id"
    )
    oidc_provider_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::\d{12}:oidc-provider/token\.actions\.githubusercontent\.com$",
        description="an account has one provider: name it if it exists. Default: make it",
    )

    @model_validator(mode="after")
    def _ids_come_together(self) -> "GitHubSettings":
        if (self.owner_id is None) != (self.repository_id is None):
            raise ValueError(
                "owner_id and repository_id go together: a repository made, renamed or moved "
                "after 2026-07-15 is known to AWS by both. Add the other, or remove both"
            )
        return self
