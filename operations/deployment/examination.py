"""Whether a deployed platform is well: all checks in order, each on its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from config import Settings, Versions
from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.deployment import addons, cluster, gateway, image, nodes, stacks
from operations.deployment.absence import AbsentError
from operations.doctor import credentials
from operations.doctor.finding import Finding, Status, fail, skip
from serving.repository import Repository

# The document with the permissions that all checks together need.
POLICY = "docs/delivery.md"


@dataclass(frozen=True, kw_only=True)
class _Check:
    """One question.

    Attributes:
        title: What is looked at.
        findings: Looks.
        of_account: Whether the account is asked, so that it is idle without one.
        gate: Why later questions to the account are idle when this one finds a failure.
    """

    title: str
    findings: Callable[[], Iterable[Finding]]
    of_account: bool = True
    gate: str = ""


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
    found: list[Finding] = []
    closed = ""
    for check in _checks(settings, versions, account, repository, file, address):
        if closed and check.of_account:
            found.append(skip(check.title, closed))
            continue
        announce(check.title)
        try:
            # One by one: what was found before a question went unanswered stays.
            for finding in check.findings():
                found.append(finding)
                if finding.status is Status.FAIL:
                    closed = check.gate
        except AbsentError as error:
            found.append(error.finding)
            closed = str(error)
        except UnansweredError as error:
            found.append(fail(check.title, str(error), error.meaning, *error.fix))
    return found


def _checks(
    settings: Settings,
    versions: Versions,
    account: Account,
    repository: Repository,
    file: str,
    address: str | None,
) -> tuple[_Check, ...]:
    name, wanted = settings.name, settings.cluster
    pins = versions.kubernetes.get(wanted.kubernetes)
    return (
        _Check(
            title=credentials.TITLE,
            findings=lambda: credentials.check_credentials(
                account, expected=settings.account, file=file
            ),
            gate="no credentials of the account",
        ),
        _Check(title=stacks.TITLE, findings=lambda: stacks.check_stacks(account, name)),
        _Check(title=image.TITLE, findings=lambda: image.check_image(account, name, versions)),
        _Check(
            title=cluster.TITLE,
            findings=lambda: cluster.check_cluster(account, name, wanted.kubernetes),
        ),
        _Check(
            title=addons.TITLE,
            findings=lambda: addons.check_addons(
                account, name, wanted, pins.addons if pins else {}
            ),
        ),
        _Check(title=nodes.TITLE, findings=lambda: nodes.check_nodes(account, name, wanted.pools)),
        # Clients need no credentials either.
        _Check(
            title=gateway.TITLE,
            findings=lambda: gateway.check_gateway(address, repository),
            of_account=False,
        ),
    )
