"""A vendor as the API gives it can be put as it is."""

import msgspec

from schemas.vendors import VendorMessage, VendorProvisioned
from services.api.fakes import NOON
from services.api.vendors.rows import ProvisionVendor, vendor_of

RECORD = VendorProvisioned(
    vendor="v",
    vendor_id="V",
    messages=(
        VendorMessage(message_id="", data=msgspec.Raw(b'["${data}"]')),
        VendorMessage(message_id="*", status="Rejected"),
    ),
    provisioned_at=NOON,
    provisioned_by="operator",
)


def test_what_is_given_is_a_body_that_is_taken() -> None:
    given = vendor_of(RECORD)

    again = ProvisionVendor(messages=given.messages, note=given.note)

    assert [(rule.message_id, rule.status, rule.data) for rule in again.messages] == [
        ("", "Accepted", ["${data}"]),
        ("*", "Rejected", None),
    ]
