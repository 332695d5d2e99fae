"""An authority for one run, and certificates with a fault each."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAYS = {"expired": (-400, -30), "not_yet": (30, 400)}
_PEM = serialization.Encoding.PEM


class Authority:
    """Signs certificates. Whoever trusts the file `ca.pem` trusts those that have no fault."""

    def __init__(self, folder: Path) -> None:
        """Make the authority's own key and certificate."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _make_name("Authority of the fault server")
        own = _build(self._name, self._name, self._key.public_key(), (-30, 400))
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(_PEM))

    @classmethod
    def make_stranger(cls, folder: Path) -> Self:
        """Return an authority that nobody trusts."""
        (folder / "stranger").mkdir(exist_ok=True)
        return cls(folder / "stranger")

    def make_context(self, kind: str, host: str) -> ssl.SSLContext:
        """Return a server's side with a certificate for `host`, faulty in one way (`kind`; "valid" in none)."""
        key = ec.generate_private_key(ec.SECP256R1())
        shown = "elsewhere.test" if kind == "wrong_name" else host
        own = _make_name(shown)
        signer = {"self_signed": key, "unknown_issuer": self.make_stranger(self._folder)._key}.get(kind, self._key)
        issuer = own if kind == "self_signed" else self._name
        draft = _build(own, issuer, key.public_key(), _DAYS.get(kind, (-30, 400)))
        names = x509.SubjectAlternativeName([x509.DNSName(shown)])
        signed = draft.add_extension(names, critical=False).sign(signer, hashes.SHA256())
        file = self._folder / f"{kind}.pem"
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        file.write_bytes(signed.public_bytes(_PEM) + key.private_bytes(_PEM, form, plain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _make_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _build(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    first, last = (datetime.now(UTC) + timedelta(days=count) for count in days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )
