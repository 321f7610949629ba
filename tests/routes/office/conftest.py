"""An officer at a desk: logs in, opens pages, fills in the forms that are on them."""

import re
from typing import Any

import pytest

from app.staff import accounts
from app.staff.accounts import Officer, Role
from tests.routes.conftest import Caller
from tests.village import Village, settle

PASSWORD = "not-a-secret"


class Desk:
    """One officer's browser, without scripts."""

    def __init__(self, client: Caller) -> None:
        self.client = client
        self.page = ""
        self.status = 0
        self.path = ""

    async def log_in(self, username: str, password: str = PASSWORD) -> None:
        await self.open("/office/login")
        await self.send("/office/login", username=username, password=password)

    async def open(self, path: str) -> str:
        return await self._follow(await self.client.get(path, follow_redirects=False), path)

    async def send(self, action: str, **fields: Any) -> str:
        """Post to an address, with the token of the page that is open."""
        answer = await self.client.post(action, data={**self.token(), **fields}, follow_redirects=False)
        return await self._follow(answer, action)

    def token(self) -> dict[str, str]:
        """What every form of the page that is open carries."""
        token = re.search(r'name="_csrf_token" value="([^"]+)"', self.page)
        assert token, f"no form on this page: {self.page[:400]}"
        return {"_csrf_token": token[1]}

    async def _follow(self, answer: Any, path: str) -> str:
        self.path = path
        while answer.status_code == 303:
            self.path = answer.headers["location"]
            answer = await self.client.get(self.path, follow_redirects=False)
        self.status, self.page = answer.status_code, answer.text
        return self.page


@pytest.fixture
async def head(village: Village) -> Officer:
    """The head of the village's only building."""
    async with village.database.session() as db:
        officer, _password = await accounts.add(db, "head", role=Role.HEAD, area=village.building, name="王楼长",
                                                password=PASSWORD)
    return officer


@pytest.fixture
async def clerk(village: Village) -> Officer:
    async with village.database.session() as db:
        officer, _password = await accounts.add(db, "clerk", role=Role.CLERK, area=village.area, password=PASSWORD)
    return officer


@pytest.fixture
async def elsewhere(village: Village) -> Village:
    """Another community of the same database."""
    return await settle(village.database, "far", "别的社区")


@pytest.fixture
async def desk(caller: Caller, village: Village) -> Desk:
    """The desk of the village's administrator."""
    desk = Desk(caller)
    await desk.log_in(village.boss.username)
    assert desk.path == "/office/"
    return desk
