"""A wire to a server that can go dead: connections stay open, and nothing comes through any more."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.parts import ValkeyServer


class Wire:
    """Carries connections to *server* over a port of its own; *url* is the server's, by way of the wire."""

    def __init__(self, server: ValkeyServer) -> None:
        self._server = urlsplit(server.url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._dead: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """Where clients find the server."""
        port = self._listening.getsockname()[1]
        return self._server._replace(netloc=f":{self._server.password}@127.0.0.1:{port}").geturl()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for end in (self._listening, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def black_hole(self) -> None:
        """Let the connections there are go silent for good, without a reset; new ones work."""
        self._dead |= set(self._ends)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return  # closed
            self._ends.append(client)
            try:
                server = socket.create_connection((self._server.hostname or "", self._server.port or 0))
            except OSError:
                client.close()
                continue
            self._ends.append(server)
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                if one not in self._dead:
                    other.sendall(data)
        if one not in self._dead:
            with suppress(OSError):
                other.shutdown(socket.SHUT_RDWR)
