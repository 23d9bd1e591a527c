"""Settings of `iso15118`."""

from typing import Annotated, Literal

import msgspec

from schemas.identityvault import IDENTITIES_KEY_FILE
from services.runtime.process.settings import Settings


class Iso15118Settings(Settings, frozen=True, kw_only=True):
    """Settings of `iso15118`, in addition to those of every service."""

    iso15118_answer_s: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=60,
            description="A station is answered within this time after its request: Failed where nothing is known by then. An EV waits for"
            " 5 s (ISO 15118-2); the gateway's decision_s has to be longer.",
        ),
    ] = 4.5
    iso15118_private_addresses: Annotated[
        Literal["forbid", "allow"],
        msgspec.Meta(
            description="Whether responders and lists of revoked certificates that stations name may be at addresses that are not public."
            " Link-local addresses are never asked."
        ),
    ] = "forbid"
    iso15118_issuers_file: Annotated[
        str,
        msgspec.Meta(
            description="PEM file with authorities (V2G, OEM, MO; roots and those below) whose OCSP answers and lists of revoked ones"
            " are believed. So are those of roots that operators trust, of authorities that sign here, and of an issuer that comes with"
            " the answer and has the key that the request names. GetCertificateChainStatus is answered Failed for certificates"
            " of others; GetCertificateStatus passes the answers of others on, for the station and the EV check them."
        ),
    ] = ""
    iso15118_cached: Annotated[
        int, msgspec.Meta(ge=1, description="OCSP answers that are remembered until their next update.")
    ] = 10_000
    contract_check_s: Annotated[
        float,
        msgspec.Meta(
            gt=0,
            le=30,
            description="The contract certificate of an EV is judged within this time after the station's Authorize; responders that"
            " have not answered by then count as silent. An EV waits for 5 s (ISO 15118-2).",
        ),
    ] = 3.0
    contract_unconfirmed: Annotated[
        Literal["reject", "accept"],
        msgspec.Meta(
            description="A contract certificate of which nobody says whether it is revoked, because its responder is silent or it names"
            " none - reject: CertChainError; accept: as if it were good."
        ),
    ] = "reject"
    identities_key_file: Annotated[str, msgspec.Meta(description=IDENTITIES_KEY_FILE)] = ""
    contract_pool: Annotated[
        Literal["none", "http", "test"],
        msgspec.Meta(
            description="Who gives contract certificates for EVs: none (stations are answered Failed); http: the pool at"
            " contract_pool_url; test: a built-in pool that has a contract for every EV, signed by authorities that nobody trusts."
        ),
    ] = "none"
    contract_pool_url: Annotated[
        str,
        msgspec.Meta(
            description="Where the pool is asked, by POST: https://pool.example/v1/ccp/signedContractData. http:// is for tests: the"
            " credential would cross the network unencrypted."
        ),
    ] = ""
    contract_pool_authorization_file: Annotated[
        str,
        msgspec.Meta(
            description="File with the value of the header Authorization for the pool, as `Bearer eyJ...`. It is read for each request, so"
            " that it may be renewed. Empty: none."
        ),
    ] = ""
    contract_pool_timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60, description="How long the pool may take.")] = (
        4.0
    )
