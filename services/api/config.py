"""How the API behaves: the part of the settings its modules need, and the operator key from its variable or file."""

from pathlib import Path

import msgspec

from schemas.keyfile import key_from, seal_from
from schemas.sealing import NO_KEY, Seal
from schemas.settings import BadSetting
from services.api.settings import ApiSettings
from services.api.web.oidc import Provider

SHORTEST_KEY = 16


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the HTTP modules; each member's meaning is in `services.runtime.process.settings`, as `api_<member>` or `<member>`."""

    key: str
    login_s: int = 43_200
    idle_s: int = 3_600
    login_failures: int = 10
    password_cost: int = 2**15
    provider: Provider = Provider()
    requests_per_s: float = 100.0
    requests_burst: int = 300
    refused_after_s: float = 0.0
    processes: int = 1
    tenant_requests_at_once: int = 4
    tenant_requests_waiting: int = 100
    secure_cookie: bool = False
    hsts_s: int = 31_536_000
    access_log: bool = False
    body_limit: int = 1_048_576
    wait_limit_s: float = 60.0
    order_wait_s: float = 5.0
    waiting_commands: int = 30_000
    recent_commands: int = 30_000
    sse_clients: int = 500
    sse_queue: int = 1_000
    sse_keepalive_s: float = 15.0
    default_time_zone: str = "UTC"
    seal: Seal = NO_KEY
    public_url: str = ""
    webhook_private_addresses: str = "forbid"
    upload_limit: int = 104_857_600
    upload_key: bytes = b""
    web_payment_url: str = ""
    web_payment_validity_s: int = 60
    web_payment_password_length: int = 12


def from_settings(settings: ApiSettings) -> Config:
    """The API's part of the settings. Raises BadSetting when there is no usable operator key."""
    return Config(
        key=_operator_key(settings),
        login_s=settings.api_login_s,
        idle_s=settings.api_idle_s,
        login_failures=settings.api_login_failures,
        secure_cookie=settings.api_secure_cookie,
        hsts_s=settings.api_hsts_s,
        access_log=settings.api_access_log,
        provider=_provider(settings),
        requests_per_s=settings.api_requests_per_s,
        requests_burst=settings.api_requests_burst,
        refused_after_s=settings.api_refused_after_s,
        processes=settings.api_processes,
        tenant_requests_at_once=settings.api_tenant_requests_at_once,
        tenant_requests_waiting=settings.api_tenant_requests_waiting,
        body_limit=settings.api_body_limit,
        wait_limit_s=settings.api_wait_limit_s,
        order_wait_s=settings.api_order_wait_s,
        waiting_commands=settings.api_waiting_commands,
        recent_commands=settings.api_recent_commands,
        sse_clients=settings.api_sse_clients,
        sse_queue=settings.api_sse_queue,
        sse_keepalive_s=settings.api_sse_keepalive_s,
        default_time_zone=settings.default_time_zone,
        seal=seal_from(settings.secrets_key_file, settings.secrets_key),
        public_url=settings.api_public_url,
        webhook_private_addresses=settings.webhook_private_addresses,
        upload_limit=settings.api_upload_limit,
        upload_key=key_from(settings.secrets_key_file, settings.secrets_key) or b"",
        web_payment_url=settings.web_payment_url,
        web_payment_validity_s=settings.web_payment_validity_s,
        web_payment_password_length=settings.web_payment_password_length,
    )


def _provider(settings: ApiSettings) -> Provider:
    """The OpenID provider. Raises BadSetting for one whose tokens could not be checked."""
    issuer = settings.oidc_issuer
    if issuer and not issuer.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise BadSetting(f"oidc_issuer is {issuer!r}: the address of a provider begins with https://")
    if issuer and not (settings.oidc_audience or settings.oidc_client_id):
        raise BadSetting(
            "oidc_issuer needs oidc_audience (tokens of programs), oidc_client_id (sign-in to the console), or both"
        )
    return Provider(
        issuer=issuer,
        audience=settings.oidc_audience,
        client_id=settings.oidc_client_id,
        name_claim=settings.oidc_name_claim,
        roles_claim=settings.oidc_roles_claim,
        tenants_claim=settings.oidc_tenants_claim,
        sites_claim=settings.oidc_sites_claim,
    )


def _operator_key(settings: ApiSettings) -> str:
    key, source = settings.api_key, "VOLTBUS_API_KEY"
    if not key and settings.api_key_file:
        source = settings.api_key_file
        try:
            key = Path(settings.api_key_file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"the operator key cannot be read from {source}: {error}") from error
    if not key:
        raise BadSetting(
            "the API needs an operator key: set VOLTBUS_API_KEY, or VOLTBUS_API_KEY_FILE to a file with it"
        )
    if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable():
        raise BadSetting(f"the operator key from {source} must be {SHORTEST_KEY} or more printable ASCII characters")
    return key
