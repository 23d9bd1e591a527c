"""Directions: the actions that a CSMS sends to a station, per version."""

from collections.abc import Mapping

from schemas.base import OcppVersion

# 1.6 edition 2 section 5, and the security whitepaper edition 2 section 5.
_TO_STATION_16 = frozenset(
    {
        *("CancelReservation", "ChangeAvailability", "ChangeConfiguration", "ClearCache", "ClearChargingProfile"),
        *("DataTransfer", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics", "GetLocalListVersion"),
        *("RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList"),
        *("SetChargingProfile", "TriggerMessage", "UnlockConnector", "UpdateFirmware"),
        *("CertificateSigned", "DeleteCertificate", "ExtendedTriggerMessage", "GetInstalledCertificateIds", "GetLog"),
        *("InstallCertificate", "SignedUpdateFirmware"),
    }
)

# 2.0.1 part 2, section 1 (messages).
_TO_STATION_201 = frozenset(
    {
        *("CancelReservation", "CertificateSigned", "ChangeAvailability", "ClearCache", "ClearChargingProfile"),
        *("ClearDisplayMessage", "ClearVariableMonitoring", "CostUpdated", "CustomerInformation", "DataTransfer"),
        *("DeleteCertificate", "GetBaseReport", "GetChargingProfiles", "GetCompositeSchedule", "GetDisplayMessages"),
        *("GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "GetMonitoringReport", "GetReport"),
        *("GetTransactionStatus", "GetVariables", "InstallCertificate", "PublishFirmware", "RequestStartTransaction"),
        *("RequestStopTransaction", "ReserveNow", "Reset", "SendLocalList", "SetChargingProfile"),
        *("SetDisplayMessage", "SetMonitoringBase", "SetMonitoringLevel", "SetNetworkProfile"),
        *("SetVariableMonitoring", "SetVariables", "TriggerMessage", "UnlockConnector", "UnpublishFirmware"),
        "UpdateFirmware",
    }
)

# 2.1 part 2: all of 2.0.1, and these.
_TO_STATION_21 = _TO_STATION_201 | {
    *("AFRRSignal", "AdjustPeriodicEventStream", "ChangeTransactionTariff", "ClearDERControl", "ClearTariffs"),
    *("GetDERControl", "GetPeriodicEventStream", "GetTariffs", "NotifyAllowedEnergyTransfer"),
    *("NotifyWebPaymentStarted", "RequestBatterySwap", "SetDERControl", "SetDefaultTariff"),
    *("UpdateDynamicSchedule", "UsePriorityCharging"),
}

TO_STATION: Mapping[OcppVersion, frozenset[str]] = {
    "1.6": _TO_STATION_16,
    "2.0.1": _TO_STATION_201,
    "2.1": _TO_STATION_21,
}
"""The actions that a CSMS may send, DataTransfer (which both may) among them."""
