"""Rule files as people write them: every mistake is found, at its line, with what was expected, all at once."""

import textwrap
from pathlib import Path

import pytest

from auditor.errors import RulesetError
from auditor.messages import load_messages
from auditor.rules.cases import complete_params
from auditor.rules.load import check_rulesets, list_rules, list_standards, load_library, load_rulebook
from auditor.rules.passing import list_passing

RULE = """\
id: fresh-guide
title: {zh: 题, en: title}
failure: {zh: 题, en: failure}
why: {zh: 因, en: why}
needs: [guide, column]
params:
  after: {type: date}
  names: {type: list}
  limit: {type: number, default: 0.5}
  spare: {type: int, optional: true}
  period: {type: period, optional: true}
subject: unit
measures:
  guides: {count: guide, where: {unit: $subject, updated_on: {not_before: $after}}}
  named: {count: column, where: {concept: $name}, each: $names, as: name}
  newest: {max: guide.updated_on, where: {unit: $subject.name}}
  share: {share: {of: old, over: guides}}
  old: {count: guide, where: {updated_on: {before: $after}}}
verdicts:
  - {outcome: passed, when: {guides: {at_least: 1}, named.without: 0}}
  - {outcome: failed, reason: none, when: {share: {less_than: $limit}}}
  - {outcome: cannot_tell, reason: lost}
reasons:
  none: {zh: 无, en: none}
  lost: {zh: 失, en: lost}
remedy: {zh: 改, en: mend}
cases:
  - name: one
    params: {after: 2020-01-01, names: [a]}
    facts:
      - unit: {name: 甲}
      - guide: {unit: 甲, updated_on: 2020-02-01}
    outcome: passed
"""

STANDARD = """\
code: ab20
title: {zh: 标准, en: standard}
issuer: {zh: 机关, en: issuer}
issued_on: 2020-01-01
version: "1"
clauses:
  - id: AB20-1.1a
    clause: "1"
    title: {zh: 题, en: title}
    asks: {zh: 求, en: asks}
    class: mandatory
    check: auto
    rule: fresh-guide
    params: {after: 2020-01-01, names: [a, b]}
    subject: {unit: {unit_kind: {in: [district]}}}
"""


def write(folder, rule=RULE, standard=STANDARD):
    (folder / "library" / "fresh-guide.yaml").write_text(rule, encoding="utf-8")
    (folder / "standards" / "ab20.yaml").write_text(standard, encoding="utf-8")
    return folder


def edit(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


def find_line(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_good_files_have_no_problem(folder):
    assert check_rulesets([write(folder)]) == ()
    rulebook = load_rulebook(["ab20"], [folder])
    assert [loaded.standard.code for loaded in rulebook.standards] == ["ab20"]
    assert list(rulebook.rules) == ["fresh-guide"]


MISTAKES = [
    ("unknown_key", "failure:", "failures:", "failures"),
    ("missing_key", "why: {zh: 因, en: why}\n", "", "why"),
    ("wrong_type", "needs: [guide, column]", "needs: guide", "needs"),
    ("wrong_id", "id: fresh-guide", "id: other-guide", "id"),
    ("duplicate_key", "remedy:", "title:", "title"),
    ("unknown_kind", "count: column", "count: colunm", "measures.named.count"),
    ("unknown_field", "{concept: $name}", "{koncept: $name}", "measures.named.where.koncept"),
    ("operator_type", "{not_before: $after}", "{at_least: 5}", "measures.guides.where.updated_on.at_least"),
    ("operator_type", "{concept: $name}", "{concept: {has: $name}}", "measures.named.where.concept.has"),
    ("operand_type", "{concept: $name}", "{level: two}", "measures.named.where.level"),
    ("operand_type", "{concept: $name}", "{level: {in: [1, '2']}}", "measures.named.where.level.in"),
    ("operand_type", "{not_before: $after}", "{not_before: $limit}", "measures.guides.where.updated_on.not_before"),
    ("operand_type", "{concept: $name}", "{concept: $names}", "measures.named.where.concept"),
    ("operand_type", "{concept: $name}", "{concept: {in: $limit}}", "measures.named.where.concept.in"),
    ("operand_type", "each: $names", "each: $limit", "measures.named.each"),
    ("empty_operand", "{concept: $name}", "{concept: {is: null}}", "measures.named.where.concept.is"),
    ("unknown_value", "{concept: $name}", "{identity: confirmt}", "measures.named.where.identity"),
    ("wrong_pattern", "{concept: $name}", "{name: {matches: '(?=x)'}}", "measures.named.where.name.matches"),
    ("unknown_reference", "$subject.name", "$subject.nam", "measures.newest.where.unit"),
    ("unknown_reference", "{not_before: $after}", "{not_before: $afte}", "measures.guides.where.updated_on.not_before"),
    (
        "unknown_reference",
        "{concept: $name}",
        "{concept: $name, newest_item_on: {after: $period}}",
        "newest_item_on.after",
    ),
    ("reserved_name", "as: name", "as: guide", "measures.named.as"),
    ("reserved_name", "spare:", "subject:", "params.subject"),
    ("reserved_name", "newest: {max", "none: {max", "measures.none"),
    ("field_type", "max: guide.updated_on", "max: guide.elements", "measures.newest"),
    ("unknown_measure", "over: guides", "over: guide", "measures.share.share.over"),
    ("unknown_measure", "when: {guides:", "when: {gides:", "verdicts[0].when.gides"),
    ("unknown_measure", "named.without: 0", "guides.without: 0", "verdicts[0].when.guides.without"),
    ("unknown_field", "named.without: 0", "guides.updatd_on: absent", "verdicts[0].when.guides.updatd_on"),
    ("operator_type", "{at_least: 1}", "{has: 1}", "verdicts[0].when.guides.has"),
    ("operand_type", "{less_than: $limit}", "{less_than: $after}", "verdicts[1].when.share.less_than"),
    ("operator_type", "guides: {at_least: 1}", "newest: {at_least: 1}", "verdicts[0].when.newest"),
    (
        "operand_type",
        "newest: {max",
        "months: {every: {month: $names}, of: guide.updated_on}\n  newest: {max",
        ".every",
    ),
    (
        "field_type",
        "newest: {max",
        "months: {every: {month: $period}, of: guide.unit}\n  newest: {max",
        "measures.months",
    ),
    ("missing_need", "newest: {max", "found: {search: {terms: [a]}}\n  newest: {max", "measures.found"),
    (
        "unknown_value",
        "newest: {max",
        "found: {search: {terms: [a], in: [x]}}\n  newest: {max",
        "measures.found.search.source",
    ),
    ("unsupported_form", "{of: old, over: guides}", "{of: newest, over: guides}", "measures.share.share.of"),
    ("optional_list", "names: {type: list}", "names: {type: list, optional: true}", "measures.named.each"),
    ("verdict_open", "reason: lost}", "reason: lost, when: {guides: 1}}", "verdicts[2]"),
    ("verdict_unreachable", ", when: {share: {less_than: $limit}}", "", "verdicts[2]"),
    ("missing_reason", "reason: lost}", "reason: lots}", "verdicts[2].reason"),
    ("unused_reason", "  lost: {zh", "  more: {zh: 多, en: more}\n  lost: {zh", "reasons.more"),
    ("missing_need", "needs: [guide, column]", "needs: [guide]", "measures.named"),
    ("unused_need", "needs: [guide, column]", "needs: [guide, column, page]", "needs[2]"),
    ("param_type", "{type: number, default: 0.5}", "{type: number, default: half}", "params.limit.default"),
    ("wrong_fact", "updated_on: 2020-02-01", "updated_on: soon", "cases[0].facts[1].guide.updated_on"),
    ("unknown_field", "updated_on: 2020-02-01", "updated: 2020-02-01", "cases[0].facts[1].guide.updated"),
    ("unknown_param", "names: [a]}", "name: [a]}", "cases[0].params.name"),
    ("missing_param", "after: 2020-01-01, names: [a]}", "names: [a]}", "cases[0].params"),
    ("wrong_choice", "outcome: passed\n", "outcome: pased\n", "cases[0].outcome"),
    ("missing_key", "outcome: passed\n", "outcome: failed\n", "cases[0]"),
    ("yaml_syntax", "title: {zh: 题, en: title}", "title: {zh: 题, en: title", ""),
    ("yaml_anchor", "title: {zh: 题", "title: &t {zh: 题", ""),
    ("wrong_value", "{at_least: 1}", "{}", "verdicts[0].when.guides"),
    ("wrong_value", "each: $names, as: name", "each: $names", "measures.named"),
]


@pytest.mark.parametrize(("code", "old", "new", "path"), MISTAKES, ids=[f"{one[0]} {one[3]}" for one in MISTAKES])
def test_mistake_in_a_rule_is_found(folder, code, old, new, path):
    text = edit(RULE, old, new)
    problems = check_rulesets([write(folder, rule=text) / "library" / "fresh-guide.yaml"])
    found = [one for one in problems if one.code == code and path in one.path]
    assert found, [(one.code, one.path, one.values) for one in problems]
    changed = new.splitlines()[0] if new else ""
    if changed and code not in (
        "missing_key",
        "missing_param",
        "verdict_unreachable",
        "missing_need",
        "optional_list",
        "duplicate_key",
    ):
        near = find_line(text, changed)
        assert near <= found[0].line <= near + 3 or code == "yaml_syntax"


CLAUSE_MISTAKES = [
    ("unknown_rule", "rule: fresh-guide", "rule: fresh-gide", "clauses[0].rule"),
    ("unknown_param", "names: [a, b]}", "names: [a, b], befor: 1}", "clauses[0].params.befor"),
    ("missing_param", "after: 2020-01-01, ", "", "clauses[0].params"),
    ("param_type", "after: 2020-01-01", "after: '2020-01-01'", "clauses[0].params.after"),
    ("param_type", "names: [a, b]", "names: a", "clauses[0].params.names"),
    ("param_type", "names: [a, b]", "names: []", "clauses[0].params.names"),
    ("operand_type", "names: [a, b]", "names: [a, 2]", "clauses[0].params.names"),
    ("unknown_value", "{in: [district]}", "{in: [distrikt]}", "clauses[0].subject.unit.unit_kind.in"),
    ("unknown_kind", "subject: {unit: {unit_kind: {in: [district]}}}", "subject: units", "clauses[0].subject"),
    ("unknown_reference", "subject: {unit: {unit_kind: {in: [district]}}}", "subject: site", "clauses[0].subject"),
    ("wrong_clause_id", "id: AB20-1.1a", "id: AC20-1.1a", "clauses[0].id"),
    ("wrong_value", "id: AB20-1.1a", "id: AB20", "clauses[0].id"),
    ("wrong_id", "code: ab20", "code: ab21", "code"),
    ("wrong_choice", "check: auto", "check: automatic", "clauses[0].check"),
    ("wrong_value", "check: auto\n    rule: fresh-guide", "check: auto", "clauses[0]"),
    ("wrong_value", "check: auto\n    rule: fresh-guide", "check: attested", "clauses[0]"),
    ("wrong_value", "rule: fresh-guide", "rule: fresh-guide\n    rollup: [AB20-1.1b]", "clauses[0]"),
    ("unknown_clause", "rule: fresh-guide", "rollup: [AB20-1.1z]", "clauses[0].rollup[0]"),
    ("circular_rollup", "rule: fresh-guide", "rollup: [AB20-1.1a]", "clauses[0].rollup[0]"),
    ("unknown_measure", "class: mandatory", "class: mandatory\n    applies: {when: {guide: 1}}", "applies.when.guide"),
    ("wrong_type", 'version: "1"', "version: 1.0", "version"),
]


@pytest.mark.parametrize(
    ("code", "old", "new", "path"), CLAUSE_MISTAKES, ids=[f"{one[0]} {one[3]}" for one in CLAUSE_MISTAKES]
)
def test_mistake_in_a_clause_is_found(folder, code, old, new, path):
    problems = check_rulesets([write(folder, standard=edit(STANDARD, old, new))])
    found = [one for one in problems if one.code == code and path in one.path]
    assert found, [(one.code, one.path, one.values) for one in problems]
    assert found[0].file.endswith("ab20.yaml")
    assert found[0].line
    with pytest.raises(RulesetError):
        load_rulebook([str(folder / "standards" / "ab20.yaml")])


def test_during_needs_a_period(folder):
    text = edit(
        edit(RULE, "  period: {type: period, optional: true}\n", ""), "as: name}", "as: name, during: previous_year}"
    )
    problems = check_rulesets([write(folder, rule=text)])
    assert ("no_period", "measures.named.during") in [(one.code, one.path) for one in problems]


def test_three_mistakes_are_three_problems(folder):
    text = edit(RULE, "failure:", "failures:")
    text = edit(text, "{not_before: $after}", "{at_least: 5}")
    text = edit(text, "guides: {at_least: 1}", "gides: {at_least: 1}")
    problems = check_rulesets([write(folder, rule=text)])
    assert [(one.code, one.line, one.path) for one in problems if one.code != "missing_key"] == [
        ("unknown_key", 3, "failures"),
        ("operator_type", 14, "measures.guides.where.updated_on.at_least"),
        ("unknown_measure", 20, "verdicts[0].when.gides"),
    ]
    assert {one.path for one in problems if one.code == "missing_key"} == {"failure"}
    near = {one.code: one.values.get("near") for one in problems}
    assert near["unknown_key"].startswith("failure")
    assert near["unknown_measure"] == "guides"


def test_a_broken_part_hides_no_other_and_makes_no_new_one(folder):
    text = edit(RULE, "after: {type: date}", "after: {typ: date}")
    text = edit(text, "named: {count: column,", "named: {cont: column,")
    text = edit(text, "reason: none,", "reason: nun,")
    problems = check_rulesets([write(folder, rule=text)])
    assert {(one.code, one.path) for one in problems} == {
        ("unknown_key", "params.after.typ"),
        ("missing_key", "params.after.type"),
        ("unknown_key", "measures.named.cont"),
        ("missing_key", "measures.named.count"),
        ("missing_reason", "verdicts[1].reason"),
    }


def test_problems_of_all_files_come_together(folder):
    write(folder, edit(RULE, "failure:", "failures:"), edit(STANDARD, "issuer:", "isuer:"))
    problems = check_rulesets([folder])
    assert {Path(one.file).name for one in problems} == {"ab20.yaml", "fresh-guide.yaml"}
    with pytest.raises(RulesetError) as caught:
        load_rulebook(["ab20"], [folder])
    assert {Path(one.file).name for one in caught.value.problems} == {"ab20.yaml", "fresh-guide.yaml"}


def test_duplicate_clause_is_found_at_its_second_place(folder):
    clause = STANDARD[STANDARD.index("  - id:") :]
    problems = check_rulesets([write(folder, standard=STANDARD + clause)])
    assert [(one.code, one.path, one.values["first"]) for one in problems] == [
        ("duplicate_clause", "clauses[1].id", "7"),
    ]


def test_planned_and_attested_clauses_need_no_rule(folder):
    planned = edit(STANDARD, "rule: fresh-guide\n    params: {after: 2020-01-01, names: [a, b]}", "rule: not-there-yet")
    planned = edit(planned, "check: auto", "check: auto\n    status: planned")
    write(folder, standard=planned)
    assert check_rulesets([folder / "standards"]) == ()
    texts = load_rulebook(["ab20"], [folder]).describe_clauses()["AB20-1.1a"]
    assert (texts.planned, texts.rule) == (True, None)


def test_unknown_ruleset_has_near_names(folder):
    with pytest.raises(RulesetError) as caught:
        load_rulebook(["ab2", "xh21"], [write(folder)])
    problems = {one.file: one for one in caught.value.problems}
    assert {one.code for one in problems.values()} == {"unknown_ruleset"}
    assert problems["ab2"].values["near"] == "ab20, bs20"
    assert "xh20" in problems["xh21"].values["near"]


def test_rulesets_are_named_by_code_file_or_folder(folder):
    write(folder)
    by_code = load_rulebook(["ab20"], [folder])
    assert load_rulebook([str(folder)]) == by_code
    assert load_rulebook([str(folder / "standards" / "ab20.yaml")]) == by_code
    assert load_rulebook(["ab20", str(folder)], [folder]) == by_code
    assert list_standards([folder]) == ("ab20", *list_standards())
    assert "fresh-guide" in list_rules([folder])


@pytest.mark.parametrize("code", ["nowhere/ab20.yaml", "nowhere/"])
def test_missing_path_is_a_problem(code):
    with pytest.raises(RulesetError) as caught:
        load_rulebook([code])
    assert [one.code for one in caught.value.problems] == ["file_missing"]


def test_empty_folder_is_a_problem(tmp_path):
    assert [one.code for one in check_rulesets([tmp_path])] == ["folder_empty"]
    with pytest.raises(RulesetError):
        load_rulebook([str(tmp_path)])


def test_another_rule_under_a_shipped_name_is_refused(folder, library_files):
    shipped = library_files[0]
    text = shipped.read_text(encoding="utf-8")
    (folder / "library" / shipped.name).write_text(text, encoding="utf-8")
    assert load_library([folder]).keys() == load_library().keys()
    (folder / "library" / shipped.name).write_text(text + "\n# mine\n", encoding="utf-8")
    with pytest.raises(RulesetError) as caught:
        load_library([folder])
    assert [one.code for one in caught.value.problems] == ["duplicate_rule"]


def test_hash_covers_standard_and_rules(folder):
    first = load_rulebook(["ab20"], [write(folder)]).standards[0].sha256
    second = load_rulebook(["ab20"], [write(folder, rule=RULE + "# more\n")]).standards[0].sha256
    third = load_rulebook(["ab20"], [write(folder, standard=STANDARD + "# more\n")]).standards[0].sha256
    assert len({first, second, third}) == 3
    assert load_rulebook(["ab20"], [write(folder)]).standards[0].sha256 == first


def test_a_clause_narrows_the_subject_of_its_rule_but_cannot_say_it_twice(folder):
    rule = edit(RULE, "subject: unit", "subject: {unit: {listed_in: profile}}")
    assert check_rulesets([write(folder, rule=rule)]) == ()
    again = edit(STANDARD, "{unit_kind: {in: [district]}}", "{listed_in: portal}")
    assert [one.code for one in check_rulesets([write(folder, rule, again)])] == ["subject_twice"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_has_a_sentence(language):
    messages = load_messages(language)
    codes = {one[0] for one in (*MISTAKES, *CLAUSE_MISTAKES)}
    assert [
        code for code in sorted(codes) if not (messages.has(f"rules.{code}") or messages.has(f"profile.{code}"))
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "a",
        "{}",
        "measures: [1]\nverdicts: {a: 1}\nparams: x\ncases: 5",
        "clauses: 7",
        "? [a]\n: b",
        "\x00",
    ],
)
def test_nonsense_is_refused_and_breaks_nothing(folder, text):
    (folder / "library" / "bad.yaml").write_text(text, encoding="utf-8")
    (folder / "standards" / "bad.yaml").write_text(text, encoding="utf-8")
    problems = check_rulesets([folder])
    assert {Path(one.file).parent.name for one in problems} == {"library", "standards"}


def test_bomb_and_huge_file_are_refused(folder):
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    (folder / "library" / "bomb.yaml").write_text(bomb, encoding="utf-8")
    (folder / "library" / "huge.yaml").write_text("a: " + "x" * 3_000_000, encoding="utf-8")
    (folder / "library" / "deep.yaml").write_text("[" * 5000, encoding="utf-8")
    found = {Path(one.file).stem: one.code for one in check_rulesets([folder])}
    assert found == {"bomb": "yaml_anchor", "huge": "file_too_large", "deep": "yaml_depth"}


def test_references_of_lists_written_into_a_rule_are_checked(folder):
    text = edit(RULE, "{concept: $name}, each: $names", "{identity: $name}, each: [confirmed, doubtfull]")
    problems = check_rulesets([write(folder, rule=text)])
    assert ("unknown_value", "measures.named.each", "doubtful") in {
        (one.code, one.path, one.values.get("near")) for one in problems
    }


def test_explanation_of_a_rule_and_of_a_clause(folder):
    rulebook = load_rulebook(["ab20"], [write(folder)])
    rule = dict(rulebook.explain("fresh-guide", "en"))
    assert rule["title"] == "title"
    assert rule["outcomes"].splitlines() == ["Passed", "Failed: none", "Cannot tell: lost"]
    assert rule["passes"] != rule["title"]
    clause = dict(rulebook.explain("AB20-1.1a", "zh"))
    assert clause["asks"] == "求"
    assert textwrap.dedent(clause["params"]).startswith("after: 2020-01-01")


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"fresh": {"at_least": "$least"}}, "“Fresh”: at least 2"),
        ({"fresh": 0}, "“Fresh”: none"),
        ({"fresh.without": {"at_most": 1}}, "“Fresh” (items not found): at most 1"),
        ({"fresh.updated_on": "unreadable"}, "“Fresh”: the field updated_on of one of them could not be read"),
        ({"newest": {"within": {"months": 3}}}, "newest: within the last 3 months"),
        ({"newest": "absent", "fresh": {"in": [1, 2]}}, "newest: has no value and “Fresh”: is one of 1, 2"),
        ({"$after": "present"}, "the parameter after: has a value"),
        (
            {"any": [{"fresh": 1}, {"newest": {"not_before": "$after"}}]},
            "(any of: “Fresh”: is 1; or newest: not before the parameter after)",
        ),
        ({"none": [{"$flag": True}]}, "(none of: the parameter flag: is yes)"),
    ],
)
def test_what_passes_is_said_of_the_conditions(when, said, make_rule):
    measures = {
        "fresh": {"count": "guide", "title": {"zh": "新", "en": "Fresh"}},
        "newest": {"max": "guide.updated_on"},
    }
    rule = make_rule(measures, [{"outcome": "passed", "when": when}, {"outcome": "failed", "reason": "old"}])
    params = {"least": 2, "after": None, "flag": None}
    assert list(list_passing(rule, params, load_messages("en"))) == [said.replace("newest", "“newest”")]


def test_every_shipped_rule_says_what_passes(library):
    for rule in library.values():
        for language in ("zh", "en"):
            said = list(list_passing(rule, complete_params(rule.params, {}), load_messages(language)))
            assert said, rule.id
            assert all("$" not in line and line for line in said), rule.id


def test_a_wrong_fact_says_what_is_wrong_by_name_and_not_in_a_librarys_sentence(folder):
    text = edit(RULE, "updated_on: 2020-02-01", "updated_on: soon")
    problems = check_rulesets([write(folder, rule=text) / "library" / "fresh-guide.yaml"])
    causes = [one.values["cause"] for one in problems if one.code == "wrong_fact"]
    assert causes == ["date_parsing"]
    assert load_messages("zh").has(f"causes.{causes[0]}")
