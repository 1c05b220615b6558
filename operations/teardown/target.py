"""What is torn down, and how its parts are recognised."""

from collections.abc import Mapping
from dataclasses import dataclass

from config import naming

# Tags whose value is the cluster's name, and who sets them.
CLUSTER_TAGS = (
    "elbv2.k8s.aws/cluster",  # AWS Load Balancer Controller
    "cluster.k8s.amazonaws.com/name",  # VPC CNI
    "eks:cluster-name",  # EKS managed node groups
    "aws:eks:cluster-name",  # EKS
    "KubernetesCluster",  # EBS CSI driver
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One environment in one region.

    Attributes:
        environment: Its name.
        region: Where it is.
    """

    environment: str
    region: str

    @property
    def cluster(self) -> str:
        """Name of its EKS cluster."""
        return naming.cluster_name(self.environment)

    @property
    def prefix(self) -> str:
        """How the names of its stacks begin, and so those that CloudFormation makes up."""
        return naming.stack_name(self.environment, "")

    @property
    def deletion_order(self) -> tuple[str, ...]:
        """The nouns of its stacks: the pipeline that would bring the others back goes first."""
        return (naming.DELIVERY_STACK, *reversed(naming.STACKS))

    @property
    def tags(self) -> dict[str, str]:
        """What CDK puts on everything that has tags."""
        return naming.tags(self.environment)

    @property
    def ownership_tag(self) -> str:
        """Key of the tag on what Kubernetes makes for the cluster."""
        return f"kubernetes.io/cluster/{self.cluster}"

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether something with these tags belongs to the environment."""
        return self.made_by_cluster(tags) or self.tags.items() <= tags.items()

    def made_by_cluster(self, tags: Mapping[str, str]) -> bool:
        """Whether a controller on the cluster made it: CloudFormation does not know of it."""
        return self.ownership_tag in tags or any(
            tags.get(key) == self.cluster for key in CLUSTER_TAGS
        )
