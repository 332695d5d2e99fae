"""A run folder for the tests of bundles and seals: the golden archive, judged."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from golden_run import GOLDEN, SETTINGS

from auditor import pipeline
from auditor.messages import load_messages


def make_run(folder):
    """Judge the golden archive in a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(GOLDEN / "snapshot.wacz", folder / "snapshot.wacz")
    pipeline.judge_run(folder, pipeline.plan_audit(SETTINGS), SETTINGS, load_messages("zh"), fresh=True)
    return folder


def with_waivers(path):
    return replace(SETTINGS, waivers=path)
