"""Checks: why an operation is not begun at a station, by what is known of it. PURE."""

from schemas.securityoperations import PLANS, MoveStation, Operation, RotatePassword, UpgradeProfile
from schemas.states.securityoperations import StationSecurity

WITH_TLS, WITH_CERTIFICATE, WITH_PASSWORD = frozenset({2, 3}), frozenset({3}), frozenset({1, 2})
"""The security profiles that need a root certificate of the CSMS, a certificate of the station, and a password (2.x part 2, A00)."""

NO_KEY = "This deployment has no key for secrets: set secrets_key_file for the services, the API and the gateways."


def profile_now(state: StationSecurity) -> int | None:
    """The security profile in use: that of the connection, else what the station reports."""
    return state.reported_profile if state.security_profile is None else state.security_profile


def against(operation: Operation, state: StationSecurity, *, has_key: bool) -> str:
    """Why the operation is not begun; empty where it is."""
    if state.version is None or state.version not in PLANS:
        return "The station's OCPP version is not known."
    match operation:
        case RotatePassword():
            return "" if has_key else NO_KEY
        case UpgradeProfile():
            return _against_upgrade(operation, state, has_key=has_key)
        case MoveStation():
            return _against_move(operation, state)


def _against_upgrade(operation: UpgradeProfile, state: StationSecurity, *, has_key: bool) -> str:
    wanted, now = operation.security_profile, profile_now(state)
    assert state.version is not None
    if now is not None and wanted < now:  # A05, remarks: no lower profile by OCPP
        return f"The station has security profile {now}, and none may go below that."
    if now is not None and wanted == now:
        return f"The station has security profile {now} already."
    if "network" in PLANS[state.version][operation.kind] and operation.network is None:
        return f"OCPP {state.version} needs a network profile: give `network`."
    if needs_password(operation, state) and not has_key:
        return NO_KEY
    return "" if operation.unchecked else _against_certificates(wanted, state)


def _against_certificates(wanted: int, state: StationSecurity) -> str:
    if wanted in WITH_TLS and not state.roots:  # A05.FR.02; 1.6 security, A05.FR.03
        return (
            "No root certificate of the CSMS is known at the station: install one (InstallCertificate, CSMSRootCertificate), or list"
            " its certificates."
        )
    if wanted in WITH_CERTIFICATE and not state.leaves:  # A05.FR.03; 1.6 security, A05.FR.04
        return "No certificate of the station is known, which security profile 3 needs: have it request one (A02)."
    return ""


def needs_password(operation: Operation, state: StationSecurity) -> bool:
    """Whether the station has to be given a password first (1.6 security, A05.FR.02): it has shown none."""
    return (
        isinstance(operation, UpgradeProfile)
        and operation.security_profile in WITH_PASSWORD
        and not state.credential
        and state.credential_since is None
    )


def _against_move(operation: MoveStation, state: StationSecurity) -> str:
    assert state.version is not None
    plan = PLANS[state.version][operation.kind]
    if "address" in plan and not operation.url_key:
        return f"OCPP {state.version} has no message for the address of the CSMS: name the vendor's configuration key (url_key)."
    now = profile_now(state)
    if "network" in plan and now is not None and operation.network.security_profile < now:  # B09.FR.04
        return f"The station has security profile {now}, and none may go below that."
    return ""
