"""The catalogues: both languages, equal placeholders, a word for every member of every closed list, nothing idle."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import pytest

import auditor.collect
import auditor.report
from auditor.decide import SUM_TOLERATED, SUMS
from auditor.evaluate import NONE_FOUND, NOT_APPLICABLE_HERE, NOT_COVERED, NOT_DUE_YET
from auditor.facts import SiteMark
from auditor.messages import load_messages
from auditor.model.attempts import AttemptReason, AttemptStatus, Fault, Part
from auditor.model.findings import Decision, Undetermined
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome
from auditor.model.results import WaiverNote
from auditor.model.snapshots import Snapshot
from auditor.model.targets import UnitKind
from auditor.profile import Attestation
from auditor.report.changes import KINDS
from auditor.report.page import SECTIONS
from auditor.report.table import COLUMNS
from auditor.resources import find_resource
from auditor.words.vocabulary import load_vocabulary

TEXTS = load_messages("zh").texts
REPORT = find_resource("reports")
LISTS: dict[str, type[StrEnum]] = {
    "": Outcome,
    "degree_": Degree,
    "class_": ClauseClass,
    "check_": Check,
    "unitkind_": UnitKind,
    "fault_": Fault,
    "status_": AttemptStatus,
    "attempt_": AttemptReason,
    "part_": Part,
    "reason_": Undetermined,
}
LITERALS = {
    "source_": get_args(get_type_hints(Decision)["source"]),
    "problem_": get_args(get_type_hints(WaiverNote)["problem"]),
    "origin_": get_args(get_type_hints(Snapshot)["origin"]),
    "mark_": get_args(SiteMark),
    "verdict_": get_args(Attestation.model_fields["verdict"].annotation),
}
# Keys of the report that are put together: what stands before the changing part.
BUILT = (
    "head_",
    "outcome_",
    "warning_",
    "share_",
    "measure_",
    "evidence_",
    "column_",
    "changes_",
    "advice_",
    "example_",
    "reading_",
    "recheck_",
)


def list_fields(text):
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("prefix", LISTS)
def test_every_member_has_its_word_in_both_languages(prefix):
    for member in LISTS[prefix]:
        words = TEXTS[f"words.{prefix}{member}"]
        assert words["zh"]
        assert words["en"]


@pytest.mark.parametrize("prefix", LITERALS)
def test_every_literal_has_its_word(prefix):
    assert LITERALS[prefix]
    for member in LITERALS[prefix]:
        assert f"words.{prefix}{member}" in TEXTS


def test_no_word_is_idle():
    known = {f"words.{prefix}{member}" for prefix, members in LISTS.items() for member in members}
    known |= {f"words.{prefix}{member}" for prefix, members in LITERALS.items() for member in members}
    known |= {f"words.reason_{reason}" for reason in (*SUMS.values(), SUM_TOLERATED)}
    known |= {f"words.reason_attested_{verdict}" for verdict in LITERALS["verdict_"]}
    known |= {f"words.reason_{reason}" for reason in (NONE_FOUND, NOT_APPLICABLE_HERE, NOT_COVERED, NOT_DUE_YET)}
    known |= {"words.value_flags", "words.value_due"}
    known |= {f"words.concept_{name}" for name in load_vocabulary().concepts}
    known |= {f"words.detail_{detail}" for detail in list_details()}
    assert {key for key in TEXTS if key.startswith("words.")} == known


def list_details():
    """Return what collecting says in the detail of an attempt, as far as there is a word for it."""
    folder = Path(auditor.collect.__file__).parent
    named = set(re.findall(r'"([a-z][a-z0-9_]*)"', "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))))
    return {name for name in named if f"words.detail_{name}" in TEXTS}


def test_a_concept_is_called_as_the_vocabulary_calls_it():
    for name, concept in load_vocabulary().concepts.items():
        assert TEXTS[f"words.concept_{name}"] == {"zh": concept.zh, "en": concept.en}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_stands_in_both_languages_with_the_same_placeholders(key):
    entry = TEXTS[key]
    assert set(entry) == {"zh", "en"}
    assert all(isinstance(text, str) and text.strip() for text in entry.values())
    assert list_fields(entry["zh"]) == list_fields(entry["en"])


def test_the_english_of_the_report_holds_no_chinese():
    for key, entry in TEXTS.items():
        if key.startswith(("report.", "words.")):
            assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", entry["en"]), key


OTHERS = ("compare", "scorecard")
"""Beginnings of the names of templates whose words stand in a catalogue of their own."""


def read_sources():
    templates = [
        path.read_text(encoding="utf-8")
        for path in (REPORT / "templates").glob("*.j2")
        if not path.name.startswith(OTHERS)
    ]
    folder = Path(auditor.report.__file__).parent
    code = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    return templates, code


def test_every_text_of_the_report_is_used_and_every_one_used_is_there():
    templates, code = read_sources()
    keys = {key.removeprefix("report.") for key in TEXTS if key.startswith("report.")}
    literals = set(re.findall(r'"([a-z][a-z0-9_]*)"', "\n".join(templates + code)))
    idle = {key for key in keys - literals if not key.startswith(BUILT)}
    assert idle == set()
    asked = set(re.findall(r'\bsay\(\s*"([a-z0-9_]+)"\s*[,)]', "\n".join(templates + code)))
    assert len(asked) > 80
    assert asked <= keys
    built = {f"head_{name}" for name in SECTIONS} | {f"outcome_{o}" for o in Outcome} | {f"changes_{k}" for k in KINDS}
    assert built <= keys


def test_every_column_of_a_table_has_a_heading():
    headings = {key.removeprefix("report.column_") for key in TEXTS if key.startswith("report.column_")}
    assert headings == set(COLUMNS)


def test_templates_hold_no_text_no_arithmetic_and_no_rule_names():
    templates = [path.read_text(encoding="utf-8") for path in (REPORT / "templates").glob("*.j2")]
    rules = [path.stem for path in (find_resource("rulesets") / "library").glob("*.yaml")]
    assert len(templates) >= 4
    for text in templates:
        bare = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", bare)
        for code in re.findall(r"{[{%](.*?)[}%]}", bare, re.DOTALL):
            assert not re.search(r"[+*/]|\d\s*-\s*\d|\bround\b|\bsum\b", re.sub(r'"[^"]*"', "", code)), code
        assert not [rule for rule in rules if rule in bare]


def test_the_zh_and_en_reports_differ_in_every_sentence_that_has_words():
    same = [key for key, entry in TEXTS.items() if key.startswith("report.") and entry["zh"] == entry["en"]]
    assert set(same) <= {"report.count_of_outcome", "report.ruleset_hash"}
