"""Images are named by what they contain."""

import pytest

from config import Image

DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_an_image_is_read_in_its_parts() -> None:
    image = Image.parse(f"nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-distroless@{DIGEST}")

    assert image == Image(
        registry="nvcr.io",
        repository="nvidia/k8s/dcgm-exporter",
        tag="4.5.3-distroless",
        digest=DIGEST,
    )


def test_an_image_is_pulled_by_its_digest() -> None:
    image = Image.parse(f"localhost:5000/triton:1@{DIGEST}")

    assert image.source == f"localhost:5000/triton@{DIGEST}"


def test_a_tag_alone_may_move() -> None:
    with pytest.raises(ValueError, match="a tag can be moved: add the digest") as refused:
        Image.parse("nvcr.io/nvidia/tritonserver:26.07-py3")

    assert (
        "skopeo inspect --format '{{.Digest}}' docker://nvcr.io/nvidia/tritonserver:26.07-py3"
        in str(refused.value)
    )


@pytest.mark.parametrize("end", ["", f"@{DIGEST}"])
def test_latest_is_no_version(end: str) -> None:
    with pytest.raises(ValueError, match="'latest' is not a version: name the exact tag"):
        Image.parse(f"nvcr.io/nvidia/tritonserver:latest{end}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"nvcr.io/nvidia/tritonserver@{DIGEST}",
        f"tritonserver:26.07-py3@{DIGEST}",
        f"nvcr.io/nvidia/TritonServer:26.07-py3@{DIGEST}",
        f"nvcr.io/nvidia/tritonserver:26.07-py3@{DIGEST[:-1]}",
        f"nvcr.io/nvidia/tritonserver:26.07-py3@{DIGEST}0",
        f"nvcr.io/nvidia/tritonserver:26.07-py3@{DIGEST.upper()}",
        f"nvcr.io/nvidia/tritonserver:26.07-py3@sha512:{DIGEST[7:]}",
        f"https://nvcr.io/nvidia/tritonserver:26.07-py3@{DIGEST}",
        f"nvcr.io/nvidia/tritonserver:26.07-py3@{DIGEST}\n",
    ],
)
def test_what_is_no_image_is_told_with_the_parts_of_one(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"name a registry, a repository, a tag and a digest: .*64 hexadecimal"
    ):
        Image.parse(text)
