"""What a target is, and the host under whose name it is judged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from auditor.errors import InputError
from auditor.profile import Profile
from auditor.runfolder.files import find_archive

ARCHIVE_SUFFIXES = (".wacz", ".warc", ".warc.gz")
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?|[0-9a-f:.]+|[^\W_]([\w.-]{0,251}[^\W_])?")
TargetKind = Literal["url", "folder", "run", "archive"]


def recognise_target(target: str) -> TargetKind:
    """Tell what kind of target was given. Raises InputError for what is none."""
    if target.lower().startswith(("http://", "https://")):
        return "url"
    path = Path(target)
    if path.is_dir():
        return "run" if find_archive(path) else "folder"
    if path.is_file() and path.name.endswith(ARCHIVE_SUFFIXES):
        return "archive"
    if path.exists():
        raise InputError("target_kind", target)
    if "." in target and not target.startswith((".", "/")):
        raise InputError("target_without_scheme", target)
    raise InputError("target_missing", target)


def name_host(target: str, kind: TargetKind, as_host: str | None, profile: Profile) -> str:
    """Return the host name under which a target is judged. Raises InputError for what is no host name."""
    if as_host:
        host: str | None = as_host.lower()
    elif kind == "url":
        host = read_host(target)
    else:
        host = profile.site.hosts[0] if profile.site else "static.invalid"
    if not host or not HOST.fullmatch(host):
        raise InputError("as_host_form" if as_host else "target_host", as_host or target)
    return host


def read_host(url: str) -> str | None:
    """Return the host name of a URL; None where it has none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
