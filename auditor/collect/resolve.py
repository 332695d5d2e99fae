"""From a host name to addresses that may be asked: overrides, DNS, and the guard against private addresses.

What a public site links to must never lead into the network of the machine that audits. Addresses are checked here,
after the lookup, and the connection is made to exactly the addresses that were checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver

from auditor.errors import InputError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus

Family = Literal[4, 6]

_LIFETIME = 8.0
_LOCAL = "localhost"
_DNS_PORT = 53
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_LAST_PORT = 65_535
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?")
_PASSING = frozenset({AttemptReason.TIMEOUT, AttemptReason.NO_RESOLVER})
_NOT_FOUND = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_NOT_OF_FAMILY = getattr(socket, "EAI_ADDRFAMILY", None)
_RECORDS: Mapping[Family, str] = {4: "A", 6: "AAAA"}
_SOCKET_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}


@dataclass(frozen=True)
class Lookup:
    """What a name came to. `addresses` may be empty although the lookup was done: no record of that family."""

    attempt: Attempt
    addresses: tuple[str, ...] = ()
    overridden: bool = False


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address literal (brackets and zone allowed), None for a name."""
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def read_number(host: str) -> str | None:
    """Return the IPv4 address that a host in numbers means to the system: decimal, octal, hexadecimal, short forms."""
    if not _NUMERIC.fullmatch(host.lower()):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public internet, whatever it is wrapped in.

    Of IPv6 only global unicast (2000::/3) counts, and what wraps an IPv4 address counts as that address.
    """
    address = read_address(text)
    if address is None:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None or address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast


def split_server(text: str) -> tuple[str, int]:
    """Split `address`, `address:port` or `[address]:port` of a name server."""
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        return address, int(port.lstrip(":") or _DNS_PORT)
    if text.count(":") == 1:
        address, _, port = text.partition(":")
        return address, int(port)
    return text, _DNS_PORT


def check_nameserver(text: str) -> str:
    """Return the text of a name server that `split_server` can read: an address, with or without a port.

    Raises InputError (nameserver_syntax) for a name, a wrong address or a wrong port.
    """
    address, port = text, str(_DNS_PORT)
    if text.startswith("[") and not text.endswith("]"):
        address, _, port = text.rpartition(":")
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    is_port = port.isascii() and port.isdigit() and len(port) <= len(str(_LAST_PORT)) and 0 < int(port) <= _LAST_PORT
    if not is_port or not _is_literal(_unwrap(address)):
        raise InputError("nameserver_syntax", text)
    return text


def check_address(text: str) -> str:
    """Return the plain form of an address to override with; an IPv6 address may stand in brackets.

    Raises InputError (resolve_syntax) for anything else; a zone too, which an override cannot keep.
    """
    inner = _unwrap(text)
    if "%" in inner or not _is_literal(inner):
        raise InputError("resolve_syntax", text)
    return str(ipaddress.ip_address(inner))


def _unwrap(text: str) -> str:
    """Take an IPv6 address out of its brackets; anything else stays as it is."""
    return text[1:-1] if text.startswith("[") and text.endswith("]") and ":" in text else text


def _is_literal(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def make_resolver(nameserver: str | None) -> dns.asyncresolver.Resolver | None:
    """Return a DNS resolver for the chosen server, or the system's; None where the system has none."""
    try:
        resolver = dns.asyncresolver.Resolver(configure=nameserver is None)
    except (dns.exception.DNSException, OSError):
        return None
    if nameserver is not None:
        address, port = split_server(nameserver)
        resolver.nameservers = [address]
        resolver.port = port
    resolver.lifetime = _LIFETIME
    return resolver


async def ask_dns(
    resolver: dns.asyncresolver.Resolver | None, name: str, record_type: str
) -> tuple[Attempt, dns.resolver.Answer | None]:
    """Ask DNS one question: a done attempt only where a server that may say so answered, if only that nothing is there.

    Trouble on the way (servers that fail, refuse, refer elsewhere or break off) fails with what each of them said.
    """
    if resolver is None:
        return Attempt(AttemptStatus.FAILED, AttemptReason.NO_RESOLVER), None
    loop = asyncio.get_running_loop()
    started = loop.time()
    answer: dns.resolver.Answer | None = None
    reason: AttemptReason | None = None
    detail = ""
    try:
        answer = await resolver.resolve(name, record_type, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        reason = AttemptReason.UNKNOWN_HOST
    except dns.exception.Timeout:
        reason, detail = AttemptReason.TIMEOUT, "dns"
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        reason, detail = AttemptReason.NO_RESOLVER, _describe_trouble(error)
    if answer is not None and answer.rrset is None and _is_lame(answer.response):
        answer, reason, detail = None, AttemptReason.NO_RESOLVER, "lame"
    ms = round((loop.time() - started) * 1000)
    return Attempt(AttemptStatus.FAILED if reason else AttemptStatus.DONE, reason, detail, ms), answer


def _is_lame(response: dns.message.Message) -> bool:
    """Tell whether an empty answer comes from a server that neither holds the zone nor asks others (RFC 2308, 2.2)."""
    kinds = {records.rdtype for records in response.authority}
    if dns.rdatatype.SOA in kinds:
        return False
    return dns.rdatatype.NS in kinds or not response.flags & (dns.flags.AA | dns.flags.RA)


def _describe_trouble(error: Exception) -> str:
    """Return what the servers said instead of an answer: response codes, or the kinds of error."""
    if not isinstance(error, dns.resolver.NoNameservers):
        return type(error).__name__
    said = [
        dns.rcode.to_text(row[4].rcode()) if row[4] is not None else type(row[3]).__name__
        for row in error.kwargs.get("errors", ())
    ]
    return ", ".join(dict.fromkeys(said))[:80] or type(error).__name__


class Resolver:
    """Looks names up once a run, and lets only those addresses through that may be asked.

    `overrides` maps (host, port) to addresses. `own_hosts` are the hosts that the user named as the target: that they
    are private is the user's wish.
    """

    def __init__(
        self,
        overrides: Mapping[tuple[str, int], Sequence[str]],
        nameserver: str | None,
        own_hosts: frozenset[str],
        *,
        allow_private: bool,
        absent: frozenset[tuple[str, Family]] = frozenset(),
        proxy: tuple[str, int] | None = None,
    ) -> None:
        """Take the settings; nothing is asked yet. `proxy` may be private, as far as it is asked as the proxy."""
        self._proxy = proxy
        self._overrides = overrides
        self._dns = make_resolver(nameserver)
        self._is_chosen = nameserver is not None
        self._answers: dict[tuple[str, str], tuple[Attempt, dns.resolver.Answer | None]] = {}
        self.own_hosts = own_hosts
        self._allow_private = allow_private
        self._absent = absent
        self._known: dict[tuple[str, int, Family | None], Lookup] = {}

    async def find(self, host: str, port: int, family: Family | None) -> Lookup:
        """Return the addresses of a host that may be asked, in a fixed order; a failed attempt where there is none."""
        key = (host.lower().rstrip("."), port, family)
        known = self._known.get(key)
        if known is not None:
            return known
        found = await self._look_up(*key)
        if found.attempt.reason not in _PASSING:
            self._known[key] = found
        return found

    def judge_name(self, host: str) -> Attempt | None:
        """Refuse a host that by its name alone is a private one; what a proxy is asked for is judged so."""
        name = host.lower().rstrip(".")
        literal = read_number(name) or (name if read_address(name) is not None else None)
        is_local = name == _LOCAL or name.endswith(f".{_LOCAL}")
        is_private = is_local or (literal is not None and not is_public(literal))
        if self._allow_private or self.is_own(host) or not is_private:
            return None
        return Attempt(AttemptStatus.SKIPPED, AttemptReason.PRIVATE_ADDRESS, literal or name)

    def is_overridden(self, host: str, port: int) -> bool:
        """Tell whether the user gave the addresses of a host and port."""
        return (host.lower().rstrip("."), port) in self._overrides

    def is_absent(self, host: str, family: Family) -> bool:
        """Tell whether a host is known to have no record of a family, so that nobody need be asked."""
        return (host.lower().rstrip("."), family) in self._absent

    def is_own(self, host: str) -> bool:
        """Tell whether the user named a host as the target: only such a host gets the user's own headers."""
        return host.lower().rstrip(".") in self.own_hosts

    async def ask(self, name: str, record_type: str) -> tuple[Attempt, dns.resolver.Answer | None]:
        """Ask DNS a question, once a run; again only where nobody answered."""
        key = (name.lower().rstrip("."), record_type)
        known = self._answers.get(key)
        if known is None or known[0].reason in _PASSING:
            self._answers[key] = known = await ask_dns(self._dns, *key)
        return known

    async def query(self, host: str, family: Family) -> Lookup:
        """Return the records of one family as DNS has them, private ones too; no record at all is an answer."""
        attempt, answer = await self.ask(host, _RECORDS[family])
        records = (answer.rrset if answer is not None else None) or ()
        return Lookup(attempt, tuple(sorted(record.to_text() for record in records)))

    async def _look_up(self, host: str, port: int, family: Family | None) -> Lookup:
        if (host, port) in self._overrides:
            return _pick(self._overrides[host, port], family)
        literal = read_number(host) or read_address(host)
        found = Lookup(Attempt(AttemptStatus.DONE), (str(literal),)) if literal else await self._ask(host, family)
        if found.attempt.status is not AttemptStatus.DONE:
            return found
        if family is not None:
            found = Lookup(found.attempt, tuple(item for item in found.addresses if _has_family(item, family)))
        if not found.addresses:
            return Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.NO_ADDRESS))
        if self._allow_private or host in self.own_hosts or (host, port) == self._proxy:
            return found
        public = tuple(item for item in found.addresses if is_public(item))
        if not public:
            return Lookup(Attempt(AttemptStatus.SKIPPED, AttemptReason.PRIVATE_ADDRESS, found.addresses[0]))
        return Lookup(found.attempt, public)

    async def _ask(self, host: str, family: Family | None) -> Lookup:
        if not self._is_chosen:
            return await _ask_system(host, family)
        families: tuple[Family, ...] = (4, 6) if family is None else (family,)
        answers = [await self.query(host, item) for item in families]
        addresses = tuple(address for answer in answers for address in answer.addresses)
        if addresses:
            return Lookup(Attempt(AttemptStatus.DONE), addresses)
        failed = (answer for answer in answers if answer.attempt.status is not AttemptStatus.DONE)
        return next(failed, answers[0])


def _pick(addresses: Sequence[str], family: Family | None) -> Lookup:
    plain = (str(read_address(item) or item) for item in addresses)
    found = tuple(item for item in plain if family is None or _has_family(item, family))
    if not found:
        return Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.NO_ADDRESS), (), overridden=True)
    return Lookup(Attempt(AttemptStatus.DONE), found, overridden=True)


def _has_family(text: str, family: Family) -> bool:
    address = read_address(text)
    return address is not None and address.version == family


def _name_lack(number: int | None) -> AttemptReason:
    if number is not None and number == _NOT_OF_FAMILY:
        return AttemptReason.NO_ADDRESS
    return AttemptReason.UNKNOWN_HOST if number in _NOT_FOUND else AttemptReason.NO_RESOLVER


async def _ask_system(host: str, family: Family | None) -> Lookup:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_LIFETIME * 2):
            rows = await loop.getaddrinfo(host, None, family=_SOCKET_FAMILIES[family], type=socket.SOCK_STREAM)
    except TimeoutError:
        return Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "dns"))
    except socket.gaierror as error:
        reason = _name_lack(error.errno)
        return Lookup(Attempt(AttemptStatus.FAILED, reason, error.strerror or ""))
    except (UnicodeError, OSError) as error:
        return Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.UNKNOWN_HOST, type(error).__name__))
    return Lookup(Attempt(AttemptStatus.DONE), tuple(dict.fromkeys(str(row[4][0]) for row in rows)))
