"""Plans and leftovers as sections of lines, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.teardown.kinds import kind_name
from operations.teardown.leftovers import Leftover, Leftovers, State
from operations.teardown.plan import Plan
from operations.teardown.retained import Staying

_NOTHING = ("nothing",)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what is below it.

    Attributes:
        title: The heading.
        lines: The rest.
        grave: Whether it asks for action.
    """

    title: str
    lines: tuple[str, ...]
    grave: bool = False


def plan_sections(plan: Plan) -> list[Section]:
    """A plan, in the order in which it would happen."""
    skipped = _why_not_on_cluster(plan)
    balancers = [f"{kind_name(one.type)} {one.name}, in AWS" for one in plan.load_balancers]
    exposing = skipped or [str(one) for one in plan.on_cluster.exposing]
    custom = skipped or [str(one) for one in plan.on_cluster.custom]
    charts = [f"{one.noun}: {', '.join(one.charts)}" for one in plan.stacks if one.charts]
    stacks = [f"{one.name}: {len(one.resources)} resources, {one.status}" for one in plan.stacks]
    sections = [
        Section(
            title="1. Load balancers, while the controller that deletes them still runs",
            lines=tuple([*exposing, *balancers]) or _NOTHING,
        ),
        Section(
            title="2. Custom resources, while the operators that finalise them still run",
            lines=tuple(custom) or _NOTHING,
        ),
        Section(
            title="3. Operators, with the stacks that installed them",
            lines=tuple(charts) or _NOTHING,
        ),
        Section(title="4. Stacks, last deployed first", lines=tuple(stacks) or _NOTHING),
        Section(title="Stays on purpose", lines=_staying(plan.kept) or _NOTHING),
        Section(title="Stays because no stack owns it", lines=_staying(plan.forgotten) or _NOTHING),
    ]
    for title, stops in (("In the way", True), ("Good to know", False)):
        found = [one for one in plan.blockers if one.stops is stops]
        if found:
            lines = tuple(line for one in found for line in (one.what, f"  → {one.fix}"))
            sections.append(Section(title=title, lines=lines, grave=stops))
    return sections


def plan_verdict(plan: Plan) -> str:
    """One sentence on a plan."""
    if not plan.possible:
        return "This teardown would refuse to begin: see `In the way`."
    if not plan.stacks:
        return f"No stack of {plan.target.environment} is deployed in {plan.target.region}."
    stays = f"; what stays costs about {_usd(plan.monthly_usd)} a month"
    return (
        f"{len(plan.stacks)} stacks of {plan.target.environment} in account {plan.account}, "
        f"{plan.target.region}, would be deleted"
        + (stays if plan.kept or plan.forgotten else "; nothing stays")
        + "."
    )


def leftover_sections(found: Leftovers) -> list[Section]:
    """Leftovers by the reason why they are there; reasons without any are left out."""
    titles = {
        State.UNEXPECTED: "Left over",
        State.KEPT: "Kept on purpose: the templates retain it",
        State.SCHEDULED: "Goes by itself",
        State.UNVERIFIED: "Perhaps left: only the tagging service names it, hours late at times",
    }
    sections = [
        Section(
            title=title,
            lines=tuple(line for one in items for line in _leftover(one)),
            grave=state is State.UNEXPECTED,
        )
        for state, title in titles.items()
        if (items := found.of(state))
    ]
    if found.unseen:
        sections.append(Section(title="Could not be looked at", lines=found.unseen, grave=True))
    if found.deployed:
        sections.append(
            Section(
                title="Still deployed; what these stacks hold is in use and not listed",
                lines=found.deployed,
                grave=True,
            )
        )
    return sections


def leftover_verdict(found: Leftovers) -> str:
    """One sentence on leftovers."""
    counts = {state: len(found.of(state)) for state in State}
    kept = f", {counts[State.KEPT]} kept on purpose" if counts[State.KEPT] else ""
    if found.clean:
        return f"Nothing unexpected is left{kept}."
    costs = sum(one.monthly_usd or 0 for one in found.of(State.UNEXPECTED))
    return (
        f"{counts[State.UNEXPECTED]} left over, at least {_usd(costs)} a month{kept}. Nothing was "
        "deleted: the commands above do that."
    )


def _why_not_on_cluster(plan: Plan) -> list[str]:
    if plan.cluster is None:
        return ["there is no cluster"]
    if plan.kubernetes_skipped:
        return ["skipped on request"]
    return ["not known: kubectl does not get there"] if plan.on_cluster.problem else []


def _staying(items: Sequence[Staying]) -> tuple[str, ...]:
    return tuple(
        f"{one.kind} {one.id}: {_measure(one.gib, one.monthly_usd)}; {one.why}" for one in items
    )


def _leftover(one: Leftover) -> list[str]:
    parts = [f"{one.kind} {one.id}"]
    if one.detail:
        parts.append(f" ({one.detail})")
    if one.goes_on:
        sooner = "sooner:" if one.remove else "no sooner"
        parts.append(f": AWS deletes it by {one.goes_on}, {sooner}")
    else:
        parts.append(f": {_measure(one.gib, one.monthly_usd)}")
    return ["".join(parts), *([f"  {one.remove}"] if one.remove else [])]


def _measure(gib: float | None, usd: float | None) -> str:
    size = "" if gib is None else f"{gib:.1f} GiB, "
    return size + ("cost not known" if usd is None else f"{_usd(usd)} a month")


def _usd(amount: float) -> str:
    return f"${amount:,.2f}"
