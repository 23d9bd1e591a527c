"""What is declared once per noun is complete: nothing is forgotten in the list of nouns or in a noun's own declaration."""

import importlib
from pathlib import Path

import msgspec
import pytest

import services
from services.nouns import CORES, DECLARED, HOSTS, NOUNS, STATEFUL, WORKERS, ServicesSettings, build, service_of
from services.runtime.loop.hosting import build_host
from services.runtime.noun import Noun
from services.runtime.process.settings import Settings

ROOT = Path(services.__path__[0])
FOLDERS = sorted(path.parent.name for path in ROOT.glob("*/app.py"))
"""Every folder of services that wires something that runs."""


def declared(folder: str) -> Noun:
    noun = getattr(importlib.import_module(f"services.{folder}"), "NOUN", None)
    assert isinstance(noun, Noun), (
        f"services/{folder}/__init__.py has an app.py beside it and declares no NOUN: add one"
    )
    return noun


@pytest.mark.parametrize("folder", FOLDERS)
def test_whatever_has_an_app_is_a_noun_of_the_list(folder: str) -> None:
    assert declared(folder) in NOUNS, f"services/nouns.py lists no {folder}: add `{folder}.NOUN,` to NOUNS"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_noun_s_settings_and_metrics_are_declared(folder: str) -> None:
    noun = declared(folder)

    if (ROOT / folder / "settings.py").exists():
        assert noun.settings.__module__ == f"services.{folder}.settings", (
            f"add `settings=` to NOUN in services/{folder}"
        )
    if (ROOT / folder / "metrics.py").exists():
        assert noun.metrics == f"services.{folder}.metrics", f"add `metrics=` to NOUN in services/{folder}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_noun_builds_what_it_runs_in_its_own_folder(folder: str) -> None:
    places = [run.build.partition(":")[0] for run in declared(folder).runs]

    assert set(places) == {f"services.{folder}.app"}


def test_no_two_things_that_run_have_one_name() -> None:
    assert len(DECLARED) == sum(len(noun.runs) for noun in NOUNS)


@pytest.mark.parametrize("name", CORES)
def test_a_service_is_built_under_the_name_it_is_declared_by(name: str) -> None:
    assert build(name, ServicesSettings()).name == name


def test_each_noun_is_told_its_own_settings_and_the_common_ones() -> None:
    common = {field.name for field in msgspec.structs.fields(Settings)}
    everything = {field.name for field in msgspec.structs.fields(ServicesSettings)}

    for noun in NOUNS:
        assert common <= {field.name for field in msgspec.structs.fields(noun.settings)} <= everything


def test_a_service_shares_at_most_one_worker_and_every_worker_can_be_built() -> None:
    shared = [name for host in HOSTS for name in host.services]

    assert len(set(shared)) == len(shared), (
        "a service stands in two rows of HOSTS in services/nouns.py: take it out of one"
    )
    assert set(shared) <= set(CORES), "HOSTS in services/nouns.py names a service that no noun declares"
    assert not {host.name for host in HOSTS} & set(DECLARED), "a host needs a name that no service has"
    assert [service_of(name, ServicesSettings()).name for name in STATEFUL] == list(STATEFUL)
    assert set(WORKERS) == (set(DECLARED) - set(shared)) | {host.name for host in HOSTS}


BY_STATION = ("stations", "transactions", "commands", "billing", "firmware")


def test_services_that_are_keyed_by_station_can_share_a_worker_and_others_cannot_join_them() -> None:
    cores = [build(name, ServicesSettings()) for name in BY_STATION]
    acting = {part.name: part.acts for part in build_host("fleet", cores).parts}

    assert {name for name, acts in acting.items() if acts} == {"commands"}
    for name in set(CORES) - set(BY_STATION):
        core = build(name, ServicesSettings())
        if {topic.key for topic in core.inputs} != {"station"}:
            with pytest.raises(ValueError, match="must read topics of one key"):
                build_host("fleet", [*cores, core])
