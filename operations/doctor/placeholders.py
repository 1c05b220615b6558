"""Examples of the settings files that somebody took over without replacing them."""

from collections.abc import Iterator

from config import Settings
from operations.finding import Finding, fail, ok

TITLE = "placeholders"

# What the commented-out tables of config/environments/*.toml say.
_REPOSITORY = "OWNER/NAME"
_ID = "123456789"
_DOMAIN = "example.com"
_CONNECTION = "connection/00000000-0000-0000-0000-000000000000"


def check_placeholders(settings: Settings, *, file: str) -> Iterator[Finding]:
    """Is an example still in place of a value? They are well-formed, so synthesis takes them."""
    found = list(_placeholders(settings))
    for key, value, meaning in found:
        yield fail(TITLE, f"{key} is still the example, {value}", meaning, f"{file}: {key}")
    if not found:
        yield ok(TITLE, "none left")


def _placeholders(settings: Settings) -> Iterator[tuple[str, str, str]]:
    github, dns, budget = settings.github, settings.dns, settings.budget
    if github and github.repository == _REPOSITORY:
        yield "github.repository", _REPOSITORY, "the roles would trust a stranger's repository"
    if github and github.repository_id == _ID:
        yield "github.repository_id", _ID, "the roles would trust a stranger's repository"
    if dns and _of_example(dns.domain):
        yield "dns.domain", dns.domain, "nobody can own that domain"
    for email in budget.emails if budget else ():
        if _of_example(email.partition("@")[2]):
            yield "budget.emails", email, "nobody would hear that the month becomes expensive"
    if settings.delivery and settings.delivery.connection_arn.endswith(_CONNECTION):
        yield "delivery.connection_arn", settings.delivery.connection_arn, "there is no such one"


def _of_example(domain: str) -> bool:
    return domain == _DOMAIN or domain.endswith(f".{_DOMAIN}")
