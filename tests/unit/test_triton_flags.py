"""Triton's flags: one definition, true of the real binary, with listed differences only."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Version, load_settings, load_versions
from serving.triton import POD, PROFILE_DIFFERENCES, Place, Profile, arguments, server_flags
from tests.support.triton_binary import ask_triton

SETTINGS = load_settings("dev")
VERSIONS = load_versions()
LAPTOP = Place(
    model_repository="/view",
    address="127.0.0.1",
    http_port=18000,
    grpc_port=18001,
    metrics_port=18002,
    backend_directory="/backends",
)
NEWEST = "99.0.0"


def flags(server: str, profile: Profile, place: Place) -> dict[str, str]:
    return server_flags(server, profile, place, triton=SETTINGS.triton, gateway=SETTINGS.gateway)


@pytest.mark.parametrize(
    "server", [VERSIONS.triton.local.server, VERSIONS.triton.production.server, NEWEST]
)
def test_the_profiles_differ_in_what_is_listed_and_in_nothing_else(server: str) -> None:
    pod = flags(server, Profile.PRODUCTION, POD)
    laptop = flags(server, Profile.LOCAL, LAPTOP)

    different = {name for name in {**pod, **laptop} if pod.get(name) != laptop.get(name)}

    assert different == set(PROFILE_DIFFERENCES)


def test_every_difference_has_its_reason() -> None:
    assert all(PROFILE_DIFFERENCES.values())


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(
    ("flag", "before", "since"),
    [
        ("grpc-max-response-pool-size", "2.55.0", "2.56.0"),
        ("http-max-input-size", "2.59.0", "2.60.0"),
        ("allow-client-shm", "2.68.0", "2.69.0"),
    ],
)
def test_a_flag_is_given_from_the_version_that_brought_it(
    flag: str, before: str, since: str, profile: Profile
) -> None:
    assert flag not in flags(before, profile, POD)
    assert flag in flags(since, profile, POD)


@given(st.tuples(st.integers(0, 5), st.integers(0, 200), st.integers(0, 20)))
def test_a_later_server_never_loses_a_flag(numbers: tuple[int, int, int]) -> None:
    server = ".".join(map(str, numbers))
    later = Version((numbers[0], numbers[1] + 1, 0))

    older = flags(server, Profile.PRODUCTION, POD)
    newer = flags(".".join(map(str, later.parts)), Profile.PRODUCTION, POD)

    assert set(older) <= set(newer)


@pytest.mark.parametrize("server", ["latest", "", "26", "2.71.0-dev"])
def test_a_server_version_that_cannot_be_read_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="is not a dotted version"):
        flags(server, Profile.PRODUCTION, POD)


def test_arguments_are_switches_and_values() -> None:
    assert arguments({"a-switch": "", "a-port": "1", "a-path": "/x y=z"}) == [
        "--a-switch",
        "--a-port=1",
        "--a-path=/x y=z",
    ]


def test_the_installed_server_knows_every_flag_it_is_given() -> None:
    known = set(re.findall(r"^\s+--([a-z0-9-]+)", ask_triton("--help"), re.MULTILINE))

    given_flags = flags(VERSIONS.triton.local.server, Profile.LOCAL, LAPTOP)

    assert len(known) > 50
    assert set(given_flags) - known == set()


def test_flags_of_later_servers_are_unknown_to_the_installed_one() -> None:
    # Else the table of versions withholds a flag that this server has.
    known = set(re.findall(r"^\s+--([a-z0-9-]+)", ask_triton("--help"), re.MULTILINE))
    local = flags(VERSIONS.triton.local.server, Profile.LOCAL, LAPTOP)

    withheld = set(flags(NEWEST, Profile.LOCAL, LAPTOP)) - set(local)

    assert withheld & known == set()


@pytest.mark.parametrize("profile", Profile)
def test_nobody_can_load_or_unload_models(profile: Profile) -> None:
    assert flags(NEWEST, profile, POD)["model-control-mode"] == "none"


@pytest.mark.parametrize("profile", Profile)
def test_clients_cannot_register_shared_memory(profile: Profile) -> None:
    assert flags(VERSIONS.triton.production.server, profile, POD)["allow-client-shm"] == "false"


@pytest.mark.parametrize("profile", Profile)
def test_configurations_are_taken_as_written_and_readiness_counts_every_model(
    profile: Profile,
) -> None:
    made = flags(NEWEST, profile, POD)

    assert made["disable-auto-complete-config"] == ""
    assert made["strict-readiness"] == "true"


def test_one_bad_model_stops_a_pod_but_not_the_laptop() -> None:
    assert flags(NEWEST, Profile.PRODUCTION, POD)["exit-on-error"] == "true"
    assert flags(NEWEST, Profile.LOCAL, LAPTOP)["exit-on-error"] == "false"


def test_limits_come_from_the_settings() -> None:
    made = flags(NEWEST, Profile.PRODUCTION, POD)

    assert made["exit-timeout-secs"] == str(SETTINGS.triton.exit_timeout_seconds)
    assert made["http-max-input-size"] == str(SETTINGS.gateway.max_request_mib * 2**20)
