"""One demo and one browser for all tests of residents' pages."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import launched, served
from tests.browser.phone.station import Station


@pytest.fixture(scope="package")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    folder = tmp_path_factory.mktemp("station")
    with served(folder) as address, launched() as browser:
        yield Station(address, folder, browser)
