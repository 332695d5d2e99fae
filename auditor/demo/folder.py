"""A sample portal as a folder of files, the way a static site builder leaves one."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from auditor.demo.portal import Portal
from auditor.demo.refs import Ref


def write_folder(portal: Portal, folder: Path) -> int:
    """Write every page and file that the portal answers with status 200; return how many.

    What a folder cannot say (errors, redirects, IPv6) is not in it: such a page is missing.
    """
    old_home = portal.layout.write_path(Ref("list", "rules", 1))
    moved = (old_home,) if portal.effects.columns.get("rules") == "moved_home" else ()
    written = 0
    for path in chain(portal.list_pages(), portal.list_files(), moved):
        answer = portal.answer(path)
        if answer.reset or answer.status != 200:  # noqa: PLR2004 - HTTP's own word for it
            continue
        file = folder / (path.lstrip("/") or "index.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.body)
        written += 1
    return written
