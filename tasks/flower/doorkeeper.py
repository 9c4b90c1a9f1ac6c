"""Who may ask Flower when there is no password: this machine, under a name of its own."""

from typing import Any

from flower.app import Flower
from flower.options import options
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.web import RequestHandler

from tasks.flower.options import is_guarded, is_this_machine


class Doorkeeper(Flower):  # type: ignore[misc]  # Flower ships no types
    """Flower, which turns away who asks for it by a name that is not this machine's.

    Listening on loopback keeps other machines out, not other people's pages: one of theirs may have its name lead here
    (DNS rebinding), and a browser would then let it read ours. What it cannot do is ask under another name than its own.
    """

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate:
        """Return what answers *request*."""
        if is_guarded() or options.unix_socket or is_this_machine(request.host_name):
            return super().find_handler(request, **kwargs)  # type: ignore[no-any-return]  # likewise
        return self.get_handler_delegate(request, Stranger)  # type: ignore[no-any-return]  # likewise


class Stranger(RequestHandler):
    """What anybody is told who asks by a name that leads elsewhere."""

    def prepare(self) -> None:
        """Refuse, whatever the method."""
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(
            "Without a password Flower answers to localhost and 127.0.0.1 only: set NEWSMILL_FLOWER_AUTH=user:password.\n"
        )
