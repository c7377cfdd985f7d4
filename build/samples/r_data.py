"""Reads a data frame out of a Debian package of R data, without R."""

import bz2
import lzma
import struct
import subprocess
import zlib
from functools import cache
from pathlib import Path

import rdata


def convert(content):
    return rdata.conversion.convert(rdata.parser.parse_data(content))


@cache
def unpack(work, package):
    """Path of the package's lazy-load data base, without ending."""
    subprocess.run(["apt-get", "download", "-qq", package], cwd=work, check=True, stderr=subprocess.DEVNULL)
    (archive,) = Path(work).glob(f"{package}_*.deb")
    subprocess.run(["dpkg", "-x", archive, Path(work) / package], check=True)
    (index,) = (Path(work) / package).glob("usr/lib/R/site-library/*/data/Rdata.rdx")
    return index.with_suffix("")


def load_r_data(work, package, name):
    """The data frame `name` of a Debian package.

    A lazy-load data base is an index (name -> offset, length) and a file of chunks; a chunk is its length in big-endian,
    for other compressions than zlib a letter, and the compressed R object.
    """
    base = unpack(work, package)
    offset, length = (int(number) for number in convert(base.with_suffix(".rdx").read_bytes())["variables"][name])
    chunk = base.with_suffix(".rdb").read_bytes()[offset : offset + length]
    (size,) = struct.unpack(">I", chunk[:4])
    if chunk[4:5] == b"2":
        content = bz2.decompress(chunk[5:])
    elif chunk[4:5] == b"Z":
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
        content = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=filters).decompress(chunk[5:])
    else:
        content = zlib.decompress(chunk[4:])
    if len(content) != size:
        raise ValueError(f"{name} in {package} unpacks to {len(content)} bytes instead of {size}.")
    return convert(content)
