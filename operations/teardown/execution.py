"""The teardown itself: load balancers, custom resources, then the stacks one after the other."""

from collections.abc import Sequence

from operations.aws.account import Account
from operations.errors import OperationError
from operations.teardown import load_balancers
from operations.teardown.deletion import delete_stack
from operations.teardown.kinds import removal
from operations.teardown.kubectl import Kubectl
from operations.teardown.kubernetes import custom_objects, exposing_objects, remove
from operations.teardown.load_balancers import LoadBalancer
from operations.teardown.patience import Patience, Progress
from operations.teardown.plan import Plan


class RefusedError(OperationError):
    """Something is in the way; nothing was changed."""


class LoadBalancersStayError(OperationError):
    """Load balancers are still there; no stack was touched."""


def tear_down(
    plan: Plan,
    account: Account,
    kubectl: Kubectl,
    *,
    patience: Patience,
    progress: Progress,
) -> tuple[str, ...]:
    """Delete what the plan names. Nothing is written down: a second run goes on where it stopped.

    Returns:
        The names of the stacks that were deleted, in order.

    Raises:
        RefusedError: the plan is not possible.
        OperationError: a step did not work; says which, and what to do.
    """
    if not plan.possible:
        lines = [f"{one.what}\n  → {one.fix}" for one in plan.blockers if one.stops]
        raise RefusedError("\n".join([*lines, "Nothing was changed."]))

    on_cluster = plan.cluster is not None and not plan.kubernetes_skipped
    if on_cluster:
        remove(
            kubectl,
            exposing_objects,
            "Ingresses, Gateways and Services of type LoadBalancer",
            patience=patience,
            progress=progress,
        )
    # Without a controller nobody deletes a load balancer, so there is nothing to wait for.
    _await_load_balancers(
        plan,
        account,
        limit_seconds=patience.kubernetes_seconds if on_cluster else 0,
        patience=patience,
        progress=progress,
    )
    if on_cluster:
        remove(kubectl, custom_objects, "custom resources", patience=patience, progress=progress)

    deleted = []
    for stack in plan.stacks:
        delete_stack(account, stack, patience=patience, progress=progress)
        progress.done(f"stack {stack.noun}: deleted")
        deleted.append(stack.name)
    return tuple(deleted)


def _await_load_balancers(
    plan: Plan,
    account: Account,
    *,
    limit_seconds: float,
    patience: Patience,
    progress: Progress,
) -> None:
    def tell(left: Sequence[LoadBalancer], seconds: int) -> None:
        names = ", ".join(one.name for one in left)
        progress.waiting(f"load balancers: {len(left)} left after {seconds} s: {names}")

    left = patience.wait(
        limit_seconds, lambda: load_balancers.of_cluster(account, plan.target), tell
    )
    if not left:
        progress.done("load balancers: none left in AWS")
        return
    lines = [f"load balancers of {plan.target.cluster} are still there:"]
    lines += [f"  {one.name}: {removal(account, one.type, one.id)}" for one in left]
    lines.append(
        "No stack was touched: their interfaces would hold the network. "
        + (
            "Look at the log of the AWS Load Balancer Controller, or delete them with the commands "
            if limit_seconds
            else "No controller deletes them any more: use the commands "
        )
        + "above, then run this again."
    )
    raise LoadBalancersStayError("\n".join(lines))
