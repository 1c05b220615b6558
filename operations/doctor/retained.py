"""Whether an earlier teardown kept what a new deployment would make under the same name."""

from collections.abc import Callable, Iterator, Sequence

from config.naming import cluster_name, repository_name, secret_name, stack_name
from operations.aws.account import Account
from operations.doctor.deployed import stack_names
from operations.finding import Finding, ok, warn

TITLE = "retained names"


def check_retained(
    account: Account, environment: str, *, images: Sequence[str], secrets: Sequence[str]
) -> Iterator[Finding]:
    """Is there a repository, secret, vault or log group whose stack is not there?"""
    deployed = stack_names(account)
    found: dict[str, Callable[[], Iterator[str]]] = {
        "registry": lambda: _repositories(account, environment, images),
        "security": lambda: _secrets(account, environment, secrets),
        "storage": lambda: _vaults(account, environment),
        "cluster": lambda: _logs(account, environment),
    }
    clear = True
    for noun, look in found.items():
        stack = stack_name(environment, noun)
        if stack in deployed:
            continue
        if kept := list(look()):
            clear = False
            yield warn(
                TITLE,
                f"without the stack {stack} there is already {', '.join(kept)}",
                "kept by a teardown: the stack would fail to make what has that name; take it "
                "back with the first command, or delete it by those that the second prints",
                account.cdk(
                    f"deploy --context env={environment} --import-existing-resources {stack}"
                ),
                f"tritonctl teardown -e {environment} --leftovers",
            )
    if clear:
        yield ok(TITLE, "nothing is in the way")


def _repositories(account: Account, environment: str, images: Sequence[str]) -> Iterator[str]:
    for name in (repository_name(environment, image) for image in images):
        absent = ("RepositoryNotFoundException",)
        if account.find("ecr", "describe_images", absent=absent, repositoryName=name, maxResults=1):
            yield name


def _secrets(account: Account, environment: str, secrets: Sequence[str]) -> Iterator[str]:
    for name in (secret_name(environment, secret) for secret in secrets):
        absent = ("ResourceNotFoundException",)
        found = account.find("secretsmanager", "describe_secret", absent=absent, SecretId=name)
        # Of one that is being deleted the check of the secrets tells.
        if found and not found.get("DeletedDate"):
            yield name


def _vaults(account: Account, environment: str) -> Iterator[str]:
    # CDK makes the name out of the stack's and the construct's.
    prefix = f"{stack_name(environment, 'storage').replace('-', '')}BackupVault"
    for vault in account.ask_all("backup", "list_backup_vaults", "BackupVaultList"):
        if vault["BackupVaultName"].startswith(prefix):
            yield vault["BackupVaultName"]


def _logs(account: Account, environment: str) -> Iterator[str]:
    name = f"/aws/eks/{cluster_name(environment)}/cluster"
    for group in account.ask_all(
        "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name
    ):
        if group["logGroupName"] == name:
            yield name
