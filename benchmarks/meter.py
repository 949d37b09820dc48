"""What a process and everything below it uses: CPU time by kind of process, peak memory."""

import os
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def processes_below(root: int) -> list[int]:
    """`root` and everything that descends from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += parents.get(process, [])
    return found


class Meter(threading.Thread):
    """Samples a process tree twice a second: its memory (proportional set size), and its CPU time.

    The CPU time is the sum over processes of the last seen: Spark's JVM outlives the job that started it,
    so waiting for children would miss most of it.
    """

    def __init__(self, root: int):
        super().__init__(daemon=True)
        self.root, self.peak, self.stopped = root, 0, threading.Event()
        self.cpu: dict[tuple[int, str], float] = {}
        self.largest = {"driver": 0, "java": 0, "worker": 0}
        """The greatest memory of the root, of a JVM, and of any other process: a Python worker. Bytes."""

    def cpu_seconds(self) -> dict[str, float]:
        """By kind of process: Java, or Python."""
        kinds: dict[str, float] = {"java": 0.0, "python": 0.0}
        for (_, name), seconds in self.cpu.items():
            kinds["java" if name == "java" else "python"] += seconds
        return kinds

    def run(self) -> None:
        """Sample until stopped."""
        while not self.stopped.wait(0.5):
            self.sample()

    def sample(self) -> None:
        """Look once at every process."""
        total = 0
        for process in processes_below(self.root):
            try:
                text = Path(f"/proc/{process}/smaps_rollup").read_text()
                stat = Path(f"/proc/{process}/stat").read_text()
            except OSError:
                continue
            name, fields = stat.partition("(")[2].rpartition(")")[0], stat.rpartition(")")[2].split()
            self.cpu[process, name] = (int(fields[11]) + int(fields[12])) / TICKS
            size = sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
            kind = "driver" if process == self.root else "java" if name == "java" else "worker"
            self.largest[kind] = max(self.largest[kind], size * 1024)
            total += size
        self.peak = max(self.peak, total * 1024)
