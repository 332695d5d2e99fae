"""A certificate authority in memory, and a server on loopback that shows one of its certificates."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

EARLY = datetime(2000, 1, 1, tzinfo=UTC)
LATE = datetime(2098, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)
FUTURE = datetime(2097, 1, 1, tzinfo=UTC)
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Identity:
    """A certificate with its key; `chain` are the certificates between it and the root, without the root."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def write(self, path, *, is_alone=False):
        key = self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        shown = (self.certificate, *(() if is_alone else self.chain))
        path.write_bytes(key + b"".join(item.public_bytes(PEM) for item in shown))
        return path


def sign(name, issuer=None, *, hosts=(), not_before=EARLY, not_after=LATE, is_authority=False, names_issuer=False):
    """Issue a certificate; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Qinghe Test"),
        ]
    )
    signer = issuer.key if issuer is not None else key
    builder = (
        x509.CertificateBuilder(
            subject_name=subject, public_key=key.public_key(), serial_number=x509.random_serial_number()
        )
        .issuer_name(issuer.name if issuer is not None else subject)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([read_name(host) for host in hosts]), critical=False
        )
    if names_issuer:
        way = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.example/issuer.crt")
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([way]), critical=False)
    certificate = builder.sign(signer, hashes.SHA256())
    chain = (
        (issuer.certificate, *issuer.chain) if issuer is not None and issuer.certificate.issuer != issuer.name else ()
    )
    return Identity(subject, key, certificate, chain)


def read_name(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@cache
def make_root(name="Qinghe Root"):
    return sign(name, is_authority=True)


class TlsServer:
    """Shakes hands on 127.0.0.1 with a certificate, answers one request and hangs up."""

    def __init__(self, pem, *, versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3), headers=()):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version, context.maximum_version = versions
        self.greeted = 0
        self.asked: list[bytes] = []
        self._context = context
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            self.greeted += 1
            threading.Thread(target=self._answer, args=(plain,), daemon=True).start()

    def _answer(self, plain):
        plain.settimeout(5)
        with contextlib.suppress(OSError), self._context.wrap_socket(plain, server_side=True) as wire:
            request = wire.recv(65536)
            if request:
                self.asked.append(request.split(b"\r\n")[0])
                body = "<html><head><title>首页</title></head><body>" + "政府信息公开。" * 30 + "</body></html>"
                data = body.encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(data)}\r\n"
                wire.sendall((head + self._headers + "Connection: close\r\n\r\n").encode() + data)

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
