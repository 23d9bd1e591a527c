"""Use cases of vendors: find, provision, remove, try. Routes and pages call them."""

import msgspec

from schemas.base import Record
from schemas.vendoranswers import BadTemplate, Transfer, answer_of, check_template
from schemas.vendors import REF_VENDORS, VendorMessage, VendorProvisioned, VendorRemoved, vendor_key
from services.api.ports import Ports
from services.api.vendors.rows import (
    VENDOR_LONGEST,
    MessageRule,
    ProvisionVendor,
    TriedAnswer,
    TryMessage,
    Vendor,
    vendor_of,
)
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import FieldError, Problem, invalid_fields, not_found

VENDORS_MOST = 1_000
"""Every gateway holds all of them."""


def vendors(ports: Ports) -> tuple[Vendor, ...]:
    """Every vendor whose messages are known, by id."""
    return tuple(vendor_of(record) for _, record in sorted(_written(ports).items()))


def written(ports: Ports, vendor_id: str) -> VendorProvisioned:
    """The record of a vendor, its id in any case. Raises Problem: 404."""
    record = _written(ports).get(vendor_key(vendor_id))
    if record is None:
        raise not_found(f"No vendor is provisioned as {vendor_id!r}: its messages are answered UnknownVendorId.")
    return record


async def save(
    ports: Ports, vendor_id: str, data: ProvisionVendor, *, given: Condition = WHATEVER
) -> VendorProvisioned:
    """Have the messages of a vendor known, and answered by these rules from now on. Raises Problem, Outage."""
    vendor_id = vendor_id.strip()
    messages = _checked(vendor_id, data)

    async def made(before: Record | None) -> VendorProvisioned:
        if not isinstance(before, VendorProvisioned) and len(_written(ports)) >= VENDORS_MOST:
            raise Problem(409, f"There are {VENDORS_MOST} vendors already: remove some.")
        return VendorProvisioned(
            vendor=vendor_key(vendor_id),
            vendor_id=vendor_id,
            messages=messages,
            note=data.note,
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_VENDORS, vendor_key(vendor_id), made, given=given)


async def remove(ports: Ports, vendor_id: str, *, given: Condition = WHATEVER) -> None:
    """Have the messages of a vendor answered UnknownVendorId again. Raises Problem: 404; Outage."""
    key = vendor_key(vendor_id)

    async def made(before: Record | None) -> VendorRemoved:
        if not isinstance(before, VendorProvisioned):
            raise not_found(f"No vendor is provisioned as {vendor_id!r}.")
        return VendorRemoved(vendor=key, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_VENDORS, key, made, given=given)


def tried(ports: Ports, vendor_id: str, data: TryMessage) -> TriedAnswer:
    """What a message would be answered now, as gateways compose it."""
    transfer = Transfer(
        station=data.station,
        vendor_id=vendor_id,
        message_id=data.message_id,
        data=msgspec.Raw(msgspec.json.encode(data.data)),
        at=ports.clock(),
    )
    answer = answer_of(_written(ports), transfer)
    return TriedAnswer(status=answer.status, data=msgspec.json.decode(answer.data))


def _checked(vendor_id: str, data: ProvisionVendor) -> tuple[VendorMessage, ...]:
    """The rules as records. Raises Problem with everything that cannot be used."""
    errors: list[FieldError] = []
    if not (1 <= len(vendor_id) <= VENDOR_LONGEST and vendor_id.isprintable()):
        errors.append(FieldError(field="vendor_id", detail=f"1 to {VENDOR_LONGEST} printable characters"))
    seen: set[str] = set()
    rules = []
    for place, rule in enumerate(data.messages):
        message_id = rule.message_id.strip()
        if message_id.casefold() in seen:
            detail = f"{message_id!r} has a rule already; ids are compared without case"
            errors.append(FieldError(field=f"messages[{place}].message_id", detail=detail))
        seen.add(message_id.casefold())
        template = _template(rule)
        try:
            check_template(template)
        except BadTemplate as error:
            errors.append(FieldError(field=f"messages[{place}].data", detail=str(error)))
        rules.append(VendorMessage(message_id=message_id, status=rule.status, data=template))
    if errors:
        raise invalid_fields(errors)
    return tuple(rules)


def _template(rule: MessageRule) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(rule.data))


def _written(ports: Ports) -> dict[str, VendorProvisioned]:
    """Vendors by their keys."""
    records = ports.reference.all(REF_VENDORS)
    return {key: record for key, record in records.items() if isinstance(record, VendorProvisioned)}
