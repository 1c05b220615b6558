"""Networks that become reachable from more places, or from fewer."""

from typing import Any

import pytest

from operations.changes.access import access_changes
from tests.support.written_assembly import resource


def wider(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    found = access_changes({"main": {"Resources": old}}, {"main": {"Resources": new}})
    assert {one.area for one in found} <= {"network"}
    return [one.what for one in found if one.wider]


def rule(**changed: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"} | changed


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"Group": resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=list(rules))}


def cluster(**network: Any) -> dict[str, Any]:
    return {"Cluster": resource("AWS::EKS::Cluster", ResourcesVpcConfig=network)}


@pytest.mark.parametrize(
    ("narrow", "broad"),
    [
        (rule(), rule(CidrIp="0.0.0.0/0")),
        (rule(), rule(CidrIp="10.0.0.0/8")),
        (rule(), rule(FromPort=80)),
        (rule(), rule(ToPort="8443")),
        (rule(), rule(IpProtocol="-1")),
        (rule(FromPort={"Ref": "Port"}), rule(FromPort=-1, ToPort=-1)),
    ],
)
def test_a_rule_that_lets_in_more_is_told_and_one_that_lets_in_less_is_not(
    narrow: dict[str, Any], broad: dict[str, Any]
) -> None:
    (told,) = wider(group(narrow), group(broad))

    assert told.startswith("security group Group lets in ")
    assert wider(group(broad), group(narrow)) == []


@pytest.mark.parametrize(
    "source",
    [
        {"SourceSecurityGroupId": {"Fn::GetAtt": ["Nodes", "GroupId"]}},
        {"SourcePrefixListId": "pl-1"},
        {"CidrIpv6": "::/0"},
    ],
)
def test_another_source_is_told(source: dict[str, Any]) -> None:
    other = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443} | source

    assert len(wider(group(rule()), group(rule(), other))) == 1


def test_a_rule_of_its_own_is_the_same_as_one_in_the_group() -> None:
    beside = group() | {
        "Rule": resource(
            "AWS::EC2::SecurityGroupIngress", GroupId={"Fn::GetAtt": ["Group", "GroupId"]}, **rule()
        )
    }

    assert wider(group(rule()), beside) == []
    assert wider(group(), beside) == ["security group Group lets in 10.0.0.0/16 on tcp port 443"]


def test_another_description_opens_nothing() -> None:
    assert wider(group(rule(Description="a")), group(rule(Description="b"))) == []


def test_an_api_that_becomes_public_is_told() -> None:
    private = cluster(EndpointPublicAccess=False)
    public = cluster(EndpointPublicAccess=True, PublicAccessCidrs=["192.0.2.0/24"])

    assert wider(private, public) == ["API of cluster Cluster lets in 192.0.2.0/24 on tcp port 443"]
    assert wider(public, private) == []


@pytest.mark.parametrize("unlimited", [{}, {"EndpointPublicAccess": True}])
def test_an_api_without_limits_is_open_to_the_world(unlimited: dict[str, Any]) -> None:
    limited = cluster(EndpointPublicAccess=True, PublicAccessCidrs=["192.0.2.0/24"])

    assert wider(limited, cluster(**unlimited)) == [
        "API of cluster Cluster lets in 0.0.0.0/0 on tcp port 443"
    ]
    assert wider(cluster(**unlimited), limited) == []
