"""Who is told when the month becomes expensive."""

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from config import BudgetSettings
from config.naming import tags


class SpendingBudget(Construct):
    """A monthly budget over everything that carries the environment's tags.

    The tags count once they are activated as cost allocation tags in the billing console.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        budget: The amount, and whom to tell.
        environment: Whose money.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, budget: BudgetSettings, environment: str
    ) -> None:
        super().__init__(scope, construct_id)

        def told_at(
            percent: int, kind: str
        ) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
            return budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[
                    budgets.CfnBudget.SubscriberProperty(address=email, subscription_type="EMAIL")
                    for email in budget.emails
                ],
            )

        budgets.CfnBudget(
            self,
            "Resource",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=budget.monthly_usd, unit="USD"),
                # Both tags: `cost_filters` would count what carries either of them.
                filter_expression=budgets.CfnBudget.ExpressionProperty(
                    and_=[
                        budgets.CfnBudget.ExpressionProperty(
                            tags=budgets.CfnBudget.TagValuesProperty(key=key, values=[value])
                        )
                        for key, value in tags(environment).items()
                    ]
                ),
                metrics=["UnblendedCost"],
            ),
            notifications_with_subscribers=[told_at(80, "ACTUAL"), told_at(100, "FORECASTED")],
        )
