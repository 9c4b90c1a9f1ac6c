import httpx
import pytest

from worker.errors import ForbiddenAddress
from worker.fetch.guard import Guard

STRICT = Guard((), (80, 443))

FORBIDDEN = [
    # this machine
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "::1", "::",
    # loopback in disguise
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::",
    # private, link-local, carrier-grade
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.1.1",
    "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
    # metadata services
    "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "::ffff:169.254.169.254",
    # never a site
    "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "198.51.100.1",
    "203.0.113.1", "192.88.99.1", "ff02::1", "2001:db8::1", "2001:2::1", "3fff::1", "5f00::1", "100::1",
    # zones, and what is no address
    "fe80::1%eth0", "2606:4700::1111%lo", "::1%1", "", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "1.2.3.4.5",
]  # fmt: skip

PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1",
          "::ffff:1.1.1.1", "64:ff9b::101:101"]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        STRICT.check_address(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    STRICT.check_address(address)


@pytest.mark.parametrize("bad", ["127.0.0.1", "10.0.0.1", "::1"])
def test_one_bad_answer_spoils_them_all(bad: str) -> None:
    with pytest.raises(ForbiddenAddress, match=r"news\.example"):
        STRICT.check_answers("news.example", ["93.184.216.34", bad, "1.1.1.1"])
    STRICT.check_answers("news.example", ["93.184.216.34", "1.1.1.1"])


@pytest.mark.parametrize(
    "host", ["127.1", "0", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "1.2.3.256", "evil.0x7f"]
)
def test_a_host_that_ends_in_a_number_is_judged_as_an_address(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        STRICT.check_host(host)


def test_even_an_allowed_address_must_be_written_plainly() -> None:
    guard = Guard(("127.0.0.0/8",), None)
    guard.check_host("127.0.0.1")
    with pytest.raises(ForbiddenAddress):
        guard.check_host("2130706433")


@pytest.mark.parametrize("host", ["news.example", "xn--fiqs8s.example", "1.example", "0x7f.example", "127.0.0.1.example", "cafe"])
def test_names_pass_until_they_are_resolved(host: str) -> None:
    STRICT.check_host(host)


@pytest.mark.parametrize(
    "host",
    ["intranet", "printer.local", "vault.internal", "nas.lan", "router.home.arpa"],
)
def test_a_private_name_is_refused_when_a_proxy_resolves(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        STRICT.check_name(host)


@pytest.mark.parametrize("host", ["news.example", "local.example", "internal.news.example", "2606:4700::1111"])
def test_a_public_name_may_go_to_a_proxy(host: str) -> None:
    STRICT.check_name(host)


@pytest.mark.parametrize("host", ["localhost", "localhost.", "a.localhost"])
def test_localhost_means_loopback_whatever_a_resolver_says(host: str) -> None:
    Guard(("127.0.0.0/8",), None).check_host(host)
    with pytest.raises(ForbiddenAddress):
        STRICT.check_host(host)


def test_only_listed_ports_pass() -> None:
    STRICT.check_port(443)
    with pytest.raises(ForbiddenAddress, match="6379"):
        STRICT.check_port(6379)
    Guard((), None).check_port(6379)


def test_an_allowed_network_passes_in_every_disguise_but_lets_nothing_else_in() -> None:
    guard = Guard(("127.0.0.0/8", "fd00::/8"), (80,))
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "fd00::1"):
        guard.check_address(address)
    for address in ("::1", "10.0.0.1", "169.254.169.254"):
        with pytest.raises(ForbiddenAddress):
            guard.check_address(address)


def test_the_guard_reads_a_literal_as_the_http_library_writes_it() -> None:
    for url in ("http://[::ffff:127.0.0.1]/", "http://127.0.0.1/", "http://[::1]/"):
        with pytest.raises(ForbiddenAddress):
            STRICT.check_host(httpx.URL(url).raw_host.decode())
