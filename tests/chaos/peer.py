"""One client of the fault server: what it asked, and raw bytes back; and the ways in which an answer goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

FOREVER = 3600.0
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Peer:
    """A connection with one request read from it. `path` has the query; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    writer: asyncio.StreamWriter
    method: str = "GET"

    async def send(self, *pieces: bytes | str) -> None:
        """Send bytes as they are."""
        for piece in pieces:
            self.writer.write(piece.encode() if isinstance(piece, str) else piece)
        await self.writer.drain()

    async def respond(
        self, body: bytes | str, status: int = 200, media: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        """Send a proper response; an underscore in a header's name stands for a hyphen."""
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {media}", f"Content-Length: {len(data)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join(lines) + "\r\n\r\n", b"" if self.method == "HEAD" else data)

    def reset(self) -> None:
        """Break the connection off with a reset."""
        connection = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.writer.transport.abort()


Handler = Callable[[Peer], Awaitable[None]]


def page(body: bytes | str, status: int = 200, media: str = "text/html; charset=utf-8", **headers: str) -> Handler:
    """Answer properly."""

    async def handle(peer: Peer) -> None:
        await peer.respond(body, status, media, **headers)

    return handle


def close_after(*pieces: bytes | str) -> Handler:
    """Send bytes and hang up."""

    async def handle(peer: Peer) -> None:
        await peer.send(*pieces)
        peer.writer.close()

    return handle


def hang_after(*pieces: bytes | str) -> Handler:
    """Send bytes and then nothing more, the connection open."""

    async def handle(peer: Peer) -> None:
        await peer.send(*pieces)
        await asyncio.sleep(FOREVER)

    return handle


def reset_after(*pieces: bytes | str) -> Handler:
    """Send bytes and break the connection off."""

    async def handle(peer: Peer) -> None:
        await peer.send(*pieces)
        await asyncio.sleep(0.05)
        peer.reset()

    return handle


def drip(head: bytes, drop: bytes, seconds: float = 0.1) -> Handler:
    """Send a beginning, and then a drop from time to time, for ever."""

    async def handle(peer: Peer) -> None:
        await peer.send(head)
        while True:
            await asyncio.sleep(seconds)
            await peer.send(drop)

    return handle


def flood(head: bytes, wave: bytes) -> Handler:
    """Send a beginning, and then more and more as fast as it is taken."""

    async def handle(peer: Peer) -> None:
        await peer.send(head)
        while True:
            await peer.send(wave)

    return handle


def redirect(target: str, status: int = 302) -> Handler:
    """Send the reader elsewhere; `{port}` is filled with the server's own."""

    async def handle(peer: Peer) -> None:
        port = peer.headers.get("host", "").rpartition(":")[2]
        await peer.respond("", status, Location=target.replace("{port}", port))

    return handle
