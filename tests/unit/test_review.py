"""``tritonctl review``: every environment of a pull request, its labels, its comment."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from operations.cdk_diff import CDK, cdk_diff
from operations.changes.markdown import LIMIT
from operations.changes.stateful import REFUSED
from operations.errors import OperationError
from operations.review import LABEL, allowed_ids, review, to_comment
from tests.support.written_assembly import resource, write_assembly

if TYPE_CHECKING:
    from aws_cdk import cx_api

FILES = "AWS::EFS::FileSystem"
DIFF = "operations.review.cdk_diff"


@pytest.fixture
def checkouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Dev changes a role, prod would lose its files; the CDK CLI is left out."""
    monkeypatch.setattr(DIFF, lambda old, new: f"cdk says something of {new.name}")
    base, head = tmp_path / "base", tmp_path / "head"
    for environment in ("dev", "prod"):
        files = resource(FILES, Encrypted=True)
        role = resource("AWS::IAM::Role", Description="a")
        write_assembly(base / environment, {"Files": files, "Role": role})
    changed = resource("AWS::IAM::Role", Description="b")
    write_assembly(head / "dev", {"Files": resource(FILES, Encrypted=True), "Role": changed})
    write_assembly(head / "prod", {"Role": resource("AWS::IAM::Role", Description="a")})
    return base, head


def event(tmp_path: Path, *labels: str) -> Path:
    path = tmp_path / "event.json"
    named = [{"name": label} for label in labels]
    path.write_text(json.dumps({"pull_request": {"labels": named}}), encoding="utf-8")
    return path


def run(checkouts: tuple[Path, Path], *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["review", *map(str, (*checkouts, *arguments))])


def test_what_one_environment_would_lose_refuses_all(checkouts: tuple[Path, Path]) -> None:
    result = run(checkouts)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "dev: 1 change in 1 stack, nothing is refused",
        "prod: refused: Files would be lost; 1 change in 1 stack in all",
    ]


def test_a_label_allows_a_loss_and_is_told_where_it_allows_none(
    checkouts: tuple[Path, Path], tmp_path: Path
) -> None:
    labels = event(tmp_path, "bug", f"{LABEL}Files", f"{LABEL}Flies")
    result = run(checkouts, "--event", labels, "--report", tmp_path / "out")

    assert result.exit_code == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "label `allow-replacement:Flies` allows nothing" in text
    assert "### Lost, and allowed" in text
    assert "`allow-replacement:LOGICAL&#95;ID`" not in text


def test_a_label_allows_no_other_loss(checkouts: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(checkouts, "--event", event(tmp_path, f"{LABEL}Flies")).exit_code == 1


def test_the_comment_begins_with_the_verdicts_and_says_how_to_accept(
    checkouts: tuple[Path, Path], tmp_path: Path
) -> None:
    run(checkouts, "--report", tmp_path / "out")

    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert text.index("- **prod**: refused") < text.index("label `allow-replacement:LOGICAL_ID`")
    assert text.index("LOGICAL_ID`") < text.index("## dev") < text.index("## prod")
    # The CDK's own words come last, folded.
    assert text.index("## prod") < text.index("<summary>`cdk diff` of dev</summary>")
    diff = (tmp_path / "out" / "prod.diff").read_text(encoding="utf-8")
    assert diff == "cdk says something of prod"


def test_what_does_not_fit_into_a_comment_is_named(
    checkouts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DIFF, lambda old, new: "ü" * 40_000)

    text = to_comment(review(*checkouts))

    assert "*`cdk diff` of prod is too long for a comment: see the artifact `report`.*" in text
    assert len(text.encode()) < LIMIT


def test_a_diff_cannot_leave_its_block(
    checkouts: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DIFF, lambda old, new: "```\n@everybody")

    assert "````text\n```\n@everybody\n````" in to_comment(review(*checkouts))


def test_an_environment_that_only_one_side_has_is_told(checkouts: tuple[Path, Path]) -> None:
    base, head = checkouts
    shutil.move(head / "prod", head / "staging")

    found = {one.name: one.verdict for one in review(base, head).environments}
    assert found["prod"] == "no longer in the repository: what is deployed of it runs on"
    assert found["staging"] == "new: there is nothing to compare"


def test_without_changes_there_is_little_to_say(checkouts: tuple[Path, Path]) -> None:
    base, _ = checkouts

    found = review(base, base)
    assert not found.refused
    assert to_comment(found).splitlines()[2:] == ["- **dev**: no changes", "- **prod**: no changes"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pull_request": {}}'])
def test_a_file_that_is_no_event_of_a_pull_request_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(OperationError, match="not the event of a pull request"):
        allowed_ids(path)


def test_labels_are_names_and_nothing_else(tmp_path: Path) -> None:
    hostile = f"{LABEL}$(touch /tmp/x); `id`"

    assert allowed_ids(event(tmp_path, hostile, LABEL)) == {"$(touch /tmp/x); `id`"}


def test_a_directory_without_assemblies_is_told(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="holds no assembly: run `make synth"):
        review(tmp_path, tmp_path)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_id_whose_loss_is_refused_fits_into_a_label(
    cloud_assembly: "Callable[[str], cx_api.CloudAssembly]", environment: str
) -> None:
    for stack in cloud_assembly(environment).stacks:
        for logical_id, found in stack.template["Resources"].items():
            if found["Type"] in REFUSED:
                assert len(LABEL + logical_id) <= 50, f"{stack.stack_name}: {logical_id}"


@pytest.mark.skipif(not CDK.exists(), reason="the CDK CLI is not installed: make synth")
def test_the_platform_with_other_files_is_refused_and_the_cdk_tells_the_same(
    cloud_assembly: "Callable[[str], cx_api.CloudAssembly]", tmp_path: Path
) -> None:
    assembly = Path(cloud_assembly("prod").directory)
    for side in ("base", "head"):
        (tmp_path / side / "prod").mkdir(parents=True)
        for path in (*assembly.glob("*.json"), assembly / "cdk.out"):
            shutil.copy(path, tmp_path / side / "prod")
    (storage,) = (tmp_path / "head" / "prod").glob("*-storage.template.json")
    template: dict[str, Any] = json.loads(storage.read_text(encoding="utf-8"))
    (logical_id, files) = next(
        item for item in template["Resources"].items() if item[1]["Type"] == FILES
    )
    files["Properties"]["PerformanceMode"] = "maxIO"
    storage.write_text(json.dumps(template), encoding="utf-8")

    refused = run((tmp_path / "base", tmp_path / "head"), "--report", tmp_path / "out")
    allowed = run(
        (tmp_path / "base", tmp_path / "head"), "--event", event(tmp_path, LABEL + logical_id)
    )

    assert (refused.exit_code, allowed.exit_code) == (1, 0)
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert f"{logical_id} {FILES} replaced: PerformanceMode" in text
    assert "PerformanceMode (requires replacement)" in text


@pytest.mark.skipif(not CDK.exists(), reason="the CDK CLI is not installed: make synth")
def test_a_cdk_that_fails_is_told_with_its_own_words(tmp_path: Path) -> None:
    write_assembly(tmp_path / "old", {"A": resource("AWS::S3::Bucket")})
    new = write_assembly(tmp_path / "new", {"B": resource("AWS::S3::Bucket")})
    (new / "manifest.json").write_text("{}", encoding="utf-8")

    with pytest.raises(OperationError, match=r"`cdk diff main` failed: \S"):
        cdk_diff(tmp_path / "old", new)


@pytest.mark.parametrize("name", ["README.md", "README.md/report"])
def test_a_report_that_cannot_be_written_is_told_in_one_line(
    checkouts: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    (tmp_path / "README.md").write_text("x", encoding="utf-8")

    result = run(checkouts, "--report", tmp_path / name)

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"the report cannot be written to {tmp_path / name}" in result.stderr.replace("\n", " ")
    assert "give a directory" in result.stderr
