"""A site on loopback: pages by path, on 127.0.0.1 and ::1 under one port and one name."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from auditor.collect.access import Access
from auditor.model.snapshots import Limits
from auditor.model.targets import Target

HOST = "portal.test"
NOW = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)
QUICK = Limits(rate=0, request_seconds=3, total_seconds=30)


@dataclass
class Reply:
    body: bytes | str = ""
    status: int = 200
    media: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def make_page(title: str, *links: tuple[str, str], nav: tuple[tuple[str, str], ...] = (), text: str = "") -> str:
    menu = "".join(f'<li><a href="{url}">{name}</a></li>' for url, name in nav)
    body = "".join(f'<p><a href="{url}">{name}</a></p>' for url, name in links)
    filler = text or f"{title}的正文，说明本页的内容和办理的事项，供群众查阅和监督。" * 5
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<div class="nav"><ul>{menu}</ul></div>'
        f'<div class="content"><h1>{title}</h1><p>{filler}</p>{body}</div></body></html>'
    )


class Site:
    """Replies by path (with query); a callable reply gets the handler. Counts what was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, object] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked.append(self.path)
                site.agents.add(self.headers.get("User-Agent", ""))
                site.answer(self)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def do_HEAD(self):
                self.do_GET()

            def log_message(self, *_):
                pass

        class Fourth(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """A client that hangs up is what some tests are about."""

        class Sixth(Fourth):
            address_family = socket.AF_INET6

        self.servers = [Fourth(("127.0.0.1", 0), Handler)]
        self.port = self.servers[0].server_port
        with contextlib.suppress(OSError):
            self.servers.append(Sixth(("::1", self.port), Handler))
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, handler):
        reply = self.replies.get(handler.path, Reply("nothing here", 404, "text/plain"))
        if callable(reply):
            reply = reply(handler)
            if reply is None:
                return
        if isinstance(reply, str):
            reply = Reply(reply)
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        handler.send_response(reply.status)
        if reply.media:
            handler.send_header("Content-Type", reply.media)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if "Content-Length" not in reply.headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def target(self, path: str = "/") -> Target:
        return Target(id=HOST, name="样例", seeds=(self.url(path),), hosts=(HOST,))

    def access(self, *addresses: str, **settings) -> Access:
        overrides = {(HOST, self.port): addresses or ("127.0.0.1", "::1")}
        return Access(**{"overrides": overrides, "browser": "never", **settings})

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()


def visit_of(reader, site, path):
    return next(visit for visit in reader.visits if visit.url == site.url(path))


def open_pair():
    """Open a datagram and a stream socket on one port; the port that one of them gets may be taken for the other."""
    for _ in range(50):
        stream = socket.create_server(("127.0.0.1", 0))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(stream.getsockname())
        except OSError:
            datagrams.close()
            stream.close()
        else:
            return datagrams, stream
    raise AssertionError("no port is free for both")


class NameServer:
    """A name server on loopback, over UDP and TCP: records by name, everything else is unknown.

    `servers` are NS records by name; `codes` the response codes given instead of an answer. Of `lame` names it says
    where else to ask, to `silent` ones nothing. Answers on `long` names are cut off over UDP, and over TCP, too, unless
    `speaks_tcp`. `asked` are all questions.
    """

    def __init__(self) -> None:
        self.records: dict[str, tuple[str, ...]] = {}
        self.servers: dict[str, tuple[str, ...]] = {}
        self.codes: dict[str, dns.rcode.Rcode] = {}
        self.lame: set[str] = set()
        self.silent: set[str] = set()
        self.long: set[str] = set()
        self.speaks_tcp = True
        self.asked: list[tuple[str, str]] = []
        self._socket, self._stream = open_pair()
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        threading.Thread(target=self._serve_streams, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                data, sender = self._socket.recvfrom(4096)
            except OSError:
                return
            if data == b"stop":
                return
            answer = self._answer(dns.message.from_wire(data), is_short=True)
            if answer is not None:
                self._socket.sendto(answer.to_wire(), sender)

    def _serve_streams(self) -> None:
        while True:
            try:
                connection, _ = self._stream.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError, EOFError, dns.exception.DNSException):
                if not self.speaks_tcp:
                    continue
                query, _ = dns.query.receive_tcp(connection)
                dns.query.send_tcp(connection, self._answer(query, is_short=False))

    def _answer(self, query, *, is_short):
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        if name in self.codes:
            answer.set_rcode(self.codes[name])
        elif name in self.lame:
            answer.flags &= ~dns.flags.AA
            answer.authority.append(dns.rrset.from_text("test.", 60, "IN", "NS", "ns.elsewhere.test."))
        elif name in self.long and is_short:
            answer.flags |= dns.flags.TC
        elif name not in self.records and name not in self.servers:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            wanted = self._find(name, kind)
            if wanted:
                answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", question.rdtype, wanted))
        return answer

    def _find(self, name, kind):
        if kind == "NS":
            return [f"{server}." for server in self.servers.get(name, ())]
        return [item for item in self.records.get(name, ()) if (":" in item) == (kind == "AAAA")]

    def close(self) -> None:
        host, _, port = self.address.partition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"stop", (host, int(port)))
        self._socket.close()
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        self._stream.close()
