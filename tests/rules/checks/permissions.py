"""What roles may do."""

from collections.abc import Iterator

from config.naming import boundary_name, role_name
from platform_constructs.reading import BOOTSTRAP_QUALIFIER
from tests.rules.deployment import ACCOUNT, Deployment
from tests.rules.statements import Statement, boundaries, expanded, grants, known_actions

_BOOTSTRAP_ROLES = ("deploy", "file-publishing", "image-publishing", "lookup")
_NEVER_READ = ("secretsmanager:GetSecretValue", "s3:GetObject", "kms:Decrypt")
_READING = frozenset({"Read", "List"})

# What holds data: whoever may do it on everything may read or spoil everything.
_DATA = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "ssm:GetParameter",
)

# Actions that could be limited to resources and are not, with the reason.
ON_EVERYTHING = {
    "acm:DescribeCertificate": "`tritonctl doctor` looks for the certificate of the domain; a "
    "certificate is public",
    "cloudformation:DescribeStacks": "`cdk` lists what is deployed; it reads no data",
    "route53:GetHostedZone": "`tritonctl doctor` looks whether the zone is there; zones are public",
    "s3:ListBucket": "CDK's pipeline looks whether the bucket of `cdk bootstrap` is there",
}


def every_role_has_the_boundary(deployment: Deployment) -> Iterator[str]:
    """Those of custom resources and of the pipeline as well."""
    arn = (
        f"arn:aws:iam::{deployment.settings.account or ACCOUNT}:policy/"
        f"{boundary_name(deployment.settings.name)}"
    )
    for role in deployment.resources("AWS::IAM::Role"):
        boundary = role.properties.get("PermissionsBoundary")
        policy = deployment.origin(role.stack, boundary)
        named = policy.properties.get("ManagedPolicyName") if policy else None
        if named != boundary_name(deployment.settings.name) and (
            deployment.text(role.stack, boundary) != arn
        ):
            yield f"{role} has no boundary"


def the_boundary_lets_nobody_make_identities(deployment: Deployment) -> Iterator[str]:
    """Of IAM: reading, and the role linked to a service; handing on is as good as having."""
    allowed = {"iam:CreateServiceLinkedRole"}
    for statement in boundaries(deployment):
        for action in statement.actions:
            service = action.partition(":")[0]
            if "*" in service or service in ("organizations", "account", "billing", "sso"):
                yield f"{statement.holder} allows {action}"
            elif service == "iam":
                for one in expanded(action):
                    level, _ = known_actions()[one]
                    if level not in _READING and one not in {a.lower() for a in allowed}:
                        yield f"{statement.holder} allows {one}"


def the_boundary_cuts_off_nothing_that_a_role_was_given(deployment: Deployment) -> Iterator[str]:
    """A permission outside the boundary is none, and nobody is told until it is missed."""
    bounds = list(boundaries(deployment))
    if not bounds:  # the pipeline knows its boundary by name only
        return
    for statement in grants(deployment):
        for action in statement.actions if statement.allows else ():
            for one in expanded(action):
                if not any(bound.covers(one) for bound in bounds):
                    yield f"{statement.holder} was given {one}, which the boundary cuts off"


def the_deploy_role_takes_the_bootstrap_roles_only(deployment: Deployment) -> Iterator[str]:
    """It does nothing itself: what a deployment may do is said by ``cdk bootstrap``."""
    account, region = deployment.settings.account or ACCOUNT, deployment.settings.region
    wanted = {
        f"arn:aws:iam::{account}:role/cdk-{BOOTSTRAP_QUALIFIER}-{role}-role-{account}-{region}"
        for role in _BOOTSTRAP_ROLES
    }
    own = [s for s in grants(deployment) if _is_named(s, deployment, "github-deploy")]
    for statement in own:
        if statement.actions != ("sts:AssumeRole",):
            yield f"{statement.holder} may {', '.join(statement.actions)}"
    taken = {resource for statement in own for resource in statement.resources}
    if deployment.settings.github and taken != wanted:
        yield f"github-deploy may act on {', '.join(sorted(taken ^ wanted))}"
    yield from _managed(deployment, "github-deploy")


def the_read_role_neither_writes_nor_sees_data(deployment: Deployment) -> Iterator[str]:
    """Every action is of the level Read or List, and none reads objects, secrets or keys."""
    for statement in grants(deployment):
        if not _is_named(statement, deployment, "github-read"):
            continue
        for action in statement.actions:
            for one in expanded(action):
                level, _ = known_actions()[one]
                if level not in _READING:
                    yield f"{statement.holder} may {one}, which is {level}"
        for data in _NEVER_READ:
            if statement.covers(data):
                yield f"{statement.holder} may {data}"
    yield from _managed(deployment, "github-read")


def no_role_may_do_everything(deployment: Deployment) -> Iterator[str]:
    """Neither ``*`` nor a whole service."""
    for statement in grants(deployment):
        for action in statement.actions:
            if statement.allows and (action == "*" or action.endswith(":*")):
                yield f"{statement.holder} may {action}"


def every_resource_is_named(deployment: Deployment) -> Iterator[str]:
    """``*`` only for actions that know no resource, and for those listed with their reason."""
    denials = [one for one in grants(deployment) if not one.allows and "*" in one.resources]
    for statement in grants(deployment):
        if not statement.allows or "*" not in statement.resources:
            continue
        denied = [one for one in denials if one.holder == statement.holder]
        for action in statement.actions:
            if any(denial.covers(action) for denial in denied):
                continue
            limitable = [one for one in expanded(action) if known_actions()[one][1]]
            if limitable and action not in ON_EVERYTHING:
                yield f"{statement.holder} may {action} on everything"


def no_data_lies_behind_a_wildcard(deployment: Deployment) -> Iterator[str]:
    """Objects, secrets and keys are named, at least by their bucket or prefix."""
    for statement in grants(deployment):
        for action in _DATA:
            if not statement.allows or not statement.covers(action):
                continue
            for resource in statement.resources:
                # The last part of an ARN, which for a reference is all of it.
                name = resource.rpartition(":")[2].removeprefix("secret:")
                if name.startswith("*") or name in ("key/*", "parameter/*"):
                    yield f"{statement.holder} may {action} on {resource}"


def every_action_exists(deployment: Deployment) -> Iterator[str]:
    """A misspelt action allows nothing, and nobody is told."""
    for statement in (*grants(deployment), *boundaries(deployment)):
        for action in statement.actions:
            if not expanded(action):
                yield f"{statement.holder} may {action}, which is no action"


def roles_are_taken_by_name(deployment: Deployment) -> Iterator[str]:
    """Who may take roles is told which, by name or by the tag that ``cdk bootstrap`` gives."""
    for statement in grants(deployment):
        if not statement.allows or not statement.covers("sts:AssumeRole"):
            continue
        tagged = any(
            key.startswith("iam:ResourceTag/")
            for keys in statement.conditions.values()
            for key in keys
        )
        for resource in statement.resources:
            if "*" in resource and not tagged:
                yield f"{statement.holder} may take {resource}"


def _is_named(statement: Statement, deployment: Deployment, role: str) -> bool:
    name = statement.holder.properties.get("RoleName")
    return bool(name == role_name(deployment.settings.name, role))


def _managed(deployment: Deployment, name: str) -> Iterator[str]:
    for role in deployment.resources("AWS::IAM::Role"):
        if role.properties.get("RoleName") == role_name(deployment.settings.name, name):
            for policy in role.properties.get("ManagedPolicyArns", ()):
                yield f"{role} has {deployment.text(role.stack, policy)}"


RULES = (
    every_role_has_the_boundary,
    the_boundary_lets_nobody_make_identities,
    the_boundary_cuts_off_nothing_that_a_role_was_given,
    the_deploy_role_takes_the_bootstrap_roles_only,
    the_read_role_neither_writes_nor_sees_data,
    no_role_may_do_everything,
    every_resource_is_named,
    no_data_lies_behind_a_wildcard,
    every_action_exists,
    roles_are_taken_by_name,
)
