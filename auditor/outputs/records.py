"""What audits leave in the history: results, and audits that came to none, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from auditor import pipeline
from auditor.collect.access import split_credentials
from auditor.errors import AuditorError, CollectError, InputError, Interrupted, ToolError
from auditor.history.entries import Entry, State, enter_failure, enter_result
from auditor.history.store import History, open_history
from auditor.model.results import Result
from auditor.model.targets import Target
from auditor.profile import Profile
from auditor.recognition import name_host, recognise_target
from auditor.result import load_result

_BLOCKED = "site_blocked"


def read_run(run: Path) -> Result:
    """Read the result of a run folder, or a result document itself. Raises ArchiveError."""
    return load_result(run / "result.json" if run.is_dir() else run)


def enter_run(run: Path) -> Entry:
    """Return the result of a run folder, or a result document, as an entry.

    Raises ArchiveError, and InputError for a re-check, which says nothing of the whole site.
    """
    folder = run if run.is_dir() else run.parent
    result = read_run(run)
    if result.recheck is not None:
        raise InputError("run_of_recheck", str(run))
    return enter_result(result, folder=str(folder.resolve()))


def tell_state(error: AuditorError) -> State | None:
    """Return the state of an audit that ended with an error; None for what the user did wrong."""
    if isinstance(error, Interrupted):
        return State.INTERRUPTED
    if isinstance(error, CollectError):
        return State.BLOCKED if error.code == _BLOCKED else State.FAILED
    return State.FAILED if isinstance(error, ToolError) else None


def enter_error(target: str, settings: pipeline.Settings, error: AuditorError) -> Entry | None:
    """Return an audit that ended with an error as an entry; None where no site was audited."""
    state = tell_state(error)
    if state is None:
        return None
    profile = pipeline.plan_audit(settings).profile
    site = name_target(target, settings, profile)
    now = settings.now()
    as_of = settings.as_of or now.astimezone(profile.zone).date()
    detail = json.dumps({"where": error.where, **error.values}, ensure_ascii=False)
    return enter_failure(site, state, error.code, as_of=as_of, at=now, detail=detail)


def name_target(target: str, settings: pipeline.Settings, profile: Profile) -> Target:
    """Return the site that a target is audited as. Raises InputError for what is no target."""
    clean, _ = split_credentials(target)
    kind = recognise_target(clean)
    if kind in {"run", "archive"}:
        return pipeline.describe_snapshot(Path(clean)).target
    host = name_host(clean, kind, settings.as_host, profile)
    return profile.build_target(host=host, seed=clean if kind == "url" else f"http://{host}/")


@contextmanager
def open_kept(address: str | None) -> Iterator[History | None]:
    """Open the history where one is named."""
    if address is None:
        yield None
        return
    with open_history(address) as history:
        yield history


def keep_audit(history: History | None, audit: pipeline.Audit) -> None:
    """Add the result of an audit to the history, where there is one; a re-check says nothing of the whole site."""
    if history is not None and audit.result.recheck is None:
        history.add(enter_result(audit.result, folder=str(audit.run.resolve())))


@contextmanager
def keep_failures(history: History | None, target: str, settings: pipeline.Settings) -> Iterator[None]:
    """Keep an audit that ends with an error while the block runs; the error goes on."""
    try:
        yield
    except AuditorError as error:
        entry = enter_error(target, settings, error) if history is not None else None
        if entry is not None and history is not None:
            history.add(entry)
        raise
