"""What is encrypted on topics is in clear for the pool, and what the pool gives is encrypted again."""

import pytest

from schemas.identityvault import NO_VAULT, Vault
from schemas.iso15118 import ContractCertificateDecided
from services.iso15118.opening import kept_text, opened, sealed
from services.iso15118.port import NoContract, PoolTrouble
from tests.pki import NOW
from tests.schemas.vaults import KEY, Opened
from tests.services.iso15118.given import REPLY_TO, contract_asked

DECIDED = ContractCertificateDecided(id="d", station="CP-1", reply_to=REPLY_TO, exi_response="gJgC")


def test_without_a_vault_everything_stays_as_it_is() -> None:
    asked = contract_asked(prioritized_emaids=("DE-8AA-C12345678",))

    assert opened(asked, NO_VAULT) == asked
    assert sealed(DECIDED, NO_VAULT, NOW) is DECIDED
    assert kept_text("words", NO_VAULT, NOW) == "words"


def test_what_is_sealed_is_opened_again_and_an_emaid_of_nobody_any_more_is_left_out() -> None:
    vault = Opened(at=NOW).vault
    period = vault.period_at(NOW)
    asked = contract_asked(
        exi_request=vault.seal("gJgC", period),
        prioritized_emaids=(vault.seal("A", period), Opened().vault.seal("B", "2026-06")),
    )

    assert opened(asked, vault).exi_request == "gJgC"
    assert opened(asked, vault).prioritized_emaids == ("A",)
    assert vault.open(sealed(DECIDED, vault, NOW).exi_response) == "gJgC"


def test_without_the_key_no_message_is_read_and_without_one_for_the_month_none_is_kept() -> None:
    asked = contract_asked(exi_request=Opened(at=NOW).vault.seal("gJgC", Opened(at=NOW).vault.period_at(NOW)))

    with pytest.raises(NoContract, match="identities_key_file"):
        opened(asked, NO_VAULT)
    with pytest.raises(PoolTrouble, match="no key"):
        sealed(DECIDED, Vault(KEY), NOW)
