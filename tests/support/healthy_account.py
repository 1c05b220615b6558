"""Answers of an account that is ready for production, in which all there is to ask is asked."""

from collections.abc import Mapping
from typing import Any

from config import BudgetSettings, DnsSettings, GitHubSettings, Settings, Versions, load_settings
from config.naming import stack_name
from tests.support.aws_answers import ACCOUNT, REGION, Answer, Answers, Refused

_ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
_EIPS = "L-0263D0A3"


def production() -> Settings:
    """The shipped production settings with everything optional that doctor looks at."""
    return load_settings("prod").model_copy(
        update={
            "account": ACCOUNT,
            "github": GitHubSettings(repository="octo/platform", owner_id="1", repository_id="2"),
            "budget": BudgetSettings(monthly_usd=1000, emails=("platform@acme.io",)),
            "dns": DnsSettings(domain="inference.acme.io", hosted_zone_id="Z0000000001"),
        }
    )


def healthy(settings: Settings, versions: Versions) -> Answers:
    """The answers, which a test may replace one by one."""
    zones = settings.availability_zones
    types = {name for pool in settings.cluster.pools for name in pool.instance_types}
    addons = versions.pins_of(settings.cluster.kubernetes).addons
    certificate = {
        "CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1",
        "DomainName": "acme.io",
        "HasAdditionalSubjectAlternativeNames": True,
    }
    provider = {
        "PhysicalResourceId": _ARN,
        "LogicalResourceId": "Provider",
        "ResourceType": "AWS::IAM::OIDCProvider",
        "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
    }
    return {
        "ec2:DescribeRegions": {"Regions": [{"OptInStatus": "opt-in-not-required"}]},
        "ec2:DescribeAvailabilityZones": {
            "AvailabilityZones": [{"ZoneName": zone, "State": "available"} for zone in zones]
        },
        "ec2:DescribeInstanceTypes": {
            "InstanceTypes": [
                {"InstanceType": name, "VCpuInfo": {"DefaultVCpus": 2}} for name in sorted(types)
            ]
        },
        "ec2:DescribeInstanceTypeOfferings": {
            "InstanceTypeOfferings": [
                {"InstanceType": name, "Location": zone} for name in types for zone in zones
            ]
        },
        "ec2:DescribeAddresses": {"Addresses": []},
        "ec2:DescribeVpcs": {"Vpcs": []},
        "ec2:DescribeNatGateways": {"NatGateways": []},
        "ec2:DescribeSubnets": {"Subnets": []},
        "service-quotas:GetServiceQuota": _quota,
        "service-quotas:GetAWSDefaultServiceQuota": {"Quota": {"Value": 5.0}},
        "ssm:GetParameter": {"Parameter": {"Value": "33"}},
        "iam:GetRole": lambda arguments: {"Role": _role(arguments["RoleName"])},
        "iam:ListAttachedRolePolicies": {
            "AttachedPolicies": [{"PolicyName": "triton-platform-deploy"}]
        },
        "iam:ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": _ARN}]},
        # Volume and cluster are not made yet, so that their names are asked for.
        "cloudformation:ListStacks": {
            "StackSummaries": [
                {
                    "StackName": stack_name(settings.name, noun),
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "StackStatus": "CREATE_COMPLETE",
                }
                for noun in ("security", "network", "registry")
            ]
        },
        "backup:ListBackupVaults": {"BackupVaultList": []},
        "logs:DescribeLogGroups": {"logGroups": []},
        "ce:ListCostAllocationTags": {
            "CostAllocationTags": [
                {"TagKey": key, "Type": "UserDefined", "Status": "Active"}
                for key in ("Environment", "Project")
            ]
        },
        "cloudformation:ListStackResources": {"StackResourceSummaries": [provider]},
        "eks:DescribeAddonVersions": {
            "addons": [
                {"addonName": name, "addonVersions": [{"addonVersion": version}]}
                for name, version in addons.items()
            ]
        },
        "ecr:DescribeImages": {"imageDetails": [{}]},
        "secretsmanager:DescribeSecret": {"VersionIdsToStages": {"0" * 32: ["AWSCURRENT"]}},
        "route53:GetHostedZone": {
            "HostedZone": {"Id": "Z0000000001", "Name": "acme.io.", "CallerReference": "x"}
        },
        "acm:ListCertificates": {"CertificateSummaryList": [certificate]},
        "acm:DescribeCertificate": {
            "Certificate": {"DomainName": "acme.io", "SubjectAlternativeNames": ["*.acme.io"]}
        },
    }


def _quota(arguments: Mapping[str, Any]) -> Answer:
    # Never touched, so that the default is asked for.
    if arguments["QuotaCode"] == _EIPS:
        return Refused("NoSuchResourceException")
    return {"Quota": {"Value": 1000.0}}


def _role(name: str) -> dict[str, Any]:
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROAEXAMPLEEXAMPLE00",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "CreateDate": "2026-01-01T00:00:00Z",
    }
