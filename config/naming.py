"""The names by which the outside knows an environment; both CDK and ``tritonctl`` use them."""

PROJECT = "triton-platform"

# Deploy order: long-lived first. A stack uses only those before it; delete in reverse.
STACKS = ("security", "network", "registry", "storage", "cluster", "serving")
# The pipeline is deployed by hand and stands apart from what it deploys.
DELIVERY_STACK = "delivery"

# Secrets that are generated, and those that a person fills: they have no value until then.
GENERATED_SECRETS = ("grafana-admin",)
SECRETS_TO_FILL = ("alert-webhook", "ngc-api-key")

# Repositories for what is built here; beside them one for each image of versions.toml.
BUILT_IMAGES = ("triton", "model-tools")


def tags(environment: str) -> dict[str, str]:
    """The tags of everything that belongs to an environment."""
    return {"Project": PROJECT, "Environment": environment}


def stack_name(environment: str, noun: str) -> str:
    """Name of a CloudFormation stack."""
    return f"{PROJECT}-{environment}-{noun}"


def cluster_name(environment: str) -> str:
    """Name of the EKS cluster."""
    return f"{PROJECT}-{environment}"


def repository_name(environment: str, image: str) -> str:
    """Name of the ECR repository of an image."""
    return f"{PROJECT}-{environment}/{image}"


def secret_name(environment: str, secret: str) -> str:
    """Name of a secret in Secrets Manager."""
    return f"{PROJECT}/{environment}/{secret}"


def role_name(environment: str, role: str) -> str:
    """Name of an IAM role that people or pipelines outside the platform take."""
    return f"{PROJECT}-{environment}-{role}"


def boundary_name(environment: str) -> str:
    """Name of the permissions boundary of every role in an environment."""
    return f"{PROJECT}-{environment}-boundary"


def mirror_name(environment: str) -> str:
    """Name of the build that copies the pinned images."""
    return f"{PROJECT}-{environment}-mirror"
