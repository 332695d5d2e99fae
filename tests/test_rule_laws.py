"""Laws over all written rules and standards: what nobody has to remember while writing one."""

import ast
import itertools
import re
from datetime import date
from pathlib import Path

import pytest
from policy_site import TOPICS, list_policy_facts, list_portal_facts
from ruamel.yaml import YAML

from auditor.evaluate import Context, evaluate_rulebook
from auditor.messages import load_messages
from auditor.model.outcomes import Check, Outcome
from auditor.resources import find_resource
from auditor.rules.cases import DEFAULT_DAY, build_fact
from auditor.rules.load import check_rulesets, list_standards, load_library, load_rulebook
from auditor.rules.operators import OPERATORS, UNITS, list_operands
from auditor.rules.reference import judge_plainly
from auditor.rules.schema import Search
from auditor.rules.scopes import Parts, find_selection, list_places
from auditor.words.vocabulary import load_vocabulary
from auditor.yamlfile import load_document

RULES = load_library()
LATER = date(2021, 7, 15)
SUMMER = date(2020, 6, 1)
FRESH = {"status": 200, "identity": "confirmed", "blank": False, "newest_item_on": LATER}
HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|《[^》]*》")
SOURCES = sorted((Path(__file__).resolve().parent.parent / "auditor" / "rules").rglob("*.py"))
VERBS = ("check", "verify", "test", "is", "has", "no", "not", "ensure", "must")


@pytest.fixture(scope="module")
def rulebook():
    return load_rulebook(list_standards())


def list_texts(rule):
    yield from (rule.title, rule.failure, rule.why, rule.remedy, *rule.reasons.values())
    yield from (text for text in (rule.assumes, rule.person) if text is not None)
    yield from (measure.title for measure in rule.measures.values() if measure.title is not None)
    yield from (param.why for param in rule.params.values() if param.why is not None)


def test_shipped_rulesets_have_no_problem():
    assert check_rulesets() == ()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_case_for_each_outcome_that_a_rule_can_have(rule):
    possible = {(one.outcome, one.degree, one.reason) for one in rule.verdicts}
    assert possible == {(one.outcome, one.degree, one.reason) for one in rule.cases}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_names_of_cases_differ(rule):
    names = [case.name for case in rule.cases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_id_is_a_noun_phrase(rule):
    assert rule.id.split("-")[0] not in VERBS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_texts_are_in_their_languages(rule):
    for text in list_texts(rule):
        assert HAN.search(text.zh)
        assert not HAN.search(QUOTED.sub("", text.en))
        assert not re.search(r"[,;:()?!]", text.zh), text.zh
    for text in (rule.why, rule.remedy, *rule.reasons.values()):
        assert text.zh.endswith("。")
        assert re.fullmatch(r"[A-Z].*\.", text.en, re.DOTALL)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_measure_and_parameter_says_what_it_is(rule):
    assert [name for name, measure in rule.measures.items() if measure.title is None] == []
    assert [name for name, param in rule.params.items() if param.why is None] == []
    titles = [measure.title.zh for measure in rule.measures.values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_absence_is_claimed_with_coverage(rule):
    """A verdict of failure that no selected fact stands behind rests on coverage facts."""
    for verdict in rule.verdicts:
        if verdict.outcome is not Outcome.FAILED or verdict.when is not None:
            continue
        shown = [rule.measures[name] for name in verdict.show]
        kinds = {(find_selection(measure) or ("share", None))[0] for measure in shown}
        assert kinds & {"coverage", "share"}, verdict.reason
        assert "coverage" in rule.needs


def list_concepts(rulebook):
    """Yield every concept of columns that a rule or a clause names."""
    for rule in RULES.values():
        parts = Parts(rule.params, rule.subject, rule.measures)
        for place in list_places(parts):
            if place.field in ("concept", "section"):
                for operand in list_operands(place.condition).values():
                    yield from operand if isinstance(operand, tuple) else (operand,)
    for loaded in rulebook.standards:
        for clause in loaded.standard.clauses:
            if clause.rule == "disclosure-columns-complete":
                yield from clause.params["names"]


def test_every_concept_is_in_the_vocabulary(rulebook):
    named = {concept for concept in list_concepts(rulebook) if not concept.startswith("$")}
    assert len(named) > 5
    assert named <= set(load_vocabulary().concepts)


def test_every_rule_serves_a_clause(rulebook):
    assert set(rulebook.rules) == set(RULES)


def test_every_clause_is_bound_attested_rolled_up_or_planned(rulebook):
    for loaded in rulebook.standards:
        for clause in loaded.standard.clauses:
            bound = clause.rule in RULES and clause.status == "written"
            waits = clause.check is Check.ATTESTED or clause.status == "planned" or bool(clause.rollup)
            assert bound != waits, clause.id


def test_codes_and_file_names_agree(rulebook):
    assert [loaded.standard.code for loaded in rulebook.standards] == list(list_standards())


def test_everything_of_the_rulebook_can_be_explained(rulebook):
    for language in ("zh", "en"):
        for name in (*rulebook.rules, *rulebook.describe_clauses()):
            headings = [heading for heading, body in rulebook.explain(name, language) if body]
            assert headings[:2] == ["id", "title"]
            messages = load_messages(language)
            assert [heading for heading in headings if not messages.has(f"cli.rule_{heading}")] == []


def list_codes():
    """Yield the code of every problem that the rule room can report, found in its source."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Yield) else None
            if isinstance(value, ast.Tuple) and isinstance(value.elts[0], ast.Constant) and len(value.elts) == 3:
                yield value.elts[0].value
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("Problem", "describe_problem"):
                    yield node.args[0].value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_has_a_sentence(language):
    messages = load_messages(language)
    codes = {code for code in list_codes() if isinstance(code, str)} | {"duplicate_rule", "folder_empty"}
    assert len(codes) > 25
    assert [
        code for code in sorted(codes) if not (messages.has(f"rules.{code}") or messages.has(f"profile.{code}"))
    ] == []


def test_no_sentence_of_a_problem_is_left_over():
    document, _ = load_document(find_resource("reports") / "messages" / "rules.yaml")
    spoken = {"judged_site", "judged_each", "clause_planned", "verdict"}
    parts = "always else unless and or any none measure test zero state param with without lowest highest yes no"
    measured = {name for name, row in OPERATORS.items() if row.measured} - {"within"}
    units = {f"within_{unit}" for unit in UNITS}
    spoken |= {f"passes_{name}" for name in (*parts.split(), *measured, *units, "unreadable")}
    codes = {code for code in list_codes() if isinstance(code, str)} | spoken
    codes |= {"duplicate_rule", "duplicate_standard", "folder_empty", "file_missing", "wrong_outcome"}
    assert {key.partition(".")[0] for key in document.data} <= codes


def list_disclosure_facts(unit):
    """Yield what one body discloses regularly, all of it in order."""
    guide = ("categories", "catalogue", "acquisition", "name", "address", "hours", "phone", "fax", "email")
    elements = [*guide, "application_steps", "deadline_20_days"]
    yield "guide", {"unit": unit, "updated_on": DEFAULT_DAY, "elements": elements, "status": 200}
    sections = next(
        clause for clause in load_rulebook(["bs20"]).standards[0].standard.clauses if clause.id == "BS20-6a"
    )
    report = {"tables": ["active", "requests", "review"], "mentions_plan": True, "plan_section": "其他需要报告的事项"}
    year = {"unit": unit, "year": 2020, "published_on": DEFAULT_DAY, "title": "年报", "status": 200}
    yield "annual_report", {**year, **report, "sections": list(sections.params["sections"])}
    yield "column", {"concept": "disclosure_annual_report", "subjects": ["年报"], "status": 200}
    day = DEFAULT_DAY.replace(year=2020)
    for kind in ("disclosure", "standard"):
        catalogue = {"catalogue_kind": kind, "item_count": 3, "published_on": day, "title": "目录"}
        rows = {"url": f"http://h/{kind}", "active_unlinked": 0, "links_broken": 0, "searchable": True}
        yield "catalogue", {"unit": unit, "status": 200, **catalogue, **rows}
        yield "page", {"page_kind": "other", "url": f"http://h/{kind}", "clicks_from_home": 2, "status": 200}


def list_shown_facts():
    """Yield columns, documents and catalogues of fields that the standards name."""
    for name in (
        *("重大行政决策", "政务公开标准化", "重大建设项目批准和实施领域信息公开专栏", "公共资源配置领域信息公开专栏"),
        *("社会公益事业建设领域信息公开专栏", "守信联合激励名单", "失信联合惩戒名单"),
    ):
        yield "column", {"name": name, "path": [name], "status": 200, "blank": False, "newest_item_on": LATER}
    titles = (
        "审计项目计划",
        "审计工作报告",
        "审计整改结果",
        "预算执行审计",
        "竣工决算审计",
        "专项审计",
        "信用典型案例",
    )
    for number, title in enumerate(titles):
        day = DEFAULT_DAY.replace(year=2020)
        yield (
            "page",
            {"page_kind": "other", "url": f"http://h/d/{number}", "title": title, "status": 200, "published_on": day},
        )
    yield (
        "page",
        {"page_kind": "other", "title": "专项审计", "status": 200, "published_on": DEFAULT_DAY.replace(year=2019)},
    )
    yield "page", {"page_kind": "other", "title": "政务公开考核结果", "status": 200, "published_on": DEFAULT_DAY}
    fields = next(clause for clause in load_rulebook(["bs20"]).standards[0].standard.clauses if clause.id == "BS20-31b")
    for number, field in enumerate(fields.params["fields"]):
        address, title = f"http://h/c/{number}", field.partition("|")[0]
        rows = {"item_count": 2, "active_unlinked": 0, "links_broken": 0, "searchable": True}
        day = DEFAULT_DAY.replace(year=2020)
        catalogue = {"title": title, "catalogue_kind": "standard", "status": 200, "published_on": day}
        yield "catalogue", {"url": address, **catalogue, **rows}
        yield "page", {"page_kind": "other", "url": address, "clicks_from_home": 2, "status": 200}


WORDS = (
    "教育和街道回应就医征地政策，主要领导研究落实新修订的信息公开规定，公开属性审查，举办政务公开培训课，办结3件，"
    "规范管理政务新媒体，清理微信公众号，滚动发布"
)


class TellingPages:
    """A text index in which every word of a search stands in a passage, of each body and source."""

    def find_mentions(self, terms):
        wanted = itertools.product(terms, ("notice", "guide"), ("区政府", "区教育局", "区财政局"))
        told = {
            "title": "政务公开工作要点解读",
            "published_on": DEFAULT_DAY.replace(year=2020, month=6),
            "excerpt": WORDS,
        }
        rows = [{"term": term, "source": source, "unit": unit, **told} for term, source, unit in wanted]
        return tuple(build_fact("mention", row, 5000 + number) for number, row in enumerate(rows))


def list_work_facts(unit):
    """Yield what was held, published and opened beside policies."""
    days = [DEFAULT_DAY.replace(year=2020, month=month) for month in (5, 8, 11)]
    groups = ["政务公开工作人员", "领导干部", "人大代表", "政协委员", "公众", "媒体"]
    for kind in ("training", "publicity", "review", "open_day", "hearing", "selection"):
        topic = "优秀解读案例评选、政务公开与教育，专区"
        event = {"event_kind": kind, "unit": unit, "topic": topic, "mode": "both", "participants": groups}
        for day in days:
            yield "event", {**event, "held_on": day}
    titles = (
        "贯彻落实信息公开规定",
        "信息公开制度",
        "依申请公开制度",
        "公众参与事项清单",
        "国企信息公开",
        "公共企事业单位信息公开",
        "政务公开重点工作安排",
        "政务公开考核检查",
        *("网站检查情况",) * 4,
    )
    for title in titles:
        yield "page", {"unit": unit, "page_kind": "article", "title": title, "published_on": days[0], "topic": "other"}
    yield (
        "document",
        {"unit": unit, "made_on": days[0].replace(year=2015), "published_on": days[0], "document_kind": "law"},
    )


def list_place_facts(unit):
    """Yield places, accounts, money, guides to services, and columns by name."""
    fields = "发展改革、教育、文化旅游、审计、体育、统计、机关事务、建设、水务、住房保障、民防、交通"
    table = [
        "序号",
        "公开事项",
        "公开内容",
        "公开依据",
        "公开时限",
        "公开主体",
        "公开渠道",
        "公开对象",
        "公开方式",
        "公开层级",
    ]
    catalogue = {
        "status": 200,
        "item_count": 9,
        "published_on": DEFAULT_DAY.replace(year=2020, month=5),
        "columns": table,
    }
    catalogue |= {"searchable": True, "active_unlinked": 0, "links_broken": 0}
    yield "catalogue", {"url": "http://z/1", "catalogue_kind": "standard", "title": f"{fields}标准目录", **catalogue}
    yield "page", {"page_kind": "other", "url": "http://z/1", "clicks_from_home": 2, "status": 200}
    classes = "规范性文件、职能、规划、统计、许可、处罚、预算、收费、采购、建设项目、民生、应急、环境、招考、其他"
    listed = {"catalogue_kind": "disclosure", "title": "公开目录", "unit": unit, "subjects": classes.split("、")}
    yield "catalogue", {"url": "http://z/2", **catalogue, **listed}
    contact = {"address": "清河路1号", "phone": ["021-1"], "updated_on": DEFAULT_DAY, "status": 200}
    yield "guide", {"url": "http://z/3", "unit": unit, **contact}
    services = ["申请公开", "查询", "意见征集", "咨询"]
    yield "zone", {"name": "政务公开专区", "address": "清河路1号", "services": services}
    yield "account", {"operator": unit, "supervisor": unit}
    yield "budget", {"unit": unit, "year": 2020, "items": ["政务公开经费"], "budget_kind": "fund"}
    names = (
        "决策公开",
        "执行公开",
        "管理公开",
        "服务公开",
        "结果公开",
        "政策发布",
        "政策解读",
        "回应关切",
        "重大建设项目",
    )
    for name in names:
        yield "column", {"name": name, "path": [name], **FRESH}


def list_matter_facts():
    """Yield columns, money and lists that hold each of what the clauses on them name, in words that their patterns take."""
    bound = [one for loaded in load_rulebook(["bs20"]).standards for one in loaded.standard.clauses if one.rule]
    for clause in bound:
        if clause.rule == "column-subjects-covered":
            name = clause.params["name"].replace("(行政)?", "")
            subjects = [subject.partition("|")[0] for subject in clause.params["subjects"]]
            yield "column", {**FRESH, "name": name, "path": [name], "subjects": subjects, "unit": "区教育局"}
        if clause.rule == "budget-elements":
            stated = {"budget_kind": clause.params["kind"], "elements": clause.params["elements"], "year": 2020}
            for unit in ("区政府", "区教育局", "区财政局"):
                yield "budget", {**stated, "unit": unit, "published_on": SUMMER, "status": 200, "shown_as": "html"}
        if clause.rule == "service-lists-current":
            for number, title in enumerate(clause.params["lists"]):
                shown = {"title": title.partition("|")[0], "url": f"http://h/s/{number}", "dated_on": LATER}
                yield "catalogue", {**shown, "catalogue_kind": "service", "status": 200, "item_count": 3}
    for name in ("违法违规", "行政检查", "行政许可", "行政处罚", "国资监管"):
        yield "column", {**FRESH, "name": name, "path": [name]}


def list_site_facts():
    """Yield facts of a site on which every written rule has something to judge."""
    yield "unit", {"name": "区财政局", "unit_kind": "department", "enforces": True}
    yield "unit", {"name": "区教育局", "unit_kind": "department"}
    for unit in ("区教育局", "区财政局"):
        yield from list_work_facts(unit)
    yield from list_place_facts("区财政局")
    for part in ("navigation", "disclosure_section"):
        yield "coverage", {"host": "h", "part": part, "complete": True}
    columns = ("disclosure_guide", "disclosure_rules", "statutory_disclosure", "disclosure_annual_report")
    for position, concept in enumerate(columns, 1):
        column = {"section": "disclosure_platform", "concept": concept, "position": position}
        yield "column", {**column, "status": 200, "identity": "confirmed", "blank": False}
    yield from list_shown_facts()
    yield from list_matter_facts()
    yield "unit", {"name": "区政府", "unit_kind": "district"}
    for unit in ("区政府", "区财政局"):
        yield from list_disclosure_facts(unit)
    decisions = {"unit": "区政府", "catalogue_kind": "decision", "status": 200, "item_count": 1}
    yield "catalogue", {**decisions, "published_on": DEFAULT_DAY.replace(year=2020)}
    for number, kind in enumerate(("normative", "policy", "report")):
        address, day = f"http://h/{number}", DEFAULT_DAY.replace(year=2020)
        yield (
            "document",
            {"url": address, "document_kind": kind, "published_on": day, "approved_by": "executive_meeting"},
        )
        chart = {"primary_form": "chart", "forms": ["chart"], "topics": TOPICS}
        yield "interpretation", {"of": address, "status": 200, "published_on": day, **chart}
    yield from list_policy_facts("http://h/0")
    yield from list_portal_facts("区财政局", DEFAULT_DAY)
    answer = {"address_record": True, "reachable": True, "status": 200, "same_as_v4": 1.0}
    yield "endpoint", {"host": "h", "role": "portal", "family": 6, **answer}
    yield "vantage", {"ipv6": True}
    for number in range(60):
        yield "link", {"target": f"http://h/{number}", "family": 6, "state": "ok"}


def test_one_site_makes_every_rule_apply(rulebook):
    facts = [build_fact(kind, fields, number) for number, (kind, fields) in enumerate(list_site_facts())]
    context = Context("h", "h", LATER, passages=TellingPages())
    found = evaluate_rulebook(facts, rulebook, context, judge_plainly)
    outcomes = {one.clause: one.outcome for one in found.findings if one.rule is not None}
    assert {rulebook.describe_clauses()[clause].rule for clause in outcomes} == set(RULES)
    assert {clause: outcome for clause, outcome in outcomes.items() if outcome is not Outcome.PASSED} == {}


def list_needed_fields(rule):
    """Return (kind, field) of everything that the rule's measures look at."""
    needed = set()
    for measure in rule.measures.values():
        for kind in filter(None, [getattr(measure, "count", None)]):
            needed |= {(kind, name) for name in measure.where}
        for text in (getattr(measure, name, None) for name in ("distinct", "max", "min", "of", "by")):
            if isinstance(text, str) and "." in text:
                needed.add(tuple(text.split(".")))
        for joined in (getattr(measure, "with_", {}), getattr(measure, "without", {})):
            needed |= {(kind, name) for kind, where in joined.items() for name in where}
    return needed


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_field_that_a_rule_looks_at_is_made_by_some_extraction_case(rule):
    made = {
        (kind, name)
        for path in sorted((Path(__file__).parent / "cases" / "extract").glob("*.yaml"))
        for kind, rows in (YAML(typ="safe", pure=True).load(path).get("facts") or {}).items()
        for row in rows
        for name in row
    }
    needed = list_needed_fields(rule)
    assert needed or any(isinstance(measure, Search) for measure in rule.measures.values())
    assert needed <= made
