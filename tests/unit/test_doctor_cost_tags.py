"""Tags that have to be activated before a budget counts anything."""

import pytest

from config import BudgetSettings
from operations.aws.unanswered import UnansweredError
from operations.doctor.cost_tags import check_cost_tags
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Refused

BUDGET = BudgetSettings(monthly_usd=1000, emails=("platform@acme.io",))


def look(answer: Answer, budget: BudgetSettings | None = BUDGET) -> Finding:
    account = AnsweringAccount({"ce:ListCostAllocationTags": answer})
    (finding,) = check_cost_tags(account, "prod", budget, file="prod.toml")
    return finding


def known(**tags: str) -> Answer:
    return {
        "CostAllocationTags": [
            {"TagKey": key, "Type": "UserDefined", "Status": status} for key, status in tags.items()
        ]
    }


def test_both_tags_active_is_fine() -> None:
    assert look(known(Project="Active", Environment="Active")).status is Status.OK


@pytest.mark.parametrize(
    ("answer", "idle"),
    [
        (known(Project="Active", Environment="Inactive"), "Environment"),
        (known(Environment="Active"), "Project"),
        (known(), "Environment, Project"),
    ],
)
def test_a_tag_that_does_not_count_is_told_with_the_command(answer: Answer, idle: str) -> None:
    finding = look(answer)

    assert finding.status is Status.WARN
    assert finding.found == f"not activated: {idle}"
    assert "TagKey=Environment,Status=Active TagKey=Project,Status=Active" in finding.fix[0]


def test_without_a_budget_nobody_is_asked() -> None:
    finding = look(Refused("AccessDeniedException"), budget=None)

    assert (finding.status, finding.found) == (Status.SKIP, "prod.toml has no [budget]")


def test_a_member_of_an_organization_is_sent_to_the_management_account() -> None:
    words = "Linked account doesn't have access to cost allocation tags."

    finding = look(Refused("AccessDeniedException", words))

    assert finding.status is Status.WARN
    assert finding.fix[0].startswith("with credentials of the management account: aws ce ")


def test_a_permission_that_lacks_is_told_as_such() -> None:
    with pytest.raises(UnansweredError, match="ce:ListCostAllocationTags"):
        look(Refused("AccessDeniedException", "User is not authorized"))
