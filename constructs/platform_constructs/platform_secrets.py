"""The secrets that pods read: one is generated, the others wait for a person."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from config.naming import GENERATED_SECRETS, SECRETS_TO_FILL, secret_name
from platform_constructs.acknowledgement import acknowledge


class PlatformSecrets(Construct):
    """Secrets with a key of ours. No value is in a template, an output or this repository.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        environment: Part of the names.
        key: Encrypts the values.
        removal_policy: What happens to the values when the construct goes.

    Attributes:
        secrets: By name without its environment, such as ``grafana-admin``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        key: kms.IKey,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secrets: dict[str, secretsmanager.Secret] = {}

        for name in GENERATED_SECRETS:
            self.secrets[name] = self._secret(
                name,
                environment,
                key,
                removal_policy,
                secretsmanager.SecretStringGenerator(
                    secret_string_template='{"username": "admin"}',
                    generate_string_key="password",
                    password_length=32,
                    exclude_punctuation=True,
                ),
            )
        for name in SECRETS_TO_FILL:
            secret = self._secret(name, environment, key, removal_policy)
            # Left to itself CDK generates a value; a secret without one is seen to be unfilled.
            resource = cast(secretsmanager.CfnSecret, secret.node.default_child)
            resource.generate_secret_string = None
            self.secrets[name] = secret

    def _secret(
        self,
        name: str,
        environment: str,
        key: kms.IKey,
        removal_policy: cdk.RemovalPolicy,
        generate: secretsmanager.SecretStringGenerator | None = None,
    ) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            name,
            secret_name=secret_name(environment, name),
            encryption_key=key,
            generate_secret_string=generate,
            removal_policy=removal_policy,
        )
        acknowledge(
            secret,
            "no service rotates it: Grafana's admin is for emergencies, the others are issued by "
            "NVIDIA and by the pager",
            "AwsSolutions-SMG4",
        )
        return secret
