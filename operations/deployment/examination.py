"""Whether a deployed platform is well: all checks in order, each on its own."""

from collections.abc import Callable

from config import Settings, Versions
from operations.aws.account import Account
from operations.checklist import Check, go_through
from operations.deployment import addons, cluster, gateway, image, nodes, stacks
from operations.doctor import credentials
from operations.finding import Finding
from serving.repository import Repository

# The document with the permissions that all checks together need.
POLICY = "docs/delivery.md"


def examine_deployment(
    settings: Settings,
    versions: Versions,
    account: Account,
    repository: Repository,
    *,
    file: str,
    url: str | None = None,
    announce: Callable[[str], None] = lambda title: None,
) -> list[Finding]:
    """Ask everything that decides whether what was deployed works.

    Args:
        settings: The environment.
        versions: The pins.
        account: Where it is.
        repository: The models whose answers are known.
        file: The settings' file, for what is proposed.
        url: Of the gateway. Default: the domain of the settings, if there is one.
        announce: Told what is looked at next.

    Raises:
        OperationError: ``url`` is no address.
    """
    address = gateway.gateway_address(url) if url else None
    if address is None and settings.dns:
        address = f"https://{settings.dns.domain}"
    return go_through(_checks(settings, versions, account, repository, file, address), announce)


def _checks(
    settings: Settings,
    versions: Versions,
    account: Account,
    repository: Repository,
    file: str,
    address: str | None,
) -> tuple[Check, ...]:
    name, wanted = settings.name, settings.cluster
    pins = versions.kubernetes.get(wanted.kubernetes)
    return (
        Check(
            title=credentials.TITLE,
            findings=lambda: credentials.check_credentials(
                account, expected=settings.account, file=file
            ),
            gate="no credentials of the account",
        ),
        Check(title=stacks.TITLE, findings=lambda: stacks.check_stacks(account, name)),
        Check(title=image.TITLE, findings=lambda: image.check_image(account, name, versions)),
        Check(
            title=cluster.TITLE,
            findings=lambda: cluster.check_cluster(account, name, wanted.kubernetes),
        ),
        Check(
            title=addons.TITLE,
            findings=lambda: addons.check_addons(
                account, name, wanted, pins.addons if pins else {}
            ),
        ),
        Check(title=nodes.TITLE, findings=lambda: nodes.check_nodes(account, name, wanted.pools)),
        # Clients need no credentials either.
        Check(
            title=gateway.TITLE,
            findings=lambda: gateway.check_gateway(address, repository),
            of_account=False,
        ),
    )
