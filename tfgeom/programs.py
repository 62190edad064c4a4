"""Other programs that run beside this one: each in a group of its own, so that nothing of it stays behind."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence


def start_program(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a program that reads nothing; what it prints is kept.  Its caller ends it with `end_program`."""
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def end_group(process: subprocess.Popen[str]) -> None:
    """Kill a program and all that it started; another thread may be waiting for it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def end_program(process: subprocess.Popen[str]) -> None:
    """End a program and all that it started, whether or not it has ended by itself."""
    end_group(process)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def run_program(
    command: Sequence[str], seconds: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Return what a program printed and its exit code; nothing of it is left, whatever ends this.

    Raises
    ------
    subprocess.TimeoutExpired
        When it takes longer than ``seconds``.
    OSError
        When it cannot be started.
    """
    process = None
    try:
        with _signals_held():
            process = start_program(command, environment)
        out, err = process.communicate(timeout=seconds)
        return subprocess.CompletedProcess(command, process.returncode, out, err)
    finally:
        if process is not None:
            end_program(process)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait: one between the start of a program and the note of it would leave it running."""
    held: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and callable(signal.getsignal(number)):
                before[number] = signal.signal(number, lambda number, _: held.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in held:
            signal.raise_signal(number)
