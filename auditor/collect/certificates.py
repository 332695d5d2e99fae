"""One TLS handshake: with which version it came about, what certificate was shown, and why it is not trusted."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID

from auditor.collect.wire import make_trust, name_reason
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.observations import Certificate, CertificateProblem, TlsVersion

TLS_VERSIONS: tuple[TlsVersion, ...] = get_args(TlsVersion)

_MOST_NAMES = 100
_VERSIONS: Mapping[TlsVersion, ssl.TLSVersion] = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
_SPOKEN: Mapping[str, TlsVersion] = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
_EVERY_CIPHER = "ALL:@SECLEVEL=0"
# codes of X509_verify_cert, see openssl-verification-options(1)
_PROBLEMS: Mapping[int, CertificateProblem] = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_ca",
    2: "unknown_ca",
    20: "unknown_ca",
    21: "unknown_ca",
    23: "revoked",
    62: "wrong_name",
    64: "wrong_name",
}
_NO_ISSUER = frozenset({2, 20, 21})


@dataclass(frozen=True)
class Door:
    """Where a host is greeted: its name, one of its addresses, the port."""

    host: str
    address: str
    port: int


@dataclass(frozen=True)
class Handshake:
    """How one handshake ended. `chain` holds the certificates sent, leaf first, where Python tells more than the leaf.

    `code` is OpenSSL's verification error, where there was one. `is_connected`: there was somebody to greet.
    """

    attempt: Attempt
    version: TlsVersion | None = None
    chain: tuple[bytes, ...] = ()
    is_whole: bool = False
    code: int | None = None
    is_connected: bool = False


def make_trusting(authorities: str | None) -> ssl.SSLContext:
    """Return the settings of a handshake that judges the certificate as fetching its pages does."""
    trust = make_trust(authorities)
    return trust if isinstance(trust, ssl.SSLContext) else ssl.create_default_context()


def make_offering(version: TlsVersion) -> ssl.SSLContext | None:
    """Return the settings of a handshake in one version only, whatever the certificate; None where we cannot offer it.

    Whether this machine's OpenSSL does is found out by letting it begin a handshake with nobody.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    begun = ssl.MemoryBIO()
    try:
        context.set_ciphers(_EVERY_CIPHER)
        with warnings.catch_warnings():
            # that old versions are deprecated is what the question is about
            warnings.simplefilter("ignore", DeprecationWarning)
            context.maximum_version = _VERSIONS[version]
            context.minimum_version = _VERSIONS[version]
        context.wrap_bio(ssl.MemoryBIO(), begun).do_handshake()
    except ssl.SSLWantReadError:
        return context if begun.pending else None
    except (ssl.SSLError, ValueError):
        return None
    return None


def list_offerable() -> tuple[TlsVersion, ...]:
    """Return the versions that can be asked for from this machine."""
    return tuple(version for version in TLS_VERSIONS if make_offering(version) is not None)


async def shake_hands(door: Door, context: ssl.SSLContext, seconds: float) -> Handshake:
    """Make one handshake with an address under the name of a host, and hang up."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(door.address, door.port, ssl=context, server_hostname=door.host)
    except (OSError, EOFError, ValueError) as error:
        attempt = _name_failure(error, loop.time() - started)
        is_connected = isinstance(error, (ssl.SSLError, EOFError, ConnectionResetError))
        return Handshake(attempt, code=getattr(error, "verify_code", None), is_connected=is_connected)
    try:
        wire = writer.get_extra_info("ssl_object")
        chain, is_whole = _read_chain(wire)
        done = Attempt(AttemptStatus.DONE, ms=round((loop.time() - started) * 1000))
        return Handshake(done, _SPOKEN.get(wire.version() or ""), chain, is_whole, is_connected=True)
    finally:
        writer.transport.abort()


def name_problem(handshake: Handshake, shown: Handshake) -> CertificateProblem | None:
    """Return why a certificate was not trusted; `shown` is a handshake in which it could be read.

    A chain is incomplete where the server sent the leaf alone although that names an issuer to be fetched elsewhere.
    """
    if handshake.attempt.reason is not AttemptReason.CERTIFICATE or handshake.code is None:
        return None
    leaf = _parse(shown.chain)
    alone = shown.is_whole and len(shown.chain) == 1
    if handshake.code in _NO_ISSUER and alone and leaf is not None and _names_issuer(leaf):
        return "incomplete_chain"
    return _PROBLEMS.get(handshake.code, "other")


def read_certificate(handshake: Handshake) -> Certificate | None:
    """Return what the certificate of a handshake says; None where there is none, or it cannot be read."""
    leaf = _parse(handshake.chain)
    if leaf is None:
        return None
    try:
        return Certificate(
            names=_list_names(leaf)[:_MOST_NAMES],
            subject=_name_holder(leaf.subject),
            issuer=_name_holder(leaf.issuer),
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            sent=len(handshake.chain) if handshake.is_whole else None,
        )
    except ValueError:
        return None


def _name_failure(error: Exception, seconds: float) -> Attempt:
    """Return the attempt of a failed handshake: a refused certificate is not the same as a refused handshake."""
    ms = round(seconds * 1000)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Attempt(AttemptStatus.FAILED, AttemptReason.CERTIFICATE, str(error.verify_message), ms)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return Attempt(AttemptStatus.FAILED, AttemptReason.REFUSED, str(error.reason or "handshake")[:80], ms)
    if isinstance(error, (ssl.SSLEOFError, EOFError)):
        return Attempt(AttemptStatus.FAILED, AttemptReason.RESET, "handshake", ms)
    return Attempt(AttemptStatus.FAILED, name_reason(error), type(error).__name__, ms)


def _read_chain(wire: ssl.SSLObject) -> tuple[tuple[bytes, ...], bool]:
    """Return the certificates sent, and whether these are all. Python has it since 3.10, in the open since 3.13."""
    public = getattr(wire, "get_unverified_chain", None)
    if public is not None:
        return tuple(bytes(item) for item in public()), True
    inner = getattr(getattr(wire, "_sslobj", None), "get_unverified_chain", None)
    if inner is not None:
        return tuple(ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in inner() or ()), True
    leaf = wire.getpeercert(binary_form=True)
    return ((leaf,) if leaf else ()), False


def _parse(chain: tuple[bytes, ...]) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(chain[0]) if chain else None
    except ValueError:
        return None


def _names_issuer(leaf: x509.Certificate) -> bool:
    try:
        found = leaf.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    ways = found if isinstance(found, x509.AuthorityInformationAccess) else ()
    return any(way.access_method == AuthorityInformationAccessOID.CA_ISSUERS for way in ways)


def _list_names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address | ipaddress.IPv4Network | ipaddress.IPv6Network]
    addresses = list(names.get_values_for_type(x509.IPAddress))
    return tuple(sorted({*(name.lower() for name in hosts), *(str(address) for address in addresses)}))


def _name_holder(name: x509.Name) -> str:
    """Return the common name and the organisation of a name, whichever there are."""
    parts = (name.get_attributes_for_oid(oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME))
    return ", ".join(str(part[0].value) for part in parts if part)[:200]
