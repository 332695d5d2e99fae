"""Rules of the library, each over facts of its own cases, some left out, and some facts of other cases."""

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from auditor.rules.cases import DEFAULT_DAY, build_facts, complete_params
from auditor.rules.judgement import Use
from auditor.rules.operators import Surroundings
from auditor.rules.workdays import load_calendar
from auditor.rules.worker import COMMAND, EngineWorker

SHAKEN = ("env", "MALLOC_PERTURB_=165", *COMMAND)
"""The engine with memory that is full of nothing: so the C library of GNU fills what is taken and what is freed.

A read beyond an end, which else may pass unseen, ends the process more often than not.
"""


class KeptWorker(EngineWorker):
    """One engine process for many trials."""

    def __exit__(self, *_):
        """Stay."""

    def close(self):
        super().__exit__(None, None, None)


def generate(strategy, count, number=None):
    """Return examples of a strategy: of a number's choice, or the same ones in every run."""
    found = []

    def keep(example):
        found.append(example)

    wrapped = settings(
        max_examples=count,
        derandomize=number is None,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(strategy)(keep))
    if number is not None:
        wrapped = seed(number)(wrapped)
    wrapped()
    return found


def gather_pools(library):
    """Return for each rule: it, its cases as (parameters, facts, surroundings), and the facts of all its cases."""
    pools = {}
    calendar = load_calendar()
    for name, rule in library.items():
        cases = [
            (
                complete_params(rule.params, case.params),
                build_facts(case),
                Surroundings(case.as_of or DEFAULT_DAY, calendar=calendar),
            )
            for case in rule.cases
        ]
        pools[name] = (rule, cases, [fact for _, facts, _ in cases for fact in facts])
    return pools


@st.composite
def library_trials(draw, pools):
    """A rule with the parameters and the day of one of its cases; facts of that case, some left out, some of others."""
    name = draw(st.sampled_from(sorted(pools)))
    rule, cases, pool = pools[name]
    values, own, around = draw(st.sampled_from(cases))
    kept = [fact for fact in own if draw(st.integers(0, 4))]
    others = draw(st.lists(st.sampled_from(pool), max_size=4))
    return Use(name, rule, values, rule.subject), tuple(draw(st.permutations([*kept, *others]))), around
