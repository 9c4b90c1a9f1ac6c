"""A site that is down and comes back: what waits for it is visible, and a person's word is enough to ask it at once."""

import json

from tests.end_to_end.conftest import Shell
from tests.parts import free_port
from tests.site.server import serve

PATHS = (
    "/2026/03/02/harbour-ferry-electric.html",
    "/conditional/molen.html",
    "/cronaca/ponte-pedonale.shtml",
    "/blog/2026/02/village-bakery-bread-map/",
    "/culture/2026-02-18/bibliotheque-flottante.html",
    "/long/part-one.html",
    "/packed/czytelnia.html",
)  # more than it takes to open the breaker


def test_a_site_that_is_back_is_asked_at_once_although_its_breaker_is_open(shell: Shell) -> None:
    port = free_port()
    host = f"127.0.0.1:{port}"
    urls = [f"http://{host}{path}" for path in PATHS]
    down = shell.run("run", "--wait", "0", "--job", "reading", *urls)
    assert (down.returncode, f"the connection was refused by {host}" in down.stdout) == (1, True), down.stdout + down.stderr
    waiting = [json.loads(line) for line in shell.run("failures", "--pending", "--host", host, "--json").stdout.splitlines()]
    assert {one["url"] for one in waiting} == set(urls)
    tried = [one for one in waiting if one["cause"] == "connect"]
    assert tried
    assert {one["detail"] for one in tried} == {f"127.0.0.1: the connection was refused by {host}"}
    told = json.loads(shell.run("retry", "--host", host, "--json").stdout)
    assert told["waiting"]["hurried"] == len(urls)
    with serve(port):
        back = shell.run("run", "--wait", "10", *urls)
        assert (back.returncode, f"stored {len(urls)}" in back.stdout) == (0, True), back.stdout + back.stderr
        known = shell.run("run", urls[0])
        assert f"{urls[0]} known as " in known.stdout
        assert known.stdout.count("`newsmill run --again` asks anew") == 1
        anew = shell.run("run", "--again", urls[1])
        assert (anew.returncode, "unchanged 1" in anew.stdout) == (0, True), anew.stdout + anew.stderr
