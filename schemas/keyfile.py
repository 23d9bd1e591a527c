"""Key file: reads the key for secrets."""

from pathlib import Path

from schemas.sealing import BadKey, Seal, key_of
from schemas.settings import BadSetting


def seal_from(path: str, key: str = "") -> Seal:
    """The seal with the key in a file, or with the key itself; a seal without a key where both are empty. Raises BadSetting."""
    return Seal(key_from(path, key))


def key_from(path: str, key: str = "") -> bytes | None:
    """The key in a file, or the key itself; None where both are empty. Raises BadSetting."""
    try:
        text = Path(path).read_text() if path else key
        return key_of(text) if text else None
    except (OSError, UnicodeDecodeError, BadKey) as error:
        source = f"secrets_key_file={path!r}" if path else "secrets_key"
        raise BadSetting(f"{source} cannot be used: {error}") from error
