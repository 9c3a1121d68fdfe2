#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first images of Fashion-MNIST as smaller IDX files, gzip'd without a time stamp.

usage: extract.py SOURCE_FOLDER [TARGET_FOLDER]

SOURCE_FOLDER holds the original .gz files. TARGET_FOLDER is this script's folder by default.
"""

import gzip
import pathlib
import struct
import sys

SUBSETS = (
    # source, target, item count
    ("train-images-idx3-ubyte.gz", "calibration-images-idx3-ubyte.gz", 512),
    ("t10k-images-idx3-ubyte.gz", "test-images-idx3-ubyte.gz", 200),
    ("t10k-labels-idx1-ubyte.gz", "test-labels-idx1-ubyte.gz", 200),
)


def first_items(idx: bytes, count: int) -> bytes:
    """Returns an IDX file of unsigned bytes with the first `count` items of `idx`.

    An IDX header is two zero bytes, the element type (8: unsigned byte), the rank, and one
    big-endian uint32 per dimension, items first.
    """
    if idx[:3] != b"\0\0\x08":
        raise ValueError(f"starts with {idx[:3]!r}, expected IDX of unsigned bytes")
    rank = idx[3]
    sizes = struct.unpack_from(f">{rank}I", idx, 4)
    header = 4 + 4 * rank
    item = 1
    for size in sizes[1:]:
        item *= size
    if len(idx) != header + sizes[0] * item or sizes[0] < count:
        raise ValueError(f"{len(idx)} bytes for sizes {sizes}, expected at least {count} items")
    kept = struct.pack(f">{rank}I", count, *sizes[1:])
    return idx[:4] + kept + idx[header : header + count * item]


def write_gzip(path: pathlib.Path, content: bytes) -> None:
    """Writes `content` with a gzip header of neither name nor time: same input, same bytes."""
    with path.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file:
            file.write(content)


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    source = pathlib.Path(arguments[0])
    target = pathlib.Path(arguments[1]) if len(arguments) == 2 else pathlib.Path(__file__).parent
    for source_name, target_name, count in SUBSETS:
        try:
            content = gzip.decompress((source / source_name).read_bytes())
            write_gzip(target / target_name, first_items(content, count))
        except (OSError, EOFError, ValueError) as failure:
            print(f"extract.py: '{source_name}' to '{target_name}': {failure}", file=sys.stderr)
            return 1
        print(f"{target_name}: {count} items, {(target / target_name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
