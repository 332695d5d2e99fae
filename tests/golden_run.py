"""The golden run: a stored archive of a small sample portal, and what is made of it."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from auditor import pipeline
from auditor.collect.access import Access
from auditor.demo.portal import generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.demo.spec import PortalSpec
from auditor.messages import load_messages
from auditor.model.snapshots import Limits
from auditor.report.html import render_reading
from auditor.resources import find_resource
from auditor.result import load_result

GOLDEN = Path(__file__).resolve().parent / "golden"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SETTINGS = pipeline.Settings(
    now=lambda: NOW, as_of=date(2026, 11, 22), rulesets=("xh20",), profile=GOLDEN / "portal.yaml", formats=("html",)
)
# what the machine and the library's version decide, not the site
VOLATILE = (
    (re.compile(r'("python": ")[^"]+'), r"\1*"),
    (re.compile(r'("auditor": ")[^"]+'), r"\1*"),
    (re.compile(r"\b(auditor )\d+\.\d+\.\d+"), r"\1*"),
    (re.compile(r"\b(python )\d+\.\d+\.\d+", re.IGNORECASE), r"\1*"),
    (re.compile(r"\b3\.1\d\.\d+\b"), "*"),
)


def scrub_text(content: bytes) -> str:
    """Return the text with volatile versions replaced."""
    text = content.decode("utf-8")
    for pattern, instead in VOLATILE:
        text = pattern.sub(instead, text)
    return text


def find_accepted(name: str) -> Path:
    """Return where a file that was accepted lies: the notes on reading are shipped, the others stand in the tests."""
    return find_resource("reports") / name if name == "reading.html" else GOLDEN / name


def judge_golden(folder: Path) -> dict[str, bytes]:
    """Judge the stored archive in a scratch folder; return the files made, by name."""
    run = folder / "run"
    run.mkdir()
    shutil.copyfile(GOLDEN / "snapshot.wacz", run / "snapshot.wacz")
    made = {}
    for language in ("zh", "en"):
        pipeline.judge_run(run, pipeline.plan_audit(SETTINGS), SETTINGS, load_messages(language), fresh=True)
        made[f"report.{language}.html"] = (run / "report.html").read_bytes()
        made[f"whole.{language}.html"] = (run / "report-files" / "whole.html").read_bytes()
    del made["whole.en.html"]  # what both languages say differs in words only, which the first view shows
    sample = load_result(run / "result.json")
    made["reading.html"] = render_reading(sample, [load_messages("zh"), load_messages("en")])
    made["result.json"] = (run / "result.json").read_bytes()
    return made


def collect_golden() -> None:
    """Collect the stored archive anew: only where the archive's own form changed."""
    portal = generate_portal(PortalSpec(seed=5, pages=50, layout="nested", defects=("guide-stale", "column-blank")))
    GOLDEN.mkdir(exist_ok=True)
    write_profile(portal, GOLDEN / "portal.yaml")
    scratch = GOLDEN / "collected"
    with serve_portal(portal) as served:
        settings = replace(
            SETTINGS,
            out=scratch,
            limits=Limits(rate=10_000.0),
            access=Access(overrides=served.overrides, nameserver="127.0.0.1", browser="never"),
        )
        plan = pipeline.plan_audit(settings)
        pipeline.collect_target(served.url, settings, plan, lambda _: None)
    shutil.move(scratch / "snapshot.wacz", GOLDEN / "snapshot.wacz")
    shutil.rmtree(scratch)
