"""The import law: which room may know which, from one table."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "auditor"

# module prefix -> (layer, foreign packages allowed, modules of ours never imported); the longest prefix counts
LAW: dict[str, tuple[int, set[str], set[str]]] = {
    "auditor.model": (0, set(), set()),
    "auditor.errors": (0, set(), set()),
    "auditor.harmless": (0, set(), set()),
    "auditor.resources": (0, set(), set()),
    "auditor.facts": (1, {"pydantic"}, set()),
    "auditor.kinds": (1, {"pydantic"}, set()),
    "auditor.runfolder": (0, set(), set()),
    "auditor.runfolder.files": (1, {"pydantic"}, set()),
    "auditor.runfolder.seal": (2, {"cryptography", "pydantic"}, {"auditor.extract", "auditor.collect"}),
    "auditor.result": (1, {"pydantic", "pydantic_core"}, set()),
    "auditor.messages": (1, {"ruamel"}, set()),
    "auditor.yamlfile": (1, {"ruamel", "pydantic"}, set()),
    "auditor.yamlshape": (1, {"ruamel", "pydantic"}, set()),
    "auditor.runfolder.textindex": (1, set(), set()),
    "auditor.words": (1, {"pydantic", "ruamel", "re2"}, set()),
    "auditor.snapshot": (1, {"warcio", "pydantic", "cdxj_indexer"}, set()),
    "auditor.archive": (1, {"warcio", "isal", "pydantic", "pydantic_core", "surt", "brotlicffi", "zstandard"}, set()),
    "auditor.page": (1, {"bs4", "selectolax", "w3lib"}, set()),
    "auditor.rules.schema": (1, {"pydantic"}, set()),
    "auditor.rules.operators": (1, {"re2", "pydantic"}, set()),
    "auditor.score": (0, set(), set()),
    "auditor.score.models": (1, {"pydantic"}, set()),
    "auditor.extract.text": (1, set(), set()),
    "auditor.collect": (
        2,
        {
            "aiohttp",
            "cryptography",
            "dns",
            "protego",
            "playwright",
            "lxml",
            "w3lib",
            "yarl",
            "multidict",
            "pydantic",
            "selectolax",
        },
        {"auditor.extract", "auditor.rules", "auditor.report"},
    ),
    "auditor.extract.filereading": (2, {"pypdfium2", "pdfplumber", "docx", "openpyxl", "re2"}, {"auditor"}),
    "auditor.extract": (2, {"selectolax", "stdnum"}, {"auditor.rules", "auditor.collect", "auditor.profile"}),
    "auditor.rules": (2, {"pydantic", "ruamel", "re2"}, {"auditor.extract", "auditor.collect"}),
    "auditor.rules.engine": (2, {"durable"}, {"auditor.extract", "auditor.collect"}),
    "auditor.profile": (2, {"pydantic", "ruamel"}, {"auditor.extract", "auditor.collect"}),
    "auditor.evaluate": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.decide": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.score.tree": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.gate": (0, set(), set()),
    "auditor.gate.baseline": (1, set(), set()),
    "auditor.recheck": (0, set(), set()),
    "auditor.recheck.comparison": (1, set(), set()),
    "auditor.rulecases": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.gate.verdict": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.assembly": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.report": (
        4,
        {"jinja2", "markupsafe", "junitparser", "xlsxwriter"},
        {"auditor.rules", "auditor.extract", "auditor.collect"},
    ),
    "auditor.history": (
        4,
        {"sqlalchemy", "alembic", "pydantic"},
        {"auditor.rules", "auditor.extract", "auditor.collect", "auditor.report"},
    ),
    "auditor.compare": (5, {"markupsafe"}, set()),
    "auditor.scorecard": (5, {"jinja2", "markupsafe"}, {"auditor.rules", "auditor.extract", "auditor.collect"}),
    "auditor.scorecard.charts": (5, {"pygal", "lxml", "markupsafe"}, {"auditor"}),
    "auditor.outputs": (0, set(), set()),
    "auditor.outputs.records": (5, set(), set()),
    "auditor.remit": (3, set(), {"auditor.extract", "auditor.collect", "auditor.report"}),
    "auditor.recognition": (3, set(), {"auditor.extract", "auditor.collect"}),
    "auditor.recheck.visits": (4, set(), {"auditor.extract", "auditor.report"}),
    "auditor.outputs.reports": (5, set(), set()),
    "auditor.outputs.citations": (4, set(), {"auditor.rules", "auditor.collect"}),
    "auditor.compare.causes": (4, set(), {"auditor.rules", "auditor.extract", "auditor.collect"}),
    "auditor.pipeline": (5, {"pydantic"}, set()),
    "auditor.desk": (5, {"openpyxl", "ruamel", "pydantic", "docxtpl", "jinja2", "cryptography"}, {"auditor.collect"}),
    "auditor.doctor": (5, {"playwright"}, set()),
    "auditor.runfolder.disposal": (5, set(), set()),
    "auditor.demo": (5, {"jinja2", "ruamel"}, set()),
    "auditor.demo.showcase": (5, set(), set()),
    "auditor.fleet": (0, set(), set()),
    "auditor.fleet.pool": (6, {"psutil"}, set()),
    "auditor.fleet.file": (2, {"pydantic"}, {"auditor.extract", "auditor.collect"}),
    "auditor.__main__": (7, set(), set()),
    "auditor.cli": (7, {"click", "pydantic", "rich"}, set()),
}
# Rooms of one layer that may know each other; the arrow goes from the first to the second.
SIDEWAYS = {
    ("auditor.evaluate", "auditor.rules"),
    ("auditor.rulecases", "auditor.evaluate"),
    ("auditor.assembly", "auditor.decide"),
    ("auditor.assembly", "auditor.score.tree"),
    ("auditor.demo.showcase", "auditor.pipeline"),
    ("auditor.pipeline", "auditor.outputs.reports"),
    ("auditor.outputs.citations", "auditor.report"),
    ("auditor.compare.causes", "auditor.history"),
    ("auditor.__main__", "auditor.cli"),
    ("auditor.desk", "auditor.outputs.reports"),
    ("auditor.desk", "auditor.pipeline"),
    ("auditor.profile", "auditor.yamlfile"),
    ("auditor.compare", "auditor.pipeline"),
    ("auditor.compare", "auditor.outputs.records"),
    ("auditor.outputs.records", "auditor.pipeline"),
    ("auditor.scorecard", "auditor.compare"),
}
IMPORTED_BY_THE_ENTRY_ONLY = "auditor.cli"
CLOCK_OR_NETWORK = {"socket", "ssl", "urllib.request", "http.client", "asyncio", "time", "random"}
PURE = (
    "auditor.extract",
    "auditor.evaluate",
    "auditor.decide",
    "auditor.score.tree",
    "auditor.report",
    "auditor.gate.verdict",
)


def name_module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_row(module: str) -> str | None:
    rows = [prefix for prefix in LAW if module == prefix or module.startswith(prefix + ".")]
    return max(rows, key=len, default=None)


def list_imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            if node.module == "auditor" or node.module.startswith("auditor."):
                names.update(
                    f"{node.module}.{alias.name}"
                    for alias in node.names
                    if (ROOT.parent / Path(*node.module.split("."), alias.name)).with_suffix(".py").exists()
                )
    return names


def judge_import(module: str, imported: str) -> str | None:
    """Return what is wrong with an import, or None."""
    row = find_row(module)
    if row is None:
        return None if module == "auditor" or imported == "auditor" else f"{module} is in no row of the law"
    top = imported.partition(".")[0]
    if top == "auditor":
        return judge_room(row, module, imported)
    known = top in sys.stdlib_module_names or top == "__future__" or top in LAW[row][1]
    return None if known else f"{module} imports the foreign package {top}"


def judge_room(row: str, module: str, imported: str) -> str | None:
    layer, _, never = LAW[row]
    if find_row(imported) == IMPORTED_BY_THE_ENTRY_ONLY and row not in {IMPORTED_BY_THE_ENTRY_ONLY, "auditor.__main__"}:
        return f"{module} imports {imported}, which nothing may import"
    if any(imported == name or imported.startswith(name + ".") for name in never):
        return f"{module} must never import {imported}"
    other = find_row(imported)
    if other is None or other == row:
        return None
    same_room = other.rpartition(".")[0] == row or row.rpartition(".")[0] == other
    beside = LAW[other][0] == 1 == layer or (row, other) in SIDEWAYS or same_room
    if LAW[other][0] < layer or beside:
        return None
    return f"{module} (layer {layer}) imports {imported} (layer {LAW[other][0]})"


MODULES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=name_module)
def test_module_keeps_the_import_law(path):
    module = name_module(path)
    if path.name == "__init__.py":
        assert list_imports(path) <= {"__future__"}, "a package's __init__ stays empty"
        return
    faults = [fault for name in sorted(list_imports(path)) if (fault := judge_import(module, name))]
    assert not faults


@pytest.mark.parametrize("path", [p for p in MODULES if name_module(p).startswith(PURE)], ids=name_module)
def test_pure_stages_know_neither_clock_nor_network(path):
    assert not list_imports(path) & CLOCK_OR_NETWORK
    text = path.read_text(encoding="utf-8")
    assert "datetime.now" not in text
    assert "date.today" not in text


def test_durable_is_imported_by_the_engine_only():
    users = {name_module(path) for path in MODULES if any(n.partition(".")[0] == "durable" for n in list_imports(path))}
    assert users <= {"auditor.rules.engine"}


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("auditor.extract.pages", "auditor.rules.load"),
        ("auditor.report.html", "auditor.collect.fetch"),
        ("auditor.score.tree", "jinja2"),
        ("auditor.model", "auditor.facts"),
        ("auditor.pipeline", "auditor.cli.commands"),
        ("auditor.unlisted", "os"),
    ],
)
def test_the_law_refuses(module, imported):
    assert judge_import(module, imported)
