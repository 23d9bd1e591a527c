"""Types of EVSEs: AC or DC, and connectors as 2.1 names them (appendix 7.3, ConnectorEnumStringType). PURE."""

from collections.abc import Iterable
from typing import Annotated, Literal, get_args

import msgspec

EvseKind = Literal["AC", "DC"]

ConnectorType = Literal[
    "cCCS1",
    "cCCS2",
    "cChaoJi",
    "cG105",
    "cGBT-DC",
    "cLECCS",
    "cMCS",
    "cNACS",
    "cNACS-CCS1",
    "cCCS1-NACS",
    "cTesla",
    "cType1",
    "cType2",
    "cUltraChaoJi",
    "s309-1P-16A",
    "s309-1P-32A",
    "s309-3P-16A",
    "s309-3P-32A",
    "sBS1361",
    "sCEE-7-7",
    "sType1",
    "sType2",
    "sType3",
    "wInductive",
    "wResonant",
    "Other1PhMax16A",
    "Other1PhOver16A",
    "Other3Ph",
    "Pan",
    "BatterySlot",
]

EvseType = EvseKind | ConnectorType
"""What a token may be restricted to."""

EVSE_TYPES: tuple[str, ...] = (*get_args(EvseKind), *get_args(ConnectorType))

_SPELLED = {name.casefold(): name for name in EVSE_TYPES}


class EvseDescribed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of which type an EVSE of a station is. A station of which one EVSE is described is described whole."""

    evse: Annotated[int, msgspec.Meta(ge=1, le=65_535)]
    kind: EvseKind
    connectors: Annotated[tuple[ConnectorType, ...], msgspec.Meta(max_length=16)] = ()


def spelled(word: str) -> str:
    """A type as OCPP spells it, whatever the case; a word that is none as it is."""
    return _SPELLED.get(word.casefold(), word)


def evses_of_types(known: Iterable[EvseDescribed], types: Iterable[EvseType]) -> frozenset[int]:
    """The EVSEs that are of one of these types, by their kind or by one of their connectors."""
    wanted = frozenset(types)
    return frozenset(one.evse for one in known if one.kind in wanted or not wanted.isdisjoint(one.connectors))
