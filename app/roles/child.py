"""One child of the supervisor: started, told its orders, started again when it dies."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time

from app.engines.python import python_command, python_environment
from app.engines.restarts import Restarts
from app.roles.orders import Orders

_log = logging.getLogger("tonglan.supervisor")


class Child:
    """A role in a process of its own. Start it from the main thread only: it dies with that."""

    def __init__(self, name: str, program: str, *command: str, fds: tuple[int, ...] = ()) -> None:
        """Module `program` is run with `command`, inheriting `fds`; nothing is started yet."""
        self.name = name
        self._program = program
        self._command = command
        self._fds = fds
        self._restarts = Restarts()
        self._orders: Orders | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it loads its code and waits for its orders."""
        self._process = subprocess.Popen(
            python_command(self._program, *self._command, "--parent", str(os.getpid())),
            stdin=subprocess.PIPE,
            pass_fds=self._fds,
            env=python_environment(),
            start_new_session=True,  # Ctrl-C is the supervisor's to hear
        )
        if self._orders is not None:
            self.tell(self._orders)

    def tell(self, orders: Orders) -> None:
        """Give the orders, now and to every later process of this child."""
        self._orders = orders
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # died meanwhile: `revive` sees it
            self._process.stdin.write(orders.written())
            self._process.stdin.close()

    def revive(self, now: float) -> bool:
        """Start the process again if it has died and its back-off is over; tell whether it was."""
        assert self._process is not None
        if self._process.poll() is None or not self._restarts.due(now):
            return False
        _log.warning("%s 意外退出(%s),正在重新启动", self.name, self._process.returncode)
        self._close()
        self._restarts.count(now)
        self.start()
        self._restarts.started(now)
        return True

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def status(self) -> int | None:
        """The exit status of the process, None while it runs or before it was started."""
        return self._process.poll() if self._process is not None else None

    def pid(self) -> int:
        """The process id, 0 before the first start."""
        return self._process.pid if self._process is not None else 0

    def send(self, number: signal.Signals) -> None:
        """Send a signal to a running process."""
        if self._process is not None:
            self._process.send_signal(number)

    def finish(self, deadline: float) -> None:
        """Wait until `deadline` for the end of a told-off process, then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
