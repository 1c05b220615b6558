"""Secrets where they should not be; none of these was ever one."""

from tests.rules.breaking import GONE, Break, output, put, swap
from tests.rules.checks.images import MANIFESTS
from tests.rules.checks.secrets import (
    no_output_tells_a_secret,
    no_secret_has_its_value_in_the_template,
    no_template_resolves_a_secret,
    no_text_looks_like_a_secret,
    no_variable_carries_a_secret,
)

SECRET, FUNCTION = "AWS::SecretsManager::Secret", "AWS::Lambda::Function"
# Put together here, so that no scanner of the repository takes them for real.
ACCESS_KEY = "AKIA" + "Z7" * 8
RANDOM = "9f" + "K3mQ8zX2vB7nW5" + "tR1yL6pD4sJ0hG"

BREAKS = (
    Break(
        no_text_looks_like_a_secret,
        put("cluster", FUNCTION, "Properties/Environment/Variables/ID", ACCESS_KEY),
        f"AWS Access Key: {ACCESS_KEY}",
    ),
    Break(
        no_text_looks_like_a_secret,
        put("cluster", FUNCTION, "Properties/Description", RANDOM),
        f"Base64 High Entropy String: {RANDOM}",
    ),
    Break(
        no_text_looks_like_a_secret,
        put("storage", "AWS::DataSync::Task", "Properties/password", "open-sesame"),
        "Secret Keyword: open-sesame",
    ),
    Break(
        no_secret_has_its_value_in_the_template,
        put("security", SECRET, "Properties/SecretString", "open sesame"),
        "has its value in the template",
    ),
    Break(
        no_secret_has_its_value_in_the_template,
        put(
            "security",
            SECRET,
            "Properties/GenerateSecretString/SecretStringTemplate",
            '{"username": "admin", "pepper": "black"}',
        ),
        "has more than a name",
    ),
    Break(
        no_secret_has_its_value_in_the_template,
        put("security", SECRET, "Properties/KmsKeyId", GONE),
        "is encrypted with no key of ours",
    ),
    Break(
        no_template_resolves_a_secret,
        put("cluster", FUNCTION, "Properties/Description", "{{resolve:secretsmanager:a}}"),
        "cluster has {{resolve:secretsmanager",
    ),
    Break(
        no_variable_carries_a_secret,
        put("cluster", FUNCTION, "Properties/Environment/Variables/DB_PASSWORD", "x"),
        "has the variable DB_PASSWORD",
    ),
    Break(
        no_variable_carries_a_secret,
        put(
            "registry",
            "AWS::CodeBuild::Project",
            "Properties/Environment/EnvironmentVariables/+",
            {"Name": "NGC_API_KEY", "Value": "x"},
        ),
        "has the variable NGC_API_KEY",
    ),
    Break(
        no_variable_carries_a_secret,
        swap(
            "serving",
            MANIFESTS,
            '\\"command\\":',
            '\\"env\\":[{\\"name\\":\\"HF_TOKEN\\",\\"value\\":\\"x\\"}],\\"command\\":',
        ),
        "has the variable HF_TOKEN",
    ),
    Break(
        no_output_tells_a_secret,
        output("security", "AdminPassword", "x"),
        "security tells AdminPassword",
    ),
)
