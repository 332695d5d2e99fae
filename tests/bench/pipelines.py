"""Runs the shell of every step of the example pipelines, as their platforms would, in folders of its own.

`python -m tests.bench.pipelines [--install]`: for each example a clean site (0), a defect (1) and the same defect with
its result as baseline (0). `--install` also runs the step that installs, where an example has one, in a virtual
environment of its own; else the `auditor` of this environment is used. Exit 1 where something else came out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

from auditor.demo.folder import write_folder
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "docs" / "examples"
BUILD = "#!/bin/sh\nset -e\nrm -rf public\ncp -r site public\n"


def list_steps():
    """Return the shell of the steps of each example, by its name: (name of the step, script, always)."""
    github = YAML(typ="safe").load(EXAMPLES / "github-actions.yml")["jobs"]["audit"]["steps"]
    steps = [(one["name"], one["run"], one.get("if") == "always()") for one in github if "run" in one]
    gitlab = YAML(typ="safe").load(EXAMPLES / "gitlab-ci.yml")["audit"]
    return {"github": steps, "gitlab": [("script", "\n".join(gitlab["script"]), False)]}


def make_environment(name, folder):
    """Return the variables of an example, and those that its platform sets."""
    if name == "github":
        variables = YAML(typ="safe").load(EXAMPLES / "github-actions.yml")["jobs"]["audit"]["env"]
        variables |= {"AUDITOR_SOURCE": str(ROOT), "GITHUB_STEP_SUMMARY": str(folder / "step-summary.md")}
    else:
        variables = YAML(typ="safe").load(EXAMPLES / "gitlab-ci.yml")["audit"]["variables"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, **{key: str(value) for key, value in variables.items()}, "PATH": path}


def run_steps(name, folder, environment, *, with_install):
    """Run the steps of an example in a folder; return the code with which its job ends."""
    code = 0
    for step, script, always in list_steps()[name]:
        if (step == "Install" and not with_install) or (code and not always):
            continue
        done = subprocess.run(
            ["/bin/bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=environment, check=False
        )
        code = code or done.returncode
    return code


def try_example(name, folder, *, with_install):
    """Return the codes of a clean site, a defect, and the defect that the baseline knows."""
    environment = make_environment(name, folder)
    with_install = with_install and any(step == "Install" for step, _, _ in list_steps()[name])
    if with_install:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        environment["PATH"] = os.pathsep.join([str(folder / "venv" / "bin"), os.environ["PATH"]])
    (folder / "build.sh").write_text(BUILD)
    (folder / "build.sh").chmod(0o755)
    codes = []
    for defects in ((), ("mark-missing",), ("mark-missing",)):
        for old in ("site", "public"):
            shutil.rmtree(folder / old, ignore_errors=True)
        write_folder(generate_portal(PortalSpec(pages=50, defects=defects, parts=PART_NAMES)), folder / "site")
        shutil.copytree(folder / "site", folder / "public")
        if (folder / "audit").exists():
            if codes[-1] == 1:
                shutil.copyfile(folder / "audit" / "result.json", folder / "audit-baseline.json")
            shutil.rmtree(folder / "audit")
        codes.append(run_steps(name, folder, environment, with_install=with_install and not codes))
    return codes


def main(arguments):
    right = True
    for name in list_steps():
        with tempfile.TemporaryDirectory() as folder:
            codes = try_example(name, Path(folder), with_install="--install" in arguments)
        right = right and codes == [0, 1, 0]
        sys.stdout.write(f"{name}: {codes}\n")
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
