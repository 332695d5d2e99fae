"""A PostgreSQL server of the test's own, from the distribution's packages, on a socket in a scratch folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"


def find_tool(name):
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


@contextmanager
def run_server():
    """Yield the address of an empty database; the server refuses to run as root and is then run as its own user."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = SERVER_USER if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"

    def call(*arguments):
        subprocess.run(arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

    control = find_tool("pg_ctl")
    call(find_tool("initdb"), "-D", data, "-U", SERVER_USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
    call(control, "-D", data, "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql://{SERVER_USER}@/postgres?host={folder}"
    finally:
        call(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
