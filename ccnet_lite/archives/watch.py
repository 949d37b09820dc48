"""The bounds of a fetch in time: how long it may wait for the host, and how little may come meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ccnet_lite.settings import SourceSettings

MAX_IDLE_BYTES = 1024 * 1024
"""Of heads, frames and trailers, without a byte of content between them."""


class Stalled(TimeoutError):
    """The host gave too little in a window of time, or the fetch has taken too long; `Watch.why` says which."""


class Watch:
    """Counts the seconds that a fetch waits for its host, and what comes; the reader's own time is free."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self.begin()

    def begin(self) -> None:
        """A new fetch."""
        self._waited = 0.0
        self._since: float | None = None
        self.restart()

    def restart(self) -> None:
        """A new window: a connection is asked for, or has begun to answer."""
        self._window = self.seconds
        self._came = 0
        self._idle = 0
        self.why = ""
        """What the last Stalled was about."""

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around all that waits for the host, pauses included."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._waited, self._since = self.seconds, None

    @property
    def seconds(self) -> float:
        """For how long this fetch has waited."""
        return self._waited + (0.0 if self._since is None else time.monotonic() - self._since)

    @property
    def left(self) -> float:
        """Seconds that it may still wait, in all."""
        return max(0.0, self._settings.max_fetch_seconds - self.seconds)

    def next_wait(self) -> float:
        """Seconds that the next read may wait.

        Raises:
            Stalled: none.
        """
        now, settings = self.seconds, self._settings
        if not self.left:
            raise self._stalled("it takes too long")
        least = settings.min_bytes_per_second * settings.window_seconds
        end = self._window + settings.window_seconds
        if now >= end:
            if self._came < least:
                raise self._stalled(
                    f"{self._came} bytes came in {settings.window_seconds:g} s, less than "
                    f"source.min_bytes_per_second={settings.min_bytes_per_second}"
                )
            self._window, self._came, end = now, 0, now + settings.window_seconds
        # A connection that has given its share of this window may pause beyond the window's end.
        in_window = end - now if self._came < least else settings.timeout_seconds
        return min(settings.timeout_seconds, in_window, self.left)

    def timed_out(self) -> Stalled:
        """What to raise where a read waited as long as it might and nothing came."""
        try:
            self.next_wait()
        except Stalled as error:
            return error
        return self._stalled(f"nothing came for source.timeout_seconds={self._settings.timeout_seconds:g}")

    def received(self, count: int) -> None:
        """Bytes came, of whatever kind.

        Raises:
            Stalled: too many that are no content.
        """
        self._idle += count
        if self._idle > MAX_IDLE_BYTES:
            raise self._stalled(f"{self._idle} bytes came that are no content")

    def content(self, count: int) -> None:
        """Bytes of content came."""
        self._came += count
        self._idle = 0

    def _stalled(self, why: str) -> Stalled:
        self.why = why
        return Stalled(why)
