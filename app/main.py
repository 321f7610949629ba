"""create_app(): joins the parts; the only file that knows them all."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException, ValidationException
from litestar.middleware import DefineMiddleware
from litestar.response import Redirect
from litestar.types import ASGIApp, Empty, EmptyType, Message, Receive, Scope, Send

import app
from app import assets, db, folders, i18n, preferences, routes, schema
from app.arguments import PHONE_COOKIE, provided
from app.backups import engines
from app.csrf import OldPage, OwnForms
from app.db import Database
from app.errors import NotFound, Refused, TemporarilyAway, without_values
from app.finished import MOST_BYTES, Page, Site
from app.pages import page, page_before
from app.routes import health, metrics, office, phone
from app.routes.office._guard import allowed_first
from app.routes.phone._mine import Elsewhere
from app.settings import BadSetting, Settings
from app.shelf import Shelf
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made
from app.sms.inbox import Inbox
from app.versions import Version
from app.watch.figures import Recent
from app.watch.readiness import Readiness

log = logging.getLogger("doorstep")
_GATEWAY = "/gateway/"
_LARGEST_FORM = 256 * 1024  # bytes; whoever sends more is somebody's program. Only lists to import are larger


async def open_database(settings: Settings) -> Database:
    """The database, known to fit the code and the settings. Raises BadSetting where it does not."""
    folders.modules_below(app)
    database = Database(settings)
    try:
        await _examine(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _examine(database: Database) -> None:
    if not await schema.is_current(database):
        raise BadSetting("DATABASE_URL: this database does not have the newest schema; run: doorstep migrate")
    async with database.reading() as session:
        demo = await db.fact(session, "demo")
        restored = await db.fact(session, engines.MARK)
    if restored == engines.WAITING:
        raise BadSetting("DATABASE_URL: this database was restored, and what was on its way is not held yet; run: "
                         "doorstep migrate")
    if demo and not database.settings.is_simulated:
        raise BadSetting(f"SMS_GATEWAY={database.settings.sms_gateway}: this is a demo database, whose phone numbers "
                         "may belong to real people; it works with SMS_GATEWAY=simulator only")


def create_app(settings: Settings, *, dispatch: bool = True) -> Litestar:
    """The web application. With `dispatch` it also drains the outbox, in the same process."""

    @asynccontextmanager
    async def lifespan(application: Litestar) -> AsyncIterator[None]:
        settings: Settings = application.state.settings
        database = await open_database(settings)
        gateways = Made(settings, database)
        inbox = Inbox(database)
        drain = Dispatch(database, gateways, inbox) if dispatch else None
        pulses = [inbox.pulse, *([drain.pulse] if drain else [])]
        readiness = Readiness(*pulses)
        version = Version(database)
        shelf: Shelf[Page] = Shelf(version, most_bytes=MOST_BYTES)
        application.state.update({"database": database, "gateways": gateways, "inbox": inbox, "pulses": pulses,
                                  "readiness": readiness, "figures": Recent(), "shelf": shelf,
                                  "facts": Shelf[Any](version, most_bytes=MOST_BYTES // 4)})
        inbox.start()
        if drain:
            drain.start()
        packing = asyncio.create_task(asyncio.to_thread(assets.pack_all))
        try:
            yield
        finally:
            await packing
            if drain:
                await drain.stop()
            await inbox.stop()
            await gateways.close()
            await readiness.close()
            await database.close()

    return Site(
        route_handlers=_routes(),
        lifespan=[lifespan],
        state=State({"settings": settings}),
        dependencies=provided(),
        middleware=[_language, allowed_first,
                    DefineMiddleware(OwnForms, config=_own_forms(settings), signed_in=PHONE_COOKIE)],
        exception_handlers=_answers(),
        openapi_config=None,
        request_max_body_size=_LARGEST_FORM,
        logging_config=_logging(settings),
    )


def _own_forms(settings: Settings) -> CSRFConfig:
    return CSRFConfig(secret=settings.secret_key, cookie_name="csrf", cookie_httponly=True,
                      cookie_secure=settings.public_url.startswith("https"), exclude=[f"^{_GATEWAY}"])


def create_watched(database: Database, inbox: Inbox, drain: Dispatch) -> Litestar:
    """Of a process without pages: its health and its metrics, nothing else."""
    pulses = [inbox.pulse, drain.pulse]
    state = {"settings": database.settings, "database": database, "pulses": pulses, "readiness": Readiness(*pulses),
             "figures": Recent()}
    return Litestar(route_handlers=[*health.ROUTES, *metrics.ROUTES], state=State(state), openapi_config=None,
                    logging_config=_logging(database.settings),
                    exception_handlers={NotFound: lambda _request, _error: Response("", status_code=404)})


def _logging(settings: Settings) -> EmptyType | None:
    """Litestar arranges the whole process's logging, unless it is told to leave it as logs.py has."""
    return None if settings.log_format == "json" else Empty


def _routes() -> list[Any]:
    """Every module in app/routes and its folders lists its handlers as ROUTES."""
    modules = [*folders.modules_in(routes), *folders.modules_in(phone)]
    return [office.router(), *(handler for module in modules for handler in getattr(module, "ROUTES", ()))]


def _language(app: ASGIApp) -> ASGIApp:
    """Chinese, unless the person chose English: `?lang=en` holds for this page and, by a cookie, for the next ones; the
    same with the size of letters. Providers are told the same in any language, and call often."""

    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(_GATEWAY):
            await app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope)

        async def remember(message: Message) -> None:
            preferences.remember(request, message)
            await send(message)

        with i18n.speaking(preferences.chosen(request, "lang")):
            await app(scope, receive, remember)

    return speak


def _answers() -> dict[Any, Callable[[Request[Any, Any, Any], Any], Response[Any]]]:
    return {
        Refused: _refused,
        NotFound: lambda request, _error: _sentence(request, i18n._("There is no such page."), 404),
        TemporarilyAway: _away,
        Elsewhere: lambda _request, error: error.response,
        NotAuthorizedException: _log_in,
        PermissionDeniedException: _forged,
        HTTPException: _http,
        Exception: _broken,
    }


def _refused(request: Request[Any, Any, Any], error: Refused) -> Response[Any]:
    return page(request, "layouts/sentence.html", status=409, sentence=i18n.why(error), before=page_before(request),
                block="sentence")


def _sentence(request: Request[Any, Any, Any], sentence: str, status: int) -> Response[Any]:
    template = "office/sentence.html" if _is_office(request) else "layouts/sentence.html"
    # An address that leads nowhere is answered before the middleware.
    with i18n.speaking(preferences.chosen(request, "lang")):
        return page(request, template, status=status, sentence=i18n.say(sentence), before=page_before(request),
                    block="sentence")


def _forged(request: Request[Any, Any, Any], error: PermissionDeniedException) -> Response[Any]:
    """A form without the token of this browser: usually one that was open for too long, or no cookies are kept."""
    if isinstance(error, OldPage):
        return Redirect(page_before(request) or request.url.path, status_code=303)  # their own page has the form, too
    if _is_office(request):
        return _sentence(request, i18n._("Nothing was done, because the page was open for too long. Please go back "
                                         "and try again."), 403)
    return _sentence(request, i18n._("Nothing was done, because the page was open for too long. Please go back and "
                                     "try again. If that fails too, telephone us or answer our text."), 403)


def _is_office(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith("/office")


def _away(request: Request[Any, Any, Any], _error: TemporarilyAway) -> Response[Any]:
    response = _sentence(request, i18n._("We are busy just now. Please try again in a minute."), 503)
    response.headers["Retry-After"] = "5"
    return response


def _log_in(request: Request[Any, Any, Any], _error: NotAuthorizedException) -> Response[Any]:
    if request.headers.get("HX-Request"):
        return Response("", status_code=401, headers={"HX-Redirect": "/office/login"}, media_type="text/html")
    return Redirect("/office/login", status_code=303)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    if error.status_code in (404, 405) or isinstance(error, ValidationException):  # only addresses are validated
        return _sentence(request, i18n._("There is no such page."), max(error.status_code, 404))
    if error.status_code >= 500:
        return _broken(request, error)
    return _sentence(request, i18n._("That did not work. Please go back and check what you entered."),
                     error.status_code)


def _broken(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A bug: logged with where it happened, never with what people typed."""
    log.error("failed: %s %s", request.method, _route(request), exc_info=without_values(error))
    return _sentence(request, i18n._("Something went wrong on our side. We have noted it; please try again."), 500)


def _route(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("path_template", request.url.path.split("/")[1]))



