"""Courtesy: how all workers together behave towards each host, as one guest would.

The pause between two requests is for the site, not for a worker; and who is refused is refused for all.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from archive.errors import CannotWrite
from archive.manners import guest
from archive.manners.guest import Answer, Host
from archive.runs import memory
from archive.runs.memory import Memory
from crawler.guest import Guest
from crawler.run import Run
from crawler.shared import Shared

FRESH = 0.25
"""Seconds for which what was read of hosts is new enough to decide by."""


class Courtesy(Guest):
    """What the hosts ask of all workers."""

    def __init__(self, run: Run, shared: Shared, delay: Callable[[str], float]) -> None:
        """Read what is known.  delay: tells the pause that a host has at the moment.  Raises CannotWrite."""
        super().__init__(run.archive.root, run.now)
        self._shared, self._delay = shared, delay
        self._read = 0.0
        for name, host in self.memory.hosts.items():
            shared.know(name, _told(name, host), first=True)
        self._refresh(FRESH)

    def host(self, name: str) -> Host:
        """Return what is known of a host."""
        self._refresh(FRESH)
        return super().host(name)

    def heard(self, name: str, answer: Answer) -> bool:
        """Take in what an answer of a host says; refusals in a row are those of all workers."""
        self._refresh(0)
        if answer.refused or answer.good:
            row = self._shared.row(name, refused=bool(answer.refused))
            self._visits[name] = replace(self._visit(name), row=row)
        return super().heard(name, answer)

    def asks_for(self, name: str, delay: float) -> None:
        """Take in how many seconds a host wants between two requests."""
        self._refresh(0)
        super().asks_for(name, delay)

    def shut(self, name: str) -> str:
        """Return why a host is asked for nothing now: a rest that another worker was given counts, too."""
        host, now = self.host(name), self._now()
        if not self.forward and guest.rests(host, now) and not self._waits(host):
            return guest.told(name, host, now)
        return super().shut(name)

    def early(self, name: str) -> float:
        """Return the seconds until a host may be asked again; 0 or less: it is this worker's turn, and only its."""
        early, pause = super().early(name), max(self._delay(name), self.host(name).delay)
        if early > 0 or self.paused(name) > 0 or pause <= 0:
            return early
        return self._shared.turn(name, pause)

    def met(self, name: str) -> None:
        """Note that a request goes out to a host now, or that its answer is there."""
        super().met(name)
        if (pause := self.host(name).delay) > 0:
            self._shared.keep_off(name, pause)

    def leave(self) -> None:
        """End the visits; a host that rests by now, whoever was refused, has let nobody in."""
        self._refresh(0)
        now = self._now()
        self._visits = {name: one for name, one in self._visits.items() if not guest.rests(self.host(name), now)}
        super().leave()

    def _waits(self, host: Host) -> bool:
        """Tell whether a rest is one that a run waits out."""
        return host.until is not None and host.until - self._now() <= guest.PATIENCE

    def _keep(self, name: str, host: Host) -> None:
        if host != self.memory.hosts.get(name, Host()):
            self._shared.know(name, None if host == Host() else _told(name, host))
        super()._keep(name, host)

    def _refresh(self, fresh: float) -> None:
        """Read what all workers know of hosts, unless that was done just now; wait out what another one waits out."""
        if time.monotonic() - self._read < fresh:
            return
        hosts = {name: _host(name, text) for name, text in self._shared.hosts().items()}
        self._read, self.memory = time.monotonic(), Memory(hosts, self.memory.ends)
        for name, host in hosts.items():
            if guest.rests(host, now := self._now()) and self._waits(host) and host.until:
                free = time.monotonic() + (host.until - now).total_seconds()
                self._free[name] = max(self._free.get(name, 0.0), free)


def _told(name: str, host: Host) -> str:
    return memory.write(Memory({name: host})).decode()


def _host(name: str, text: str) -> Host:
    """Read what a worker wrote of a host.  Raises CannotWrite: somebody else writes there."""
    try:
        return memory.read(text.encode()).hosts[name]
    except (ValueError, KeyError) as error:
        raise CannotWrite(f"QUEUE_URL: what Redis has of {name} cannot be read ({error}): delete it there") from None
