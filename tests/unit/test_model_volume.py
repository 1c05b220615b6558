"""The file system of the models."""

from collections.abc import Mapping

from aws_cdk.assertions import Match, Template


def test_files_are_encrypted_with_a_key_of_ours(synth: Mapping[str, Template]) -> None:
    synth["storage"].has_resource_properties(
        "AWS::EFS::FileSystem", {"Encrypted": True, "KmsKeyId": Match.any_value()}
    )


def test_mounting_without_tls_is_denied_and_nothing_is_allowed_to_everybody(
    synth: Mapping[str, Template],
) -> None:
    [file_system] = synth["storage"].find_resources("AWS::EFS::FileSystem").values()

    [statement] = file_system["Properties"]["FileSystemPolicy"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_client_is_the_user_of_the_image(synth: Mapping[str, Template]) -> None:
    synth["storage"].has_resource_properties(
        "AWS::EFS::AccessPoint",
        {
            "PosixUser": {"Uid": "1000", "Gid": "1000"},
            "RootDirectory": Match.object_like({"Path": "/models"}),
        },
    )


def test_every_zone_has_a_mount_target(synth: Mapping[str, Template]) -> None:
    synth["storage"].resource_count_is("AWS::EFS::MountTarget", 3)


def test_nobody_is_let_in_before_a_later_stack_says_who(synth: Mapping[str, Template]) -> None:
    synth["storage"].has_resource_properties(
        "AWS::EC2::SecurityGroup", {"SecurityGroupIngress": Match.absent()}
    )


def test_nodes_reach_the_volume(synth: Mapping[str, Template]) -> None:
    synth["cluster"].has_resource_properties(
        "AWS::EC2::SecurityGroupIngress",
        {
            "IpProtocol": "tcp",
            "FromPort": 2049,
            "ToPort": 2049,
            "SourceSecurityGroupId": {"Fn::GetAtt": Match.array_with(["ClusterSecurityGroupId"])},
        },
    )


def test_pods_may_mount_but_neither_write_nor_be_root(synth: Mapping[str, Template]) -> None:
    policies = synth["cluster"].find_resources("AWS::IAM::Policy").values()

    statements = [
        statement
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "elasticfilesystem:Client" in str(statement["Action"])
    ]
    assert [statement["Action"] for statement in statements] == ["elasticfilesystem:ClientMount"]
    assert "AccessPointArn" in str(statements[0]["Condition"])
