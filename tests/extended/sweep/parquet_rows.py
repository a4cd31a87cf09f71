"""How many rows a Parquet file has, without a library: a second opinion on what the program says of its own files.

The footer is a Thrift struct in the compact protocol; field 3 is the number of rows. What comes before it is skipped.
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

MAGIC = b"PAR1"
STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def field(self, last: int) -> tuple[int, int]:
        """Number and type of the next field."""
        head = self.byte()
        if head == STOP:
            return 0, STOP
        return (last + (head >> 4) if head >> 4 else self.zigzag()), head & 0x0F

    def skip(self, kind: int) -> None:
        if kind in (BYTE, DOUBLE):
            self.at += 1 if kind == BYTE else 8
        elif kind == BINARY:
            length = self.varint()
            self.at += length
        elif kind in (LIST, SET):
            self.skip_list()
        elif kind == STRUCT:
            self.skip_struct()
        elif kind not in (TRUE, FALSE):
            self.varint()

    def skip_list(self) -> None:
        head = self.byte()
        count = head >> 4 if head >> 4 < 15 else self.varint()
        kind = head & 0x0F
        for _ in range(count):
            # A truth value takes a byte in a list and none in a field.
            self.skip(BYTE if kind in (TRUE, FALSE) else kind)

    def skip_struct(self) -> None:
        number, kind = self.field(0)
        while kind != STOP:
            self.skip(kind)
            number, kind = self.field(number)


def rows(file: bytes) -> int:
    """The number of rows that the footer tells."""
    if file[:4] != MAGIC or file[-4:] != MAGIC:
        raise ValueError("not a whole Parquet file")
    length = int.from_bytes(file[-8:-4], "little")
    reader = _Reader(file[-8 - length : -8])
    number, kind = reader.field(0)
    while number != 3:
        reader.skip(kind)
        number, kind = reader.field(number)
    return reader.zigzag()
