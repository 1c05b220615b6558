"""The EKS cluster as AWS describes it."""

from dataclasses import dataclass

from operations.aws.account import Account
from operations.teardown.target import Target


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster that exists.

    Attributes:
        name: Its name.
        endpoint: URL of its API server.
        certificate_authority: Its CA, base64, as a kubeconfig has it.
        protected: Whether EKS refuses to delete it.
        private: Whether its API server answers only inside its network.
    """

    name: str
    endpoint: str
    certificate_authority: str
    protected: bool
    private: bool


def read_cluster(account: Account, target: Target) -> Cluster | None:
    """The environment's cluster; ``None`` when there is none."""
    answer = account.find(
        "eks", "describe_cluster", absent=("ResourceNotFoundException",), name=target.cluster
    )
    if answer is None:
        return None
    told = answer["cluster"]
    return Cluster(
        name=told["name"],
        endpoint=told.get("endpoint", ""),
        certificate_authority=told.get("certificateAuthority", {}).get("data", ""),
        protected=bool(told.get("deletionProtection")),
        private=not told.get("resourcesVpcConfig", {}).get("endpointPublicAccess", False),
    )
