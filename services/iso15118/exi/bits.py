"""Bits: numbers, texts and bytes as EXI packs them, from any bit on (EXI 1.0, 7.1). PURE."""

LONGEST = 16_384
"""Bytes of one value: no certificate, key or name of ISO 15118 is longer."""


class Unreadable(Exception):
    """The bits are not what they should be; the message says what was expected."""


class Writer:
    """Bits that are written one after the other."""

    def __init__(self) -> None:
        self._whole = bytearray()
        self._rest, self._count = 0, 0

    def number(self, value: int, width: int) -> None:
        """An unsigned number of so many bits, the highest first."""
        self._rest = self._rest << width | value
        self._count += width
        while self._count >= 8:
            self._count -= 8
            self._whole.append(self._rest >> self._count & 0xFF)
        self._rest &= (1 << self._count) - 1

    def unsigned(self, value: int) -> None:
        """An unsigned number of any size: seven bits a byte, the lowest first (7.1.6)."""
        while value > 0x7F:
            self.number(value & 0x7F | 0x80, 8)
            value >>= 7
        self.number(value, 8)

    def octets(self, value: bytes) -> None:
        """Bytes, their count first (7.1.1)."""
        self.unsigned(len(value))
        for each in value:
            self.number(each, 8)

    def text(self, value: str) -> None:
        """A text that is in no table: its length and two (7.3.3), and its characters (7.1.10)."""
        self.unsigned(len(value) + 2)
        for each in value:
            self.unsigned(ord(each))

    def done(self) -> bytes:
        """Everything, filled up with zeros to whole bytes."""
        return bytes(self._whole) + (bytes([self._rest << 8 - self._count]) if self._count else b"")


class Reader:
    """Bits that are read one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content = int.from_bytes(content)
        self._left = 8 * len(content)

    def number(self, width: int) -> int:
        """An unsigned number of so many bits. Raises Unreadable."""
        if width > self._left:
            raise Unreadable("The message ends early.")
        self._left -= width
        return self._content >> self._left & ((1 << width) - 1)

    def unsigned(self) -> int:
        """An unsigned number of any size. Raises Unreadable."""
        value, shift, more = 0, 0, True
        while more:
            part = self.number(8)
            value |= (part & 0x7F) << shift
            shift, more = shift + 7, bool(part & 0x80)
            if shift > 8 * 64:
                raise Unreadable("A number is longer than any of ISO 15118.")
        return value

    def octets(self) -> bytes:
        """Bytes. Raises Unreadable."""
        length = self._length()
        return self.number(8 * length).to_bytes(length)

    def text(self) -> str:
        """A text that is in no table. Raises Unreadable."""
        length = self._length()
        if length < 2:
            raise Unreadable("A text refers to an earlier one, which messages of ISO 15118 do not do.")
        letters = [self.unsigned() for _ in range(length - 2)]
        if any(each > 0x10FFFF for each in letters):
            raise Unreadable("A text has a character that does not exist.")
        return "".join(map(chr, letters))

    def _length(self) -> int:
        length = self.unsigned()
        if length > LONGEST:
            raise Unreadable(f"A value has {length} bytes, and {LONGEST} are read at most.")
        return length
