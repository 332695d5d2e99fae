"""Serves a sample portal on this machine, over both address families under one port."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final
from urllib.parse import unquote, urlsplit

from auditor.demo.portal import Answer, Family, Portal
from auditor.errors import ToolError
from auditor.model.targets import Target

V4: Final = "127.0.0.1"
V6: Final = "::1"
_TRIES: Final = 20
_IDLE_SECONDS: Final = 15.0
_LINGER_NOT: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Served:
    """A portal being served. `overrides` say where its host name leads; `ipv6`: this machine has that loopback.

    `absent` holds the (host, family) that the portal shall have no record of.
    """

    url: str
    port: int
    overrides: Mapping[tuple[str, int], tuple[str, ...]]
    target: Target
    ipv6: bool
    absent: frozenset[tuple[str, Family]] = frozenset()


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    """Answers for one address family; closes with it the connections that clients keep open."""

    daemon_threads = True
    block_on_close = True
    allow_reuse_address = True  # a re-check serves at the port that was ours a moment ago
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], family: Family, portal: Portal) -> None:
        self.address_family = socket.AF_INET if family == 4 else socket.AF_INET6  # noqa: PLR2004 - the name of the protocol
        self.family = family
        self.portal = portal
        self.open: set[socket.socket] = set()
        self.lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        if self.family == 6:  # noqa: PLR2004 - likewise
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # the parent asks the resolver for this machine's name here, which takes seconds on some machines
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.portal.host, self.server_address[1]

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            with self.lock:
                self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            with self.lock:
                self.open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that clients keep open."""
        with self.lock:
            waiting = tuple(self.open)
        for connection in waiting:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: a client that goes away is no concern of the portal's."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection from the portal."""

    protocol_version = "HTTP/1.1"
    server_version = "portal"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        portal, port = self.server.portal, self.server.server_port
        answer = portal.answer(path, self.server.family, f"http://{portal.host}:{port}")
        if answer.reset:
            self._cut()
            return
        self._send_head(answer)
        if with_body:
            self.wfile.write(answer.body)

    def _send_head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location is not None:
            self.send_header("Location", answer.location)
        self.end_headers()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Stay quiet."""


@contextmanager
def serve_portal(portal: Portal, at: int = 0) -> Iterator[Served]:
    """Serve a portal until the block ends, `at` a port or any. Raises ToolError where none is free on both families."""
    with ExitStack() as stack:
        v4, v6 = _open_pair(portal, stack, at)
        port = v4.server_port
        for server in (v4, v6) if v6 else (v4,):
            stack.enter_context(_run(server))
        # without the loopback of IPv6 the address stays: that this machine cannot reach it is for the auditor to say
        has_record = portal.effects.ipv6 != "no_address"
        yield Served(
            url=f"http://{portal.host}:{port}/",
            port=port,
            overrides={(portal.host, port): (V4, V6) if has_record else (V4,)},
            target=portal.make_target(port),
            ipv6=v6 is not None or (portal.effects.ipv6 == "unreachable" and has_ipv6()),
            absent=_list_absent(portal, has_record=has_record),
        )


def _list_absent(portal: Portal, *, has_record: bool) -> frozenset[tuple[str, Family]]:
    """Return what has no record: the portal over IPv6 where a defect says so, and the hosts that were given up."""
    families: tuple[Family, ...] = (4, 6)
    retired = {(host, family) for host in portal.make_target().retired_hosts for family in families}
    return frozenset(retired if has_record else {*retired, (portal.host, 6)})


def has_ipv6() -> bool:
    """Tell whether this machine has the loopback address of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((V6, 0))
    except OSError:
        return False
    return True


def _open_pair(portal: Portal, stack: ExitStack, at: int) -> tuple[_Server, _Server | None]:
    """Open servers on one port of both families; where IPv6 shall refuse, its port is only kept from others."""
    wanted = has_ipv6()
    for _ in range(1 if at else _TRIES):
        try:
            v4 = _Server((V4, at), 4, portal)
        except OSError as error:
            raise ToolError("demo_port", cause=error.strerror or "") from error
        if not wanted:
            return v4, None
        try:
            if portal.effects.ipv6 == "unreachable":
                stack.enter_context(_reserve(v4.server_port))
                return v4, None
            return v4, _Server((V6, v4.server_port), 6, portal)
        except OSError:
            v4.server_close()
    raise ToolError("demo_port")


@contextmanager
def _reserve(port: int) -> Iterator[None]:
    """Hold a port without listening on it: whoever connects is refused, and nobody else can take it."""
    with socket.socket(socket.AF_INET6) as holder:
        holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        holder.bind((V6, port))
        yield


@contextmanager
def _run(server: _Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.close_connections()
        server.server_close()
        thread.join()
