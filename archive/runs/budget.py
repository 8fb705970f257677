"""Budget: how much one run may take of time, requests and bytes.  Pure.

What a budget cuts off is the oldest, since a run asks for the newest first; the next run takes it up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may take; 0 = no end."""

    runtime: float
    """Seconds since it began, after which nothing more is asked for."""
    requests: int
    """Requests sent: robots.txt, redirects and retries too."""
    received: int
    """Bytes of answers, heads and bodies as they came; the answer that goes beyond is still taken whole."""

    def spent(self, runtime: float, requests: int, received: int) -> str:
        """Return which part of it is used up, by the name of its setting; "" if another request may be sent."""
        parts = (
            ("MAX_RUNTIME", self.runtime, runtime),
            ("MAX_REQUESTS", self.requests, requests),
            ("MAX_BYTES", self.received, received),
        )
        return next((name for name, most, so_far in parts if most and so_far >= most), "")
