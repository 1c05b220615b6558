"""Whether the cluster runs, at the version of the settings."""

from collections.abc import Iterator

from config.naming import cluster_name
from operations.aws.account import Account
from operations.checklist import AbsentError
from operations.finding import Finding, fail, ok

TITLE = "cluster"


def check_cluster(account: Account, environment: str, kubernetes: str) -> Iterator[Finding]:
    """Is the control plane active, healthy and of the wanted version?

    Raises:
        AbsentError: there is none.
    """
    name = cluster_name(environment)
    answer = account.find(
        "eks", "describe_cluster", absent=("ResourceNotFoundException",), name=name
    )
    if answer is None:
        raise AbsentError(
            fail(
                TITLE,
                f"there is no cluster {name} in {account.region}",
                "nothing can run",
                f"make deploy ENV={environment}",
            )
        )
    cluster = answer["cluster"]
    well = True
    if cluster["status"] != "ACTIVE":
        well = False
        yield fail(
            TITLE,
            f"{name} is {cluster['status']}",
            "its API server may not answer, and nodes may not join",
            account.aws(f"eks describe-cluster --name {name} --query cluster.health"),
        )
    if cluster["version"] != kubernetes:
        well = False
        yield fail(
            TITLE,
            f"{name} runs Kubernetes {cluster['version']}, the settings say {kubernetes}",
            "it is not what was reviewed: somebody changed it, or the deployment did not",
            f"make diff ENV={environment}",
            f"make deploy ENV={environment}",
        )
    for issue in cluster.get("health", {}).get("issues", ()):
        well = False
        yield fail(
            TITLE,
            f"{name}: {issue['code']}: {issue.get('message', '')}",
            "EKS cannot keep the control plane well",
            f"mend {', '.join(issue.get('resourceIds', ())) or 'what the message names'}",
        )
    if well:
        yield ok(TITLE, f"{name} is active, Kubernetes {kubernetes}")
