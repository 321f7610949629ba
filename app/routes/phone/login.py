"""Proving a phone without signing up for anything yet."""

from typing import Any

from litestar import Response, get, post

from app.arguments import AnyRequest, Db, Me
from app.routes.phone import _asked
from app.routes.phone._proof import Proof, prove
from app.routes.phone._screens import here, remember_phone, see, show, typed


@get("/login")
async def login(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    if me is not None:
        return see("/me")
    proof = Proof.of(_asked.phone_of(request))
    step = show(request, proof.template, area=await here(db, request, None), job=None, error="",
                phone=proof.shown({}), action="/login", minutes=proof.minutes)
    if proof.step != "code":
        _asked.forget(step)
    return step


@post("/login", opt={"first_step": True})
async def log_in(request: AnyRequest, db: Db) -> Response[Any]:
    fields = await typed(request)
    proof = await prove(db, request, fields)
    if proof.session is None:
        step = show(request, proof.template, area=await here(db, request, None), status=proof.status, job=None,
                    error=proof.error, phone=proof.shown(fields), action="/login", minutes=proof.minutes)
        if proof.step == "code":
            _asked.remember(step, request, proof.phone)
        return step
    response = see("/me")
    _asked.forget(response)
    await remember_phone(db, response, request, proof.token)
    return response


ROUTES = [login, log_in]
