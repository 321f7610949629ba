"""What a command says when the database will not: nothing of what it was told."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from tests.commands.conftest import Doorstep


def test_a_fault_of_the_database_names_its_kind_only(doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(coroutine: Coroutine[Any, Any, Any]) -> None:
        coroutine.close()
        raise IntegrityError("INSERT INTO resident ...", {"phone": "+8614200000001"},
                             Exception("Key (phone)=(+8614200000001) already exists."))

    monkeypatch.setattr(asyncio, "run", fail)
    said = doorstep("check")
    assert (said.status, said.out) == (1, "")
    assert "IntegrityError" in said.err
    assert "142" not in said.err
