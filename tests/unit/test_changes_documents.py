"""Kubernetes objects and Helm values inside templates, told as diffs of YAML."""

import json
from pathlib import Path
from typing import Any

from operations.changes.comparison import Changes, compare
from operations.changes.report import sections
from tests.support.written_assembly import resource, write_assembly

MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"
CHART = "Custom::AWSCDK-EKS-HelmChart"


def kubernetes(kind: str, name: str, namespace: str | None = None, **rest: Any) -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata} | rest


def manifest(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"It": resource(MANIFEST, Manifest=json.dumps(objects), ClusterName="c")}


def compared(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> Changes:
    return compare(write_assembly(tmp_path / "old", old), write_assembly(tmp_path / "new", new))


def test_an_object_is_told_by_kind_and_name_with_a_diff(tmp_path: Path) -> None:
    same = kubernetes("Namespace", "inference")
    old, new = (
        manifest(same, kubernetes("Deployment", "triton", "inference", spec={"replicas": count}))
        for count in (1, 3)
    )

    changes = compared(tmp_path, old, new)

    (document,) = changes.documents
    assert (document.verb, document.name) == ("changed", "Deployment inference/triton")
    assert document.diff.splitlines()[-3:] == [" spec:", "-  replicas: 1", "+  replicas: 3"]
    # The JSON text is not told a second time.
    assert [one.properties for one in changes.resources] == [()]


def test_values_that_only_cloudformation_knows_are_placeholders(tmp_path: Path) -> None:
    def joined(handle: dict[str, Any]) -> dict[str, Any]:
        parts = [
            '[{"kind":"PersistentVolume","metadata":{"name":"a \\"quoted\\" one"},"handle":"',
            handle,
            '::x","grow":',
            {"Ref": "Size"},
            "}]",
        ]
        return {"It": resource(MANIFEST, Manifest={"Fn::Join": ["", parts]})}

    old, new = joined({"Ref": "Files"}), joined({"Fn::ImportValue": 'x:"Files"'})

    (document,) = compared(tmp_path, old, new).documents

    assert document.name == 'PersistentVolume a "quoted" one'
    assert "-handle: ${Ref Files}::x" in document.diff
    assert '+handle: ${ImportValue x:"Files"}::x' in document.diff
    assert " grow: ${Ref Size}" in document.diff


def test_added_and_removed_objects_are_told_whole(tmp_path: Path) -> None:
    old, new = manifest(kubernetes("Service", "a")), manifest(kubernetes("Service", "b"))

    changes = compared(tmp_path, old, new)

    assert [(one.verb, one.name) for one in changes.documents] == [
        ("removed", "Service a"),
        ("added", "Service b"),
    ]
    assert all(line[0] in "+@" for line in changes.documents[1].diff.splitlines())


def test_a_resource_that_goes_takes_its_objects_along(tmp_path: Path) -> None:
    changes = compared(tmp_path, manifest(kubernetes("Namespace", "inference")), {})

    assert [one.verb for one in changes.documents] == ["removed"]


def test_a_namespace_that_is_removed_is_a_danger(tmp_path: Path) -> None:
    old = manifest(kubernetes("Namespace", "inference"), kubernetes("Service", "a"))

    (first, *_) = sections(compared(tmp_path, old, manifest(kubernetes("Service", "a"))))

    assert first.danger
    assert first.lines == (
        "main: removed Namespace inference: everything in the namespace is deleted with it",
    )


def test_another_order_of_keys_is_no_difference_of_an_object(tmp_path: Path) -> None:
    text = '[{"kind": "Service", "metadata": {"name": "a"}}]'
    other = '[{"metadata": {"name": "a"}, "kind": "Service"}]'
    old, new = ({"It": resource(MANIFEST, Manifest=one)} for one in (text, other))

    changes = compared(tmp_path, old, new)

    assert not changes.documents
    # CloudFormation will run the update nevertheless.
    assert [one.path for one in changes.resources[0].properties] == ["Manifest"]


def test_two_objects_of_one_name_hide_nothing(tmp_path: Path) -> None:
    def twice(value: int) -> dict[str, Any]:
        return manifest(kubernetes("Service", "a", x=value), kubernetes("Service", "a", x=0))

    assert len(compared(tmp_path, twice(1), twice(2)).documents) == 1


def test_a_manifest_that_cannot_be_read_is_compared_as_text(tmp_path: Path) -> None:
    old, new = ({"It": resource(MANIFEST, Manifest=text)} for text in ("{a", "{b"))

    (document,) = compared(tmp_path, old, new).documents

    assert document.name == "Manifest that is not JSON"


def test_a_chart_is_told_with_its_version_and_its_values(tmp_path: Path) -> None:
    def chart(version: str, replicas: int) -> dict[str, Any]:
        values = json.dumps({"replicas": replicas})
        return {"It": resource(CHART, Release="istio", Version=version, Values=values)}

    changes = compared(tmp_path, chart("1.0.0", 1), chart("1.1.0", 2))

    assert [str(one) for one in changes.resources[0].properties] == ["Version: 1.0.0 -> 1.1.0"]
    assert [one.name for one in changes.documents] == ["values of istio"]
    assert "-replicas: 1\n+replicas: 2" in changes.documents[0].diff
