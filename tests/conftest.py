"""Guards for all tests: no socket leaves this machine, and nothing of the environment leaks in."""

from __future__ import annotations

import ipaddress
import socket

import pytest

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
