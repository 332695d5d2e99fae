"""Serve a folder of stored pages on 127.0.0.1 and ::1, to audit a copy of a site under a host name of one's choice.

    python tests/bench/serve_copy.py FOLDER HOST

prints the `auditor audit` arguments that reach it, then serves until interrupted.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word; the charset is left to the page."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server6(ThreadingHTTPServer):
    """The same over IPv6."""

    address_family = AF_INET6


def main(folder: Path, host: str) -> None:
    """Serve `folder` as `host`."""
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    port = server.server_address[1]
    other = Server6(("::1", port), handler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://{host}:{port}/ --resolve {host}:{port}:127.0.0.1 --resolve {host}:{port}:[::1]\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
