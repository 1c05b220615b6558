"""Settings in which every option of an environment is used, on top of a shipped one."""

from functools import cache
from typing import TYPE_CHECKING

from config import Settings, load_settings, load_versions

if TYPE_CHECKING:
    from aws_cdk import cx_api

GITHUB = {
    "repository": "acme/triton",
    "owner_id": "1234567",
    "repository_id": "987654321",
}
_RESERVED_POOL = {
    "name": "reserved",
    "instance_types": ["p5.48xlarge"],
    "min_size": 0,
    "max_size": 2,
    "ami": "Bottlerocket",
    "capacity": "capacity-block",
    "capacity_reservation_id": "cr-0123456789abcdef0",
    "availability_zones": ["eu-central-1b"],
}
_SHARED_POOL = {
    "name": "shared",
    "instance_types": ["g6e.xlarge"],
    "min_size": 0,
    "max_size": 4,
    "capacity": "spot",
    "sharing": "time-slicing",
    "shares": 4,
}


def every_option(environment: str) -> Settings:
    """The environment with every kind of pool, GitHub and the rest; for prod the pipeline too."""
    changed = load_settings(environment).model_dump(mode="json", exclude_none=True)
    changed["account"] = "111122223333"
    changed["github"] = GITHUB
    changed["dns"] = {"domain": "inference.example.com", "hosted_zone_id": "Z0123456789ABCDEFGHIJ"}
    changed["budget"] = {"monthly_usd": 1000, "emails": ["platform@example.com"]}
    changed["access"] = {"operators": ["arn:aws:iam::111122223333:role/sre"]}
    changed["cluster"]["public_access_cidrs"] = ["203.0.113.0/24"]
    changed["cluster"]["addons"]["cloudwatch_observability"] = True
    changed["cluster"]["gpu_pools"] += [_RESERVED_POOL, _SHARED_POOL]
    if environment == "prod":
        changed["delivery"] = {
            "connection_arn": "arn:aws:codeconnections:eu-central-1:111122223333:"
            "connection/00000000-0000-0000-0000-000000000000"
        }
    return Settings.model_validate(changed)


@cache
def every_option_assembly() -> "cx_api.CloudAssembly":
    """The cloud assembly of prod with every option, its pipeline included; made once a run."""
    import aws_cdk as cdk

    from stacks.assembly import assemble, feature_flags
    from stacks.delivery import DeliveryStack

    app, settings, versions = (
        cdk.App(context=feature_flags()),
        every_option("prod"),
        load_versions(),
    )
    assemble(app, settings=settings, versions=versions)
    DeliveryStack(app, staging=every_option("staging"), prod=settings, versions=versions)
    return app.synth()
