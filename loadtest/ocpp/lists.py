"""Local lists of a simulated station: what it answers to one, in every version (D01, D02; 1.6, 5.10 and 5.15). PURE."""

from collections.abc import Mapping
from typing import Any

from loadtest.ocpp.intents import KeepList, Reply, Row, View
from loadtest.ocpp.replies import Request, status
from loadtest.ocpp.settings import LIST_AT_MOST


class _Version(Request, frozen=True, rename="camel"):
    """GetLocalListVersion, which has no members."""


class _Info(Request, frozen=True, rename="camel"):
    status: str


class _Tag(Request, frozen=True, rename="camel"):
    id_tag: str
    id_tag_info: _Info | None = None


class _List16(Request, frozen=True, rename="camel"):
    list_version: int
    update_type: str
    local_authorization_list: list[_Tag] = []


class _IdToken(Request, frozen=True, rename="camel"):
    id_token: str


class _Data(Request, frozen=True, rename="camel"):
    id_token: _IdToken
    id_token_info: _Info | None = None


class _List2x(Request, frozen=True, rename="camel"):
    version_number: int
    update_type: str
    local_authorization_list: list[_Data] = []


def _version_16(view: View, _: Any) -> Reply:
    return Reply(payload={"listVersion": view.list_version})


def _version_2x(view: View, _: Any) -> Reply:
    return Reply(payload={"versionNumber": view.list_version})


def _list_16(view: View, request: Any) -> Reply:
    entries = {one.id_tag: one.id_tag_info for one in request.local_authorization_list}
    return _listed(view, request.list_version, request.update_type, entries)


def _list_2x(view: View, request: Any) -> Reply:
    entries = {one.id_token.id_token: one.id_token_info for one in request.local_authorization_list}
    return _listed(view, request.version_number, request.update_type, entries)


def _listed(view: View, version: int, update: str, entries: dict[str, _Info | None]) -> Reply:
    """A change of a list that is as new is refused (D01.FR.19), and a list for which there is no room."""
    full = update == "Full"
    if not full and version <= view.list_version:
        return status("VersionMismatch")
    kept = {} if full else dict(view.local_list)
    for token, info in entries.items():
        kept.pop(token, None)
        if info is not None:
            kept[token] = info.status
    if len(kept) > LIST_AT_MOST:
        return status("Failed")
    return status("Accepted", KeepList(version=version, tokens=kept))


LISTS_16: Mapping[str, Row] = {"GetLocalListVersion": (_Version, _version_16), "SendLocalList": (_List16, _list_16)}
LISTS_2X: Mapping[str, Row] = {"GetLocalListVersion": (_Version, _version_2x), "SendLocalList": (_List2x, _list_2x)}
