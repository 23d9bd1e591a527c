"""Identity masks: which members of OCPP messages name a person, and how they are replaced by pseudonyms and back. PURE.

The members follow from the schemas of the messages (`identifiers`): those of the type IdToken of 2.x and AdditionalInfo, the idTags of
1.6, and some by their names. They are recognised by name wherever they stand in a message, in any case of letters, so that messages that
break their schema, data of vendors and raw commands are masked too. Groups (parentIdTag, groupIdToken) are names that operators give,
and are not masked.

What names a person inside, or has to be read again as it came, is encrypted instead: contract certificates, EXI messages, the eMAIDs that
a contract pool is asked for, and what a station tells of a customer. Its readers open it in memory.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.identities import PSEUDONYM, SEALED, is_pseudonym
from schemas.identitytraces import has_certificate
from schemas.identityvault import Kind

Hide = Callable[[str, Kind], str]
"""Gives the pseudonym of an identity."""

Seal = Callable[[str], str]
"""Encrypts a text about persons."""

Known = Callable[[str], str]
"""Masks everyone who is kept in a text of choice."""

KINDS: Mapping[str, Kind] = {
    "idtag": "token",
    "idtoken": "token",
    "additionalidtoken": "token",
    "idtokens": "token",
    "emaid": "token",
    "customeridentifier": "customer",
    "evinverterserialnumber": "customer",
    "vehicleid": "customer",
}
"""Members that name a person, by their names without case and underscores."""

GROUPS = frozenset({"groupidtoken", "parentidtag"})
"""Members that name a group: nothing in them is masked."""

VARIABLES = frozenset({"vehicleid"})
"""Variables of stations whose values name a vehicle (2.x ConnectedEV.VehicleId, an EVCCID or a MAC address)."""

SHORTEST_ECHO = 4
"""Shorter identities are not searched for in a station's answers: a few digits occur in many numbers."""

VALUES = frozenset({"actualvalue", "attributevalue", "value"})

SEALED_MEMBERS = frozenset({"certificate", "exirequest", "exiresponse", "prioritizedemaids"})
"""Members of what stations say that are encrypted. Stations say `certificate` of contracts alone; a text elsewhere that has a certificate
in PEM is encrypted as well. The eMAIDs for a pool have no pseudonyms: it is asked for contracts that nobody provisioned here, too."""

FREE_TEXTS = frozenset({"data", "customdata", "info", "techinfo", "additionalinfo", "vendorinfo", "content"})
"""Members in which stations write what they want: errors, messages of vendors, what stands on a display. Whoever is kept is masked in
them by his word, wherever it stands; a text that names him in base64 is encrypted."""

TEXTS: Mapping[str, str] = {"NotifyCustomerInformation": "data"}
"""Messages with a text about a customer (N09), and the member that has it."""

CLEAR_TYPES = frozenset({"DirectPayment"})
"""Types of tokens that are no persons: references of payments, by which payment service providers know them."""

_HINTS = (
    "idt",
    "emaid",
    "customer",
    "evinverter",
    "vehicleid",
    "certificate",
    "exire",
    "\\u",
    *(f'"{each}"' for each in FREE_TEXTS),
)
_json = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode()))
"""Numbers stay as they are written."""

_LETTER = re.compile(r"\\u00([46][0-9a-fA-F]|[57][0-9aA])")
_SEALED = re.compile(rf"\"(?:{'|'.join(SEALED_MEMBERS)})\\*\"\s*:|-----BEGIN CERTIFICATE-----", re.IGNORECASE)
_MEMBER = re.compile(
    rf"(?P<before>(?P<quote>\\*\")(?P<name>{'|'.join(KINDS)}|customer_identifier|id_tag|id_token)(?P=quote)\s*:\s*)"
    r"(?:(?P<open>\\*\")(?P<text>.{0,600}?)(?:(?P=open)|\Z)|(?P<number>-?[0-9][0-9.eE+-]*))",
    re.IGNORECASE | re.DOTALL,
)


def may_name_a_person(text: str) -> bool:
    """Whether a text may have such members; fast, because it is asked of every frame of every station."""
    small = text.lower()
    return any(hint in small for hint in _HINTS)


def hide_text(text: str, hide: Hide, *, seal: Seal | None = None, known: Known | None = None) -> str:
    """A message with every identity replaced. One that is no JSON is masked by the names in it.

    `seal` encrypts texts about persons, `known` masks texts of choice; without them such texts stay.
    """
    if not may_name_a_person(text):
        return text
    try:
        said = value = _json.decode(text)
        if seal is not None:
            value = _texts_sealed(value, seal)
        hidden = _Hiding(hide, KINDS, seal, known).value(value)
        return text if hidden == said else msgspec.json.encode(hidden).decode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _hidden_by_names(_LETTER.sub(lambda found: chr(int(found[1], 16)), text), hide, seal)


def hide_in(value: Any, hide: Hide, *, names: Mapping[str, Kind] = KINDS) -> Any:
    """The same JSON value with each identity replaced. `names`: the members that are identities."""
    return _Hiding(hide, names).value(value)


class _Hiding(msgspec.Struct, frozen=True):
    """How a value is masked."""

    hide: Hide
    names: Mapping[str, Kind]
    seal: Seal | None = None
    known: Known | None = None
    is_free: bool = False
    """Within a text of choice."""

    def value(self, value: Any) -> Any:
        match value:
            case dict():
                values = VALUES if _is_of_a_vehicle(value) else frozenset()
                clear = value.get("type") in CLEAR_TYPES or value.get("token_type") in CLEAR_TYPES
                return {name: self._member(name, each, values=values, clear=clear) for name, each in value.items()}
            case list():
                return [self.value(each) for each in value]
            case str():
                return self._text(value)
        return value

    def _text(self, value: str) -> str:
        if value[:1] in ("{", "[") and may_name_a_person(value):
            value = hide_text(value, self.hide, seal=self.seal, known=self.known)
        elif self.seal is not None and has_certificate(value):
            return self.seal(value)
        return self.known(value) if self.is_free and self.known is not None else value

    def _member(  # noqa: PLR0911 one return for each kind of member
        self, name: str, value: Any, *, values: frozenset[str], clear: bool
    ) -> Any:
        folded = name.replace("_", "").lower()
        kind = self.names.get(folded) or ("customer" if folded in values else None)
        if folded in GROUPS:
            return value
        if folded in FREE_TEXTS and not self.is_free:
            return msgspec.structs.replace(self, is_free=True)._member(name, value, values=values, clear=clear)
        if folded in SEALED_MEMBERS and self.seal is not None:
            return self._sealed(value, self.seal)
        if folded == "variableattribute" and values and isinstance(value, list):
            return [self._values_hidden(each) if isinstance(each, dict) else each for each in value]
        if kind is None or (clear and folded in ("idtoken", "token")) or isinstance(value, dict):
            return self.value(value)
        if isinstance(value, list):
            return [self._hidden(each, kind) if _is_scalar(each) else self.value(each) for each in value]
        return self._hidden(value, kind) if _is_scalar(value) else value

    def _sealed(self, value: Any, seal: Seal) -> Any:
        match value:
            case str() if value.strip():
                return seal(value)
            case list():
                return [self._sealed(each, seal) for each in value]
        return self.value(value)

    def _values_hidden(self, value: dict[str, Any]) -> dict[str, Any]:
        """An attribute of a variable whose value is an identity."""
        alone = msgspec.structs.replace(self, names={})
        return {name: alone._member(name, each, values=VALUES, clear=False) for name, each in value.items()}

    def _hidden(self, value: Any, kind: Kind) -> str:
        return self.hide(bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value), kind)


def _is_scalar(value: Any) -> bool:
    """Whether a value is a text with something in it, or a number."""
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int | float | msgspec.Raw) and not isinstance(value, bool)


def _is_of_a_vehicle(value: dict[str, Any]) -> bool:
    variable = value.get("variable")
    name = variable.get("name") if isinstance(variable, dict) else variable
    return isinstance(name, str) and name.lower() in VARIABLES


def _texts_sealed(value: Any, seal: Seal) -> Any:
    match value:
        case [kind, identity, str() as action, dict() as payload, *rest] if action in TEXTS:
            member = TEXTS[action].lower()
            sealed = {n: seal(v) if n.lower() == member and isinstance(v, str) and v else v for n, v in payload.items()}
            return [kind, identity, action, sealed, *rest]
    return value


def _hidden_by_names(text: str, hide: Hide, seal: Seal | None) -> str:
    """A text that is no JSON, with each identity in it replaced; of one that has a text about a person, only its beginning is left."""
    if seal is not None and (any(action in text for action in TEXTS) or _SEALED.search(text)):
        return f"{text[: max(0, text.find('{'))][:100]} (it cannot be read, and is about a customer)"

    def replaced(found: re.Match[str]) -> str:
        kind = KINDS[found["name"].replace("_", "").lower()]
        if found["number"]:
            return f"{found['before']}{found['quote']}{hide(found['number'], kind)}{found['quote']}"
        if not found["text"]:
            return found[0]
        return f"{found['before']}{found['open']}{hide(found['text'], kind)}{found['open']}"

    return _MEMBER.sub(replaced, text)


# -- back -------------------------------------------------------------------------------------------------------------


class Revealed(msgspec.Struct, frozen=True):
    """A text with its identities. `told`: pseudonym by identity. `unknown`: pseudonyms in it that stand for nobody."""

    text: str
    told: Mapping[str, str]
    unknown: tuple[str, ...] = ()


def reveal_text(
    text: str,
    reveal: Callable[[str], str | None],
    *,
    escape: Callable[[str], str] = lambda each: msgspec.json.encode(each)[1:-1].decode(),
    opened: Callable[[str], str | None] = lambda _: None,
) -> Revealed:
    """A text with each pseudonym replaced by who it is, and each sealed text opened; `escape` makes them fit the text (JSON)."""
    told: dict[str, str] = {}
    unknown: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        identity = reveal(found[0])
        if identity is None:
            unknown.append(found[0])
            return found[0]
        told[identity] = found[0]
        return escape(identity)

    def unsealed(found: re.Match[str]) -> str:
        plain = opened(found[0])
        return found[0] if plain is None else escape(plain)

    revealed = SEALED.sub(unsealed, PSEUDONYM.sub(replaced, text))
    return Revealed(revealed, told, tuple(dict.fromkeys(unknown)))


def hide_told(text: str, told: Mapping[str, str]) -> str:
    """A text with identities replaced that were told to a station in the command that it answers: it may repeat them in any words."""
    for identity, pseudonym in told.items():
        if len(identity) >= SHORTEST_ECHO and not is_pseudonym(identity):
            for form in {identity, msgspec.json.encode(identity)[1:-1].decode()}:
                text = re.sub(re.escape(form), pseudonym, text, flags=re.IGNORECASE)
    return text
