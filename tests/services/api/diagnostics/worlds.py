"""A world in which files of stations have a place."""

from services.api.config import Config
from services.api.fakes import KEY as OPERATOR_KEY
from services.api.fakes import World

KEY = b"k" * 64
MOST = 1_000


def with_files() -> World:
    return World(Config(key=OPERATOR_KEY, public_url="https://csms.example/", upload_key=KEY, upload_limit=MOST))
