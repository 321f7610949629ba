"""doorstep read: what a text means, without a database. With --tsv, a whole file of labelled texts."""

import argparse
import json
import sys

from app.commands import DONE, Plain, declare


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "read", _read, "what a text means")
    parser.add_argument("--context", default="none", metavar="NAME",
                        help="what the phone was last told, such as push, push:23 or list:10,14,23")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--tsv", metavar="FILE", help="read the columns id, context and text of every row")
    given.add_argument("text", nargs="?", metavar="TEXT")


def _read(arguments: argparse.Namespace) -> int:
    if arguments.tsv is None:
        print(json.dumps(_shown(arguments.text, arguments.context), ensure_ascii=False))
        return DONE
    import csv

    with open(arguments.tsv, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if not {"id", "context", "text"} <= set(row):
                raise Plain(f"{arguments.tsv} needs the columns id, context and text, with tabs between")
            text = row["text"].replace("\\n", "\n")
            sys.stdout.write(json.dumps({"id": row["id"], **_shown(text, row["context"])}, ensure_ascii=False) + "\n")
    return DONE


def _shown(text: str, context: str) -> dict[str, object]:
    from app.sms.reading import Context, read

    try:
        found = read(text, Context.parse(context))
    except ValueError as error:
        raise Plain(str(error)) from None
    return {"intent": found.intent, "slots": dict(found.slots), "rule": found.rule}
