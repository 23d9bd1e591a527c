"""The wiring of `iso15118`: whose word counts, and which contract pool is asked."""

from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from schemas.keyfile import vault_from
from schemas.settings import BadSetting
from services.iso15118.answering import Answering
from services.iso15118.asking import Statuses
from services.iso15118.contractworker import ContractWorker
from services.iso15118.judging import Judging
from services.iso15118.pools import HttpPool
from services.iso15118.port import ContractPool
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import Issuers
from services.iso15118.testpool import TestPool
from services.iso15118.worker import Iso15118Worker, utc_now
from services.runtime.loop.worker import Worker


def workers(settings: Iso15118Settings) -> tuple[Worker, ...]:
    """The worker that answers stations, and the one that judges contracts; both remember the same answers. Raises BadSetting."""
    statuses = Statuses(settings, issuers_in(settings.iso15118_issuers_file), utc_now)
    judging = Judging(
        statuses,
        check_s=settings.contract_check_s,
        unconfirmed=settings.contract_unconfirmed,
        clock=utc_now,
        vault=vault_from(settings.identities_key_file),
    )
    contracts = ContractWorker(judging, settings)
    answering = Answering(
        statuses,
        pool_of(settings),
        answer_s=settings.iso15118_answer_s,
        clock=utc_now,
        issuers=contracts.issuers,
        vault=judging.vault,
        vault_read=contracts.caught_up if judging.vault.is_on else None,
    )
    return (Iso15118Worker(answering, settings), contracts)


def issuers_in(path: str) -> Issuers:
    """The authorities of a file; none where there is no file. Raises BadSetting."""
    if not path:
        return Issuers()
    try:
        return Issuers(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except OSError as error:
        raise BadSetting(f"iso15118_issuers_file={path!r} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadSetting(f"iso15118_issuers_file={path!r} has no certificates in PEM: {error}") from error


def pool_of(settings: Iso15118Settings) -> ContractPool | None:
    """The contract pool; None where none is set up. Raises BadSetting."""
    if settings.contract_pool == "none":
        return None
    if settings.contract_pool == "test":
        return TestPool(utc_now)
    parts = urlsplit(settings.contract_pool_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(
            f"contract_pool_url={settings.contract_pool_url!r} is no address, as"
            " https://pool.example/v1/ccp/signedContractData is"
        )
    return HttpPool(
        settings.contract_pool_url,
        authorization_file=settings.contract_pool_authorization_file,
        timeout_s=settings.contract_pool_timeout_s,
    )
