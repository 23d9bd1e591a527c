"""Settings of the API and the console."""

from typing import Annotated

import msgspec

from schemas.identityvault import IDENTITIES_KEY_FILE
from schemas.sealing import KEY, KEY_FILE
from services.runtime.process.settings import PUBLIC_URL, ClickHouseSettings
from services.webhooks.addresses import PrivateAddresses


class ApiSettings(ClickHouseSettings, frozen=True, kw_only=True):
    """Settings of `api`, beside those of every user of ClickHouse."""

    host: Annotated[str, msgspec.Meta(description="Address the API and the console listen on.")] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535, description="Port of the API and the console.")] = 8080
    api_key: Annotated[
        str,
        msgspec.Meta(
            description="The operator's key, 16 characters or more. As a flag everybody on the machine can read it (`ps`): use the"
            " variable, or api_key_file."
        ),
    ] = ""
    api_key_file: Annotated[str, msgspec.Meta(description="File with the operator's key, where api_key is empty.")] = ""
    identities_key_file: Annotated[str, msgspec.Meta(description=IDENTITIES_KEY_FILE)] = ""
    api_login_s: Annotated[
        int, msgspec.Meta(ge=60, le=2_592_000, description="How long a login to the console lasts at most.")
    ] = 43_200
    api_idle_s: Annotated[
        int, msgspec.Meta(ge=60, description="A login that nobody has used for so long ends earlier.")
    ] = 3_600
    api_login_failures: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Wrong keys in a minute from one address before the next login is answered 429; ten times as many from"
            " all addresses, before those are that have not logged in lately.",
        ),
    ] = 10
    api_requests_per_s: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            description="Requests a second of one API key or user, at each process of the API, before they are answered 429; 0: no limit."
            " The operator key has none.",
        ),
    ] = 100.0
    api_requests_burst: Annotated[
        int, msgspec.Meta(ge=1, description="Requests at once of one API key or user, after a quiet time.")
    ] = 300
    api_refused_after_s: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=60,
            description="How long a request beyond a rate, or beyond a tenant's quota of requests, waits for its 429. Who asks again and"
            " again over connections that he keeps is slowed by it, and hardly slows others. 0: not at all.",
        ),
    ] = 1.0
    api_tenant_requests_at_once: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Requests of a tenant in progress at once; its others wait for their turn, behind nobody else's. What only waits"
            " for an outcome, or streams, does not count. A tenant beyond its quotas has one at a time.",
        ),
    ] = 4
    api_tenant_requests_waiting: Annotated[
        int, msgspec.Meta(ge=1, description="Requests of a tenant that may wait so; more are answered 429.")
    ] = 100
    api_processes: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="How many processes of the API the balancer spreads requests over: each keeps that share of every tenant's"
            " quotas, but for stations.",
        ),
    ] = 1
    oidc_issuer: Annotated[
        str,
        msgspec.Meta(
            description="Issuer of an OpenID provider, as https://login.example.com/realms/grid: its tokens open the API, and people sign"
            " in to the console by it. Empty: none do."
        ),
    ] = ""
    oidc_audience: Annotated[
        str, msgspec.Meta(description="What the claim `aud` of access tokens must name. Empty: none opens the API.")
    ] = ""
    oidc_client_id: Annotated[
        str,
        msgspec.Meta(
            description="The console at the provider: a public client with PKCE. Empty: nobody signs in by it."
        ),
    ] = ""
    oidc_name_claim: Annotated[str, msgspec.Meta(description="Claim with the name of a token's owner.")] = "sub"
    oidc_roles_claim: Annotated[
        str,
        msgspec.Meta(description="Claim with the names of the owner's roles, by its path, as realm_access.roles."),
    ] = "roles"
    oidc_tenants_claim: Annotated[
        str,
        msgspec.Meta(
            description="Claim with the tenants that the owner is limited to, where tokens have one; then all must."
        ),
    ] = ""
    oidc_sites_claim: Annotated[
        str,
        msgspec.Meta(
            description="Claim with the sites that the owner is limited to, where tokens have one; then all must."
        ),
    ] = ""
    api_secure_cookie: Annotated[
        bool, msgspec.Meta(description="Send the console's cookie over https only; true behind a TLS proxy.")
    ] = False
    api_access_log: Annotated[
        bool,
        msgspec.Meta(
            description="A line in the log for each answer: method, path, status, duration, who asked, from where."
            " Lines that are written while a request is served carry its X-Request-Id, with or without it."
        ),
    ] = False
    api_hsts_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            description="For how long browsers that came over https come over https alone, in seconds; 0: not said. Behind a TLS proxy"
            " it is said where FORWARDED_ALLOW_IPS names the proxy and the proxy sends X-Forwarded-Proto.",
        ),
    ] = 31_536_000
    api_body_limit: Annotated[
        int,
        msgspec.Meta(
            ge=1024, description="Largest request body in bytes; a request to 10,000 stations has half a million."
        ),
    ] = 1_048_576
    api_public_url: Annotated[str, msgspec.Meta(description=PUBLIC_URL)] = ""
    web_payment_url: Annotated[
        str,
        msgspec.Meta(
            description="Payment page to which drivers are sent who scanned a valid QR code of a 2.1 station: a URL with {ticket} in it."
            " `GET /api/v1/web-tickets/{ticket}` tells its station, EVSE and limits. Empty: no QR codes are taken."
        ),
    ] = ""
    web_payment_validity_s: Annotated[
        int, msgspec.Meta(ge=6, le=3600, description="How long a QR code of a station is shown before the next.")
    ] = 60
    web_payment_password_length: Annotated[
        int, msgspec.Meta(ge=6, le=32, description="Characters of the one-time password in it.")
    ] = 12
    api_files: Annotated[
        str,
        msgspec.Meta(
            description="Where files of stations are kept, the same place for every process of the API: file:///folder, or"
            " s3://bucket/prefix (keys and endpoint by the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT,"
            " AWS_REGION). Empty: none are."
        ),
    ] = ""
    api_upload_limit: Annotated[
        int, msgspec.Meta(ge=1024, description="Largest file that a station may upload, in bytes.")
    ] = 104_857_600
    api_publish_timeout_s: Annotated[
        float, msgspec.Meta(gt=0, description="How long a request waits for Kafka before it is answered 503.")
    ] = 5.0
    api_wait_limit_s: Annotated[
        float, msgspec.Meta(gt=0, le=600, description="Longest `wait_s` that a caller may ask for.")
    ] = 60.0
    api_order_wait_s: Annotated[
        float, msgspec.Meta(ge=0, le=60, description="How long an order on a session waits until its change is seen.")
    ] = 5.0
    api_waiting_commands: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Commands whose outcomes requests may wait for; a request for more is answered `pending` at once."
            " One request may be to 10,000 stations.",
        ),
    ] = 30_000
    api_recent_commands: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            description="Commands remembered in memory, for answers before ClickHouse has them (1 to 2 KB each)."
            " One request may be to 10,000 stations.",
        ),
    ] = 30_000
    api_overlay_records: Annotated[
        int,
        msgspec.Meta(
            ge=100,
            description="Sessions, and commands, and stations, held in memory until ClickHouse has them (1 to 2 KB each), so that"
            " what was just said is read at once. More are told by ClickHouse alone, when it has them.",
        ),
    ] = 30_000
    api_overlay_keep_s: Annotated[
        float,
        msgspec.Meta(ge=0, le=3600, description="They are held so much longer than that, for replicas of ClickHouse."),
    ] = 5.0
    api_fresh_within_s: Annotated[
        float,
        msgspec.Meta(
            gt=0, le=60, description="How long a read waits to catch up with Kafka, then it tells what is known."
        ),
    ] = 5.0
    api_sse_clients: Annotated[int, msgspec.Meta(ge=1, description="Clients that may follow events at once.")] = 500
    api_sse_queue: Annotated[
        int, msgspec.Meta(ge=1, description="Events that wait for one slow client before it is told that it lagged.")
    ] = 1_000
    api_sse_keepalive_s: Annotated[
        float, msgspec.Meta(gt=0, description="A quiet event stream says so after this long.")
    ] = 15.0
    webhook_private_addresses: PrivateAddresses = "forbid"
    secrets_key_file: Annotated[str, msgspec.Meta(description=KEY_FILE)] = ""
    secrets_key: Annotated[str, msgspec.Meta(description=KEY)] = ""
