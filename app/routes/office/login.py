"""Staff log in and out."""

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from app import i18n
from app.arguments import STAFF_COOKIE, AnyRequest, Db, address_of
from app.errors import Refused
from app.pages import page
from app.routes.office._forms import form_of
from app.staff import logins
from app.staff.accounts import May


@get("/office/login", opt={"may": None}, sync_to_thread=False)
def login_form(request: AnyRequest) -> Response[str]:
    return page(request, "office/login/login.html", username="", error="")


@post("/office/login", opt={"may": None}, status_code=200)
async def log_in(request: AnyRequest) -> Response[str] | Redirect:
    """Opens no session of its own: looking at a password takes long, and holds nothing meanwhile."""
    form = await form_of(request)
    username = form.get("username")
    try:
        password = str((await request.form()).get("password", ""))  # not trimmed
        token = await logins.log_in(request.app.state.database, username, password, address=address_of(request))
    except Refused as refused:
        return page(request, "office/login/login.html", username=username, error=i18n.why(refused), status=429)
    if token is None:
        wrong = i18n.say(i18n._("User name or password is wrong."))
        return page(request, "office/login/login.html", username=username, error=wrong, status=401)
    answer = Redirect("/office/", status_code=303)
    answer.set_cookie(_cookie(request, token))
    return answer


@post("/office/logout", opt={"may": May.LOOK}, status_code=303)
async def log_out(request: AnyRequest, db: Db) -> Redirect:
    await logins.log_out(db, request.cookies.get(STAFF_COOKIE, ""))
    answer = Redirect("/office/login", status_code=303)
    answer.delete_cookie(STAFF_COOKIE)
    return answer


def _cookie(request: AnyRequest, token: str) -> Cookie:
    """Ends with the browser; the session itself ends after its hours."""
    return Cookie(STAFF_COOKIE, value=token, httponly=True, samesite="lax",
                  secure=request.app.state.settings.public_url.startswith("https"))


ROUTES = [login_form, log_in, log_out]
