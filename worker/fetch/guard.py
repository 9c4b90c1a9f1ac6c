"""Which addresses, ports and names we are willing to connect to (server-side request forgery, SSRF)."""

import ipaddress
import re
from collections.abc import Iterable

from worker.errors import ForbiddenAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# `ipaddress.is_global` calls NAT64, 6to4, IPv4-compatible and multicast addresses global, so the lists are our own.
# Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast (RFC 5771).
_FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # "this network"; Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata service here
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public address that inside Azure is the host's own agent
        "169.254.0.0/16",  # link-local, with the metadata service of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)

# Global unicast is 2000::/3 (RFC 4291), less what the IANA IPv6 registry sets apart inside it.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address inside
        "3fff::/20",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is meant
_LOOPBACK = "127.0.0.1"

# Names that never belong to a public site, for when a proxy resolves in our stead: RFC 6761, 6762 and its
# appendix G, 8375, and ICANN's reservation of `internal`.
_PRIVATE_SUFFIXES = (
    ".corp", ".home", ".home.arpa", ".internal", ".intranet", ".lan", ".local", ".localdomain", ".private",
)  # fmt: skip

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # WHATWG URL, "ends in a number checker"


class Guard:
    """Judge addresses and ports; *allow_networks* are CIDRs let through, *allow_ports* None stands for any port.

    Every method is silent when all is well and raises ForbiddenAddress otherwise.
    """

    def __init__(self, allow_networks: tuple[str, ...], allow_ports: tuple[int, ...] | None) -> None:
        self._allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(cidr, strict=False) for cidr in allow_networks)
        self._ports = None if allow_ports is None else frozenset(allow_ports)

    def check_port(self, port: int) -> None:
        """Refuse a *port* that is not on the list."""
        if self._ports is not None and port not in self._ports:
            raise ForbiddenAddress(f"port {port} is not allowed")

    def check_address(self, address: str) -> None:
        """Refuse an IP *address* that is not a public unicast one, or has a zone id."""
        try:
            ip: Address = ipaddress.ip_address(address)
        except ValueError:
            raise ForbiddenAddress(f"{address!r} is not an IP address") from None
        if isinstance(ip, ipaddress.IPv6Address):
            if ip.scope_id is not None:
                raise ForbiddenAddress(f"{address!r} has a zone id")
            ip = _unwrapped(ip)
        if any(ip in network for network in self._allowed):
            return
        if not _is_public(ip):
            raise ForbiddenAddress(f"{address} is not a public address")

    def check_answers(self, host: str, addresses: Iterable[str]) -> None:
        """Refuse *host* if any of the *addresses* a resolver gave for it is bad: one good answer redeems nothing."""
        for address in addresses:
            try:
                self.check_address(address)
            except ForbiddenAddress as error:
                raise ForbiddenAddress(f"{host} resolves to a forbidden address: {error.detail}") from None

    def check_host(self, host: str) -> None:
        """Refuse a literal that is bad, and every spelling of an IPv4 address but the dotted quad.

        Names pass, but for `localhost` and those below it, which mean loopback whatever a resolver says (RFC 6761).
        *host* is in lower case and ASCII, an IPv6 literal without brackets. Source: WHATWG URL, host parsing.
        """
        if ":" in host:
            self.check_address(host)
            return
        name = host.removesuffix(".")
        if _NUMBER.fullmatch(name.rpartition(".")[2]):
            self.check_address(name)
        elif name == "localhost" or name.endswith(".localhost"):
            self.check_address(_LOOPBACK)

    def check_name(self, host: str) -> None:
        """Refuse a name that is private by its form; for requests through a proxy, which resolves in our stead.

        What `check_host` judges passes.
        """
        name = host.removesuffix(".")
        if name.endswith(_PRIVATE_SUFFIXES) or ("." not in name and ":" not in name and name != "localhost"):
            raise ForbiddenAddress(f"{host!r} is a private name")


def _unwrapped(ip: ipaddress.IPv6Address) -> Address:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in block for block in _FORBIDDEN_V4)
    return ip in _GLOBAL_V6 and not any(ip in block for block in _FORBIDDEN_V6)
