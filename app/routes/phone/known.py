"""What we know about me, to look at, to take along and to put right."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app import clock, i18n, words
from app.arguments import AnyRequest, Db, Me
from app.db import deed
from app.errors import NotFound, Refused
from app.jobs.jobs import TRADES, Demand
from app.residents import residents
from app.residents.residents import WordKind
from app.rights import copies, corrections, known, why, wording
from app.routes.phone import _births
from app.routes.phone._mine import is_shared, named, own, whose
from app.routes.phone._screens import see, typed

_YEAR_SECONDS = 365 * 24 * 3600


@get("/me/known")
async def what_we_know(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    return await own(db, request, me, "phone/me/known.html", person,
                     parts=await known.of(db, person, shared=await is_shared(db, me)))


@get("/me/copy/{form:str}")
async def copy(request: AnyRequest, db: Db, me: Me, form: FromPath[str]) -> Response[Any]:
    """The same, to take along: as plain text, or for another program. Not on the station's device, where it would stay;
    there an officer prints it."""
    if form not in copies.FORMS:
        raise NotFound
    if me is not None and me.at_station:
        return see("/me/known")
    person = await whose(db, request, me)
    parts = [*await known.of(db, person, shared=await is_shared(db, me)), copies.of_texts(await why.texts(db, person))]
    kind, written = copies.FORMS[form]
    return Response(written(parts, words.stamp(clock.now())), media_type=kind,
                    headers={"Content-Disposition": f'attachment; filename="my-data.{form}"',
                             "Cache-Control": "no-store"})


@get("/me/correct")
async def correct(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    return await own(db, request, me, "phone/me/correct.html", await whose(db, request, me), papers=corrections.PAPERS,
                     field="", new="", error="", wrong="")


@post("/me/correct")
async def ask(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    """What papers say: staff compare first, and telephone."""
    fields = await typed(request)
    person = await named(db, me, fields)
    field, new = fields.get("field", ""), fields.get("new", "")
    try:
        async with deed(db):
            right = _births.read(new).isoformat() if field == "born_on" else new
            call = await corrections.ask(db, person, field, right, phone=me.phone if me else "")
    except Refused as refused:
        beside = "field" if refused.field == "field" else "new"
        return await own(db, request, me, "phone/me/correct.html", person, status=422, papers=corrections.PAPERS,
                         field=field, new=new, error=i18n.why(refused), wrong=beside)
    return await own(db, request, me, "phone/me/asked.html", person, due_on=call.due_on)


@get("/me/words/{kind:str}")
async def my_words(request: AnyRequest, db: Db, me: Me, kind: FromPath[str]) -> Response[Any]:
    person = await whose(db, request, me)
    held = (await residents.words_of(db, person))[_kind(kind)]
    return await own(db, request, me, "phone/me/words.html", person, kind=kind, held=held, offered=_offered(kind, held))


@post("/me/words/{kind:str}")
async def set_my_words(request: AnyRequest, db: Db, me: Me, kind: FromPath[str]) -> Response[Any]:
    person = await named(db, me, await typed(request))
    held = (await residents.words_of(db, person))[_kind(kind)]
    chosen = [one for one in (await request.form()).getall("word", []) if isinstance(one, str)]
    await corrections.choose_words(db, person, _kind(kind), chosen, set(_offered(kind, held)))
    return see("/me/known")


@get("/me/language")
async def language(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    person = await whose(db, request, me)
    return await own(db, request, me, "phone/me/language.html", person, languages=known.LANGUAGES,
                     now_spoken=person.language)


@post("/me/language")
async def set_language(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    """For the texts to this person, and for the pages on this device."""
    fields = await typed(request)
    person, chosen = await named(db, me, fields), fields.get("language", "")
    await residents.set_language(db, person, chosen)
    response = see("/me")
    if chosen in i18n.LANGUAGES and not (me and me.at_station):
        response.set_cookie("lang", chosen, max_age=_YEAR_SECONDS, samesite="lax")
    return response


def _kind(name: str) -> WordKind:
    if name not in set(WordKind):
        raise NotFound
    return WordKind(name)


def _offered(kind: str, held: list[str]) -> dict[str, str]:
    """The words to choose from, and those that the person has: by how they are kept, how they are read."""
    if kind == WordKind.LIMIT:
        return {word: wording.limit(word) for word in [*Demand, *(one for one in held if one not in set(Demand))]}
    return {word: word for word in dict.fromkeys([*TRADES, *held])}


ROUTES = [what_we_know, copy, correct, ask, my_words, set_my_words, language, set_language]
