"""Jobs for the limited child: each does what a stranger's file might make a reader do."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def echo(arguments: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "made.txt").write_text("ไทย", "utf-8")
    return {"given": arguments, "environment": sorted(os.environ), "folder": os.getcwd(), "nice": os.nice(0)}


def sleep(arguments: dict[str, Any], folder: Path) -> None:
    (folder / "pid.txt").write_text(str(os.getpid()))
    time.sleep(60)


def spin(arguments: dict[str, Any], folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
    while True:
        pass


def hoard(arguments: dict[str, Any], folder: Path) -> int:
    return len(bytearray(arguments["mb"] * 1024 * 1024))


def hoard_in_polars(arguments: dict[str, Any], folder: Path) -> int:
    import polars as pl

    return pl.int_range(arguments["mb"] * 1024 * 128, eager=True).len()


def write(arguments: dict[str, Any], folder: Path) -> None:
    for number in range(arguments["files"]):
        with (folder / f"{number}.bin").open("wb") as file:
            for _ in range(arguments["mb"]):
                file.write(b"x" * 1024 * 1024)
    time.sleep(arguments.get("then_wait", 0))


def crash(arguments: dict[str, Any], folder: Path) -> None:
    ctypes.string_at(0)


def fail(arguments: dict[str, Any], folder: Path) -> None:
    raise RuntimeError("the inside of things")


def leave(arguments: dict[str, Any], folder: Path) -> None:
    os._exit(0)


def reach_out(arguments: dict[str, Any], folder: Path) -> dict[str, str]:
    def tried(attempt) -> str:
        try:
            attempt()
        except OSError as error:
            return type(error).__name__
        return "done"

    def connect() -> None:
        with socket.socket() as open_socket:
            open_socket.connect(("127.0.0.1", arguments["port"]))

    return {
        "network": tried(connect),
        "program": tried(lambda: subprocess.run(["true"], check=True)),
        "signal": tried(lambda: os.kill(arguments["pid"], 0)),
        "files": tried(lambda: [(folder / f"{number}").open("w") for number in range(200)]),
    }
