"""Who owns Kubernetes objects."""

from collections.abc import Mapping

from aws_cdk.assertions import Template

MANIFESTS = "Custom::AWSCDK-EKS-KubernetesResource"


def test_objects_belong_to_the_stack_that_asked_for_them(synth: Mapping[str, Template]) -> None:
    synth["serving"].resource_count_is(MANIFESTS, 2)
    synth["cluster"].resource_count_is(MANIFESTS, 0)
