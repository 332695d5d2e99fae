"""The example pipelines: their shell can be read, and every option that they give exists.

The steps themselves are run on demand: `python -m tests.bench.pipelines`.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from auditor.cli.commands import build_cli
from auditor.messages import load_messages

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"


def list_scripts():
    github = YAML(typ="safe").load(EXAMPLES / "github-actions.yml")["jobs"]["audit"]["steps"]
    gitlab = YAML(typ="safe").load(EXAMPLES / "gitlab-ci.yml")["audit"]["script"]
    return [*(one["run"] for one in github if "run" in one), "\n".join(gitlab)]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("script", list_scripts())
def test_the_shell_of_each_step_can_be_read(script):
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


def test_every_option_exists():
    command = build_cli(load_messages("en")).commands["audit"]
    known = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    for script in list_scripts():
        lines = [
            line for line in script.splitlines() if "auditor audit" in line or line.strip().startswith(("set --", "if"))
        ]
        given = {word for line in lines for word in shlex.split(re.sub(r"[;`]", " ", line)) if word.startswith("--")}
        assert given - {"--"} <= known


def test_the_container_holds_what_the_doctor_asks_for():
    text = (EXAMPLES.parent.parent / "Containerfile").read_text(encoding="utf-8")
    assert "chromium" in text
    assert "fonts-noto-cjk" in text
    assert "USER auditor" in text
