"""The models of one EFS access point, as a claim that pods can mount; read only."""

from cdk8s_plus_27 import k8s as kube
from constructs import Construct

from k8s.charts.namespaces import INFERENCE

# EFS has no size, but the API asks for one.
_CAPACITY = "1Gi"


class ModelClaim(Construct):
    """A persistent volume and the one claim that may have it.

    Args:
        scope: A chart.
        construct_id: Id within the chart.
        file_system_id: The EFS. May be a CDK token.
        access_point_id: The directory on it. May be a CDK token.

    Attributes:
        name: What a pod's volume calls the claim.
    """

    name = "triton-models"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        file_system_id: str,
        access_point_id: str,
    ) -> None:
        super().__init__(scope, construct_id)
        # The EFS driver refuses the mode ReadOnlyMany (pkg/driver/node.go, volumeCapAccessModes);
        # reading only is the job of `read_only`, here, in the pod, and of the nodes' IAM role.
        modes = ["ReadWriteMany"]
        capacity = {"storage": kube.Quantity.from_string(_CAPACITY)}

        kube.KubePersistentVolume(
            self,
            "Volume",
            metadata=kube.ObjectMeta(name=self.name),
            spec=kube.PersistentVolumeSpec(
                access_modes=modes,
                capacity=capacity,
                storage_class_name="",
                persistent_volume_reclaim_policy="Retain",
                # Volumes have no namespace: without this any claim could take it.
                claim_ref=kube.ObjectReference(namespace=INFERENCE, name=self.name),
                # The file system lets nobody in without an IAM identity: the node's.
                mount_options=["iam"],
                csi=kube.CsiPersistentVolumeSource(
                    driver="efs.csi.aws.com",
                    volume_handle=f"{file_system_id}::{access_point_id}",
                    read_only=True,
                    # The driver calls the mount option `tls` deprecated and wants this.
                    volume_attributes={"encryptInTransit": "true"},
                ),
            ),
        )
        kube.KubePersistentVolumeClaim(
            self,
            "Claim",
            metadata=kube.ObjectMeta(name=self.name, namespace=INFERENCE),
            spec=kube.PersistentVolumeClaimSpec(
                access_modes=modes,
                resources=kube.ResourceRequirements(requests=capacity),
                storage_class_name="",
                volume_name=self.name,
            ),
        )
