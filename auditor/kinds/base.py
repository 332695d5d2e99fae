"""What all facts share."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from auditor.model.evidence import AttemptEvidence, CoverageEvidence, RecordEvidence

FactEvidence = Annotated[RecordEvidence | AttemptEvidence | CoverageEvidence, Field(discriminator="type")]


class FactBase(BaseModel):
    """What all facts share: a key made of their key fields, evidence, and the fields that could not be read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    KEY: ClassVar[tuple[str, ...]] = ("url",)
    VOLATILE: ClassVar[frozenset[str]] = frozenset()
    ENVELOPE: ClassVar[frozenset[str]] = frozenset({"kind", "evidence", "unreadable"})

    evidence: tuple[FactEvidence, ...] = Field(min_length=1)
    unreadable: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check_unreadable(self) -> Self:
        for name in self.unreadable:
            if name not in type(self).model_fields or name in self.ENVELOPE:
                raise ValueError(f"no field {name}")
            if getattr(self, name) not in (None, (), ""):
                raise ValueError(f"field {name} has a value and is called unreadable")
        return self

    @property
    def key(self) -> str:
        """Return the fact's key: its key fields, joined."""
        return " | ".join(str(getattr(self, name)) for name in self.KEY)
