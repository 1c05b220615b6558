"""The quotas that a deployment runs into, and how they are read and raised."""

import re
from dataclasses import dataclass
from typing import Literal

from operations.aws.account import Account
from operations.finding import Finding, fail, ok, warn


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One quota.

    Attributes:
        code: By which Service Quotas knows it.
        name: By which AWS's pages know it.
        service: Whose it is.
    """

    code: str
    name: str
    service: str = "ec2"


# docs.aws.amazon.com/general/latest/gr/ec2-service.html and vpc-service.html, "Service quotas".
_G_ON_DEMAND = Quota(code="L-DB2E81BA", name="Running On-Demand G and VT instances")
_P_ON_DEMAND = Quota(code="L-417A185B", name="Running On-Demand P instances")
_STANDARD_ON_DEMAND = Quota(
    code="L-1216C47A", name="Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
)
_G_SPOT = Quota(code="L-3819A6DF", name="All G and VT Spot Instance Requests")
_P2_TO_P4_SPOT = Quota(code="L-7212CCBC", name="All P4, P3 and P2 Spot Instance Requests")
_P5_SPOT = Quota(code="L-C4BD4855", name="All P5 Spot Instance Requests")
_STANDARD_SPOT = Quota(
    code="L-34B43A08", name="All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"
)
ELASTIC_IPS = Quota(code="L-0263D0A3", name="EC2-VPC Elastic IPs")
VPCS = Quota(code="L-F678F1CE", name="VPCs per Region", service="vpc")
NAT_GATEWAYS = Quota(code="L-FE5A380F", name="NAT gateways per Availability Zone", service="vpc")

# Families by their letters and, where it matters, their generation; the first that fits. Under
# which quota AWS counts P6 on spot is published nowhere that we found: it is left out.
_FAMILIES: tuple[tuple[str, Quota, Quota], ...] = (
    (r"(g|gr|vt)\d", _G_ON_DEMAND, _G_SPOT),
    (r"p[2-4]", _P_ON_DEMAND, _P2_TO_P4_SPOT),
    (r"p5", _P_ON_DEMAND, _P5_SPOT),
    (r"(a|c|d|h|i|im|is|m|r|t|z)\d", _STANDARD_ON_DEMAND, _STANDARD_SPOT),
)


def vcpu_quota(instance_type: str, capacity: Literal["on-demand", "spot"]) -> Quota | None:
    """The quota that counts the vCPUs of an instance type; ``None``: not known."""
    for pattern, on_demand, spot in _FAMILIES:
        if re.match(pattern, instance_type):
            return spot if capacity == "spot" else on_demand
    if re.match(r"p\d", instance_type) and capacity == "on-demand":
        return _P_ON_DEMAND
    return None


def allowed(account: Account, quota: Quota) -> int | None:
    """How much a quota allows now; ``None``: Service Quotas does not know it here.

    Raises:
        UnansweredError: AWS did not answer; says why.
    """
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        answer = account.find(
            "service-quotas",
            operation,
            # A quota that was never touched may be known by its default only.
            absent=("NoSuchResourceException",),
            ServiceCode=quota.service,
            QuotaCode=quota.code,
        )
        if answer is not None:
            return int(answer["Quota"]["Value"])
    return None


def judge(
    account: Account,
    quota: Quota,
    *,
    title: str,
    least: int,
    most: int,
    needs: str,
    unit: str,
    without: str,
) -> Finding:
    """Compare a quota with what is needed of it.

    Args:
        account: Whose quota.
        quota: Which one.
        title: Of the finding.
        least: Needed from the first day: without it the deployment fails.
        most: Needed when everything has grown as far as the settings let it.
        needs: What for, after the number: ``needed for pool gpu``.
        unit: What is counted.
        without: What happens when ``least`` is not allowed.

    Raises:
        UnansweredError: AWS did not answer; says why.
    """
    limit = allowed(account, quota)
    raising = account.aws(
        f"service-quotas request-service-quota-increase --service-code {quota.service} "
        f"--quota-code {quota.code} --desired-value {most}"
    )
    if limit is None:
        return warn(
            title,
            f"Service Quotas has no {quota.name} ({quota.code}) in {account.region}",
            f"whether it allows {most} {unit}, {needs}, is not known",
            account.aws(f"service-quotas list-service-quotas --service-code {quota.service}"),
        )
    found = f"{quota.name}: {limit} {unit} allowed, {most} {needs}"
    if limit < least:
        return fail(title, found, f"{without}: {least} are needed from the first day", raising)
    if limit < most:
        return warn(title, found, "the first day is fine, growth ends before the maximum", raising)
    return ok(title, found)
