"""All checks in order, each on its own: one that fails, or may not ask, stops no other."""

from collections.abc import Callable
from datetime import date

from config import Settings, Versions
from config.naming import BUILT_IMAGES, SECRETS_TO_FILL
from operations.aws.account import Account
from operations.checklist import Check, go_through
from operations.doctor import (
    addons,
    addresses,
    bootstrap,
    cost_tags,
    credentials,
    deployed,
    dns,
    github,
    images,
    kubernetes,
    linked_roles,
    offerings,
    placeholders,
    region,
    retained,
    secret_values,
    vcpus,
)
from operations.finding import Finding

# Where the permissions are that all this needs.
POLICY = "docs/doctor.md"


def settings_file(environment: str) -> str:
    """The file that an environment is read from, as ``-e`` names it."""
    if environment.endswith(".toml"):
        return environment
    return f"config/environments/{environment}.toml"


def examine(
    settings: Settings,
    versions: Versions,
    account: Account,
    *,
    today: date,
    file: str,
    announce: Callable[[str], None] = lambda title: None,
) -> list[Finding]:
    """Ask everything that decides whether an environment can be deployed.

    Args:
        settings: The environment.
        versions: The pins.
        account: Where it would go.
        today: The day that support is asked about.
        file: The settings' file, for the edits that are proposed.
        announce: Told what is looked at next.
    """
    return go_through(_checks(settings, versions, account, today, file), announce)


def _checks(
    settings: Settings, versions: Versions, account: Account, today: date, file: str
) -> tuple[Check, ...]:
    name, zones, pools = settings.name, settings.availability_zones, settings.cluster.pools
    version, network = settings.cluster.kubernetes, settings.network
    pins = versions.kubernetes.get(version)
    return (
        # What needs no account comes before the gates.
        Check(
            title=kubernetes.SUPPORT,
            findings=lambda: kubernetes.check_support(version, versions, today, file=file),
        ),
        Check(
            title=kubernetes.SKEW,
            findings=lambda: kubernetes.check_skew(version, versions, file=file),
        ),
        Check(
            title=placeholders.TITLE,
            findings=lambda: placeholders.check_placeholders(settings, file=file),
        ),
        Check(
            title=github.TITLE,
            findings=lambda: github.check_github(settings.github, file=file),
        ),
        Check(
            title=credentials.TITLE,
            findings=lambda: credentials.check_credentials(
                account, expected=settings.account, file=file
            ),
            gate="no credentials of the account",
        ),
        Check(
            title=region.REGION,
            findings=lambda: region.check_region(account),
            gate=f"{settings.region} is not enabled",
        ),
        Check(title=region.ZONES, findings=lambda: region.check_zones(account, zones, file=file)),
        Check(title=bootstrap.BOOTSTRAP, findings=lambda: bootstrap.check_bootstrap(account)),
        Check(title=bootstrap.DEPLOY_ROLE, findings=lambda: bootstrap.check_deploy_role(account)),
        Check(
            title=deployed.TITLE,
            findings=lambda: deployed.check_others(account, name, file=file),
        ),
        Check(
            title=retained.TITLE,
            findings=lambda: retained.check_retained(
                account,
                name,
                images=(*BUILT_IMAGES, *versions.mirrored),
                secrets=SECRETS_TO_FILL,
            ),
        ),
        Check(
            title=linked_roles.TITLE,
            findings=lambda: linked_roles.check_linked_roles(account, pools),
        ),
        Check(
            title=offerings.TITLE,
            findings=lambda: offerings.check_offerings(account, pools, zones, file=file),
        ),
        Check(title=vcpus.TITLE, findings=lambda: vcpus.check_vcpus(account, pools)),
        Check(
            title=addresses.ADDRESSES,
            findings=lambda: addresses.check_addresses(
                account, name, nat_gateways=network.nat_gateways
            ),
        ),
        Check(title=addresses.NETWORK, findings=lambda: addresses.check_vpcs(account, name)),
        Check(
            title=addresses.GATEWAYS,
            findings=lambda: addresses.check_nat_gateways(
                account, name, zones=zones[: network.nat_gateways]
            ),
        ),
        Check(
            title=addons.TITLE,
            findings=lambda: addons.check_addons(account, version, pins),
        ),
        Check(
            title=images.TITLE,
            findings=lambda: images.check_images(account, name, versions.mirrored),
        ),
        Check(
            title=secret_values.TITLE,
            findings=lambda: secret_values.check_secrets(account, name, SECRETS_TO_FILL),
        ),
        Check(
            title=github.PROVIDER,
            findings=lambda: github.check_provider(account, name, settings.github, file=file),
        ),
        Check(
            title=cost_tags.TITLE,
            findings=lambda: cost_tags.check_cost_tags(account, name, settings.budget, file=file),
        ),
        Check(title=dns.ZONE, findings=lambda: dns.check_zone(account, settings.dns, file=file)),
        Check(
            title=dns.CERTIFICATE,
            findings=lambda: dns.check_certificate(account, settings.dns, file=file),
        ),
    )
