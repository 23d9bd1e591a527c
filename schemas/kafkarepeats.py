"""Repeated fetches: as long as nothing comes, a consumer asks its broker the same and hears the same, byte for byte.

aiokafka takes apart and puts together each partition of each fetch in Python, which is most of what an idle consumer costs.
"""

from io import BytesIO
from typing import Any

from aiokafka.protocol.fetch import FetchRequest


class Repeats:
    """The last fetch of a consumer from one broker, and the last answer without records."""

    def __init__(self) -> None:
        self._topics: Any = None
        self._versions: Any = None
        self._prepared: _Prepared | None = None
        self._heard = b""
        self._answer: Any = None

    def asked(self, request: FetchRequest) -> "_Asked":
        """The request, to be sent in its place."""
        return _Asked(request, self)

    def prepare(self, request: FetchRequest, versions: Any) -> "_Prepared":
        """The request as it goes to a broker of these versions: the one before where it asks for the same."""
        if self._prepared is None or request.topics != self._topics or versions != self._versions:
            self._topics, self._versions = request.topics, versions
            self._prepared = _Prepared(request.prepare(versions), self)
        return self._prepared

    def read(self, data: BytesIO, response_type: Any) -> Any:
        """The answer of these bytes: the one before where they are the same."""
        heard = data.read()
        if self._answer is None or heard != self._heard or type(self._answer) is not response_type:
            answer = response_type.decode(heard)
            if has_records(answer):
                return answer
            self._heard, self._answer = heard, answer
        return self._answer


class _Asked:
    """Stands for a request where aiokafka sends it."""

    def __init__(self, request: FetchRequest, repeats: Repeats) -> None:
        self._request = request
        self._repeats = repeats

    def prepare(self, versions: Any) -> "_Prepared":
        return self._repeats.prepare(self._request, versions)


class _Prepared:
    """Stands for a request of a known version where aiokafka writes it and reads its answer."""

    def __init__(self, request: Any, repeats: Repeats) -> None:
        self._request = request
        self._repeats = repeats
        self._bytes = b""
        self.build_request_header = request.build_request_header
        self.parse_response_header = request.parse_response_header
        self.RESPONSE_TYPE = self

    def encode(self) -> bytes:
        self._bytes = self._bytes or self._request.encode()
        return self._bytes

    def decode(self, data: BytesIO) -> Any:
        return self._repeats.read(data, self._request.RESPONSE_TYPE)


def has_records(response: Any) -> bool:
    """Whether the answer to a fetch has records of any partition."""
    return any(partition[-1] for _topic, partitions in response.topics for partition in partitions)
