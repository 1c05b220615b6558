"""What the Cluster Autoscaler knows of a pool that has no node to look at."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from platform_constructs.acknowledgement import acknowledge, wildcard_resource

_TEMPLATE = "k8s.io/cluster-autoscaler/node-template"


class ScaleFromZeroTags(Construct):
    """Tags on the Auto Scaling group behind a managed node group.

    EKS makes that group and hands none of the node group's tags on to it, and CloudFormation does
    not tell its name. So one call asks for the name, and one writes the tags.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster_name: The cluster.
        nodegroup: The node group.
        labels: Labels of its nodes.
        taints: Taints of its nodes, as ``{"nvidia.com/gpu": "present:NoSchedule"}``.
        resources: What a node offers besides CPU and memory, as ``{"nvidia.com/gpu": "1"}``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        nodegroup: eks.Nodegroup,
        labels: Mapping[str, str],
        taints: Mapping[str, str],
        resources: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        nodegroup_name = nodegroup.nodegroup_name
        tags = {f"{_TEMPLATE}/label/{key}": value for key, value in labels.items()}
        tags |= {f"{_TEMPLATE}/taint/{key}": value for key, value in taints.items()}
        tags |= {f"{_TEMPLATE}/resources/{key}": value for key, value in resources.items()}

        path = "nodegroup.resources.autoScalingGroups.0.name"
        ask = cr.AwsSdkCall(
            service="EKS",
            action="describeNodegroup",
            parameters={"clusterName": cluster_name, "nodegroupName": nodegroup_name},
            output_paths=[path],
            physical_resource_id=cr.PhysicalResourceId.of(f"{construct_id}-{nodegroup_name}"),
        )
        found = cr.AwsCustomResource(
            self,
            "Group",
            on_create=ask,
            on_update=ask,
            install_latest_aws_sdk=False,
            policy=cr.AwsCustomResourcePolicy.from_statements(
                [
                    iam.PolicyStatement(
                        actions=["eks:DescribeNodegroup"],
                        resources=[nodegroup.nodegroup_arn],
                    )
                ]
            ),
        )
        group_name = found.get_response_field(path)
        write = cr.AwsSdkCall(
            service="AutoScaling",
            action="createOrUpdateTags",
            parameters={
                "Tags": [
                    {
                        "ResourceId": group_name,
                        "ResourceType": "auto-scaling-group",
                        "Key": key,
                        "Value": value,
                        "PropagateAtLaunch": False,
                    }
                    for key, value in tags.items()
                ]
            },
            physical_resource_id=cr.PhysicalResourceId.of(group_name),
        )
        # The ARN of a group contains an id that nobody knows beforehand; the tag says whose it is.
        groups = cdk.Stack.of(self).format_arn(
            service="autoscaling",
            resource="autoScalingGroup",
            resource_name="*:autoScalingGroupName/eks-*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        written = cr.AwsCustomResource(
            self,
            "Tags",
            on_create=write,
            on_update=write,
            install_latest_aws_sdk=False,
            policy=cr.AwsCustomResourcePolicy.from_statements(
                [
                    iam.PolicyStatement(
                        actions=["autoscaling:CreateOrUpdateTags"],
                        resources=[groups],
                        conditions={
                            "StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name}
                        },
                    )
                ]
            ),
        )
        acknowledge(
            written,
            "limited by the tag that EKS puts on the groups of this cluster",
            wildcard_resource(self, groups),
        )
