"""A server on this machine that refuses everything with the page of a firewall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_PAGE = "<html><title>403 Forbidden</title><h1>访问被拒绝</h1>您的请求存在风险，已被防火墙拦截"


class _Firewall(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = _PAGE.encode()
        self.send_response(403)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_firewall() -> Iterator[int]:
    """Serve it on a port of the system's choice, which is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Firewall)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
