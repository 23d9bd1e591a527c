"""Assets: style, script, icons and vendored libraries, read once, served under the digest of what they are."""

import hashlib
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import PathParameter

from services.api.web.auth import OPEN
from services.api.web.problems import not_found

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".LICENSE": "text/plain"}
ICONS = "icons.svg"
FOR_EVER = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is served."""

    content: bytes
    media_type: str


class Assets:
    """Every file of the folder by name, and the addresses that change with what is in them."""

    def __init__(self, symbols: Iterable[str] = ()) -> None:
        """`symbols`: SVG symbols that stand in `icons.svg` beside its own."""
        files = sorted(path for path in FOLDER.rglob("*") if path.suffix in MEDIA_TYPES)
        self._assets = {
            path.relative_to(FOLDER).as_posix(): Asset(
                content=path.read_bytes(), media_type=MEDIA_TYPES[path.suffix] + "; charset=utf-8"
            )
            for path in files
        }
        icons = self._assets[ICONS]
        drawn = icons.content.replace(b"</svg>", "\n".join([*symbols, "</svg>"]).encode())
        self._assets[ICONS] = msgspec.structs.replace(icons, content=drawn)
        digest = hashlib.blake2b(digest_size=6)
        for asset in self._assets.values():
            digest.update(asset.content)
        self._digest = digest.hexdigest()

    def url(self, name: str) -> str:
        """Where a file is; a KeyError for a file that does not exist."""
        assert name in self._assets, name
        return f"/static/{self._digest}/{name}"

    def router(self) -> Router:
        """The files, open to everybody: they are the same for everybody."""

        @get("/{digest:str}/{name:path}", sync_to_thread=False)
        def serve(digest: Annotated[str, PathParameter()], name: Annotated[str, PathParameter()]) -> Response[bytes]:
            asset = self._assets.get(name.lstrip("/"))
            if asset is None:
                raise not_found(f"There is no file {name!r}.")
            # of another digest: a page of an older release asks; what it gets must not stay
            headers = {"Cache-Control": FOR_EVER if digest == self._digest else "no-store"}
            return Response(asset.content, status_code=HTTPStatus.OK, media_type=asset.media_type, headers=headers)

        return Router(path="/static", route_handlers=[serve], opt={OPEN: True}, include_in_schema=False)
