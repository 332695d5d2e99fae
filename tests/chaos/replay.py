"""Three pages of an archive of ours replayed by pywb with equal bytes: `python -m tests.chaos.replay [SNAPSHOT] [--json]`.

Without SNAPSHOT a small portal is collected first. pywb serves the archive that stands in the WACZ; its raw replay (the
modifier `id_`) must give the stored body of each page, byte for byte. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from auditor.archive.coding import decode_content
from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.demo.portal import generate_portal
from auditor.demo.server import serve_portal
from auditor.demo.spec import PortalSpec
from auditor.model.snapshots import Limits
from auditor.snapshot import SnapshotReader, open_snapshot
from auditor.words.vocabulary import load_vocabulary
from tests.chaos.faultserver import find_closed_port

PAGES = 3
_LIMIT = 60_000_000
_PATIENCE = 60.0
_OK = 200


def collect_portal(folder: Path) -> Path:
    """Collect a small portal and return the run folder."""
    with serve_portal(generate_portal(PortalSpec(seed=5, pages=50))) as served:
        return collect_site(
            served.target,
            Limits(rate=0),
            Access(overrides=served.overrides, browser="never"),
            folder,
            vocabulary=load_vocabulary(),
            on_progress=lambda _: None,
            clock=lambda: datetime.now(UTC),
        )


def lay_out(snapshot: Path, folder: Path) -> None:
    """Lay the archive out as a collection of pywb's, and have it indexed."""
    archive = folder / "collections" / "ours" / "archive"
    archive.mkdir(parents=True)
    (archive.parent / "indexes").mkdir()
    target = archive / "data.warc.gz"
    with (
        zipfile.ZipFile(snapshot) as bundle,
        bundle.open(f"archive/{target.name}") as packed,
        target.open("wb") as stream,
    ):
        shutil.copyfileobj(packed, stream)
    command = [str(Path(sys.executable).with_name("wb-manager")), "reindex", "ours"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def fetch(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """Fetch from pywb, waiting until it is up."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return bytes(decode_content(answer.read(), answer.headers.get("Content-Encoding", ""), _LIMIT))
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > until or process.poll() is not None:
                raise
            time.sleep(0.2)


def replay(reader: SnapshotReader, folder: Path) -> dict[str, bool]:
    """Replay some pages of an archive; return for each address whether its bytes are equal."""
    captures = [capture for capture in reader.captures() if capture.visit.status == _OK and capture.body]
    plain = [one for one in captures if one.visit.rendered is None and one.visit.media_type == "text/html"]
    port = find_closed_port()
    command = [str(Path(sys.executable).with_name("wayback")), "-p", str(port), "-b", "127.0.0.1"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    equal = {}
    try:
        for capture in plain[:: max(1, len(plain) // PAGES)][:PAGES]:
            url = capture.visit.final_url or capture.visit.url
            stamp = capture.visit.at.strftime("%Y%m%d%H%M%S")
            equal[url] = fetch(f"http://127.0.0.1:{port}/ours/{stamp}id_/{url}", process) == capture.body
    finally:
        process.terminate()
        process.wait()
    return equal


def main(arguments: list[str]) -> int:
    """Replay and print; return 1 where a page's bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snapshot", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        snapshot = options.snapshot or collect_portal(folder / "run") / "snapshot.wacz"
        lay_out(snapshot, folder)
        with open_snapshot(snapshot) as reader:
            equal = replay(reader, folder)
    lines = [f"{'equal ' if same else 'DIFFER'} {url}" for url, same in equal.items()]
    print(json.dumps(equal) if options.json else "\n".join(lines))  # noqa: T201 - the report
    return int(len(equal) < PAGES or not all(equal.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
