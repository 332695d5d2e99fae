"""The profile of a sample portal: its name, hosts and units, as a district would write it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from auditor.demo.portal import Portal


def write_profile(portal: Portal, path: Path, standards: Sequence[str] = ("xh20",)) -> None:
    """Write a profile that names the portal's host and units and asks for some standards."""
    target = portal.make_target()
    site: dict[str, Any] = {
        "name": target.name,
        "official_name": target.official_name,
        "hosts": list(target.hosts),
        **({"retired_hosts": list(target.retired_hosts)} if target.retired_hosts else {}),
        "kind": str(target.kind),
        "units": [{"name": unit.name, "kind": str(unit.kind), "aliases": list(unit.aliases)} for unit in target.units],
        "flags": {},
    }
    writer = YAML(typ="rt", pure=True)
    writer.allow_unicode = True
    with path.open("w", encoding="utf-8") as stream:
        writer.dump({"site": site, "standards": list(standards)}, stream)
