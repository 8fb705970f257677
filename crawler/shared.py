"""Shared: what the workers of one crawl have in common, in Redis: requests, leases, hosts.  Knows no Scrapy.

Nothing here must last: an index row tells what is archived, and what a lost Redis forgets the
next run lists again.  Keys and steps: steps.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import redis

from archive.errors import BadUsage, CannotWrite
from crawler.steps import STEPS

NAME = "rfi-archive"
"""What every key begins with, so that a Redis may serve others, too."""
PATIENCE = 30
"""Seconds after which a Redis that does not answer has failed."""
FORGOTTEN = 3600
"""Seconds after which refusals in a row are forgotten that no answer has followed."""


class Shared:
    """What the workers of one spider share.  Every method raises CannotWrite where Redis cannot be had."""

    def __init__(self, url: str, spider: str, worker: str, lease: float) -> None:
        """Speak as this worker.  url: `redis://...`.  lease: seconds that its own lasts without a sign of life.

        Raises BadUsage for an address that is none.
        """
        try:
            self.redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=PATIENCE)
        except ValueError as error:
            raise BadUsage(f"QUEUE_URL: {error}") from None
        self.worker = worker
        self._own, self._all, self._lease = f"{NAME}:{spider}:", f"{NAME}:", round(lease * 1000)
        self._steps = {name: self.redis.register_script(step) for name, step in STEPS.items()}

    # Requests

    def push(self, text: str, priority: float, fingerprint: str, *, doubles: bool) -> bool:
        """Let a request wait; False: it does already, or is under way, unless doubles are wanted."""
        return bool(self._do("push", ("requests", "seen"), text, priority, fingerprint, int(not doubles)))

    def pop(self) -> str | None:
        """Take the first request that waits; it is held until it is done, or this worker gives no sign of life."""
        return cast("str | None", self._do("pop", ("requests", f"held:{self.worker}")))

    def hold(self, mark: str) -> None:
        """Say that this worker has something to do which no other can take up."""
        with refusals():
            self.redis.sadd(f"{self._own}held:{self.worker}", mark)

    def unhold(self, mark: str) -> None:
        """Say that this is done."""
        with refusals():
            self.redis.srem(f"{self._own}held:{self.worker}", mark)

    def done(self, text: str, fingerprint: str) -> None:
        """Let go of a request that was held: it has ended."""
        self._do("done", (f"held:{self.worker}", "seen"), text, fingerprint)

    def back(self, text: str, priority: float) -> None:
        """Let a request wait again that was held and is not begun."""
        self._do("back", (f"held:{self.worker}", "requests"), text, priority)

    def take_up(self, worker: str = "") -> int:
        """Let wait again what dead workers held, and what the named one did; return how many requests that were."""
        return int(self._do("take_up", ("requests", "workers"), self._own, worker))

    def waiting(self) -> int:
        """Return how many requests wait, or are held by other workers."""
        return int(self._do("waiting", ("requests", "workers"), self._own, self.worker))

    def length(self) -> int:
        """Return how many requests wait."""
        with refusals():
            return self.redis.zcard(f"{self._own}requests")

    # Signs of life, leases

    def beat(self) -> None:
        """Give a sign of life: what this worker holds and leases stays its own for one lease more."""
        self._do("beat", (f"alive:{self.worker}", "workers", f"leases:{self.worker}"), *self._named)

    def leave(self) -> None:
        """Let go of everything: this worker has ended, or has just begun where another of its name died."""
        self._do("forget", (f"leases:{self.worker}",), self.worker, f"{self._own}lease:")
        self.take_up(self.worker)
        with refusals():
            self.redis.srem(f"{self._own}workers", self.worker)
            self.redis.delete(f"{self._own}alive:{self.worker}")

    def lease(self, url: str) -> str | None:
        """Take the lease of a URL; return its token, None if another worker has it."""
        keys = f"lease:{url}", f"leases:{self.worker}", "tokens"
        return cast("str | None", self._do("lease", keys, self.worker, self._lease, url))

    def holds(self, url: str, token: str) -> bool:
        """Tell whether a lease is still that of this token."""
        with refusals():
            return self.redis.get(f"{self._own}lease:{url}") == token

    def release(self, url: str, token: str) -> None:
        """Let go of a lease, if it is still that of this token."""
        self._do("release", (f"lease:{url}", f"leases:{self.worker}"), token, url)

    # Hosts, of all spiders

    def turn(self, host: str, seconds: float) -> float:
        """Take the turn of asking a host, for so long; return 0, or the seconds until it is free."""
        return (
            int(self._do("turn", (host, f"{host}:row", f"{host}:asked"), self.worker, _ms(seconds), of="turn:")) / 1000
        )

    def keep_off(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for so long."""
        self._do("keep_off", (host,), self.worker, _ms(seconds), of="turn:")

    def row(self, host: str, *, refused: bool) -> int:
        """Count an answer of a host that refuses or welcomes; return the refusals in a row before it."""
        key = f"{self._all}row:{host}"
        with refusals():
            if not refused:
                return int(cast("str | None", self.redis.getdel(key)) or 0)
            number = self.redis.incr(key)
            self.redis.expire(key, FORGOTTEN)
            return number - 1

    def hosts(self) -> dict[str, str]:
        """Return what the workers know of hosts, as texts, by name."""
        with refusals():
            return cast("dict[str, str]", self.redis.hgetall(f"{self._all}hosts"))

    def know(self, host: str, text: str | None, *, first: bool = False) -> None:
        """Tell all workers what is known of a host; None: nothing.  first: only if nobody has said anything."""
        key = f"{self._all}hosts"
        with refusals():
            if text is None:
                self.redis.hdel(key, host)
            elif first:
                self.redis.hsetnx(key, host, text)
            else:
                self.redis.hset(key, host, text)

    @property
    def _named(self) -> tuple[object, ...]:
        return self.worker, self._lease, f"{self._own}lease:"

    def _do(self, name: str, keys: tuple[str, ...], *values: Any, of: str | None = None) -> Any:
        begins = self._own if of is None else self._all + of
        with refusals():
            return self._steps[name]([begins + key for key in keys], values)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what Redis refuses into one clear error."""
    try:
        yield
    except redis.RedisError as error:
        what = " ".join(str(error).split())
        raise CannotWrite(f"QUEUE_URL: Redis cannot be used ({what:.200}): see to it, then run again") from error
