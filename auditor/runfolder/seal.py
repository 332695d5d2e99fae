"""The seal of a run folder: a chain of hashes over archive, facts and result, and a signature where there is a key.

Without a signature a seal shows changes made by accident or in part: who can write the folder can make another seal.
With one (Ed25519) it shows every change made by anybody without the private key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auditor.errors import ArchiveError, AuditorError, InputError
from auditor.runfolder.files import find_archive, write_file

SEAL_FILE = "seal.json"
FACTS_FILE = "facts.jsonl"
RESULT_FILE = "result.json"
_CHUNK = 1 << 20
_MOST_BYTES = 1_000_000
_MOST_KEY = 100_000
_START = "auditor seal 1"

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Link(BaseModel):
    """One file of the chain: its SHA-256, and that of the chain up to it (`chain before`, `sha256`, line ends)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[str, StringConstraints(pattern=r"^[a-z.]{1,40}$")]
    sha256: Digest
    chain: Digest


class Seal(BaseModel):
    """What `seal.json` holds. `signature` is base64, over the last link of the chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[1] = 1
    links: tuple[Link, ...] = Field(min_length=3, max_length=3)
    signature: Annotated[str, StringConstraints(max_length=200)] | None = None


@dataclass(frozen=True)
class SealCheck:
    """One thing that was checked: `code` names it, `detail` tells what was found; `holds` is None where it was not.

    `error` is what kept it from being checked.
    """

    code: str
    holds: bool | None
    detail: str = ""
    error: AuditorError | None = None


def make_seal(run: Path, key: Ed25519PrivateKey | None = None) -> Seal | None:
    """Return the seal of a run folder as it is now; None where it has no archive, no facts or no result."""
    archive = find_archive(run)
    files = [run / FACTS_FILE, run / RESULT_FILE]
    if archive is None or not all(path.is_file() for path in files):
        return None
    links: list[Link] = []
    chain = _START
    for path in (archive, *files):
        digest = hash_file(path)
        chain = extend_chain(chain, path.name, digest)
        links.append(Link(file=path.name, sha256=digest, chain=chain))
    signature = None if key is None else base64.b64encode(key.sign(chain.encode())).decode("ascii")
    return Seal(links=tuple(links), signature=signature)


def write_seal(run: Path, key: Ed25519PrivateKey | None = None) -> Path | None:
    """Write the seal of a run folder; a signature over the same files stays. None where there is nothing to seal."""
    seal = make_seal(run, key)
    if seal is None:
        return None
    path = run / SEAL_FILE
    if key is None and path.is_file():
        try:
            if read_seal(run).links == seal.links:
                return path
        except ArchiveError:
            pass
    write_file(path, seal.model_dump_json(indent=1).encode() + b"\n")
    return path


def read_seal(run: Path) -> Seal:
    """Read the seal of a run folder. Raises ArchiveError: seal_missing, seal_damaged."""
    path = run / SEAL_FILE
    try:
        with path.open("rb") as stream:
            return Seal.model_validate_json(stream.read(_MOST_BYTES))
    except FileNotFoundError as error:
        raise ArchiveError("seal_missing", str(path)) from error
    except (OSError, ValidationError) as error:
        raise ArchiveError("seal_damaged", str(path)) from error


def check_seal(run: Path, seal: Seal, public_key: Ed25519PublicKey | None) -> tuple[SealCheck, ...]:
    """Hold a seal against the files of its folder: each file, the chain, the signature."""
    checks = []
    archive = find_archive(run)
    expected = (archive.name if archive is not None else None, FACTS_FILE, RESULT_FILE)
    chain = _START
    whole = True
    for link, name in zip(seal.links, expected, strict=True):
        path = run / link.file
        known = link.file == name and path.is_file()
        checks.append(SealCheck("seal_file", known and hash_file(path) == link.sha256, link.file))
        chain = extend_chain(chain, link.file, link.sha256)
        whole = whole and chain == link.chain
    checks.append(SealCheck("seal_chain", whole, chain))
    checks.append(_check_signature(seal, chain, public_key))
    return tuple(checks)


def _check_signature(seal: Seal, chain: str, public_key: Ed25519PublicKey | None) -> SealCheck:
    if public_key is None:
        return SealCheck("seal_unsigned" if seal.signature is None else "seal_unchecked", holds=None)
    if seal.signature is None:
        return SealCheck("seal_signature", holds=False)
    try:
        public_key.verify(base64.b64decode(seal.signature, validate=True), chain.encode())
    except (InvalidSignature, binascii.Error, ValueError):
        return SealCheck("seal_signature", holds=False)
    return SealCheck("seal_signature", holds=True)


def extend_chain(chain: str, name: str, digest: str) -> str:
    """Return the next link of a chain."""
    return hashlib.sha256(f"{chain}\n{name}\n{digest}\n".encode()).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file. Raises ArchiveError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
    except OSError as error:
        raise ArchiveError("archive_unreadable", str(path), reason="io", cause=error.strerror) from error
    return digest.hexdigest()


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key (PEM, Ed25519, without password). Raises InputError."""
    try:
        key = load_pem_private_key(_read_key(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError("key_unreadable", str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("key_unreadable", str(path))
    return key


def load_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key (PEM, Ed25519). Raises InputError."""
    try:
        key = load_pem_public_key(_read_key(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("key_unreadable", str(path)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("key_unreadable", str(path))
    return key


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST_KEY)
    except OSError as error:
        raise InputError("key_unreadable", str(path)) from error
