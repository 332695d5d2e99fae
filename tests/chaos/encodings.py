"""Error rates of decoding over real pages: `python -m tests.chaos.encodings FOLDER [--limit N] [--json]`.

FOLDER holds HTML pages. Each page's text is encoded in every codec that can hold it, under right, wrong and missing
declarations; a page comes back right where its text does. Beside ours stands charset-normalizer, if it is installed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from auditor.page.decoding import decode_body

CODECS = ("utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be")
DECLARED = (None, "utf-8", "gb2312", "gbk", "big5", "iso-8859-1", "utf-16", "no-such-codec")
_META = re.compile(r"<meta[^>]{0,200}charset[^>]{0,200}>", re.IGNORECASE)


def strip_page(html: str) -> str:
    """Return a page without its own declarations."""
    return _META.sub("", html)


def keep_letters(text: str, codec: str) -> str:
    """Return the text without the letters that a codec does not have."""
    return text.encode(codec, "ignore").decode(codec)


def guess_other(body: bytes) -> str | None:
    """Return what the peer reads, None where it is not installed or finds nothing."""
    if find_spec("charset_normalizer") is None:
        return None
    found = import_module("charset_normalizer").from_bytes(body).best()
    return None if found is None else str(found)


def measure(folder: Path, limit: int) -> dict[str, dict[str, list[int]]]:
    """Return for each codec, by who read it, [right, of]."""
    rows: dict[str, Counter[str]] = {codec: Counter() for codec in CODECS}
    for path in sorted(folder.rglob("*.htm*"))[:limit]:
        plain = strip_page(decode_body(path.read_bytes(), None))
        if plain.isascii():
            continue
        for codec in CODECS:
            text = keep_letters(plain, codec)
            for said in DECLARED:
                inside = f'<meta charset="{said}">' if said else ""
                for meta, header in ((inside, None), ("", f"text/html; charset={said}" if said else None)):
                    page = f"<html><head>{meta}</head>{text}"
                    rows[codec]["of"] += 1
                    rows[codec]["right"] += decode_body(page.encode(codec), header) == page
            rows[codec]["peer_of"] += 1
            rows[codec]["peer_right"] += guess_other(text.encode(codec)) == text
    return {c: {"ours": [r["right"], r["of"]], "peer": [r["peer_right"], r["peer_of"]]} for c, r in rows.items()}


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = measure(options.folder, options.limit)
    lines = [f"{codec:10} ours {row['ours']} peer, undeclared {row['peer']}" for codec, row in rows.items()]
    print(json.dumps(rows) if options.json else "\n".join(lines))  # noqa: T201 - the report
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
