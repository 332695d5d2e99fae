"""Generated facts and generated rules of every form that this version runs."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import strategies as st

from auditor.rules.cases import build_fact, complete_params
from auditor.rules.drafts import _list_draft_found, _salvage_rule
from auditor.rules.fields import find_fields
from auditor.rules.judgement import Use
from auditor.rules.operators import OPERATORS
from auditor.rules.schema import Rule

TEXT = {"zh": "文", "en": "text"}
GROUPED = {True: (".lowest", ".highest")}
BOUNDS = ("at_least", "at_most", "not_before", "not_after", "within")
DAYS = [date(2020, 1, 1), date(2020, 1, 31), date(2020, 3, 1), date(2021, 2, 28)]
PERIODS = [
    {"from": DAYS[1], "until": DAYS[2]},
    {"from": DAYS[0], "until": DAYS[3]},
    {"from": date(2019, 12, 31), "until": date(2021, 12, 31)},
]
URLS = ["u1", "u2", "u3\x00", "甲"]
NAMES = ["a", "b", "甲"]
LOST = "unreadable"


def maybe(*values):
    return [*values, *values, None, LOST]


def subsets(*values):
    return [[], *([value] for value in values), list(values), list(values[:2])]


# What each field of the generated facts may hold; few values, so that they meet.
FIELDS = {
    "column": {
        "url": URLS,
        "concept": maybe(*NAMES),
        "section": maybe(*NAMES),
        "level": [0, 1, 2, 3],
        "position": [0, 1, 2, 3],
        "status": maybe(200, 404),
        "blank": maybe(True, False),
        "identity": maybe("confirmed", "doubtful"),
        "newest_item_on": maybe(*DAYS),
        "oldest_item_on": maybe(*DAYS),
        "subjects": subsets(*NAMES),
        "unit": maybe(*NAMES),
        "parent": maybe(*URLS),
    },
    "document": {
        "url": URLS,
        "unit": maybe(*NAMES),
        "published_on": maybe(*DAYS),
        "made_on": maybe(*DAYS),
        "attachments": [0, 1, 2, 2**60],
        "columns": subsets(*URLS),
        "document_kind": ["policy", "normative"],
    },
    "interpretation": {
        "of": maybe(*URLS),
        "unit": maybe(*NAMES),
        "published_on": maybe(*DAYS),
        "forms": subsets("text", "chart"),
        "primary_form": maybe("text", "chart"),
        "links_to_policy": [True, False],
    },
    "unit": {
        "name": NAMES,
        "unit_kind": ["district", "department"],
        "aliases": subsets(*NAMES),
    },
    "mention": {
        "url": URLS,
        "term": NAMES,
        "excerpt": ["a b", "b", "甲"],
        "unit": maybe(*NAMES),
        "published_on": maybe(*DAYS),
        "source": ["news", "notice"],
    },
    "endpoint": {
        "host": URLS,
        "family": [4, 6],
        "same_as_v4": maybe(0.1, 0.3, 0.1 + 0.2, 1e-07, 1.0, float("inf")),
        "status": maybe(200, 404),
    },
}
PARAMS = {
    "day": {"type": "date", "optional": True},
    "names": {"type": "list"},
    "number": {"type": "number", "optional": True},
    "name": {"type": "str", "optional": True},
    "flag": {"type": "bool", "optional": True},
    "days": {"type": "int", "optional": True},
    "period": {"type": "period"},
}
NUMBERS = [0, 1, 2, 0.3, 1e-07, 200, 2**60]
LOOKUPS = [
    ("document", "url", "interpretation", "of"),
    ("interpretation", "of", "document", "url"),
    ("interpretation", "unit", "column", "concept"),
    ("column", "parent", "document", "url"),
]
"""Keys: the kind that is selected and its field, the kind that is looked up and its field."""
SUBJECTS = [
    "site",
    "unit",
    "column",
    {"unit": {"unit_kind": "district"}},
    {"column": {"level": {"at_least": "$number"}}},
]


def make_pool(size):
    """Return facts with every kind and value among them, the same ones in every run."""
    chance = random.Random(11)
    return [make_fact(chance.choice(list(FIELDS)), chance, number) for number in range(size)]


def make_fact(kind, chance, number):
    drawn = {name: chance.choice(values) for name, values in FIELDS[kind].items()}
    infinite = {name: value for name, value in drawn.items() if value == float("inf")}
    given = {name: value for name, value in drawn.items() if value is not None and name not in infinite}
    return build_fact(kind, given, number).model_copy(update=infinite)


POOL = make_pool(400)


def fact_lists(least=0):
    return st.lists(st.sampled_from(POOL), min_size=least, max_size=16).map(tuple)


def list_references(scope, kept, *, joins):
    """Return the references that may stand behind an operator over a field of this type."""
    known = {"text": ["$name"], "number": ["$number"], "bool": ["$flag"], "date": ["$day", "$period.from", "$as_of"]}
    found = list(known[kept.base])
    if scope.get("item") and kept.base == "text":
        found.append("$item")
    for owner in ("subject", "outer") if joins else ():
        kind = scope.get(owner)
        if kind is None:
            continue
        head = "subject" if owner == "subject" else kind
        same = [name for name, other in find_fields(kind).items() if other.base == kept.base and not other.many]
        found += [f"${head}.{name}" for name in same if name in FIELDS[kind]]
    return found


def literals(kept):
    if kept.choices:
        return st.sampled_from(kept.choices)
    return st.sampled_from({"text": NAMES, "number": NUMBERS, "bool": [True, False], "date": DAYS}[kept.base])


@st.composite
def conditions(draw, kind, name, scope):
    kept = find_fields(kind)[name]
    fitting = [
        operator
        for operator, row in OPERATORS.items()
        if kept.base in row.bases
        and {"never": not kept.many, "always": kept.many, "either": True}[row.lists]
        and operator != "named"
    ]
    # bounds are where a compiler errs, so they come up more often
    bounds = [operator for operator in fitting if operator in BOUNDS]
    chosen = draw(st.lists(st.sampled_from(fitting + bounds * 3), min_size=1, max_size=2, unique=True))
    return {operator: draw(operands(operator, kept, scope)) for operator in chosen}


@st.composite
def operands(draw, operator, kept, scope):  # noqa: PLR0911 - one line for each kind of operand
    row = OPERATORS[operator]
    if row.argument == "flag":
        return True
    if row.argument == "pattern":
        return draw(st.sampled_from(["a", "^b$", "甲", "."]))
    if row.argument == "span":
        return draw(
            st.sampled_from(
                [
                    {"days": 30},
                    {"days": 400},
                    {"months": 2},
                    {"months": 13},
                    {"days": "$days"},
                    {"workdays": 250},
                    {"workdays": "$days"},
                ]
            )
        )
    if row.argument == "values":
        if kept.base == "text" and not kept.choices and draw(st.booleans()):
            return "$names"
        return draw(st.lists(literals(kept), min_size=1, max_size=3))
    references = list_references(scope, kept, joins=row.joins)
    if references and draw(st.booleans()):
        return draw(st.sampled_from(references))
    return draw(literals(kept))


@st.composite
def wheres(draw, kind, scope):
    dated = [name for name in FIELDS[kind] if find_fields(kind)[name].base == "date"]
    names = draw(st.lists(st.sampled_from([*FIELDS[kind], *dated]), max_size=2, unique=True))
    return {name: draw(conditions(kind, name, scope)) for name in names}


@st.composite
def forms(draw, form, kind, names):
    """Return what tells a measure of this form from the others."""

    def choose(key):
        return f"{kind}.{draw(st.sampled_from(names[key]))}"

    if form == "count":
        return {"count": kind}
    if form == "every":
        return {"every": {draw(st.sampled_from(["month", "quarter"])): "$period"}, "of": choose("dated")}
    if form == "in_order":
        items = draw(st.sampled_from(["$names", NAMES]))
        return {"in_order": items, "of": choose("texts"), "by": choose("ordered")}
    return {
        form: choose("ordered") if form in ("max", "min") else f"{kind}.{draw(st.sampled_from(list(FIELDS[kind])))}"
    }


@st.composite
def selections(draw, subject):
    kind = draw(st.sampled_from(list(FIELDS)))
    form = draw(st.sampled_from(["count", "count", "count", "distinct", "max", "min", "in_order", "every", "search"]))
    kind = "mention" if form == "search" else kind
    fields = find_fields(kind)
    ordered = [name for name in FIELDS[kind] if fields[name].base in ("number", "date") and not fields[name].many]
    texts = [name for name in FIELDS[kind] if fields[name].base == "text" and not fields[name].choices]
    dated = [name for name in FIELDS[kind] if fields[name].base == "date"]
    needed = {"max": ordered, "min": ordered, "in_order": ordered and texts, "every": dated}
    form = form if needed.get(form, True) else "count"
    scope = {"subject": subject}
    measure = {}
    if form not in ("in_order", "every") and draw(st.booleans()):
        measure |= {"each": draw(st.sampled_from(["$names", ["a", "b"]])), "as": "item"}
        scope["item"] = "item"
    if draw(st.booleans()):
        measure["per"] = draw(st.sampled_from(list(FIELDS[kind])))
    if form == "search":
        measure["search"] = draw(searches(scope))
    else:
        measure |= draw(forms(form, kind, {"ordered": ordered, "texts": texts, "dated": dated}))
    measure["where"] = draw(wheres(kind, scope))
    for key in ("with", "without"):
        if draw(st.booleans()):
            other = draw(st.sampled_from(list(FIELDS)))
            measure[key] = {other: draw(wheres(other, {**scope, "outer": kind}))}
    if draw(st.integers(0, 3)) == 0:
        measure["during"] = "previous_year"
    if draw(st.booleans()) and has_days(kind, measure):
        measure["compare"] = draw(st.lists(compares(kind, measure, subject), max_size=2))
    return measure


@st.composite
def searches(draw, scope):
    terms = [["a"], ["a", "甲"], "$names", *(["$item"] if "item" in scope else [])]
    asked = {"terms": draw(st.sampled_from(terms))}
    if draw(st.booleans()):
        asked["in"] = draw(st.sampled_from([["news"], ["news", "notice"]]))
    if draw(st.booleans()):
        asked["during"] = "$period"
    if draw(st.booleans()):
        asked["matches"] = draw(st.sampled_from(["a", "^b$", "$name"]))
    return asked


def has_days(kind, measure):
    kinds = [kind, *measure.get("with", {}), *measure.get("without", {})]
    return any(find_fields(one)[name].base == "date" for one in kinds for name in FIELDS[one])


@st.composite
def compares(draw, kind, measure, subject):
    owners = {kind: kind}
    for key in ("with", "without"):
        owners |= {other: other for other in measure.get(key, {})}
    if subject is not None:
        owners["subject"] = subject
    days: list[str] = []
    for owner, known in owners.items():
        fields = find_fields(known)
        days += [f"${owner}.{name}" for name in FIELDS[known] if fields[name].base == "date"]
    unit = draw(st.sampled_from(["days_between", "workdays_between", "months_between"]))
    first = draw(st.sampled_from(days))
    others = [day for day in days if day.partition(".")[0] != first.partition(".")[0]] or [*days, "$day", "$as_of"]
    pair = draw(st.permutations([first, draw(st.sampled_from(others))]))
    bounds = draw(
        st.sampled_from([{"at_least": 0}, {"at_most": 1}, {"at_least": -40, "at_most": 60}, {"at_least": "$days"}])
    )
    return {unit: pair, **bounds}


@st.composite
def tests(draw, measures):  # noqa: PLR0911 - one line for each kind of measure
    name = draw(st.sampled_from([*measures, "$flag", "$number"]))
    if name.startswith("$"):
        return {name: draw(st.sampled_from(["present", "absent", True if name == "$flag" else {"at_least": 1}]))}
    measure = measures[name]
    number = st.sampled_from(
        [0, 1, {"at_least": 1}, {"less_than": 2}, {"more_than": "$number"}, {"in": [0, 2]}, {"is_not": 1}]
    )
    if "share" in measure:
        return {name: draw(st.sampled_from([{"at_least": 0.5}, {"less_than": "$number"}, "absent", "present"]))}
    if "each" in measure or "every" in measure:
        return {
            f"{name}{draw(st.sampled_from(['', '.with', '.without', *GROUPED.get('per' in measure, ())]))}": draw(
                number
            )
        }
    if "in_order" in measure:
        tail = draw(st.sampled_from(["", *GROUPED.get("per" in measure, ())]))
        return {f"{name}{tail}": draw(st.sampled_from([True, False, "present", {"is": "$flag"}]))}
    path = next(filter(None, map(measure.get, ("count", "distinct", "max", "min"))), "mention")
    kind = path.partition(".")[0]
    if draw(st.integers(0, 3)) == 0:
        field = draw(st.sampled_from(list(FIELDS[kind])))
        return {f"{name}.{field}": draw(st.sampled_from(["present", "absent", "unreadable"]))}
    tail = draw(st.sampled_from(["", ".lowest", ".highest"])) if "per" in measure else ""
    path = measure.get("max") or measure.get("min")
    if path and find_fields(kind)[path.partition(".")[2]].base == "date":
        day = st.sampled_from(
            [{"not_before": DAYS[2]}, {"before": "$day"}, {"within": {"months": 12}}, "absent", DAYS[0]]
        )
        return {f"{name}{tail}": draw(day)}
    return {f"{name}{tail}": draw(number)}


@st.composite
def whens(draw, measures, depth=2):
    when = {}
    for one in draw(st.lists(tests(measures), min_size=1, max_size=2)):
        when |= one
    if depth and draw(st.booleans()):
        key = draw(st.sampled_from(["any", "all", "none"]))
        when[key] = draw(st.lists(whens(measures, depth - 1), min_size=1, max_size=2))
    return when


@st.composite
def rules(draw):
    """Return the data of a rule that the loader accepts."""
    subject = draw(st.sampled_from(SUBJECTS))
    kind = None if subject == "site" else subject if isinstance(subject, str) else next(iter(subject))
    measures = {f"m{index}": draw(selections(kind)) for index in range(draw(st.integers(1, 3)))}
    counts = [name for name, one in measures.items() if "count" in one and "each" not in one]
    if counts:
        pair = draw(st.tuples(st.sampled_from(counts), st.sampled_from(counts)))
        measures["share"] = {"share": {"of": pair[0], "over": pair[1]}}
        if measures[pair[0]]["count"] == measures[pair[1]]["count"] and draw(st.booleans()):
            measures["share"]["per"] = draw(st.sampled_from(list(FIELDS[measures[pair[0]]["count"]])))
    verdicts = [
        {"outcome": "failed", "reason": f"r{index}", "when": draw(whens(measures))}
        for index in range(draw(st.integers(1, 3)))
    ]
    data = write_rule(subject, measures, verdicts)
    if draw(st.integers(0, 3)) == 0:
        data["applies"] = {"when": draw(whens(measures))}
    return data


def write_rule(subject, measures, verdicts):
    return {
        "id": "made",
        **dict.fromkeys(("title", "failure", "why", "remedy"), TEXT),
        "needs": list(FIELDS),
        "params": PARAMS,
        "subject": subject,
        "measures": measures,
        "verdicts": [*verdicts, {"outcome": "passed"}],
        "reasons": {verdict["reason"]: TEXT for verdict in verdicts},
        "cases": [{"name": "none", "outcome": "passed"}],
    }


@st.composite
def lookups(draw):
    """Return the data of a rule that looks up facts of one kind by a key of another's, and facts of both kinds."""
    kind, key, other, other_key = draw(st.sampled_from(LOOKUPS))
    conditions = draw(wheres(other, {"outer": kind}))
    looked_up = {other: {**conditions, other_key: f"${kind}.{key}"}}
    measures = {
        "with": {"count": kind, "with": looked_up, "where": draw(wheres(kind, {}))},
        "without": {"count": kind, "without": looked_up},
    }
    fitting = [fact for fact in POOL if fact.kind in (kind, other)]
    facts = draw(st.lists(st.sampled_from(fitting), min_size=10, max_size=24))
    return write_rule("site", measures, []), tuple(facts)


@st.composite
def params(draw):
    maybe_none = {
        "day": draw(st.sampled_from([*DAYS, None])),
        "number": draw(st.sampled_from([*NUMBERS, None])),
        "name": draw(st.sampled_from([*NAMES, None])),
        "flag": draw(st.sampled_from([True, False, None])),
        "days": draw(st.sampled_from([0, 45, None])),
    }
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    return {**maybe_none, "names": names, "period": draw(st.sampled_from(PERIODS))}


def accept_rule(data):
    """Return the rule, or None where the loader would refuse it."""
    rule = Rule.model_validate(data)
    draft = _salvage_rule(data, whole=True)
    wrong = {code for code, _, _ in _list_draft_found(data, draft)} - {"unused_need", "missing_param"}
    return None if wrong else rule


def bind(name, rule, values):
    applies = () if rule.applies is None or rule.applies.when is None else (rule.applies.when,)
    return Use(name, rule, complete_params(rule.params, values), rule.subject, applies)
