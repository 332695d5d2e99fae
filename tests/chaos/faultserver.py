"""The fault server: ordinary pages and one or all faults, over raw sockets on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Self

from tests.chaos.certificates import Authority
from tests.chaos.peer import Handler, Peer, page

HOST = "portal.test"
COLUMNS = ("zwgk", "xwdt", "bsfw", "hdjl")
ARTICLES = 3
ADDRESSES = tuple(f"127.0.0.{number}" for number in range(2, 12))
_HEAD_LIMIT = 1 << 16
_ABSENT = page("<html><title>404</title><body>not here</body></html>", 404)


def make_page(title: str, menu: Iterable[tuple[str, str]], links: Iterable[tuple[str, str]], *, head: str = "") -> str:
    """Return an ordinary page of a portal."""
    shown = "".join(f'<li><a href="{url}">{name}</a></li>' for url, name in menu)
    rows = "".join(f'<p><a href="{url}">{name}</a></p>' for url, name in links)
    filler = f"{title}的正文，说明本页的内容和办理的事项，供群众查阅和监督。" * 5
    return (
        f'<html><head><meta charset="utf-8">{head}<title>{title}</title></head><body><div class="nav"><ul>{shown}</ul>'
        f'</div><div class="content"><h1>{title}</h1><p>{filler}</p>{rows}</div></body></html>'
    )


def make_site(faults: Iterable[tuple[str, str]]) -> dict[str, Handler]:
    """Return the ordinary pages by path. The home page links to the faults, before the articles are discovered."""
    menu = [(f"/{name}/index.html", f"栏目{name}") for name in COLUMNS]
    pages = {"/": page(make_page("首页", menu, faults))}
    for name in COLUMNS:
        articles = [(f"/{name}/{number}.html", f"{name}文章{number}") for number in range(ARTICLES)]
        pages[f"/{name}/index.html"] = page(make_page(f"栏目{name}", menu, articles))
        for url, title in articles:
            pages[url] = page(make_page(title, menu, [("/", "首页")]))
    return pages


class FaultServer:
    """Serves handlers by path on loopback; `/folder/*` stands for what is below.

    `asked` counts requests by path. The paths are those of all hosts together.
    """

    def __init__(self, handlers: Mapping[str, Handler], fallback: Handler = _ABSENT) -> None:
        """Take what is served; nothing is listening yet."""
        self.handlers = dict(handlers)
        self.asked: Counter[str] = Counter()
        self.port = 0
        self._fallback = fallback
        self._scratch = tempfile.TemporaryDirectory()
        self.authority = Authority(Path(self._scratch.name))
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        """Start to listen on a port that the system chooses, on several addresses: one is one lane of politeness."""
        self._thread.start()
        self.port = self.listen(None)
        for address in ADDRESSES:
            coming = asyncio.start_server(self._serve, address, self.port, limit=_HEAD_LIMIT)
            asyncio.run_coroutine_threadsafe(coming, self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of everything."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._scratch.cleanup()

    def listen(self, context: ssl.SSLContext | None, answer: Callable[..., object] | None = None) -> int:
        """Listen on one more port, with TLS where there is a context; return the port."""
        serve = answer or self._serve
        coming = asyncio.start_server(serve, "127.0.0.1", 0, limit=_HEAD_LIMIT, ssl=context)  # type: ignore[arg-type]
        server = asyncio.run_coroutine_threadsafe(coming, self._loop).result()
        return int(server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks or [asyncio.create_task(asyncio.sleep(0))], timeout=1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            while not writer.is_closing():
                peer = _read_head(await reader.readuntil(b"\r\n\r\n"), writer)
                self.asked[peer.path] += 1
                await self._find(peer.path)(peer)
        writer.close()

    def _find(self, path: str) -> Handler:
        folders = path.partition("?")[0].split("/")
        prefixes = ("/".join((*folders[:count], "*")) for count in range(len(folders) - 1, 1, -1))
        known = (self.handlers[key] for key in (path, *prefixes) if key in self.handlers)
        return next(known, self._fallback)


def find_closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read_head(head: bytes, writer: asyncio.StreamWriter) -> Peer:
    lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    method, path, *_ = lines[0].split(" ")
    return Peer(path, {name.lower(): value.strip() for name, _, value in pairs}, writer, method)
