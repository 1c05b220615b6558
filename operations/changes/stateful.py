"""Resource types whose loss is felt: what goes with them, and whether that refuses a change."""

# Lost for good or empty when made anew: refused unless somebody allows it by name.
REFUSED = {
    "AWS::Backup::BackupVault": "the backups",
    "AWS::DynamoDB::GlobalTable": "the rows",
    "AWS::DynamoDB::Table": "the rows",
    "AWS::EC2::Subnet": "everything that runs in the subnet",
    "AWS::EC2::VPC": "everything that runs in the network",
    "AWS::EC2::Volume": "the data on the volume",
    "AWS::ECR::Repository": "the images",
    "AWS::EFS::FileSystem": "the files, such as the models that Triton serves",
    "AWS::EKS::Cluster": "everything that runs in the cluster",
    "AWS::FSx::FileSystem": "the files",
    "AWS::KMS::Key": "all that is encrypted with the key",
    "AWS::RDS::DBCluster": "the database",
    "AWS::RDS::DBInstance": "the database",
    "AWS::S3::Bucket": "the objects",
    "AWS::SecretsManager::Secret": "the secret's value",
}

# Worth knowing before the rest, but the platform recovers by itself.
TOLD = {
    "AWS::EFS::AccessPoint": "volumes that name its id cannot be mounted any more",
    "AWS::EFS::MountTarget": "mounts in that subnet hang until there is one again",
    "AWS::EKS::Addon": "the cluster is without it, at least for a while",
    "AWS::EKS::Nodegroup": "its nodes go, and the pods on them move",
    "AWS::Logs::LogGroup": "with the logs in it",
}

# Kubernetes kinds that take others, or data, with them.
KINDS_TOLD = {
    "CustomResourceDefinition": "every object of the kind is deleted with it",
    "Namespace": "everything in the namespace is deleted with it",
    "PersistentVolume": "its claim loses the volume",
    "PersistentVolumeClaim": "pods lose the volume, and its data unless the class retains them",
}
