"""Addresses as short hashes: what is kept of the links of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

_BYTES = 8
INDEX_NAMES = ("index.html", "index.htm", "index.shtml", "index.jsp", "index.jhtml", "default.html", "default.htm")


def trim_index(url: str) -> str:
    """Return an address without the scheme and the name of an index page: what two links to one page share."""
    tail = url.partition("://")[2]
    head, _, name = tail.rpartition("/")
    return f"{head}/" if name in INDEX_NAMES else tail


def hash_address(url: str) -> bytes:
    """Return the hash of an address, the same for every way of writing it."""
    return blake2b(trim_index(url.partition("#")[0]).encode(), digest_size=_BYTES).digest()


def pack_targets(urls: Iterable[str], most: int) -> bytes:
    """Return the hashes of the first `most` addresses, each once, in one piece."""
    return b"".join(dict.fromkeys(map(hash_address, list(dict.fromkeys(urls))[:most])))


def iterate_targets(packed: bytes) -> Iterator[bytes]:
    """Yield the hashes that were packed."""
    for start in range(0, len(packed), _BYTES):
        yield packed[start : start + _BYTES]
