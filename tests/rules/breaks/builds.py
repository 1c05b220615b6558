"""Mistakes in builds."""

from tests.rules.breaking import Break, put
from tests.rules.checks.builds import builds_are_unprivileged, builds_install_exact_versions

PROJECT = "AWS::CodeBuild::Project"
SPECIFICATION = "Properties/Source/BuildSpec"

BREAKS = (
    Break(
        builds_install_exact_versions,
        put("delivery", PROJECT, SPECIFICATION, "commands:\n- npm install -g cdk-assets@latest\n"),
        "installs cdk-assets@latest",
    ),
    Break(
        builds_install_exact_versions,
        put("delivery", PROJECT, SPECIFICATION, "commands:\n- npm install -g aws-cdk@2\n"),
        "installs aws-cdk@2",
    ),
    Break(
        builds_are_unprivileged,
        put("registry", PROJECT, "Properties/Environment/PrivilegedMode", True),
        "is privileged",
    ),
)
