"""Delete me: asked once more, then at once no place is held and no text is sent; staff erase the rest."""

from functools import partial
from typing import Any

from litestar import Response, get, post

from app import preferences
from app.arguments import AnyRequest, Db, Me
from app.listings import signups
from app.rights import corrections, deletion
from app.routes.phone._mine import is_shared, named, own, whose
from app.routes.phone._screens import here, see, show, typed


@get("/me/delete")
async def delete_me(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    if request.query_params.get("resident", str(person.id)) != str(person.id):
        return see("/me")  # whom the address means has gone, and nobody else was asked
    return await own(db, request, me, "phone/me/delete.html", person, held=await signups.held_by(db, [person.id]),
                     due_on=corrections.last_day(db))


@post("/me/delete")
async def really(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    form = await typed(request)
    person = await named(db, me, form)
    if form.get("sure") != "yes":
        return see("/me/delete")
    area, shared = await here(db, request, me), await is_shared(db, me)
    asked = await deletion.ask(db, person, phone=me.phone if me else "")
    # Loaded again, or in the other language, this page would ask the next one on the phone.
    answer = show(request, "phone/me/deleted.html", area=area, asked=asked, person=person, shared=shared, path="/me",
                  choose=partial(preferences.on, "/me"))
    answer.headers["HX-Push-Url"] = "/me"
    return answer


ROUTES = [delete_me, really]
