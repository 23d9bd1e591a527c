"""The forms of firmware campaigns as the API's bodies, drafts in a sentence, and what a campaign goes by in words. PURE."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.campaigns import CampaignChanged
from schemas.secrets import mask_words
from services.api.console import forms
from services.api.firmware.rows import MAX_WAVES, CampaignDraft, ExtendCampaign, StartCampaign

FILTERS = ("vendor", "model", "site", "firmware_version")
SIGNING = ("checksum", "signing_certificate", "signature")
BUSY = {
    "wait": "stations that charge are waited for",
    "skip": "stations that charge are skipped",
    "interrupt": "sessions are interrupted",
}
HOUR_S = 3_600


def wanted(given: Mapping[str, str]) -> StartCampaign:
    """The form as the API's body; what is blank keeps the API's default. Raises Problem."""
    text = {name: value.strip() for name, value in given.items()}
    members: dict[str, Any] = {
        "name": text.get("name", ""),
        "firmware": _firmware(text),
        "targets": _targets(text),
        "waves": _waves(text),
        "limits": _numbers(text, "max_at_once", "max_at_once_per_site", "max_failures"),
        "policy": _policy(text),
        "windows": _windows(text),
        "start_at": forms.moment("start_at", text.get("start_at", "")),
    }
    share = forms.whole("success_percent", text.get("success_percent", ""))
    members["gate"] = {"approval": text.get("approval") or "automatic"}
    members["gate"] |= {} if share is None else {"success_share": share / 100}
    if text.get("time_zone"):
        members["time_zone"] = text["time_zone"]
    return forms.body(members, StartCampaign)


def _firmware(text: Mapping[str, str]) -> dict[str, Any]:
    models = _listed(text.get("made_for_models", ""))
    firmware: dict[str, Any] = {"version": text.get("version", ""), "location": text.get("location", "")}
    firmware |= {name: text[name] for name in SIGNING if text.get(name)}
    firmware |= {"vendor": text["made_for_vendor"]} if text.get("made_for_vendor") else {}
    return firmware | ({"models": models} if models else {})


def _targets(text: Mapping[str, str]) -> dict[str, Any]:
    stations = _listed(text.get("stations", ""))
    targets: dict[str, Any] = {name: text[name] for name in FILTERS if text.get(name)}
    targets |= {"stations": stations} if stations else {}
    return targets | {"labels": forms.pairs(text.get("labels", ""))}


def _listed(text: str) -> list[str]:
    """One a line, or with commas between."""
    return [one.strip() for one in text.replace(",", "\n").splitlines() if one.strip()]


def _waves(text: Mapping[str, str]) -> list[dict[str, int]]:
    canary, percent = forms.whole("canary", text.get("canary", "")), forms.whole("percent", text.get("percent", ""))
    waves = [{"stations": canary}] if canary else []
    waves += [{"percent": percent}] * (100 // percent) if percent else []
    return waves[:MAX_WAVES]


def _policy(text: Mapping[str, str]) -> dict[str, Any]:
    policy: dict[str, Any] = {"busy": text.get("busy") or "wait"} | _numbers(text, "attempts")
    for name, member, unit_s in (("healthy_min", "healthy_for_s", 60), ("deadline_h", "deadline_s", HOUR_S)):
        number = forms.whole(name, text.get(name, ""))
        policy |= {} if number is None else {member: number * unit_s}
    install_at = forms.moment("install_at", text.get("install_at", ""))
    return policy | ({} if install_at is None else {"install_at": install_at})


def _windows(text: Mapping[str, str]) -> list[dict[str, str]]:
    opens, closes = text.get("opens", ""), text.get("closes", "")
    return [{"start_time": opens, "end_time": closes}] if opens or closes else []


def _numbers(text: Mapping[str, str], *names: str) -> dict[str, int]:
    numbers = {name: forms.whole(name, text.get(name, "")) for name in names}
    return {name: number for name, number in numbers.items() if number is not None}


def extension(given: Mapping[str, str]) -> ExtendCampaign:
    """The form as the API's body; what is blank stays as it is. Raises Problem."""
    hours = forms.whole("deadline_h", given.get("deadline_h", ""))
    numbers = _numbers(given, "max_at_once", "max_at_once_per_site", "max_failures")
    return forms.body(numbers | ({} if hours is None else {"deadline_s": hours * HOUR_S}), ExtendCampaign)


def sentence(draft: CampaignDraft) -> str:
    """A draft in a sentence: how many stations, in which waves, and how many need nothing. Warnings are not part of it."""
    sizes = [end - first for first, end in zip((0, *draft.wave_ends), draft.wave_ends, strict=False)]
    whole = f"{draft.stations} stations in waves of {', '.join(map(str, sizes)) or 'none'}"
    current = sum(one.reason.endswith("already") for one in draft.excluded)
    return f"{whole}; {current} run the version already." if current else f"{whole}."


def rules(campaign: CampaignChanged) -> Iterator[tuple[str, str]]:
    """What the campaign goes by, in words by name."""
    firmware, gate, limits, policy = campaign.firmware, campaign.gate, campaign.limits, campaign.policy
    made_for = ", ".join(firmware.models) or "any model"
    yield (
        "Firmware",
        f"{mask_words(firmware.location)}{' (signed)' if firmware.signature else ''}, for {firmware.vendor} {made_for}",
    )
    opens = "the operator then opens it" if gate.approval == "operator" else "it opens by itself"
    yield (
        "Gate",
        (
            f"{gate.success_share:.0%} must succeed, online and without new faults for {_long(policy.healthy_for_s)}; {opens}"
        ),
    )
    site = "" if limits.max_at_once_per_site is None else f", {limits.max_at_once_per_site} at a site"
    halts = "" if limits.max_failures is None else f"; more than {limits.max_failures} failures halt it"
    yield "At once", f"{limits.max_at_once}{site}{halts}"
    windows = ", ".join(f"{one.start_time} to {one.end_time} {' '.join(one.days)}".strip() for one in campaign.windows)
    yield "Windows", f"{windows} in each station's time" if windows else "at any time"
    yield (
        "Each station",
        (f"{policy.attempts} attempts within {_long(policy.deadline_s)} of its first turn; {BUSY[policy.busy]}"),
    )


def _long(seconds: int) -> str:
    for length_s, unit in ((HOUR_S, "h"), (60, "min")):
        if seconds and seconds % length_s == 0:
            return f"{seconds // length_s} {unit}"
    return f"{seconds} s"
