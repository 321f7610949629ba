"""doorstep segments: how long a text is for the carrier."""

import argparse

from app.commands import DONE, declare


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "segments", _segments, "how long a text is for the carrier, as JSON")
    parser.add_argument("text", metavar="TEXT")


def _segments(arguments: argparse.Namespace) -> int:
    import json
    from dataclasses import asdict

    from app.sms import length

    print(json.dumps(asdict(length.measure(arguments.text))))
    return DONE
