"""What each stage of taking up a page costs, one after the other in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from auditor.page.decoding import decode_body
from auditor.page.markup import read_markup
from auditor.page.parsing import parse_markup
from auditor.page.scan import scan_shown
from auditor.words.vocabulary import load_vocabulary


def measure_stages(site: Path, paths: Sequence[str]) -> dict[str, float]:
    """Return the mean milliseconds of processor time a page, by stage."""
    words = load_vocabulary()
    url = "http://127.0.0.1/zwgk/index.html"
    bodies = [(site / path.lstrip("/")).read_bytes() for path in paths]
    texts = [decode_body(body, "text/html") for body in bodies]
    shown = [read_markup(text, words) for text in texts]
    stages: dict[str, tuple[Callable[[Any], Any], Sequence[Any]]] = {
        "decode": (lambda body: decode_body(body, "text/html"), bodies),
        "parse": (parse_markup, texts),
        "parse_and_read": (lambda text: read_markup(text, words), texts),
        "links_labels_judgement": (lambda page: scan_shown(page, url, words), shown),
    }
    return {name: _measure(work, values) for name, (work, values) in stages.items()}


def _measure(work: Callable[[Any], Any], values: Sequence[Any]) -> float:
    started = time.process_time()
    for value in values:
        work(value)
    return round((time.process_time() - started) / len(values) * 1000, 3)
