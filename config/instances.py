"""What EC2 instance types are: the NVIDIA ones from ``instances.toml``, others by their name."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("instances.toml")

# A family is letters, a generation and attributes, among them the processor's maker: `g` is
# Graviton (m7g, c7gn, x2gd; a1 is its first generation). docs.aws.amazon.com/ec2, "naming
# conventions".
_NAME = re.compile(
    r"(?P<family>[a-z]+\d+[a-z]*(?:-[a-z0-9]+)*)\."
    r"(?:nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?)"
)
_ARM = re.compile(r"(?:a1|[a-z]+\d+g[a-z]*)(?:-|$)")

# What kubelet keeps for itself, in MiB: 11 a pod and 255, and 100 before it evicts
# (awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go).
MAX_PODS = 110
_KUBELET_MIB = 11 * MAX_PODS + 255 + 100
# Of a machine's memory, what its kernel shows: firmware and kernel take about 3 %.
_VISIBLE_MEMORY = 0.97
# Requests of the agents on every node: CNI, kube-proxy, CSI drivers, metrics and logs.
_AGENTS_MILLICORES = 500
_AGENTS_MIB = 600


@dataclass(frozen=True, kw_only=True)
class GpuInstance:
    """One instance type with NVIDIA GPUs.

    Attributes:
        name: Such as ``g6.xlarge``.
        gpu: Model of its GPUs.
        gpus: How many.
        gpu_memory_gib: Memory of one GPU.
        vcpus: Virtual CPUs.
        memory_gib: Main memory.
        mig: Whether the GPUs can be divided in hardware.
    """

    name: str
    gpu: str
    gpus: int
    gpu_memory_gib: int
    vcpus: int
    memory_gib: int
    mig: bool

    @property
    def cpu_millicores_for_pods(self) -> int:
        """What a pod may ask for at most, beside the agents of the node."""
        return self.vcpus * 1000 - _AGENTS_MILLICORES

    @property
    def memory_mib_for_pods(self) -> int:
        """What a pod may ask for at most, beside kernel, kubelet and the node's agents."""
        return int(self.memory_gib * 1024 * _VISIBLE_MEMORY) - _KUBELET_MIB - _AGENTS_MIB


def _read() -> dict[str, GpuInstance]:
    families = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        f"{family}.{size}": GpuInstance(
            name=f"{family}.{size}",
            gpu=facts["gpu"],
            gpus=gpus,
            gpu_memory_gib=facts["gpu_memory_gib"],
            vcpus=vcpus,
            memory_gib=memory_gib,
            mig=facts.get("mig", False),
        )
        for family, facts in families.items()
        for size, (gpus, vcpus, memory_gib) in facts["types"].items()
    }


GPU_INSTANCES: dict[str, GpuInstance] = _read()


def gpu_instance(name: str) -> GpuInstance:
    """The instance type of that name.

    Raises:
        ValueError: it has no NVIDIA GPU that Triton supports, or does not exist.
    """
    if name in GPU_INSTANCES:
        return GPU_INSTANCES[name]
    family, _, size = name.partition(".")
    sizes = [known.partition(".")[2] for known in GPU_INSTANCES if known.startswith(f"{family}.")]
    if sizes:
        raise ValueError(f"{name!r}: {family} has no size {size!r}; choose {', '.join(sizes)}")
    families = dict.fromkeys(known.partition(".")[0] for known in GPU_INSTANCES)
    raise ValueError(
        f"{name!r} has no NVIDIA GPU that Triton supports; choose for instance g6.xlarge "
        f"(families: {', '.join(families)})"
    )


def check_general_instance(name: str) -> None:
    """Nothing, for a type that the general pool's x86-64 image runs on.

    Raises:
        ValueError: it is not such a type; says why.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is no EC2 instance type; write for instance m7i.large")
    if name in GPU_INSTANCES:
        raise ValueError(f"{name!r} carries GPUs that nothing here uses; choose e.g. m7i.large")
    if _ARM.match(match["family"]):
        raise ValueError(f"{name!r} has an ARM processor, the images are x86-64; choose m7i.large")
