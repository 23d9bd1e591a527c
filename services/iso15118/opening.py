"""Opening: what a request about contracts has in it is encrypted on topics; it is in clear between here and the pool alone. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.identityvault import NoPeriodKey, Vault
from schemas.iso15118 import ContractCertificateAsked, ContractCertificateDecided
from services.iso15118.port import NoContract, PoolTrouble

UNREADABLE = (
    "The EV's message cannot be read: somebody whom it names was erased, its month is over, or identities_key_file is not the"
    " gateways' one here."
)


def opened(asked: ContractCertificateAsked, vault: Vault) -> ContractCertificateAsked:
    """The request in clear, for the pool. Raises NoContract where nobody can read it (any more)."""
    exi_request = vault.opened(asked.exi_request)
    emaids = [vault.opened(each) for each in asked.prioritized_emaids]
    if exi_request is None:
        raise NoContract(UNREADABLE)
    return replace(
        asked, exi_request=exi_request, prioritized_emaids=tuple(each for each in emaids if each is not None)
    )


def sealed(decided: ContractCertificateDecided, vault: Vault, now: datetime) -> ContractCertificateDecided:
    """The decision as it may be stored, for the gateway to open. Raises PoolTrouble where there is no key."""
    if not vault.is_on or not decided.exi_response:
        return decided
    return replace(
        decided, exi_response=kept_text(decided.exi_response, vault, now), exi_size=len(decided.exi_response)
    )


def kept_text(text: str, vault: Vault, now: datetime) -> str:
    """A text of a pool as it may be stored: with a vault encrypted for everyone whom it names. Raises PoolTrouble."""
    if not vault.is_on or not text:
        return text
    try:
        return vault.seal_named(text, vault.period_at(now))
    except NoPeriodKey as error:
        raise PoolTrouble(f"No answer can be kept: {error}.") from error
