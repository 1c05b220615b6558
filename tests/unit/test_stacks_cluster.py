"""The cluster: its version, who reaches it, and the order in which its parts come up."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from config import ClusterSettings, ConfigError, load_settings, load_versions
from k8s.charts.access import OPERATORS, VIEWERS
from stacks.assembly import assemble, feature_flags
from tests.support.manifests import releases_in


def cluster_template(**changes: Any) -> Template:
    settings = load_settings("dev")
    cluster = ClusterSettings.model_validate(settings.cluster.model_dump() | changes)
    assembly = assemble(
        cdk.App(context=feature_flags()),
        settings=settings.model_copy(update={"cluster": cluster}),
        versions=load_versions(),
    )
    return Template.from_stack(assembly.cluster)


@pytest.fixture(scope="module")
def old_public() -> Template:
    return cluster_template(kubernetes="1.30", public_access_cidrs=["203.0.113.0/24"])


def logical_id(template: Template, kind: str, properties: Mapping[str, Any]) -> str:
    [found] = template.find_resources(kind, {"Properties": properties})
    return found


def test_cluster_and_kubectl_have_the_versions_of_the_settings(
    synth: Mapping[str, Template],
) -> None:
    wanted = load_settings("dev").cluster.kubernetes
    kubectl = load_versions().kubectl_layers[wanted].kubectl

    synth["cluster"].has_resource_properties("AWS::EKS::Cluster", {"Version": wanted})
    synth["cluster"].has_resource_properties(
        "AWS::Lambda::LayerVersion",
        {"Description": Match.string_like_regexp(f"kubectl {kubectl};")},
    )


def test_an_older_cluster_gets_the_older_layer(old_public: Template) -> None:
    kubectl = load_versions().kubectl_layers["1.29"].kubectl

    old_public.has_resource_properties(
        "AWS::Lambda::LayerVersion", {"Description": Match.string_like_regexp(kubectl)}
    )


def test_the_api_server_is_private_unless_networks_are_named(
    synth: Mapping[str, Template], old_public: Template
) -> None:
    synth["cluster"].has_resource_properties(
        "AWS::EKS::Cluster",
        {
            "ResourcesVpcConfig": Match.object_like(
                {"EndpointPrivateAccess": True, "EndpointPublicAccess": False}
            )
        },
    )
    old_public.has_resource_properties(
        "AWS::EKS::Cluster",
        {
            "ResourcesVpcConfig": Match.object_like(
                {
                    "EndpointPrivateAccess": True,
                    "EndpointPublicAccess": True,
                    "PublicAccessCidrs": ["203.0.113.0/24"],
                }
            )
        },
    )


def test_kubernetes_secrets_are_encrypted_with_a_key_of_ours(
    synth: Mapping[str, Template],
) -> None:
    synth["cluster"].has_resource_properties(
        "AWS::EKS::Cluster",
        {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": Match.any_value()}]},
    )


def test_the_creator_of_the_cluster_is_no_admin_but_a_role_is(
    synth: Mapping[str, Template],
) -> None:
    synth["cluster"].has_resource_properties(
        "AWS::EKS::Cluster",
        {"AccessConfig": Match.object_like({"BootstrapClusterCreatorAdminPermissions": False})},
    )
    admins = [
        entry["Properties"]["PrincipalArn"]
        for entry in synth["cluster"].find_resources("AWS::EKS::AccessEntry").values()
        if "AmazonEKSClusterAdminPolicy" in str(entry["Properties"].get("AccessPolicies"))
    ]
    # The function that applies manifests, and the role that people take in an emergency.
    assert len(admins) == 2
    assert any("AccessAdmin" in str(principal) for principal in admins)


def test_operators_and_viewers_are_in_groups_that_have_rules(
    synth: Mapping[str, Template],
) -> None:
    groups = {
        group
        for entry in synth["cluster"].find_resources("AWS::EKS::AccessEntry").values()
        for group in entry["Properties"].get("KubernetesGroups", [])
    }
    bound = {
        subject["name"]
        for template in (synth["cluster"], synth["serving"])
        for release in releases_in(template).values()
        for found in release
        if found["kind"].endswith("RoleBinding")
        for subject in found["subjects"]
    }

    assert groups == {OPERATORS, VIEWERS}
    assert groups == bound


@pytest.mark.parametrize("addon", ["vpc-cni", "kube-proxy"])
def test_nodes_wait_for_their_network(synth: Mapping[str, Template], addon: str) -> None:
    first = logical_id(synth["cluster"], "AWS::EKS::Addon", {"AddonName": addon})

    synth["cluster"].all_resources("AWS::EKS::Nodegroup", {"DependsOn": Match.array_with([first])})


@pytest.mark.parametrize(
    "addon", ["coredns", "metrics-server", "aws-ebs-csi-driver", "aws-efs-csi-driver"]
)
def test_addons_with_pods_wait_for_the_general_nodes(
    synth: Mapping[str, Template], addon: str
) -> None:
    general = logical_id(
        synth["cluster"], "AWS::EKS::Nodegroup", {"AmiType": "AL2023_x86_64_STANDARD"}
    )

    synth["cluster"].has_resource(
        "AWS::EKS::Addon",
        {"Properties": {"AddonName": addon}, "DependsOn": Match.array_with([general])},
    )


def test_a_user_is_told_the_name_and_how_to_reach_the_cluster(
    synth: Mapping[str, Template],
) -> None:
    synth["cluster"].has_output("ClusterName", {})
    synth["cluster"].has_output("KubeconfigCommand", {})


def test_eks_may_use_the_key_of_the_secrets_when_it_upgrades(
    synth: Mapping[str, Template],
) -> None:
    policies = [
        found["Properties"]["PolicyDocument"]["Statement"]
        for name, found in synth["cluster"].find_resources("AWS::IAM::Policy").items()
        if name.startswith("ClusterRole")
    ]

    [[statement]] = policies
    assert set(statement["Action"]) == {
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:ListGrants",
    }
    assert "KubernetesKey" in str(statement["Resource"])


def test_container_insights_finds_the_logs_that_it_would_make_without_an_end(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template]
) -> None:
    logs = {
        name: found["Properties"]
        for name, found in synth_prod["cluster"].find_resources("AWS::Logs::LogGroup").items()
        if "containerinsights" in str(found["Properties"].get("LogGroupName"))
    }
    [addon] = (
        synth_prod["cluster"]
        .find_resources(
            "AWS::EKS::Addon", {"Properties": {"AddonName": "amazon-cloudwatch-observability"}}
        )
        .values()
    )

    assert len(logs) == 4
    assert all("RetentionInDays" in one and "KmsKeyId" in one for one in logs.values())
    assert set(logs) <= set(addon["DependsOn"])
    assert "containerinsights" not in str(synth["cluster"].to_json())


def test_a_layer_that_is_not_installed_is_told_with_the_remedy() -> None:
    versions = load_versions()
    layers = {"1.33": versions.kubectl_layers["1.35"]}

    with pytest.raises(ConfigError, match=r"kubectl_layers: '1\.33' is not installed: add"):
        assemble(
            cdk.App(context=feature_flags()),
            settings=load_settings("dev").model_copy(
                update={
                    "cluster": load_settings("dev").cluster.model_copy(
                        update={"kubernetes": "1.34"}
                    )
                }
            ),
            versions=versions.model_copy(update={"kubectl_layers": layers}),
        )
