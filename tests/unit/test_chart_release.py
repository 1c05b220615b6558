"""Kubernetes objects are owned by the stack that asks for them."""

from collections.abc import Mapping

from aws_cdk.assertions import Template

from tests.support.manifests import releases_in


def test_objects_belong_to_the_stack_that_asked_for_them(synth: Mapping[str, Template]) -> None:
    kinds = {
        noun: {found["kind"] for release in releases_in(synth[noun]).values() for found in release}
        for noun in ("cluster", "serving")
    }

    assert "Deployment" in kinds["serving"]
    assert kinds["cluster"] == {"ClusterRole", "ClusterRoleBinding"}
