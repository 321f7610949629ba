import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.stories.acts import WANG
from tests.stories.station import Station


@pytest.mark.parametrize("engine", ["postgresql"])
def test_each_of_several_processes_tells_what_all_of_them_counted(
        start: Callable[..., "subprocess.Popen[str]"], database_url: str, tmp_path: Path) -> None:
    port = Station(tmp_path, database_url).port  # a free one
    serving = start("serve", "--workers", "2", "--no-dispatch", "--port", str(port), DATABASE_URL=database_url)
    address, texts = f"http://127.0.0.1:{port}", 0
    until = time.monotonic() + PATIENCE_SECONDS
    while texts < 8:
        assert time.monotonic() < until
        assert serving.poll() is None
        try:  # each in a connection of its own, so that both processes get some
            answer = httpx.post(f"{address}/gateway/simulator/reply", json={"from": WANG, "text": f"岗位{texts}"})
            texts += answer.status_code == 202
        except httpx.HTTPError:
            time.sleep(0.2)
    for _ask in range(8):
        said = httpx.get(f"{address}/metrics").text
        assert 'doorstep_texts_received_total{gateway="simulator"} 8.0' in said
        assert "doorstep_database_up 1.0" in said
    serving.terminate()
    assert serving.communicate(timeout=PATIENCE_SECONDS)[1] == ""
