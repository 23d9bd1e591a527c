"""A deployment that takes payments by QR code, and a station's own reading of the specification."""

import hashlib
import hmac

from schemas.sealing import KEY_BYTES, Seal
from services.api.config import Config

KEY = b"k" * KEY_BYTES
PAGE = "https://pay.example/start?ticket={ticket}"


def by_the_specification(secret: str, now_s: int, validity_s: int, length: int) -> str:
    """TOTP algorithm, version 1, as a station computes it."""
    base62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    counted = (now_s // validity_s).to_bytes(8, "big")
    digest = hmac.new(secret.encode("utf-8"), counted, hashlib.sha256).digest()
    start = digest[31] & 15
    return "".join(base62[digest[(start + i) % 32] % 62] for i in range(length))


def taking_payments(operator_key: str) -> Config:
    """The configuration with all that QR codes need."""
    return Config(
        key=operator_key, seal=Seal(KEY), upload_key=KEY, public_url="https://csms.example/", web_payment_url=PAGE
    )
