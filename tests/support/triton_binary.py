"""The Triton server of the nvidia-pytriton wheel, asked about itself without serving."""

import importlib.util
import subprocess
from pathlib import Path


def ask_triton(*arguments: str) -> str:
    """What the binary prints before it leaves; it must not be given a repository that exists."""
    # Found, not imported: importing pytriton would bring up its own framework.
    spec = importlib.util.find_spec("pytriton")
    assert spec is not None
    assert spec.submodule_search_locations
    wheel = Path(spec.submodule_search_locations[0])
    result = subprocess.run(
        [wheel / "tritonserver" / "bin" / "tritonserver", *arguments],
        env={"LD_LIBRARY_PATH": str(wheel.parent / "nvidia_pytriton.libs"), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=False,
    )
    return result.stdout
