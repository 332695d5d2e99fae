"""Damaged pages, read without a crash or a hang: `python -m tests.chaos.pages [--count 10000] [--seed 7] [--from FOLDER]`.

Each page is made of one of the extraction cases (or of the .html files of FOLDER): cut, tags shuffled, doubled or
dropped, letters lost, encodings mixed up, nested deeply, attributes torn. The same seed makes the same pages. Prints one
line of figures; the exit code is 1 if a page raised, or took longer than the limit.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ruamel.yaml import YAML

from auditor.extract.page_pass import read_capture
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit
from auditor.words.vocabulary import load_vocabulary

CASES = Path(__file__).parent.parent / "cases" / "extract"
TAG = re.compile(r"<[^<>]{1,300}>")
LIMIT = 10.0
"""Seconds of one core that a page may take: hostile pages are bounded, whatever is in them."""
CODECS = ("utf-8", "gb18030", "big5", "utf-16", "latin-1", "utf-8-sig")
ODD = (
    "\x00",
    "\ufffd",
    "\u2236",
    "\ud7ff",
    "<",
    ">",
    "&#xD800;",
    "&",
    "'",
    '"',
    "２０２４",
    "\u200b",
    "]]>",
    "<!--",
    "{{",
)
DATES = (
    "2024-04-28",
    "２０２４年４月２８日",
    "二〇二四年四月二十八日",
    "9999-99-99",
    "20240428",
    "04-28",
    "0000年0月0日",
)


def cut(text: str, dice: random.Random) -> str:
    """Keep a piece of the page."""
    start, end = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    return text[:end] if dice.random() < 0.5 else text[start:end]


def shuffle_tags(text: str, dice: random.Random) -> str:
    """Put the tags of the page in another order."""
    tags = TAG.findall(text)
    dice.shuffle(tags)
    rest = iter(tags)
    return TAG.sub(lambda _: next(rest), text)


def drop_tags(text: str, dice: random.Random) -> str:
    """Lose some tags."""
    return TAG.sub(lambda found: "" if dice.random() < 0.3 else found.group(), text)


def double(text: str, dice: random.Random) -> str:
    """Repeat a piece of the page many times."""
    start = dice.randrange(len(text) + 1)
    piece = text[start : start + dice.randrange(1, 400)]
    return text[:start] + piece * dice.randrange(2, 60) + text[start:]


def nest(text: str, dice: random.Random) -> str:
    """Put the page under many elements that nobody closes."""
    tag = dice.choice(["<div>", "<table><tr><td>", "<span class='nav'>", "<ul><li>", "<form>", "<b>", "<font>"])
    start = dice.randrange(len(text) + 1)
    return text[:start] + tag * dice.randrange(50, 3_000) + text[start:]


def spoil_letters(text: str, dice: random.Random) -> str:
    """Put odd signs in odd places."""
    letters = list(text)
    for _ in range(dice.randrange(1, 60)):
        letters.insert(dice.randrange(len(letters) + 1), dice.choice(ODD))
    return "".join(letters)


def spoil_dates(text: str, dice: random.Random) -> str:
    """Replace dates by other ones, impossible ones among them."""
    return re.sub(r"\d{4}-\d{2}-\d{2}", lambda _: dice.choice(DATES), text)


def tear_attributes(text: str, dice: random.Random) -> str:
    """Lose quotes."""
    return re.sub(r"[\"']", lambda found: "" if dice.random() < 0.2 else found.group(), text)


def lengthen(text: str, dice: random.Random) -> str:
    """Add one very long line, of one sign or of what patterns look for."""
    piece = dice.choice(
        ["青", " ", "2024-", "（", "《", "（2024-04-", "发布时间：", "1", "<a href=x>x</a>", "&nbsp;", "年月日"]
    )
    start = dice.randrange(len(text) + 1)
    return text[:start] + piece * dice.randrange(1_000, 20_000) + text[start:]


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    *(cut, shuffle_tags, drop_tags, double, nest),
    *(spoil_letters, spoil_dates, tear_attributes, lengthen),
)


def list_sources(folder: Path | None) -> list[str]:
    """Return the pages to damage."""
    if folder is not None:
        return [path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.rglob("*.html"))]
    reader = YAML(typ="safe", pure=True)
    cases = [reader.load(path) for path in sorted(CASES.glob("*.yaml"))]
    return [page["html"] for case in cases for page in case.get("pages", ()) if page.get("html")]


def make_page(sources: list[str], seed: int, number: int) -> bytes:
    """Return one damaged page."""
    dice = random.Random(seed * 1_000_003 + number)
    text = dice.choice(sources)
    for _ in range(dice.randrange(1, 4)):
        text = dice.choice(MUTATIONS)(text, dice)[:400_000]
    body = text.encode(dice.choice(CODECS), "replace")
    if dice.random() < 0.2:
        place = dice.randrange(len(body) + 1)
        body = body[:place] + dice.randbytes(dice.randrange(1, 40)) + body[place:]
    return body


def main() -> int:
    """Read the command line, read the pages, print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--from", dest="folder", type=Path)
    chosen = parser.parse_args()
    sources, words = list_sources(chosen.folder), load_vocabulary()
    at = datetime(2024, 6, 30, tzinfo=UTC)
    visit = Visit("http://page.example/zwgk/1.html", Attempt(AttemptStatus.DONE), at, (Part.SITE,), status=200)
    kinds: Counter[str] = Counter()
    slowest, bad = (0.0, -1), 0
    for number in range(chosen.count):
        body = make_page(sources, chosen.seed, number)
        start = time.process_time()
        try:
            record = read_capture(visit, {"content-type": "text/html"}, body, words, frozenset(), takes_marks=True)
            kinds[record.kind if record is not None else "none"] += 1
        except Exception as error:  # noqa: BLE001 - that nothing raises is what is shown
            bad += 1
            sys.stdout.write(f"page {number}: {type(error).__name__}: {error}\n")
        taken = time.process_time() - start
        slowest = max(slowest, (taken, number))
        if taken > LIMIT:
            bad += 1
            sys.stdout.write(f"page {number}: {taken:.1f} s\n")
    sys.stdout.write(
        f"{chosen.count} pages, seed {chosen.seed}: {bad} bad, slowest {slowest[0]:.2f} s (page {slowest[1]}), {dict(kinds)}\n"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
