"""An officer changes the own password; a one-time password must be changed before anything else opens."""

from litestar import Response, get, post
from litestar.response import Redirect

from app import i18n
from app.arguments import STAFF_COOKIE, AnyRequest, Officer
from app.errors import Refused
from app.pages import page
from app.staff import logins
from app.staff.accounts import May
from app.staff.accounts import Officer as Account


@get("/office/password", opt={"may": May.LOOK})
async def password_form(request: AnyRequest, officer: Officer) -> Response[str]:
    return page(request, "office/login/password.html", officer=officer, errors={})


@post("/office/password", opt={"may": May.LOOK}, status_code=200)
async def change_password(request: AnyRequest) -> Response[str] | Redirect:
    officer: Account = request.state.officer
    typed = await request.form()  # not trimmed: blanks at the ends of a password are part of it
    old, new, again = (str(typed.get(name, "")) for name in ("old", "new", "again"))
    try:
        if new != again:
            raise Refused(i18n._("The two new passwords differ."), field="again")
        await logins.change_password(request.app.state.database, officer, old, new,
                                     token=request.cookies.get(STAFF_COOKIE, ""))
    except Refused as refused:
        return page(request, "office/login/password.html", officer=officer, status=409,
                    errors={refused.field: i18n.why(refused)})
    return Redirect("/office/?said=password", status_code=303)


ROUTES = [password_form, change_password]
