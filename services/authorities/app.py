"""The wiring of `authorities`: the file that names them, and the worker that has their keys."""

from pathlib import Path

from schemas.authorities import OCSP_PATH
from schemas.settings import BadSetting
from services.authorities.builtin import BuiltInAuthority
from services.authorities.config import Acme, AnyAuthority, BadConfig, BuiltIn, Est, Pkcs11, read
from services.authorities.est import EstAuthority
from services.authorities.port import Authority
from services.authorities.settings import AuthoritiesSettings
from services.authorities.signer import Signer
from services.runtime.loop.worker import Worker


def workers(settings: AuthoritiesSettings) -> tuple[Worker, ...]:
    """The worker that signs. Raises BadSetting for authorities that cannot be used."""
    ocsp_url = f"{settings.api_public_url.rstrip('/')}{OCSP_PATH}" if settings.api_public_url else ""
    return (Signer(authorities_in(settings.authorities_file, ocsp_url=ocsp_url), settings),)


def authorities_in(path: str, *, ocsp_url: str = "") -> dict[str, Authority]:
    """The authorities of a file, by name; none where there is no file. `ocsp_url`: of those that name none. Raises BadSetting."""
    if not path:
        return {}
    try:
        config = read(Path(path).read_bytes())
    except OSError as error:
        raise BadSetting(f"authorities_file={path!r} cannot be read: {error.strerror}") from error
    except BadConfig as error:
        raise BadSetting(f"authorities_file={path!r}: {error}") from error
    folder = Path(path).absolute().parent
    return {name: _opened(name, each, folder, ocsp_url) for name, each in config.items()}


def _opened(name: str, config: AnyAuthority, folder: Path, ocsp_url: str) -> Authority:
    match config:
        case BuiltIn():
            return BuiltInAuthority(name, config, folder, ocsp_url=ocsp_url)
        case Pkcs11():
            from services.authorities.pkcs11token import hardware_key

            return BuiltInAuthority(name, config, folder, held=hardware_key(name, config, folder), ocsp_url=ocsp_url)
        case Est():
            return EstAuthority(name, config, folder)
        case Acme():
            from services.authorities.acmeauthority import AcmeAuthority

            return AcmeAuthority(name, config, folder)
