"""Rules that keep a model which loads from hurting production."""

from collections.abc import Iterator

from tritonclient.grpc.model_config_pb2 import ModelInstanceGroup

from serving.problem import Problem, Severity
from serving.repository import (
    BACKENDS,
    ENSEMBLE,
    Model,
    Repository,
    kind_name,
)


def instance_groups_make_sense(model: Model, _: Repository) -> Iterator[Problem]:
    """Counts are not negative and kinds exist; protobuf itself lets any number through."""
    for group in model.config.instance_group:
        if group.count < 0 or group.kind not in ModelInstanceGroup.Kind.values():
            yield model.problem(
                "instance-group",
                field="instance_group",
                message=f"count {group.count}, kind {kind_name(group.kind)}",
                fix=f"Write a count from 1 and one of {', '.join(ModelInstanceGroup.Kind.keys())}",
            )


def never_falls_back_to_cpu(model: Model, _: Repository) -> Iterator[Problem]:
    """``KIND_AUTO``, which is also the default, runs on the CPU in silence without a GPU."""
    if model.backend not in BACKENDS:
        return
    accelerated = BACKENDS[model.backend].accelerated
    kinds = [group.kind for group in model.config.instance_group]
    if not kinds or ModelInstanceGroup.KIND_AUTO in kinds:
        given = "KIND_AUTO" if kinds else "no instance_group"
        wanted = "KIND_GPU" if accelerated else "KIND_CPU"
        yield _problem(
            model,
            "silent-cpu",
            "instance_group",
            f"{given} lets Triton choose, and without a GPU it chooses the CPU in silence",
            f"Say it: instance_group [ {{ count: 2, kind: {wanted} }} ]",
        )
    elif accelerated and ModelInstanceGroup.KIND_CPU in kinds:
        yield _problem(
            model,
            "silent-cpu",
            "instance_group",
            f"{kind_name(ModelInstanceGroup.KIND_CPU)} would run backend {model.backend!r} on the "
            "CPU of a GPU node (this machine runs KIND_GPU on its CPU by itself)",
            "Write kind: KIND_GPU",
        )


def queue_is_bounded(model: Model, _: Repository) -> Iterator[Problem]:
    """An unbounded queue turns a burst into a time-out for everyone."""
    if model.backend == ENSEMBLE or model.config.max_batch_size == 0:
        return
    policy = model.config.dynamic_batching.default_queue_policy
    if not model.config.HasField("dynamic_batching"):
        yield _problem(
            model,
            "queue-unbounded",
            "dynamic_batching",
            "missing: requests are not batched and their queue has no bound",
            "Add dynamic_batching with a default_queue_policy",
        )
    elif policy.max_queue_size == 0 or policy.default_timeout_microseconds == 0:
        yield _problem(
            model,
            "queue-unbounded",
            "dynamic_batching.default_queue_policy",
            f"max_queue_size is {policy.max_queue_size} and default_timeout_microseconds is "
            f"{policy.default_timeout_microseconds}; 0 means without a bound",
            "Set both",
        )


def queue_does_not_stall(model: Model, _: Repository) -> Iterator[Problem]:
    """One instance behind a bounded queue can leave full batches waiting for half a second.

    With any queue policy Triton's batcher waits for an idle instance on a condition variable
    whose notification it can miss (core, ``WaitForPayloadSlotAvailable``); it then sleeps its
    default of 500 ms unless another request arrives. A second instance is idle when the first
    is not. Measured in docs/models.md.
    """
    policy = model.config.dynamic_batching.default_queue_policy
    if model.instance_count == 1 and (
        policy.max_queue_size
        or policy.default_timeout_microseconds
        or policy.allow_timeout_override
    ):
        yield model.problem(
            "queue-stall",
            severity=Severity.ADVICE,
            field="instance_group",
            message="one instance behind a bounded queue: Triton can miss that it became idle and "
            "let a full batch wait for 500 ms",
            fix="Write count: 2",
        )


def _problem(model: Model, rule: str, field: str, message: str, fix: str) -> Problem:
    return model.problem(
        rule,
        severity=Severity.UNSAFE,
        field=field,
        message=message,
        fix=fix,
    )
