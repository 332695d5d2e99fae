"""The WACZ container: one archive, its index, its page list and the digests of all of them.

Written after the WACZ specification 1.1.1 (a ZIP whose archive is stored, not deflated); read without trust:
nothing is unpacked to disk, names, sizes and digests are checked.
"""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from isal import igzip, isal_zlib
from surt import surt

from auditor.errors import ArchiveError

ARCHIVE_NAME = "data.warc.gz"

_VERSION = "1.1.1"
_PACKAGE = "datapackage.json"
_PACKAGE_DIGEST = "datapackage-digest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_INDEX_LINES = 1024
_ENTRY_LIMIT = 4096
_SMALL_LIMIT = 64 << 20
_LIST_LIMIT = 4 << 30
_LISTS = ("pages/", "indexes/")
_INDEX_LEVEL = 2
_PACK_LEVEL = 1
_LOCAL_HEADER = 30


@dataclass(frozen=True)
class IndexEntry:
    """One line of the index: where the record of an address stands in the archive."""

    url: str
    timestamp: str
    media_type: str
    status: int | None
    digest: str
    offset: int
    length: int


@dataclass(frozen=True)
class StoredPart:
    """An archive inside a WACZ: a range of bytes of the file."""

    name: str
    start: int
    length: int


@dataclass(frozen=True)
class Package:
    """What a checked WACZ holds: its archives and the SHA-256 of every part (`path` to hexadecimal digits)."""

    parts: tuple[StoredPart, ...]
    digests: Mapping[str, str]


# ---- writing -------------------------------------------------------------------------------------


def write_wacz(
    path: Path, archive: Iterable[bytes], index: Iterable[str], pages: Iterable[bytes], about: Mapping[str, str]
) -> None:
    """Write a WACZ piece by piece. `archive` gives the archive's bytes, `index` its lines in their order.

    `pages` gives one JSON object a page, without a line end; `about` joins the datapackage.
    """
    heads: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as bundle:
        resources = [
            _store(bundle, f"archive/{ARCHIVE_NAME}", archive, zipfile.ZIP_STORED),
            _store(bundle, "indexes/index.cdx.gz", _pack_index(index, heads), zipfile.ZIP_STORED),
            _store(bundle, "indexes/index.idx", ["".join(heads).encode()], zipfile.ZIP_DEFLATED),
            _store(bundle, "pages/pages.jsonl", _list_pages(pages), zipfile.ZIP_DEFLATED),
        ]
        package: dict[str, Any] = {"profile": "data-package", "wacz_version": _VERSION, **about, "resources": resources}
        text = json.dumps(package, ensure_ascii=False, indent=1).encode()
        _store(bundle, _PACKAGE, [text], zipfile.ZIP_DEFLATED)
        digest = {"path": _PACKAGE, "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        _store(bundle, _PACKAGE_DIGEST, [json.dumps(digest).encode()], zipfile.ZIP_DEFLATED)


def _store(bundle: zipfile.ZipFile, name: str, pieces: Iterable[bytes], method: int) -> dict[str, Any]:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = method
    digest = hashlib.sha256()
    size = 0
    with bundle.open(entry, "w", force_zip64=True) as stream:
        if method == zipfile.ZIP_DEFLATED:  # zipfile has no seam for a packer that takes a quarter of the time
            stream._compressor = isal_zlib.compressobj(_PACK_LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS)  # type: ignore[attr-defined]  # noqa: SLF001
        for piece in pieces:
            stream.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"name": PurePosixPath(name).name, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}


def _pack_index(lines: Iterable[str], heads: list[str]) -> Iterator[bytes]:
    """Pack the index in gzip chunks ("zipnum"); `heads` takes the lines of the index of the index."""
    heads.append(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}\n")
    offset = 0
    waiting = iter(lines)
    while block := list(islice(waiting, _INDEX_LINES)):
        packed = igzip.compress("".join(block).encode(), _INDEX_LEVEL, mtime=0)
        where = {
            "offset": offset,
            "length": len(packed),
            "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        heads.append(f"{block[0].split(' {', 1)[0]} {json.dumps(where)}\n")
        offset += len(packed)
        yield packed


def format_entry(entry: IndexEntry) -> str:
    """Return a line of the index; lines sort as text."""
    fields = {
        "url": entry.url,
        "mime": entry.media_type,
        "status": str(entry.status) if entry.status is not None else None,
        "digest": entry.digest,
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": ARCHIVE_NAME,
    }
    filled = {name: value for name, value in fields.items() if value}
    key = entry.url if entry.url.startswith("urn:") else surt(entry.url)
    return f"{''.join(key.split())} {entry.timestamp} {json.dumps(filled, ensure_ascii=False)}\n"


def _list_pages(pages: Iterable[bytes]) -> Iterator[bytes]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}).encode() + b"\n"
    for page in pages:
        yield page + b"\n"


# ---- reading -------------------------------------------------------------------------------------


def open_package(stream: BinaryIO, where: str) -> Package:
    """Check a WACZ and tell where its archives stand.

    Raises ArchiveError: archive_unreadable (reason: zip, no_archive, deflated), archive_truncated,
    archive_unsafe (reason: name, link, double, entries, size), archive_tampered (part).
    """
    bundle = _open_zip(stream, where)
    with bundle:
        entries = _check_entries(bundle, where)
        digests = _check_digests(bundle, entries, where)
        names = sorted(name for name in entries if _is_archive(name))
        if not names:
            raise ArchiveError("archive_unreadable", where, reason="no_archive")
        parts = tuple(_locate(stream, entries[name]) for name in names)
    return Package(parts, digests)


def iterate_pages(path: Path) -> Iterator[dict[str, Any]]:
    """Give the rows of the page list of a WACZ of ours, its head left out."""
    with zipfile.ZipFile(path) as bundle, bundle.open("pages/pages.jsonl") as stream:
        next(stream)
        for line in stream:
            yield json.loads(line)


def _is_archive(name: str) -> bool:
    return name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))


def _open_zip(stream: BinaryIO, where: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        stream.seek(0)
        has_local_header = stream.read(4) == b"PK\x03\x04"
        code = "archive_truncated" if has_local_header else "archive_unreadable"
        raise ArchiveError(code, where, reason="zip", part="", cause=str(error)) from error


def _check_entries(bundle: zipfile.ZipFile, where: str) -> dict[str, zipfile.ZipInfo]:
    infos = bundle.infolist()
    if len(infos) > _ENTRY_LIMIT:
        raise ArchiveError("archive_unsafe", where, reason="entries", part=len(infos))
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = PurePosixPath(info.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename or ":" in info.filename:
            raise ArchiveError("archive_unsafe", where, reason="name", part=info.filename)
        if _is_link(info):
            raise ArchiveError("archive_unsafe", where, reason="link", part=info.filename)
        if info.filename in entries:
            raise ArchiveError("archive_unsafe", where, reason="double", part=info.filename)
        is_packed = info.compress_type != zipfile.ZIP_STORED
        if is_packed and _is_archive(info.filename):
            raise ArchiveError("archive_unreadable", where, reason="deflated", part=info.filename)
        limit = _LIST_LIMIT if info.filename.startswith(_LISTS) else _SMALL_LIMIT
        if is_packed and info.file_size > limit:
            raise ArchiveError("archive_unsafe", where, reason="size", part=info.filename)
        if not info.is_dir():
            entries[info.filename] = info
    return entries


def _is_link(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a symbolic link: the upper half of its attributes is the mode of Unix."""
    return stat.S_ISLNK(info.external_attr >> 16)


def _check_digests(bundle: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], where: str) -> Mapping[str, str]:
    if _PACKAGE not in entries:
        raise ArchiveError("archive_unreadable", where, reason="no_archive")
    package = _load_json(_read_small(bundle, _PACKAGE, where), where)
    if _PACKAGE_DIGEST in entries:
        stated = _load_json(_read_small(bundle, _PACKAGE_DIGEST, where), where).get("hash")
        actual = hashlib.sha256(_read_small(bundle, _PACKAGE, where)).hexdigest()
        if stated != f"sha256:{actual}":
            raise ArchiveError("archive_tampered", where, part=_PACKAGE)
    digests: dict[str, str] = {}
    for resource in package.get("resources") or ():
        name, stated = _read_resource(resource, where)
        if name not in entries or _hash_entry(bundle, name, stated, where) != stated:
            raise ArchiveError("archive_tampered", where, part=name)
        digests[name] = stated.partition(":")[2]
    for name in sorted(entries):
        if _is_archive(name) and name not in digests:
            raise ArchiveError("archive_tampered", where, part=name)
    return digests


def _read_resource(resource: object, where: str) -> tuple[str, str]:
    if isinstance(resource, dict):
        name, stated = resource.get("path"), resource.get("hash")
        if isinstance(name, str) and isinstance(stated, str):
            return name, stated
    raise ArchiveError("archive_unreadable", where, reason="datapackage")


def _hash_entry(bundle: zipfile.ZipFile, name: str, stated: str, where: str) -> str:
    method = stated.partition(":")[0]
    if method not in {"sha256", "md5"}:
        raise ArchiveError("archive_unreadable", where, reason="datapackage")
    digest = hashlib.new(method, usedforsecurity=False)
    for piece in _iterate_entry(bundle, name, where):
        digest.update(piece)
    return f"{method}:{digest.hexdigest()}"


def _iterate_entry(bundle: zipfile.ZipFile, name: str, where: str) -> Iterator[bytes]:
    try:
        with bundle.open(name) as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    except EOFError as error:
        raise ArchiveError("archive_truncated", where, part=name) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise ArchiveError("archive_tampered", where, part=name) from error


def _read_small(bundle: zipfile.ZipFile, name: str, where: str) -> bytes:
    data = bytearray()
    for piece in _iterate_entry(bundle, name, where):
        data += piece
        if len(data) > _SMALL_LIMIT:
            raise ArchiveError("archive_unsafe", where, reason="size", part=name)
    return bytes(data)


def _load_json(data: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveError("archive_unreadable", where, reason="datapackage") from error
    if not isinstance(value, dict):
        raise ArchiveError("archive_unreadable", where, reason="datapackage")
    return value


def _locate(stream: BinaryIO, info: zipfile.ZipInfo) -> StoredPart:
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL_HEADER)
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return StoredPart(info.filename, info.header_offset + _LOCAL_HEADER + skip, info.file_size)
