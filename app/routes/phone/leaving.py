"""Delete me: asked once more, then at once no place is held and no text is sent; staff erase the rest."""

from typing import Any

from litestar import Response, get, post

from app.arguments import AnyRequest, Db, Me
from app.listings import signups
from app.rights import corrections, deletion
from app.routes.phone._mine import is_shared, whose
from app.routes.phone._screens import here, see, show, typed


@get("/me/delete")
async def delete_me(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    return show(request, "phone/me/delete.html", area=await here(db, request, me), person=person,
                shared=await is_shared(db, me), held=await signups.held_by(db, [person.id]),
                due_on=corrections.last_day(db))


@post("/me/delete")
async def really(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    if (await typed(request)).get("sure") != "yes":
        return see("/me/delete")
    area = await here(db, request, me)
    asked = await deletion.ask(db, person, phone=me.phone if me else "")
    return show(request, "phone/me/deleted.html", area=area, asked=asked)


ROUTES = [delete_me, really]
