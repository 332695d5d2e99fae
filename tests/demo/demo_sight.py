"""How the tests of the sample portal look at its pages."""

from __future__ import annotations

import html
import re
from itertools import chain
from urllib.parse import urljoin, urlsplit

from auditor.demo.portal import Portal, PortalSpec, generate_portal

LAYOUTS = ("nested", "tables", "tabs")
_LINK = re.compile(r"""\s(?:href|src|action)="([^"]*)\"""", re.IGNORECASE)


def make_portal(layout="nested", pages=50, **options) -> Portal:
    return generate_portal(PortalSpec(layout=layout, pages=pages, **options))


def read_page(portal, path):
    answer = portal.answer(path)
    assert answer.status == 200, (path, answer.status)
    return answer.body.decode(portal.layout.encoding)


def find_links(portal, path):
    """Return the addresses that a page links to, on the portal's own host."""
    base = f"http://{portal.host}{path}"
    found = (urljoin(base, html.unescape(link)) for link in _LINK.findall(read_page(portal, path)))
    return {urlsplit(link).path for link in found if urlsplit(link).hostname == portal.host}


def list_all(portal):
    return set(chain(portal.list_pages(), portal.list_files()))


def compare_portals(clean, other):
    """Return the addresses of either portal, pictures aside, at which they answer differently."""
    paths = {path for path in list_all(clean) | list_all(other) if not path.endswith(".png")}
    return {path for path in paths if clean.answer(path) != other.answer(path)}


def check_links(portal):
    """Assert that every link within a portal resolves and that its pages are those that can be reached from home."""
    known = list_all(portal)
    seen, waiting = {"/"}, ["/"]
    while waiting:
        for path in find_links(portal, waiting.pop()):
            assert path in known, path
            if path not in seen and portal.layout.read_path(path):
                seen.add(path)
                waiting.append(path)
    assert seen == set(portal.list_pages())
