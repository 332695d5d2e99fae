"""Guards for all tests: no socket leaves this machine, and nothing of the environment leaks in."""

from __future__ import annotations

import ipaddress
import os
import socket

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, database=None)
settings.load_profile("fixed")
_CONNECT = socket.socket.connect


def _refuse_outside(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and self.type == socket.SOCK_STREAM:
        host = address[0]
        try:
            is_local = ipaddress.ip_address(host).is_loopback
        except ValueError:
            is_local = host == "localhost"
        if not is_local:
            pytest.fail(f"a test asked for an address outside this machine: {host}")
    return _CONNECT(self, address)


@pytest.fixture(autouse=True)
def _stay_on_this_machine(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _refuse_outside)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AUDITOR_LANG", "en")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Where AUDITOR_NO_SKIP is set, as in continuous integration, a skip is a failure: the machine must have all."""
    report = yield
    if report.skipped and os.environ.get("AUDITOR_NO_SKIP") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
