"""A finished page names what it looks at in an address: any other parameter would make another page on the shelf."""

from litestar.routes import HTTPRoute

from app.main import create_app
from tests.conftest import PLAIN


def test_every_finished_page_names_what_it_asks() -> None:
    finished = {(route.path, handler.opt.get("asks") is not None) for route in create_app(PLAIN).routes
                if isinstance(route, HTTPRoute) for handler in route.route_handlers if handler.opt.get("finished")}
    assert {path for path, names in finished if names} >= {"/", "/jobs", "/calendar", "/help"}
    assert [path for path, names in finished if not names] == []
