"""Guest: how one run behaves towards each host, by the rules of `archive.manners.guest` and what earlier runs left."""

import math
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from archive.manners import guest
from archive.manners.guest import Answer, Host, Visit
from archive.rfi.editions import SITE
from archive.runs import memory
from archive.runs.memory import Memory
from archive.store import Clock

HOME = SITE.removeprefix("https://")
"""The host without which there is nothing to do; without any other a run goes on."""


class Guest:
    """What the hosts of one run ask of us."""

    def __init__(self, root: Path, now: Clock) -> None:
        """Read what earlier runs remember; the caller holds the archive's lock."""
        self._root, self._now = root, now
        self.memory = memory.load(root)
        """As it stands in the file."""
        self.forward = False
        """Somebody asks by hand, so that no rest from earlier runs counts."""
        self._visits: dict[str, Visit] = {}
        self._met: dict[str, float] = {}
        self._free: dict[str, float] = {}

    def keep(self, new: Memory) -> None:
        """Write a memory down at once, if anything of it is new.  Raises CannotWrite."""
        if new != self.memory:
            memory.save(self._root, new)
            self.memory = new

    def host(self, name: str) -> Host:
        """Return what is known of a host."""
        return self.memory.hosts.get(name, Host())

    def heard(self, name: str, answer: Answer) -> bool:
        """Take in what an answer of a host says; tell whether it ended the visit.  Raises CannotWrite."""
        now, before = self._now(), self._visit(name)
        host, visit = guest.after(self.host(name), before, answer, now)
        self._visits[name] = visit
        if visit.until != before.until and visit.until:
            self._free[name] = time.monotonic() + (visit.until - now).total_seconds()
        self._keep(name, host)
        return visit.over and not before.over

    def asks_for(self, name: str, delay: float) -> None:
        """Take in how many seconds a host wants between two requests.  Raises CannotWrite."""
        self._keep(name, replace(self.host(name), delay=delay))

    def shut(self, name: str) -> str:
        """Return why a host is asked for nothing now, for people; "" if it may be asked."""
        host, now = self.host(name), self._now()
        if self._visit(name).over or (not self.forward and name not in self._free and guest.rests(host, now)):
            return guest.told(name, host, now)
        return ""

    def told(self, name: str) -> str:
        """Return, for people, what a host did that ended its visit just now."""
        return guest.told_now(name, self.host(name), self._visit(name), self._now())

    def paused(self, name: str) -> float:
        """Return the seconds until a Retry-After of this run is over; 0 or less: it is."""
        return self._free.get(name, 0.0) - time.monotonic()

    def early(self, name: str) -> float:
        """Return the seconds until a host may be asked again after the last time; 0 or less: now."""
        return self._met.get(name, -math.inf) + self.host(name).delay - time.monotonic()

    def met(self, name: str) -> None:
        """Note that a request goes out to a host now, or that its answer is there: the distance is kept from both."""
        self._met[name] = time.monotonic()

    def leave(self) -> None:
        """End the visits: what a host that let us in refused before is forgiven.  Raises CannotWrite."""
        now = self._now()
        for name, visit in self._visits.items():
            self._keep(name, guest.leave(self.host(name), visit, now))

    def _visit(self, name: str) -> Visit:
        return self._visits.get(name, Visit())

    def _keep(self, name: str, host: Host) -> None:
        if host == self.memory.hosts.get(name, Host()):
            return
        hosts = {other: known for other, known in self.memory.hosts.items() if other != name}
        self.keep(replace(self.memory, hosts=hosts if host == Host() else {**hosts, name: host}))


def name_of(url: str) -> str:
    """Return the host of an http(s) URL, lower case: whatever port and scheme, it is one host."""
    return urlsplit(url).hostname or ""
