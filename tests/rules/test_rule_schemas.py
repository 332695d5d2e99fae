"""The shipped JSON Schemas of rule files are those of the code, and every shipped file fits them."""

import json
from datetime import date

import jsonschema
import pytest

from auditor.resources import find_resource
from auditor.rules.editor import describe_files
from auditor.yamlfile import load_document

FOLDER = find_resource("rulesets")
FILES = [
    *(("rule.schema.json", path) for path in sorted((FOLDER / "library").glob("*.yaml"))),
    *(("standard.schema.json", path) for path in sorted((FOLDER / "standards").glob("*.yaml"))),
]


def plain(value):
    """Return a document as JSON has it: an editor sees a day as text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", describe_files())
def test_shipped_schema_is_current(name):
    shipped = json.loads((FOLDER / "schema" / name).read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(describe_files()[name]))
    jsonschema.Draft202012Validator.check_schema(shipped)


@pytest.mark.parametrize(("name", "path"), FILES, ids=[path.stem for _, path in FILES])
def test_shipped_file_fits_its_schema(name, path):
    document, _ = load_document(path)
    faults = jsonschema.Draft202012Validator(describe_files()[name]).iter_errors(plain(document.data))
    assert [fault.message for fault in faults] == []


def test_schema_refuses_what_the_loader_refuses():
    document, _ = load_document(FOLDER / "library" / "guide-dated.yaml")
    broken = {**plain(document.data), "measures": {"guides": {"count": "gide"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, describe_files()["rule.schema.json"])
