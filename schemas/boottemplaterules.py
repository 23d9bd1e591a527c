"""Boot template rules: which commands a template may have; each fault has its member and says what to do instead. PURE."""

from collections.abc import Iterator, Mapping

from schemas.boottemplates import BootTemplate
from schemas.command import Fault
from schemas.commands import Command
from schemas.secrets import secret_of
from schemas.stationcommands import Reset, TriggerMessage

RUNNING = "is about a transaction that runs; after a boot none is known"
PLAN = "is for one moment; send it as a command"

NOT_AFTER_BOOT: Mapping[str, str] = {
    "RemoteStart": RUNNING,
    "RemoteStop": RUNNING,
    "GetTransactionStatus": RUNNING,
    "CostUpdated": RUNNING,
    "UsePriorityCharging": RUNNING,
    "NotifyAllowedEnergyTransfer": RUNNING,
    "ReserveNow": "is for one person; make a reservation",
    "CancelReservation": "is for one person; cancel the reservation itself",
    "CustomerInformation": "is about one person; send it as a command",
    "UnlockConnector": PLAN,
    "AFRRSignal": PLAN,
    "UpdateDynamicSchedule": PLAN,
    "SendLocalList": "has a version that must grow; write a rule for the station's local list",
    "UpdateFirmware": "would install firmware after each boot that it causes; make a firmware campaign",
    "RawCall": "is of one OCPP version alone; use a command that all versions have",
}
"""Commands that no template has, each with the reason."""


def template_faults(template: BootTemplate) -> Iterator[Fault]:
    """What stands against this template, beyond the types of its members and the commands' own rules."""
    if template.enabled and not template.commands:
        yield Fault("commands", "is empty: add a command before the template is enabled")
    if template.stations.versions and template.reasons and set(template.stations.versions) == {"1.6"}:
        yield Fault("reasons", "must be left out: OCPP 1.6 stations do not say why they booted")
    for place, command in enumerate(template.commands):
        for detail in _against(template, place, command):
            yield Fault(f"commands[{place}]", detail)


def _against(template: BootTemplate, place: int, command: Command) -> Iterator[str]:
    name = str(command.__struct_config__.tag)
    if name in NOT_AFTER_BOOT:
        yield f"{name} {NOT_AFTER_BOOT[name]}"
    # no setting is a password in one version and something else in another
    if secret_of(command, "1.6") is not None or secret_of(command, "2.1") is not None:
        yield "would give all its stations one password for their connection; set it at each station by a command"
    match command:
        case Reset() if template.every_boot or place != len(template.commands) - 1:
            yield "Reset may only be the last command of a template that runs once: otherwise each boot causes another"
        case TriggerMessage(requested_message="BootNotification"):
            yield "a triggered BootNotification is a boot, after which the template would run again"
