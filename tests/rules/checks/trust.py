"""Who may become a role, and whom a resource lets in by itself."""

from collections.abc import Iterator

from config.naming import role_name
from tests.rules.deployment import ACCOUNT, Deployment
from tests.rules.statements import Statement, resource_policies, trusts

_GITHUB = "token.actions.githubusercontent.com"
_WORKLOAD = "system:serviceaccount:"

# Services that name the account they act for; without asking, anybody's use of them is let in.
_NAMES_ITS_ACCOUNT = frozenset({"datasync", "logging.s3", "vpc-flow-logs"})
# These are handed a role by `iam:PassRole`, which ends at the account; CDK makes most such roles.
_TAKES_WHAT_IT_WAS_PASSED = frozenset(
    {"backup", "codebuild", "codepipeline", "ec2", "eks", "lambda"}
)


def federated_trust_names_exact_subjects(deployment: Deployment) -> Iterator[str]:
    """GitHub's and Kubernetes' identities: one audience, whole subjects, no other operator."""
    for trust in _federated(deployment):
        if trust.actions != ("sts:AssumeRoleWithWebIdentity",):
            yield f"{trust.holder} may be taken by {', '.join(trust.actions)}"
        if set(trust.conditions) != {"StringEquals"}:
            yield f"{trust.holder} compares with {', '.join(trust.conditions) or 'nothing'}"
        # Of this issuer: another one's claims are in none of its tokens.
        issuer = _issuer(deployment, trust)
        audiences, subjects = (trust.demanded(f"{issuer}:{claim}") for claim in ("aud", "sub"))
        if audiences != ("sts.amazonaws.com",):
            yield f"{trust.holder} is for the audience {', '.join(audiences)}"
        if not subjects:
            yield f"{trust.holder} names no subject"
        for subject in subjects:
            if not subject or any(sign in subject for sign in "*?$"):
                yield f"{trust.holder} names the subject {subject!r}"


def github_is_trusted_by_two_roles_only(deployment: Deployment) -> Iterator[str]:
    """The role that reads and the one that deploys; the latter for the environment only."""
    environment = deployment.settings.name
    read, deploy = (role_name(environment, f"github-{kind}") for kind in ("read", "deploy"))
    github = deployment.settings.github
    for trust in _federated(deployment):
        subjects = _subjects(trust, _GITHUB)
        if not subjects:
            continue
        name = trust.holder.properties.get("RoleName")
        if name not in (read, deploy):
            yield f"{trust.holder} trusts GitHub"
        events = {subject.rpartition(":environment:")[2] for subject in subjects}
        if name == deploy and events != {environment}:
            yield f"{trust.holder} may be taken for {', '.join(sorted(subjects))}"
        for subject in subjects:
            repository = subject.split(":")[1]
            if not github or not _is_repository(repository, github.repository):
                yield f"{trust.holder} trusts the repository {repository}"


def a_workload_role_is_for_accounts_of_one_namespace(deployment: Deployment) -> Iterator[str]:
    """IRSA: whole names of service accounts, and of one namespace."""
    for trust in _federated(deployment):
        if _subjects(trust, _GITHUB):
            continue
        subjects = [
            s for key in trust.conditions.get("StringEquals", {}) for s in trust.demanded(key)
        ]
        accounts = [s for s in subjects if s != "sts.amazonaws.com"]
        names = [s.removeprefix(_WORKLOAD).split(":") for s in accounts]
        if not all(s.startswith(_WORKLOAD) for s in accounts) or any(len(n) != 2 for n in names):
            yield f"{trust.holder} is for {', '.join(accounts)}"
        elif len({namespace for namespace, _ in names}) != 1:
            yield f"{trust.holder} is for several namespaces: {', '.join(accounts)}"


def nobody_from_elsewhere_is_trusted(deployment: Deployment) -> Iterator[str]:
    """People and roles: this account's, and whom the settings name."""
    own = f"arn:aws:iam::{deployment.settings.account or ACCOUNT}:root"
    access = deployment.settings.access
    named = {own, *access.admins, *access.operators, *access.viewers}
    for trust in trusts(deployment):
        for kind, who in trust.principals:
            role = who.startswith(f"<{trust.holder.stack}/")
            if kind == "AWS" and who not in named and not role:
                yield f"{trust.holder} trusts {who}"


def services_act_for_our_account_only(deployment: Deployment) -> Iterator[str]:
    """No service does for somebody else what it may do for us (the confused deputy)."""
    account = (deployment.settings.account or ACCOUNT,)
    for trust in (*trusts(deployment), *resource_policies(deployment)):
        for kind, who in trust.principals:
            if kind != "Service" or not trust.allows:
                continue
            service = who.removesuffix(".amazonaws.com")
            if service in _NAMES_ITS_ACCOUNT:
                if trust.demanded("aws:SourceAccount") != account:
                    yield f"{trust.holder} lets {who} act for any account"
            elif service == f"logs.{deployment.settings.region}":
                # Its context is the log group, whose ARN has the account.
                context = trust.conditions.get("ArnLike", {})
                arns = context.get("kms:EncryptionContext:aws:logs:arn", ())
                if not arns or not all(f":{account[0]}:" in arn for arn in arns):
                    yield f"{trust.holder} lets {who} act for any account"
            elif service not in _TAKES_WHAT_IT_WAS_PASSED:
                yield f"{trust.holder} trusts {who}: does it name the account it acts for?"


def no_resource_is_open_to_everybody(deployment: Deployment) -> Iterator[str]:
    """A policy of a resource allows ``*`` only for callers of this account."""
    account = (deployment.settings.account or ACCOUNT,)
    for statement in resource_policies(deployment):
        everybody = statement.allows and ("AWS", "*") in statement.principals
        if everybody and statement.demanded("kms:CallerAccount") != account:
            yield f"{statement.holder} is open to everybody"


def _federated(deployment: Deployment) -> Iterator[Statement]:
    for trust in trusts(deployment):
        if any(kind == "Federated" for kind, _ in trust.principals):
            yield trust


def _issuer(deployment: Deployment, trust: Statement) -> str:
    [(_, provider)] = trust.principals
    for made in deployment.resources("AWS::IAM::OIDCProvider"):
        if provider == f"<{made}>" and isinstance(made.properties["Url"], str):
            return str(made.properties["Url"]).removeprefix("https://")
    # Of a cluster that is not there yet only the reference is known, which the keys have as well.
    return provider.rpartition(":oidc-provider/")[2]


def _subjects(trust: Statement, issuer: str) -> list[str]:
    return [
        value
        for keys in trust.conditions.values()
        for key, values in keys.items()
        if key == f"{issuer}:sub"
        for value in values
    ]


def _is_repository(claimed: str, repository: str) -> bool:
    """Whether the names are those of the settings; ids may come with them."""
    return [part.split("@")[0] for part in claimed.split("/")] == repository.split("/")


RULES = (
    federated_trust_names_exact_subjects,
    github_is_trusted_by_two_roles_only,
    a_workload_role_is_for_accounts_of_one_namespace,
    nobody_from_elsewhere_is_trusted,
    services_act_for_our_account_only,
    no_resource_is_open_to_everybody,
)
