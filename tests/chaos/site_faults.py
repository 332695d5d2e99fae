"""Faults of what a site says of itself: robots.txt and sitemaps; each alone in a site."""

from __future__ import annotations

import gzip
import random

from auditor.model.attempts import AttemptReason as Why
from tests.chaos.peer import Handler, flood, hang_after, page, redirect
from tests.chaos.table import End, Fault, done, failed, skipped

_XML = "application/xml"
_DONE = (done(),)
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n else str()};" * 10}">' for n in range(1, 10)).replace(
        "&lol0;", "&lol;"
    )
    + f"]><urlset {_SPACE}><url><loc>http://portal.test/&lol9;</loc></url></urlset>"
)
_QUADRATIC = (
    f'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "{"a" * 100_000}">]><urlset><loc>{"&a;" * 50_000}</loc></urlset>'
)
_OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % d SYSTEM "http://127.0.0.1/">%d;]>'
    f"<urlset {_SPACE}><url><loc>http://portal.test/&f;</loc></url></urlset>"
)


def _robots(name: str, handler: Handler, *ends: End) -> Fault:
    return Fault(f"robots_{name}", handler, ends or _DONE, at="/robots.txt", is_alone=True)


def _sitemap(
    name: str, body: bytes | str, media: str = _XML, *, ends: tuple[End, ...] = _DONE, **more: object
) -> Fault:
    return Fault(f"sitemap_{name}", page(body, media=media), ends, at="/sitemap.xml", is_alone=True, **more)  # type: ignore[arg-type]


def _list(count: int, path: str = "/listed/") -> str:
    rows = "".join(f"<url><loc>{path}{number}.html</loc></url>" for number in range(count))
    return f'<?xml version="1.0"?><urlset {_SPACE}>{rows}</urlset>'


def _index(*paths: str) -> str:
    rows = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
    return f'<?xml version="1.0"?><sitemapindex {_SPACE}>{rows}</sitemapindex>'


def _text(body: bytes | str) -> Handler:
    return page(body, media="text/plain")


FAULTS = (
    _robots("10_mb", _text("User-agent: *\nDisallow: /secret/\n" * 300_000)),
    _robots("one_line_10_mb", _text("Disallow: /" + "x" * 10_000_000)),
    _robots(
        "ten_thousand_rules", _text("User-agent: *\n" + "".join(f"Disallow: /x{n}*y{n}$\n" for n in range(10_000)))
    ),
    _robots("stars", _text("User-agent: *\n" + f"Disallow: /{'*a' * 200}*b\n" * 50)),
    _robots(
        "endless", flood(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", b"#" * 65536), failed(Why.TOO_LARGE)
    ),
    _robots("hangs", hang_after(), failed(Why.TIMEOUT)),
    _robots("500", page("broken", 500), failed(Why.HTTP_ERROR, 500)),
    _robots("redirect_loop", redirect("/robots.txt"), failed(Why.TOO_MANY_REDIRECTS, 302)),
    _robots("redirect_private", redirect("http://169.254.169.254/robots.txt"), skipped(Why.PRIVATE_ADDRESS, 302)),
    _robots("redirect_home", redirect("/"), done()),
    _robots("binary", page(random.Random(7).randbytes(400_000), media="application/octet-stream")),
    _robots("html", page("<html><body>User-agent: *<br>Disallow: /</body></html>")),
    _robots("utf16", _text("User-agent: *\nDisallow: /secret/\n".encode("utf-16"))),
    _robots(
        "gzip_bomb",
        page(gzip.compress(bytes(200_000_000), 9), media="text/plain", Content_Encoding="gzip"),
        failed(Why.TOO_LARGE, 200),
    ),
    _robots("thousand_sitemaps", _text("".join(f"Sitemap: /sitemap{n}.xml\n" for n in range(1000)))),
    _robots("delay_nonsense", _text("User-agent: *\nCrawl-delay: nan\n")),
    _robots("delay_negative", _text("User-agent: *\nCrawl-delay: -1e308\n")),
    _sitemap("entities", _LAUGHS),
    _sitemap("entities_quadratic", _QUADRATIC),
    _sitemap("entities_outside", _OUTSIDE),
    _sitemap(
        "entities_utf16",
        _LAUGHS.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"),
    ),
    _sitemap(
        "index_loop",
        _index("/sitemap.xml", "/sitemap.xml?2"),
        serves={"/sitemap.xml?2": page(_index("/sitemap.xml"), media=_XML)},
    ),
    _sitemap(
        "index_thousand",
        _index(*(f"/s/{n}.xml" for n in range(1000))),
        serves={"/s/*": page(_index(*(f"/s/x{n}.xml" for n in range(9))), media=_XML)},
        allowed=60,
    ),
    _sitemap("gzip_bomb", gzip.compress(bytes(40_000_000), 1), "application/gzip"),
    _sitemap("gzip_nested", gzip.compress(gzip.compress(_list(9).encode())), "application/gzip"),
    _sitemap("million", _list(300_000), allowed=60_000),
    _sitemap("deep", f"<urlset>{'<url>' * 300_000}"),
    _sitemap("elsewhere", _list(9, "http://169.254.169.254/") + "<!--" + "x" * 99_999),
    _sitemap("schemes", _list(9, "file:///etc/passwd") + _list(9, "javascript:alert()")),
    _sitemap("html", "<html><body>404, but with status 200</body></html>", "text/html"),
    _sitemap("truncated", _list(99)[:2000]),
    _sitemap("binary", random.Random(7).randbytes(400_000)),
)
