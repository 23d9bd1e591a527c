"""References: the newest word on every station, of its operator and of `stations`."""

from typing import Any

import pytest

from gateway.admission import KnownStation
from gateway.effects import Hardware
from gateway.references import References
from schemas.base import Record
from schemas.codec import encode
from schemas.compatibility import REF_COMPATIBILITY, CompatibilityProvisioned, CompatibilityRemoved, Row, Rule
from schemas.identities import REF_IDENTITIES
from schemas.identityvault import Vault, WrongKey
from schemas.routing import route
from schemas.stations import ADMISSIONS, REF_STATIONS, AdmissionChanged, StationProvisioned, StationRemoved
from schemas.tenants import REF_TENANTS, Quotas, TenantProvisioned, TenantRemoved
from schemas.vendors import REF_VENDORS, VendorMessage, VendorProvisioned, VendorRemoved
from tests.gateway.conversation import START as AT
from tests.schemas.vaults import KEY, OTHER_KEY, Opened


class Followed:
    """References that were told some records, and the stations they told of."""

    def __init__(self, *records: Record) -> None:
        self.told: list[tuple[str, bool]] = []
        self.references = References(self._hear)
        for record in records:
            self.hears(record)

    def _hear(self, station: str, *, by_operator: bool) -> None:
        self.told.append((station, by_operator))

    def hears(self, record: Record) -> None:
        routed = route(record)
        self.references.apply(routed.topic, routed.key, encode(record))

    @property
    def lookup(self) -> KnownStation | None:
        return self.references.lookup("CP-1")


def provisioned(**changes: Any) -> StationProvisioned:
    return StationProvisioned(**{"station": "CP-1", "provisioned_at": AT} | changes)


def heard_of(**changes: Any) -> AdmissionChanged:
    return AdmissionChanged(**{"id": "x", "station": "CP-1", "changed_at": AT} | changes)


REMOVED = StationRemoved(station="CP-1", removed_at=AT)


def test_a_provisioned_station_is_known_with_its_newest_credential() -> None:
    known = Followed(provisioned(password_hash="old"), provisioned(password_hash="new")).lookup

    assert known is not None
    assert (known.provisioned, known.password_hashes) == (True, ("new",))


def test_a_removed_station_is_no_longer_known() -> None:
    assert Followed(provisioned(), REMOVED).lookup is None


def test_a_station_that_was_here_is_known_by_its_make() -> None:
    known = Followed(heard_of(vendor="Acme", model="Post", firmware_version="1.2")).lookup

    assert known is not None
    assert (known.provisioned, known.vendor, known.model, known.firmware_version) == (False, "Acme", "Post", "1.2")


def test_the_operators_word_on_a_registration_goes_before_what_was_last_said() -> None:
    heard = heard_of(registration="Accepted")

    assert Followed(heard).lookup == KnownStation(station="CP-1", registration="Accepted")
    assert Followed(heard, provisioned(registration="Rejected")).lookup == KnownStation(
        station="CP-1", provisioned=True, registration="Rejected"
    )


def test_a_station_that_is_heard_of_no_more_is_forgotten() -> None:
    assert Followed(heard_of(vendor="Acme"), heard_of(removed=True)).lookup is None


@pytest.mark.parametrize(
    ("topic", "left"),
    [
        (REF_STATIONS, KnownStation(station="CP-1", registration="Pending", vendor="Acme")),
        (ADMISSIONS, KnownStation(station="CP-1", provisioned=True, registration="Accepted")),
    ],
)
def test_a_tombstone_forgets_what_its_topic_said(topic: Any, left: KnownStation) -> None:
    followed = Followed(provisioned(), heard_of(registration="Pending", vendor="Acme"))

    followed.references.apply(topic.name, b"CP-1", None)

    assert followed.lookup == left


def test_a_record_that_cannot_be_read_is_skipped() -> None:
    followed = Followed(provisioned())
    followed.references.apply(REF_STATIONS.name, b"CP-1", b"nonsense")

    assert followed.lookup is not None


def test_only_what_differs_is_told() -> None:
    followed = Followed(provisioned(), provisioned(labels={"row": "A"}), heard_of(), heard_of(), REMOVED, REMOVED)

    assert followed.told == [("CP-1", True), ("CP-1", False), ("CP-1", True)]


def test_a_stations_time_zone_is_the_newest_that_was_provisioned_and_none_once_it_is_removed() -> None:
    followed = Followed(provisioned(time_zone="Africa/Cairo"), provisioned(time_zone="Europe/Berlin"))

    told = followed.references.traits("CP-1", None).time_zone
    followed.hears(REMOVED)

    assert (told, followed.references.traits("CP-1", None).time_zone) == ("Europe/Berlin", "")


# -- one station, however it is spelled -------------------------------------------------------------------------------


def spelled(followed: Followed, station: str) -> str | None:
    known = followed.references.lookup(station)
    return known and known.station


def test_a_station_is_known_in_any_case_of_letters() -> None:
    assert spelled(Followed(provisioned()), "cp-1") == "CP-1"
    assert spelled(Followed(heard_of()), "cP-1") == "CP-1"
    assert spelled(Followed(heard_of()), "CP-2") is None


def test_the_spelling_of_the_operator_goes_before_what_was_seen_first() -> None:
    followed = Followed(heard_of(station="cp-1", vendor="Acme"), provisioned())

    assert spelled(followed, "cp-1") == spelled(followed, "CP-1") == "CP-1"


def test_two_stations_that_were_provisioned_in_two_spellings_stay_two() -> None:
    followed = Followed(provisioned(), provisioned(station="cp-1"))

    assert (spelled(followed, "CP-1"), spelled(followed, "cp-1")) == ("CP-1", "cp-1")


def test_a_spelling_is_forgotten_with_its_station() -> None:
    assert spelled(Followed(provisioned(), REMOVED), "cp-1") is None


# -- the compatibility matrix -----------------------------------------------------------------------------------------


def row(name: str = "mine", **members: Any) -> CompatibilityProvisioned:
    return CompatibilityProvisioned(name=name, row=Row(name=name, **members), provisioned_at=AT)


def rules(followed: Followed, hardware: Hardware | None = None) -> set[str]:
    return set(followed.references.traits("CP-1", hardware).rules)


def test_a_row_of_the_matrix_holds_from_when_it_is_heard_of_until_it_is_removed() -> None:
    followed = Followed(heard_of(vendor="Acme"))
    before = rules(followed)
    followed.hears(row(vendor="acme", rules=(Rule.NO_PONG,)))
    during = rules(followed)
    followed.hears(CompatibilityRemoved(name="mine", removed_at=AT))

    assert (before, during, rules(followed)) == (set(), {"no-pong"}, set())


def test_a_tombstone_ends_a_row_too() -> None:
    followed = Followed(row(rules=(Rule.NO_PONG,)))
    followed.references.apply(REF_COMPATIBILITY.name, b"mine", None)

    assert rules(followed) == set()


def test_what_a_station_booted_as_counts_before_what_it_was_known_as() -> None:
    followed = Followed(heard_of(vendor="Old"), row(vendor="New", rules=(Rule.NO_HEARTBEAT,)))

    assert (rules(followed), rules(followed, Hardware(vendor="New"))) == (set(), {"no-heartbeat"})


def test_a_row_of_an_operator_turns_a_shipped_one_off() -> None:
    shipped = Hardware(vendor="EN+", model="AC7000")
    followed = Followed()
    before = rules(followed, shipped)
    followed.hears(row("en-plus", vendor="EN+*"))

    assert (before, rules(followed, shipped)) == ({"no-pong"}, set())


def test_strict_is_a_word_of_the_matrix() -> None:
    assert Followed(row(station="CP-1", strict=True)).references.traits("CP-1", None).strict


# -- passwords that commands gave -------------------------------------------------------------------------------------


def opens(*records: Record) -> tuple[str, ...]:
    known = Followed(*records).lookup
    assert known is not None
    return known.password_hashes


def test_a_password_that_a_command_gave_opens_instead_of_the_operators() -> None:
    assert opens(provisioned(password_hash="old"), heard_of(password_hashes=("new",), replaces="old")) == ("new",)


def test_it_opens_no_more_once_the_operator_gives_another() -> None:
    given = heard_of(password_hashes=("new",), replaces="old")

    assert opens(provisioned(password_hash="old"), given, provisioned(password_hash="newest")) == ("newest",)
    assert opens(provisioned(password_hash="old"), given, provisioned()) == ()


def test_it_goes_on_to_open_where_the_operator_changes_something_else() -> None:
    given = heard_of(password_hashes=("new",), replaces="old")

    assert opens(provisioned(password_hash="old"), given, provisioned(password_hash="old", site="x")) == ("new",)


VENDOR = VendorProvisioned(vendor="v", vendor_id="V", messages=(VendorMessage(message_id="*"),), provisioned_at=AT)


def test_vendors_are_known_to_every_station_until_they_are_removed() -> None:
    followed = Followed()
    before = followed.references.edition
    followed.hears(VENDOR)

    traits = followed.references.traits("CP-1", None)
    assert traits.vendors == {"v": VENDOR}
    assert followed.references.edition > before
    assert followed.told == []

    followed.hears(VendorRemoved(vendor="v", removed_at=AT))
    assert followed.references.traits("CP-1", None).vendors == {}
    assert traits.vendors == {"v": VENDOR}


def test_the_tombstone_of_a_vendor_removes_it() -> None:
    followed = Followed(VENDOR)

    followed.references.apply(REF_VENDORS.name, b"v", None)

    assert followed.references.traits("CP-1", None).vendors == {}


def test_the_vault_of_identities_is_read_where_the_gateway_has_its_key() -> None:
    opened = Opened("04A2B3")
    with_key, without = Vault(KEY), Vault(None)
    for vault in (with_key, without):
        references = References(vault=vault)
        for record in opened.records:
            references.apply(REF_IDENTITIES.name, b"", encode(record))

    assert len(with_key) == 1
    assert len(without) == 0
    with pytest.raises(WrongKey):
        References(vault=Vault(OTHER_KEY)).apply(REF_IDENTITIES.name, b"", encode(opened.records[0]))


def test_whose_a_station_is_and_what_its_tenant_may_send_is_followed() -> None:
    quota = TenantProvisioned(tenant="acme", quotas=Quotas(messages_per_s=3.0), provisioned_at=AT)
    followed = Followed(provisioned(tenant="acme"), quota)
    tenants = followed.references.tenants

    assert (tenants.of("CP-1"), tenants.stations("acme"), tenants.messages_per_s("acme")) == ("acme", 1, 3.0)
    followed.hears(TenantRemoved(tenant="acme", removed_at=AT))
    followed.hears(REMOVED)
    assert (tenants.of("CP-1"), tenants.stations("acme"), tenants.messages_per_s("acme")) == ("default", 0, None)

    for record in (provisioned(tenant="acme"), quota):
        followed.hears(record)
    followed.references.apply(REF_STATIONS.name, b"CP-1", None)
    followed.references.apply(REF_TENANTS.name, b"acme", None)
    assert (tenants.of("CP-1"), tenants.messages_per_s("acme")) == ("default", None)
