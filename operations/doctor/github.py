"""Whether workflows on GitHub can take the environment's roles."""

from collections.abc import Iterator

from config import GitHubSettings
from config.naming import stack_name
from operations.aws.account import Account
from operations.finding import Finding, fail, ok, skip, warn

TITLE = "GitHub"
PROVIDER = "GitHub provider"

_HOST = "token.actions.githubusercontent.com"


def check_github(github: GitHubSettings | None, *, file: str) -> Iterator[Finding]:
    """Is a repository named, and by numbers that no other repository can take over?"""
    if github is None:
        yield skip(
            TITLE,
            f"{file} has no [github]",
            "no workflow may deploy this environment; people can",
        )
    elif github.repository_id is None:
        repository = github.repository
        yield warn(
            TITLE,
            f"{repository} is known by its name only",
            "GitHub names newer repositories with their numbers, which the roles then refuse; and "
            "a name can be taken over when it is given up",
            f"{file}: github.owner_id: gh api repos/{repository} --jq .owner.id",
            f"{file}: github.repository_id: gh api repos/{repository} --jq .id",
        )
    else:
        yield ok(TITLE, f"{github.repository}, by owner and repository id")


def check_provider(
    account: Account, environment: str, github: GitHubSettings | None, *, file: str
) -> Iterator[Finding]:
    """Does the account have GitHub's identity provider exactly where it is expected?"""
    if github is None:
        yield skip(PROVIDER, f"{file} has no [github]")
        return
    providers = account.ask("iam", "list_open_id_connect_providers")
    arns = [one["Arn"] for one in providers["OpenIDConnectProviderList"]]
    present = next((arn for arn in arns if arn.endswith(f":oidc-provider/{_HOST}")), None)
    named = github.oidc_provider_arn
    if named:
        if named in arns:
            yield ok(PROVIDER, f"{named} is there")
        else:
            yield fail(
                PROVIDER,
                f"{named} is not in this account",
                "no workflow could take a role",
                f'{file}: github.oidc_provider_arn = "{present}"'
                if present
                else f"{file}: remove github.oidc_provider_arn: the security stack makes one",
            )
    elif present is None:
        yield ok(PROVIDER, "the account has none: the security stack makes it")
    elif _owned(account, environment, present):
        yield ok(PROVIDER, f"{present} is the security stack's own")
    else:
        yield fail(
            PROVIDER,
            f"the account has one already: {present}",
            "an account can have one only: the security stack would fail to make another",
            f'{file}: github.oidc_provider_arn = "{present}"',
        )


def _owned(account: Account, environment: str, arn: str) -> bool:
    resources = account.ask_all(
        "cloudformation",
        "list_stack_resources",
        "StackResourceSummaries",
        absent=("ValidationError",),  # there is no such stack
        StackName=stack_name(environment, "security"),
    )
    return any(one.get("PhysicalResourceId") == arn for one in resources)
