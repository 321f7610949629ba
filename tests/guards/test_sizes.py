"""Small files, small functions: whoever opens one can hold it in mind."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("app", "migrations", "tests") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES_IN_A_FILE, MOST_LINES_IN_A_FUNCTION = 400, 50


def test_no_file_is_longer_than_400_lines() -> None:
    assert FILES
    long = {str(path.relative_to(ROOT)): count for path in FILES
            if (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES_IN_A_FILE}
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {}
    for path in FILES:
        if "migrations" in path.parts:
            continue  # a table is as long as it is wide
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > MOST_LINES_IN_A_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}
