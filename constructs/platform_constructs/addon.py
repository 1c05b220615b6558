"""A managed add-on of the cluster."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_eks as eks_native
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct


class Addon(Construct):
    """An add-on at an exact version, with the AWS identity it needs and no other.

    ``eks.Addon`` cannot name a role, so this is the CloudFormation resource itself.

    Args:
        scope: Parent construct.
        construct_id: Name of the add-on.
        cluster: Where it goes.
        version: Exact version. Default: the one that EKS prefers for the cluster.
        role: What its service account may do on AWS. Default: nothing.
        configuration: Values by the add-on's own schema.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: eks.ICluster,
        version: str | None,
        role: iam.IRole | None = None,
        configuration: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        addon = eks_native.CfnAddon(
            self,
            "Resource",
            addon_name=construct_id,
            addon_version=version,
            cluster_name=cluster.cluster_name,
            service_account_role_arn=role.role_arn if role else None,
            configuration_values=json.dumps(configuration) if configuration else None,
            # What is written here holds, whatever was changed by hand.
            resolve_conflicts="OVERWRITE",
        )
        if role:
            # The policy as well: a driver that starts without it fails for minutes.
            addon.node.add_dependency(role)
