"""``tritonctl changes``: exit status, order, and the three ways to print."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from operations.changes.markdown import LIMIT
from tests.support.written_assembly import resource, write_assembly

if TYPE_CHECKING:
    from aws_cdk import cx_api

FILES = "AWS::EFS::FileSystem"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["changes", *map(str, arguments)])


def manifest(replicas: int, **more: Any) -> dict[str, Any]:
    item = {"kind": "Deployment", "metadata": {"name": "triton"}, "replicas": replicas, **more}
    return resource("Custom::AWSCDK-EKS-KubernetesResource", Manifest=json.dumps(item))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_assembly(
        tmp_path / "old",
        {
            "Files": resource(FILES, Encrypted=True, FileSystemPolicy={"Statement": []}),
            "Logs": resource("AWS::Logs::LogGroup"),
            "Role": resource("AWS::IAM::Role", RoleName="a"),
            "Triton": manifest(1),
            "Zone": resource("AWS::Lambda::Function", Timeout=1),
        },
    )


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write_assembly(
        tmp_path / "new",
        {
            "Files": resource(FILES, Encrypted=False, FileSystemPolicy={"Statement": []}),
            "Role": resource("AWS::IAM::Role", RoleName="b", ManagedPolicyArns=["admin"]),
            "Triton": manifest(3),
            "Zone": resource("AWS::Lambda::Function", Timeout=2),
        },
    )


def test_a_loss_ends_with_1_and_names_stack_id_and_property(old: Path, new: Path) -> None:
    result = run(old, new)

    assert result.exit_code == 1
    assert f"main: Files {FILES} replaced: Encrypted cannot be changed in place" in result.stdout


def test_an_allowed_loss_ends_with_0_and_is_still_told(old: Path, new: Path) -> None:
    result = run(old, new, "--allow", "Files")

    assert result.exit_code == 0
    assert "Lost, and allowed\n  main: Files" in result.stdout


def test_no_changes_are_told_as_such(old: Path) -> None:
    assert (run(old, old).exit_code, run(old, old).stdout) == (0, "no changes\n")
    assert run(old, old, "--markdown").stdout == "**no changes**\n"
    assert json.loads(run(old, old, "--json").stdout)["nothing"] is True


@pytest.mark.parametrize("form", [[], ["--markdown"]])
def test_what_hurts_comes_first(old: Path, new: Path, form: list[str]) -> None:
    text = run(old, new, *form).stdout

    titles = [
        "this would be lost",
        "Interrupted or less protected",
        "More access",
        "Other replacements and removals",
        "Kubernetes objects and Helm values",
        "Updates",
    ]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert text.index("Logs") < text.index("may do what admin allows") < text.index("replicas: 3")


def test_json_has_everything_for_programs(old: Path, new: Path) -> None:
    told = json.loads(run(old, new, "--json").stdout)

    assert (told["nothing"], told["refused"]) == (False, True)
    assert [loss["logical_id"] for loss in told["losses"]] == ["Files"]
    assert {one["logical_id"]: one["fate"] for one in told["resources"]} == {
        "Files": "replaced",
        "Logs": "removed",
        "Role": "replaced",
        "Triton": "updated",
        "Zone": "updated",
    }
    assert told["access"][0]["wider"] is True
    assert told["documents"][0]["name"] == "Deployment triton"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["{old}"], 2, "Missing argument"),
        (["{old}", "{old}", "--json", "--markdown"], 2, "exclude each other"),
        (["{old}", "{old}/nowhere"], 1, "does not exist"),
        (["{old}/manifest.json", "{old}"], 1, "is a file, not a directory"),
        (["{old}", "{old}", "--allow", "Files"], 1, "nothing is refused"),
        (["{old}", "{new}", "--allow", "Flies"], 1, "those that are refused: Files"),
    ],
)
def test_mistakes_are_told(
    old: Path, new: Path, arguments: list[str], status: int, told: str
) -> None:
    result = run(*(one.format(old=old, new=new) for one in arguments))

    assert result.exit_code == status
    assert told in result.stderr
    assert result.stdout == ""


def test_a_comment_fits_into_github_and_says_what_is_cut(tmp_path: Path, old: Path) -> None:
    long = {f"key{number:05}": "ü" * 20 for number in range(5000)}
    resources = json.loads((old / "main.template.json").read_text(encoding="utf-8"))["Resources"]
    new = write_assembly(
        tmp_path / "new", resources | {"Triton": manifest(1, **long), "Files": resource(FILES)}
    )

    text = run(old, new, "--markdown").stdout

    assert LIMIT * 0.9 < len(text.encode()) < LIMIT
    cut = re.search(r"\*\*(\d+) more lines are cut\*\*", text)
    assert cut
    shown = text.count("+key")
    assert shown + int(cut[1]) > 5000
    assert "Encrypted cannot be changed in place" in text
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0


def test_a_text_cannot_leave_its_block(tmp_path: Path, old: Path) -> None:
    evil = "```\n</details>\n@everybody <img src=x>"
    new = write_assembly(
        tmp_path / "new", {"Zone": manifest(1, text=evil, metadata={"name": "<b>@x"})}
    )

    text = run(old, new, "--markdown").stdout

    # The fence is longer than what is in it, and a title has no markup.
    assert "````diff\n" in text
    assert "<summary>added Deployment &#60;b&#62;&#64;x</summary>" in text


def test_the_platform_is_compared_with_itself_and_with_one_that_loses_its_models(
    cloud_assembly: "Callable[[str], cx_api.CloudAssembly]", tmp_path: Path
) -> None:
    directory = Path(cloud_assembly("prod").directory)
    for path in (directory / "manifest.json", *directory.glob("*.template.json")):
        shutil.copy(path, tmp_path)
    (storage,) = tmp_path.glob("*-storage.template.json")
    template = json.loads(storage.read_text(encoding="utf-8"))
    (logical_id, files) = next(
        item for item in template["Resources"].items() if item[1]["Type"] == FILES
    )
    files["Properties"]["PerformanceMode"] = "maxIO"
    storage.write_text(json.dumps(template), encoding="utf-8")

    assert run(directory, directory).stdout == "no changes\n"
    result = run(directory, tmp_path)
    assert result.exit_code == 1
    assert f"{logical_id} {FILES} replaced: PerformanceMode cannot be changed" in result.stdout
    assert "EFS::MountTarget) replaced: FileSystemId refers to" in result.stdout
