"""Reading cloud assemblies: what is one, and how it is said that something is none."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.changes.assembly import AssemblyError, StackId, read_assembly
from operations.changes.comparison import compare
from tests.support.written_assembly import resource, write_assembly


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"nowhere does not exist: give the directory that"):
        read_assembly(tmp_path / "nowhere")


def test_a_file_is_told_from_a_directory(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()

    with pytest.raises(AssemblyError, match=r"app\.py is a file, not a directory"):
        read_assembly(tmp_path / "app.py")


def test_an_empty_directory_is_no_assembly(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"has no manifest\.json, so it is no cloud assembly"):
        read_assembly(tmp_path)


def test_an_assembly_without_stacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="names no stack"):
        read_assembly(write_assembly(tmp_path, stacks={}))


@pytest.mark.parametrize("outside", ["../other", "/etc", ".", "link"])
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("aws:cloudformation:stack", "templateFile"),
        ("cdk:cloud-assembly", "directoryName"),
    ],
)
def test_a_manifest_that_leads_outside_of_its_assembly_is_refused(
    tmp_path: Path, outside: str, kind: str, key: str
) -> None:
    write_assembly(tmp_path / "other")
    assembly = write_assembly(tmp_path / "mine")
    (assembly / "link").symlink_to(tmp_path / "other")
    artifact = {"type": kind, "properties": {key: outside}}
    manifest = json.dumps({"version": "55.0.0", "artifacts": {"x": artifact}})
    (assembly / "manifest.json").write_text(manifest, encoding="utf-8")

    with pytest.raises(AssemblyError, match=rf"names {outside}, outside of itself"):
        read_assembly(assembly)


@pytest.mark.parametrize("file", ["manifest.json", "main.template.json"])
@pytest.mark.parametrize(
    ("text", "complaint"),
    [('{"Resources": ', "is not JSON"), ("[]", "is not a JSON object"), ("", "is not JSON")],
)
def test_a_broken_file_is_named(tmp_path: Path, file: str, text: str, complaint: str) -> None:
    (write_assembly(tmp_path) / file).write_text(text, encoding="utf-8")

    with pytest.raises(AssemblyError, match=f"{file} {complaint}.*: synthesize it again"):
        read_assembly(tmp_path)


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ({"Resources": []}, "`Resources` is no object"),
        ({"Resources": {"Key": {}}}, "Key has no Type"),
        ({"Resources": {"Key": None}}, "Key has no Type"),
        ({"Resources": {"Key": {"Type": "X", "Properties": []}}}, "the Properties of Key are no"),
    ],
)
def test_a_file_that_is_no_template_is_told(
    tmp_path: Path, template: object, complaint: str
) -> None:
    write_assembly(tmp_path)
    (tmp_path / "main.template.json").write_text(json.dumps(template), encoding="utf-8")

    with pytest.raises(AssemblyError, match=complaint):
        read_assembly(tmp_path)


def test_a_template_that_the_manifest_names_must_be_there(tmp_path: Path) -> None:
    (write_assembly(tmp_path) / "main.template.json").unlink()

    with pytest.raises(AssemblyError, match=r"main\.template\.json is named .* but missing"):
        read_assembly(tmp_path)


@pytest.mark.parametrize(
    "artifact",
    [
        None,
        {},
        {"type": "aws:cloudformation:stack"},
        {"type": "aws:cloudformation:stack", "properties": []},
    ],
)
def test_an_artifact_that_is_none_is_named(tmp_path: Path, artifact: object) -> None:
    write_assembly(tmp_path)
    text = json.dumps({"artifacts": {"main": artifact}})
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(AssemblyError, match="artifact main is not what `cdk synth` writes"):
        read_assembly(tmp_path)


def test_nested_stacks_and_stages_are_read_too(tmp_path: Path) -> None:
    write_assembly(tmp_path)
    (tmp_path / "child.nested.template.json").write_text("{}", encoding="utf-8")
    write_assembly(tmp_path / "stage", stacks={"staged": {}})
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    manifest["artifacts"]["stage"] = {
        "type": "cdk:cloud-assembly",
        "properties": {"directoryName": "stage"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert set(read_assembly(tmp_path)) == {
        StackId("main", "eu-central-1"),
        StackId("staged", "eu-central-1"),
        StackId("child.nested", ""),
    }


_NAMES = st.sampled_from(["A", "B", "Ref", "Fn::If", "Fn::Join", "Fn::Sub", "Fn::GetAtt", "Arn"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | _NAMES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
# Types of which every reader of a template has something to say.
_TYPES = {
    "AWS::IAM::Role": ["AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns"],
    "AWS::IAM::Policy": ["PolicyDocument", "Roles"],
    "AWS::S3::BucketPolicy": ["PolicyDocument", "Bucket"],
    "AWS::EFS::FileSystem": ["FileSystemPolicy", "KmsKeyId"],
    "AWS::EC2::SecurityGroup": ["SecurityGroupIngress", "VpcId"],
    "AWS::EC2::SecurityGroupIngress": ["CidrIp", "FromPort", "IpProtocol"],
    "AWS::EKS::Cluster": ["ResourcesVpcConfig", "RoleArn", "KubernetesNetworkConfig"],
    "AWS::EKS::AccessEntry": ["AccessPolicies", "KubernetesGroups", "PrincipalArn"],
    "AWS::EKS::Nodegroup": ["Subnets", "Taints"],
    "Custom::AWSCDK-EKS-KubernetesResource": ["Manifest"],
    "Custom::AWSCDK-EKS-HelmChart": ["Values", "Version"],
    "Unknown::Type": ["Anything"],
}
_STATEMENTS = st.fixed_dictionaries({"Statement": st.lists(_VALUES, max_size=2) | _VALUES})


@st.composite
def _resources(draw: st.DrawFn) -> dict[str, object]:
    found: dict[str, object] = {}
    for logical_id in draw(st.sets(st.sampled_from("ABCD"), max_size=4)):
        kind = draw(st.sampled_from(sorted(_TYPES)))
        properties = draw(
            st.dictionaries(st.sampled_from(_TYPES[kind]), _VALUES | _STATEMENTS, max_size=3)
        )
        found[logical_id] = resource(kind, **properties)
    return found


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=_resources(), new=_resources(), outputs=_VALUES)
def test_every_assembly_equals_itself_and_no_two_are_too_strange_to_compare(
    tmp_path: Path, old: dict[str, object], new: dict[str, object], outputs: object
) -> None:
    before = write_assembly(tmp_path / "old", old, Outputs=outputs)  # type: ignore[arg-type]
    after = write_assembly(tmp_path / "new", new, Outputs=outputs)  # type: ignore[arg-type]

    for same in (before, after):
        itself = compare(same, same)
        assert itself.nothing
        assert [*itself.access, *itself.documents, *itself.losses] == []
    assert compare(before, after).nothing is (
        json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)
    )
