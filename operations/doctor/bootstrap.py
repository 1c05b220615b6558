"""What `cdk bootstrap` leaves in an account: without it nothing can be deployed."""

from collections.abc import Iterator

from operations.aws.account import Account
from operations.finding import Finding, fail, ok, skip, warn

BOOTSTRAP = "CDK bootstrap"
DEPLOY_ROLE = "CDK deployment role"

_QUALIFIER = "hnb659fds"
_PARAMETER = f"/cdk-bootstrap/{_QUALIFIER}/version"
# What a deployment asks for: aws-cdk-lib, core/lib/stack-synthesizers/default-synthesizer.js,
# MIN_BOOTSTRAP_STACK_VERSION; higher ones are for look-ups (8) and session tags (22), which this
# app has none of. The template of the pinned CLI is far newer.
_MINIMUM = 6
_POLICY = "triton-platform-deploy"
_POLICY_FILE = "config/bootstrap_policy.json"


def check_bootstrap(account: Account) -> Iterator[Finding]:
    """Is the account prepared for the CDK, recently enough?"""
    version = _version(account)
    if version is None:
        yield fail(
            BOOTSTRAP,
            f"{account.region} is not bootstrapped: there is no parameter {_PARAMETER}",
            "the CDK has no bucket for assets and no roles to deploy with",
            *_with_few_rights(account),
        )
        return
    if version < _MINIMUM:
        yield fail(
            BOOTSTRAP,
            f"version {version}, the CDK needs {_MINIMUM}",
            "`cdk deploy` refuses it",
            account.cdk(f"bootstrap {_target(account)}"),
        )
    else:
        yield ok(BOOTSTRAP, f"version {version}, the CDK needs {_MINIMUM}")


def check_deploy_role(account: Account) -> Iterator[Finding]:
    """May CloudFormation do more than this platform needs? By default it may do everything."""
    role = f"cdk-{_QUALIFIER}-cfn-exec-role-{account.identity.account}-{account.region}"
    if account.find("iam", "get_role", RoleName=role, absent=("NoSuchEntity",)) is None:
        if _version(account) is None:
            yield skip(DEPLOY_ROLE, f"there is none yet: {role} comes with the bootstrap")
            return
        yield fail(
            DEPLOY_ROLE,
            f"there is no role {role}",
            "CloudFormation has no rights to deploy with",
            *_with_few_rights(account),
        )
        return
    attached = account.ask_all(
        "iam", "list_attached_role_policies", "AttachedPolicies", RoleName=role
    )
    names = [policy["PolicyName"] for policy in attached]
    if "AdministratorAccess" in names:
        yield warn(
            DEPLOY_ROLE,
            f"{role} has AdministratorAccess",
            "whoever may deploy with the CDK is administrator of the account",
            *_with_few_rights(account),
        )
    else:
        yield ok(DEPLOY_ROLE, f"{role} has {', '.join(names) or 'no managed policy'}")


def _version(account: Account) -> int | None:
    answer = account.find("ssm", "get_parameter", Name=_PARAMETER, absent=("ParameterNotFound",))
    return None if answer is None else int(answer["Parameter"]["Value"])


def _with_few_rights(account: Account) -> tuple[str, str]:
    identity = account.identity
    policy = f"arn:{identity.partition}:iam::{identity.account}:policy/{_POLICY}"
    return (
        account.aws(
            f"iam create-policy --policy-name {_POLICY} --policy-document file://{_POLICY_FILE}"
        ),
        account.cdk(f"bootstrap --cloudformation-execution-policies {policy} {_target(account)}"),
    )


def _target(account: Account) -> str:
    return f"aws://{account.identity.account}/{account.region}"
