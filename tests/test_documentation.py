"""Documents cannot rot: what is generated is current, and what is written by hand names what exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from auditor.cli.commands import build_cli
from auditor.cli.documents import list_documents, list_paths
from auditor.messages import load_messages
from auditor.profile import load_attestations, load_profile, load_waivers
from auditor.rules.load import check_rulesets, list_rules, list_standards, load_rulebook

ROOT = Path(__file__).resolve().parent.parent
HAND_WRITTEN = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.fixture(scope="module")
def cli():
    return build_cli(load_messages("en"))


def list_options(command: click.Command) -> set[str]:
    return {name for param in command.params if isinstance(param, click.Option) for name in param.opts}


DOCUMENTS = list_documents()


@pytest.mark.parametrize("path", sorted(DOCUMENTS), ids=str)
def test_generated_document_is_current(path):
    expected = DOCUMENTS[path]
    assert (ROOT / path).read_text(encoding="utf-8") == expected, "run python tests/generated/accept.py"


@pytest.mark.parametrize("document", HAND_WRITTEN, ids=lambda path: path.name)
def test_commands_and_options_in_documents_exist(document, cli):
    known = {path[1] for path in list_paths(cli) if len(path) > 1}
    options = {"--help"}
    for path in list_paths(cli):
        command: click.Command = cli
        for name in path[1:]:
            command = command.commands[name]
        options |= list_options(command)
    text = document.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|`)auditor ([a-z]+)\b", text, re.MULTILINE)) <= known
    foreign = {"--force-reinstall", "--security-opt", "--user", "--userns"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - foreign <= options


@pytest.mark.parametrize("document", HAND_WRITTEN, ids=lambda path: path.name)
def test_links_in_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", HAND_WRITTEN, ids=lambda path: path.name)
def test_paths_in_documents_exist(document):
    text = document.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:auditor|rulesets|reports|tests|docs)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("index", "load"), [(0, load_attestations), (1, load_waivers)])
def test_examples_of_answers_load(index, load, tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "answers.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "answers.yaml").write_text(blocks[index], encoding="utf-8")
    assert len(load(tmp_path / "answers.yaml")) == 1


def list_blocks(name: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / name).read_text(encoding="utf-8"), re.DOTALL)


def test_example_of_a_ruleset_has_no_problem(tmp_path):
    (tmp_path / "qh26.yaml").write_text(list_blocks("rulesets.md")[0], encoding="utf-8")
    assert check_rulesets([tmp_path / "qh26.yaml"]) == ()
    assert len(load_rulebook([str(tmp_path / "qh26.yaml")]).describe_clauses()) == 2


def test_example_of_a_profile_loads(tmp_path):
    (tmp_path / "profile.yaml").write_text(list_blocks("rulesets.md")[1], encoding="utf-8")
    assert len(load_profile(tmp_path / "profile.yaml").site.units) == 2


def test_documents_name_every_rule():
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert all(f"\n## {name}\n" in text for name in list_rules())


def test_readme_counts_the_clauses_as_they_are():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for loaded in load_rulebook(list_standards()).standards:
        code, count = loaded.standard.code, len(loaded.standard.clauses)
        assert f"（`{code}`，{count} 条）" in text
        assert re.search(rf"all {count} (clauses )?of .* \(`{code}`\)", text)


def test_catalogue_counts_written_clauses():
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    for loaded in load_rulebook(list_standards()).standards:
        auto = [clause for clause in loaded.standard.clauses if clause.check == "auto"]
        written = sum(clause.status == "written" for clause in auto)
        assert f"`auto` {written}/{len(auto)}, " in text


def test_readme_exit_codes_are_the_contracts():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == ["0", "1", "2", "3", "4", "5", "130"]


def test_every_option_has_help_in_both_languages():
    for language in ("zh", "en"):
        group = build_cli(load_messages(language))
        for path in list_paths(group):
            command: click.Command = group
            for name in path[1:]:
                command = command.commands[name]
            assert command.help
            for param in command.params:
                if isinstance(param, click.Option) and param.name != "help":
                    assert param.help, (path, param.name)
