"""What a pull request would change in every environment: one comment, one verdict."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from operations.cdk_diff import cdk_diff
from operations.changes.comparison import Changes, compare
from operations.changes.markdown import LIMIT, to_markdown
from operations.changes.report import verdict
from operations.errors import OperationError

# Followed by the logical id of a resource whose loss is meant; GitHub takes 50 characters.
LABEL = "allow-replacement:"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment on both sides.

    Attributes:
        name: Its name.
        changes: What would change; ``None`` when only one side has it.
        diff: The same, as the CDK CLI tells it.
        note: Why there is nothing to compare.
    """

    name: str
    changes: Changes | None = None
    diff: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """The environment in one line."""
        return verdict(self.changes) if self.changes else self.note


@dataclass(frozen=True, kw_only=True)
class Review:
    """All environments.

    Attributes:
        environments: By name.
        idle: Ids that are allowed and not lost in any environment.
    """

    environments: tuple[Environment, ...]
    idle: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something would be lost that nobody allowed."""
        return any(one.changes and one.changes.refused for one in self.environments)


def allowed_ids(event: Path) -> frozenset[str]:
    """The losses that labels of a pull request allow.

    Args:
        event: The file that GitHub writes for a workflow (``GITHUB_EVENT_PATH``).

    Raises:
        OperationError: it is not the event of a pull request.
    """
    try:
        labels = json.loads(event.read_text(encoding="utf-8"))["pull_request"]["labels"]
        names = [str(label["name"]) for label in labels]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperationError(
            f"{event} is not the event of a pull request: give the file of GITHUB_EVENT_PATH"
        ) from error
    return frozenset(
        name.removeprefix(LABEL).strip() for name in names if name.startswith(LABEL)
    ) - {""}


def review(base: Path, head: Path, allowed: Iterable[str] = ()) -> Review:
    """Compare every environment.

    Args:
        base: Directory with the assembly of each environment as it is, named like it.
        head: The same as it would be.
        allowed: Logical ids of losses that are meant, in whichever environment they are.

    Raises:
        OperationError: there is nothing to compare, or an assembly is broken.
    """
    allowed = set(allowed)
    before, after = _assemblies(base), _assemblies(head)
    for directory, found in ((base, before), (head, after)):
        if not found:
            raise OperationError(
                f"{directory} holds no assembly: run `make synth ENV=<environment>` there"
            )
    environments: list[Environment] = []
    lost: set[str] = set()
    for name in sorted(before | after):
        if name not in before:
            environments.append(Environment(name=name, note="new: there is nothing to compare"))
        elif name not in after:
            note = "no longer in the repository: what is deployed of it runs on"
            environments.append(Environment(name=name, note=note))
        else:
            changes = compare(base / name, head / name)
            lost |= {loss.logical_id for loss in changes.losses}
            losses = tuple(
                replace(loss, allowed=loss.logical_id in allowed) for loss in changes.losses
            )
            environments.append(
                Environment(
                    name=name,
                    changes=replace(changes, losses=losses),
                    diff="" if changes.nothing else cdk_diff(base / name, head / name),
                )
            )
    return Review(environments=tuple(environments), idle=tuple(sorted(allowed - lost)))


def to_comment(review: Review) -> str:
    """The review as Markdown that fits into a comment; what does not fit is named instead."""
    text = "## What this would change\n\n"
    for one in review.environments:
        text += f"- **{one.name}**: {_plain(one.verdict)}\n"
    for name in review.idle:
        text += f"- label `{_plain(LABEL + name)}` allows nothing: nothing of that id is lost\n"
    if review.refused:
        text += (
            "\nTo say that a loss is meant, a maintainer sets the label "
            f"`{LABEL}LOGICAL_ID` on this pull request.\n"
        )
    for title, part in _parts(review):
        if len((text + part).encode()) > LIMIT - 1000:
            part = f"\n*{title} is too long for a comment: see the artifact `report`.*\n"
        text += part
    return text


def write_report(found: Review, directory: Path) -> None:
    """Write the comment, and the CDK's own words about each environment beside it.

    Raises:
        OperationError: the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "report.md").write_text(to_comment(found), encoding="utf-8")
        for one in found.environments:
            (directory / f"{one.name}.diff").write_text(one.diff, encoding="utf-8")
    except OSError as error:
        raise OperationError(
            f"the report cannot be written to {directory} ({error.strerror}): "
            "give a directory, such as cdk.out/report"
        ) from error


def _parts(review: Review) -> Iterator[tuple[str, str]]:
    """What hurts in all environments, before the CDK's own words about any."""
    changed = [one for one in review.environments if one.changes and not one.changes.nothing]
    for one in changed:
        if one.changes:
            title = f"`tritonctl changes` of {one.name}"
            yield title, f"\n## {one.name}\n\n{to_markdown(one.changes)}"
    for one in changed:
        title = f"`cdk diff` of {one.name}"
        yield title, f"\n<details><summary>{title}</summary>\n\n{_fenced(one.diff)}\n</details>\n"


def _assemblies(directory: Path) -> set[str]:
    return {path.parent.name for path in directory.glob("*/manifest.json")}


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"


def _plain(text: str) -> str:
    return re.sub(r"[<>&*_`\[\]@#|\\]", lambda match: f"&#{ord(match[0])};", text)
