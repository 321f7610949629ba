"""The pages of the staff. Every handler names a permission in opt["may"]; one guard in front of all asks for it."""

import sys

from litestar import Response, Router
from litestar.response import Redirect

from app import folders, i18n
from app.arguments import AnyRequest
from app.errors import NotFound, Refused
from app.pages import page
from app.routes.office._guard import NotAllowed, PasswordFirst, allowed


def router() -> Router:
    """Every handler of this folder, behind the guard, with its refusals shown inside the staff's own layout."""
    found = [handler for module in folders.modules_in(sys.modules[__name__])
             for handler in getattr(module, "ROUTES", ())]
    return Router("/", route_handlers=found, guards=[allowed], exception_handlers={
        Refused: _refused, NotFound: _not_found, NotAllowed: _not_allowed,
        PasswordFirst: _password_first})


def _refused(request: AnyRequest, error: Refused) -> Response[str]:
    return _sentence(request, i18n.why(error), 409)


def _not_found(request: AnyRequest, _error: Exception) -> Response[str]:
    return _sentence(request, i18n.say(i18n._("There is no such page, or it belongs to another community.")), 404)


def _not_allowed(request: AnyRequest, _error: Exception) -> Response[str]:
    return _sentence(request, i18n.say(i18n._("Your role does not allow this.")), 403)


def _password_first(_request: AnyRequest, _error: Exception) -> Redirect:
    return Redirect("/office/password", status_code=303)


def _sentence(request: AnyRequest, sentence: str, status: int) -> Response[str]:
    return page(request, "office/sentence.html", block="sentence", status=status, sentence=sentence)
