"""What EC2 instance types are: the NVIDIA ones from ``instances.toml``, others by their name."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("instances.toml")

# A family is letters, a generation and attributes, among them the processor's maker: `g` is
# Graviton (m7g, c7gn, x2gd; a1 is its first generation). docs.aws.amazon.com/ec2, "naming
# conventions". The tests hold this against AWS's list of all types.
_NAME = re.compile(
    r"[a-z]+(?:-[a-z]*)?[0-9][a-z0-9-]*\."
    r"(?:nano|micro|small|medium|large|[0-9]*xlarge|metal(?:-[0-9]+xl)?)"
)
_UNFIT = {
    r"(p|g|gr|inf|trn|dl|f|vt)[0-9].*": "carries accelerators that nothing in this pool uses",
    r"(a1|[a-z]+[0-9]+g[a-z]*)([.-].*)": "has an ARM processor, and the images are x86-64",
    r"mac.*": "runs macOS only",
    # Pods get addresses by prefix: a matter of Nitro (docs.aws.amazon.com/vpc, "AWS Nitro System").
    r"([cmr][1-4]|[dit]2|[ht]1|i3|x1e?)\..*": "is older than Nitro, which the network needs",
    r".*\.(nano|micro|small)": "has less memory than kubelet and the agents of a node keep",
}

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
        mig: How many parts its hardware divides one GPU into at most; 0 if it does not.
    """

    name: str
    gpu: str
    gpus: int
    gpu_memory_gib: int
    vcpus: int
    memory_gib: int
    mig: int

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
            mig=facts.get("mig", 0),
        )
        for family, facts in families.items()
        for size, (gpus, vcpus, memory_gib) in facts["types"].items()
    }


GPU_INSTANCES: dict[str, GpuInstance] = _read()


def gpu_instance(name: str) -> GpuInstance:
    """The instance type of that name.

    Raises:
        ValueError: it has no such GPU as Triton needs, or does not exist; names some that have.
    """
    if name in GPU_INSTANCES:
        return GPU_INSTANCES[name]
    family, _, size = name.partition(".")
    sizes = [known.partition(".")[2] for known in GPU_INSTANCES if known.startswith(f"{family}.")]
    if sizes:
        raise ValueError(f"{family} has no size {size!r}; choose {', '.join(sizes)}")
    families = dict.fromkeys(known.partition(".")[0] for known in GPU_INSTANCES)
    raise ValueError(
        "has no NVIDIA GPU that Triton can use, which is a whole one, of Turing or "
        f"later, on x86-64; choose for instance g6.xlarge (families: {', '.join(families)})"
    )


def check_general_instance(name: str) -> None:
    """Nothing, for a type that the general pool's x86-64 image runs on.

    Raises:
        ValueError: it is not such a type; says why.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("is no EC2 instance type; write for instance m7i.large")
    for pattern, reason in _UNFIT.items():
        if re.fullmatch(pattern, name):
            raise ValueError(f"{reason}; choose for instance m7i.large")
