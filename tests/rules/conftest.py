from datetime import date
from pathlib import Path

import pytest
from library_trials import SHAKEN, KeptWorker

from auditor.model.outcomes import Check, ClauseClass
from auditor.resources import find_resource
from auditor.rules.cases import build_fact
from auditor.rules.load import LoadedStandard, Rulebook, load_library
from auditor.rules.schema import Bilingual, Clause, Rule, Standard
from auditor.rules.trial import judge_by_engine

TEXT = Bilingual(zh="文", en="text")


@pytest.fixture(scope="session")
def kept_worker():
    worker = KeptWorker(SHAKEN)
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def judge_fast(kept_worker):
    def judge(uses, facts, around):
        return judge_by_engine(uses, facts, around, lambda: kept_worker)

    return judge


@pytest.fixture(scope="session")
def library():
    return load_library()


@pytest.fixture(scope="session")
def library_files():
    return sorted((find_resource("rulesets") / "library").glob("*.yaml"))


@pytest.fixture(scope="session")
def make_rulebook():
    """Return a function that binds a rule to the one clause of a standard."""

    def make(rule, **clause_fields):
        shape = {
            "id": "ZZ20-1.1a",
            "clause": "一",
            "title": TEXT,
            "asks": TEXT,
            "class": ClauseClass.MANDATORY,
            "check": Check.AUTO,
            "rule": rule.id,
            **clause_fields,
        }
        clause = Clause.model_validate(shape)
        return bind(rule, clause)

    def bind(rule: Rule, *clauses: Clause) -> Rulebook:
        standard = Standard(
            code="zz20", title=TEXT, issuer=TEXT, issued_on=date(2020, 1, 1), version="1", clauses=clauses
        )
        return Rulebook((LoadedStandard(standard, "0"),), {rule.id: rule})

    return make


@pytest.fixture(scope="session")
def make_rule():
    """Return a function that makes a rule of its measures and verdicts."""

    def make(measures, verdicts=None, **fields):
        verdicts = verdicts or [{"outcome": "passed"}]
        reasons = {verdict["reason"]: TEXT for verdict in verdicts if "reason" in verdict}
        whole = {
            "id": "made-rule",
            "title": TEXT,
            "failure": TEXT,
            "why": TEXT,
            "needs": ["column"],
            "measures": measures,
            "verdicts": verdicts,
            "reasons": reasons,
            "remedy": TEXT,
            "cases": [{"name": "none", "outcome": "passed"}],
        }
        return Rule.model_validate({**whole, **fields})

    return make


@pytest.fixture(scope="session")
def make_facts():
    """Return a function that makes facts of `(kind, fields)` pairs."""

    def make(*entries):
        return tuple(build_fact(kind, fields, number) for number, (kind, fields) in enumerate(entries, 1))

    return make


@pytest.fixture
def folder(tmp_path) -> Path:
    """An empty ruleset folder."""
    (tmp_path / "library").mkdir()
    (tmp_path / "standards").mkdir()
    return tmp_path
