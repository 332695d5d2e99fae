"""The scoring models, as a profile writes them: weighted, tolerance, deduction."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from auditor.model.outcomes import ClauseClass
from auditor.model.results import ScoringStamp
from auditor.yamlshape import Refusal

Label = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=100)]
Points = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Shape):
    """A grade, and the score from which on it is given."""

    grade: Label
    at_least: float = Field(ge=0, le=100)


class Weights(_Shape):
    """A number of points for a clause of each class."""

    essential: Points = 3
    mandatory: Points = 2
    recommended: Points = 1

    def weigh(self, class_: ClauseClass) -> float:
        """Return the points of a class."""
        return {
            ClauseClass.ESSENTIAL: self.essential,
            ClauseClass.MANDATORY: self.mandatory,
            ClauseClass.RECOMMENDED: self.recommended,
        }[class_]


class _Graded(_Shape):
    """What all models share: grades from best to worst, the top two only where every essential clause passed."""

    grades: tuple[Band, ...] = (
        Band(grade="A", at_least=95),
        Band(grade="B", at_least=85),
        Band(grade="C", at_least=75),
        Band(grade="D", at_least=60),
        Band(grade="E", at_least=0),
    )
    top_two_need_essential: bool = True

    @model_validator(mode="after")
    def _bands_descend(self) -> Self:
        bounds = [band.at_least for band in self.grades]
        if any(later >= earlier for earlier, later in pairwise(bounds)):
            raise Refusal("bands_unordered")
        names = [band.grade for band in self.grades]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise Refusal("repeated_grade", name=repeated)
        return self


class WeightedModel(_Graded):
    """Clauses weigh by class, shared among their subjects. `tolerated` is what a pass with a warning counts."""

    model: Literal["weighted"] = "weighted"
    weights: Weights = Weights()
    tolerated: float = Field(default=1.0, ge=0, le=1)


class ToleranceModel(_Graded):
    """Every clause weighs the same: 1 for a pass, `tolerated` for a pass with a warning, 0 for a failure."""

    model: Literal["tolerance"]
    tolerated: float = Field(default=0.5, ge=0, le=1)


class Indicator(_Shape):
    """What one defect costs under a clause, and the most that the clause can lose: its full mark."""

    points: Points
    cap: Points

    @model_validator(mode="after")
    def _cap_holds_a_defect(self) -> Self:
        if self.points > self.cap:
            raise Refusal("cap_below_points", points=f"{self.points:g}", cap=f"{self.cap:g}")
        return self


class Bonus(_Shape):
    """Clauses that add points beyond 100: only above a score, and only so many."""

    clauses: dict[Label, Points] = Field(min_length=1)
    above: float = Field(default=80, ge=0, le=100)
    most: Points = 30


class DeductionModel(_Graded):
    """100 minus points a defect.

    `points` and `caps` hold for clauses of a class that have no indicator of their own. One defect is deducted once in
    a standard. A clause under `vetoes` brings no points; where it fails, the site fails, as it does below `pass_at`.
    The mechanism (veto, cap, one deduction a defect, 60, 80, bonus) is that of the inspection indicators for government
    websites of 2019 (国办秘函〔2019〕19号).
    """

    model: Literal["deduction"]
    points: Weights = Weights(essential=5, mandatory=2, recommended=1)
    caps: Weights = Weights(essential=15, mandatory=6, recommended=3)
    indicators: dict[Label, Indicator] = {}
    vetoes: tuple[Label, ...] = ()
    bonus: Bonus | None = None
    pass_at: float = Field(default=60, ge=0, le=100)
    tolerated: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _one_standing(self) -> Self:
        for class_ in ClauseClass:
            if self.points.weigh(class_) > self.caps.weigh(class_):
                points, cap = self.points.weigh(class_), self.caps.weigh(class_)
                raise Refusal("cap_below_points", points=f"{points:g}", cap=f"{cap:g}")
        named = [*self.indicators, *dict.fromkeys(self.vetoes), *(self.bonus.clauses if self.bonus else ())]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise Refusal("clause_scored_twice", name=twice)
        return self

    def find_indicator(self, name: str, class_: ClauseClass) -> Indicator:
        """Return what a defect costs under a clause."""
        return self.indicators.get(name) or Indicator(points=self.points.weigh(class_), cap=self.caps.weigh(class_))

    @property
    def named_clauses(self) -> tuple[str, ...]:
        """Return the clauses that the model speaks of by id."""
        return (*self.indicators, *self.vetoes, *(self.bonus.clauses if self.bonus else ()))


def _name_model(value: Any) -> str:
    """Return the model that a value is meant to be; the weighted one where it does not say."""
    given = value.get("model", "weighted") if isinstance(value, dict) else getattr(value, "model", "weighted")
    return given if isinstance(given, str) and given in ("weighted", "tolerance", "deduction") else "weighted"


ScoringModel = Annotated[
    Annotated[WeightedModel, Tag("weighted")]
    | Annotated[ToleranceModel, Tag("tolerance")]
    | Annotated[DeductionModel, Tag("deduction")],
    Discriminator(_name_model),
]


def stamp_scoring(model: ScoringModel) -> ScoringStamp:
    """Return what tells a scoring model from every other: two that score alike by chance are still two."""
    told = json.dumps(model.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return ScoringStamp(model.model, hashlib.sha256(told.encode()).hexdigest())
