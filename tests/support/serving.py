"""A copy of the project under ``mkdocs serve``, as somebody who writes sees it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120  # seconds; nothing is timed here, this only ends a test that hangs


def hear_interrupts() -> None:
    """A process that was started in the background is deaf to Ctrl-C, and so are its own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    """``mkdocs serve`` of the store in ``checkout/store``; ``settings`` for its environment."""

    def __init__(self, checkout: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = checkout / "serve.log"
        environment = {**os.environ, "STORE": "store", "PYTHONPATH": str(checkout), **settings}
        environment.pop("SITE_URL", None)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", self.address[7:]],
                cwd=checkout,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=hear_interrupts if os.name == "posix" else None,  # noqa: PLW1509
            )

    def page(self, path: str = "/") -> bytes:
        """What is served there, empty where nothing is."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            return b""

    def wait(self, happened: Callable[[], bool]) -> None:
        """Until that is so; raises AssertionError with the log where it does not come."""
        end = time.monotonic() + PATIENCE
        while not happened():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def built(self) -> int:
        """How many times the site was built again so far."""
        return self.log.read_text().count("Reloading browsers")

    def idle(self) -> bool:
        """Whether no build is under way."""
        return self.log.read_text().count("Detected file changes") == self.built()

    def stop(self) -> None:
        """End it as Ctrl-C does, and wait until it is gone."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
