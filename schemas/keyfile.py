"""Key files: reads the keys for secrets and for the vault of identities."""

from pathlib import Path

from schemas.identityvault import NO_VAULT, Vault
from schemas.sealing import BadKey, Seal, key_of
from schemas.settings import BadSetting


def seal_from(path: str, key: str = "") -> Seal:
    """The seal with the key in a file, or with the key itself; a seal without a key where both are empty. Raises BadSetting."""
    return Seal(key_from(path, key))


def vault_from(path: str) -> Vault:
    """The vault of identities whose key is in a file; one that is off where the path is empty. Raises BadSetting."""
    return Vault(key_from(path, setting="identities_key_file")) if path else NO_VAULT


def key_from(path: str, key: str = "", *, setting: str = "secrets_key_file") -> bytes | None:
    """The key in a file, or the key itself; None where both are empty. Raises BadSetting, which names the setting."""
    try:
        text = Path(path).read_text() if path else key
        return key_of(text) if text else None
    except (OSError, UnicodeDecodeError, BadKey) as error:
        source = f"{setting}={path!r}" if path else "secrets_key"
        raise BadSetting(f"{source} cannot be used: {error}") from error
