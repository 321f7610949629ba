"""The page that answered a form, at an address of its own."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app.access import form_answers
from app.arguments import AnyRequest, Db
from app.leading_on import ADDRESS, BROWSER
from app.routes.phone._screens import see


@get(ADDRESS + "{mark:str}")
async def again(request: AnyRequest, db: Db, mark: FromPath[str]) -> Response[Any]:
    """As it was said; once it is too old, or for anybody else, the first page."""
    answer = await form_answers.find(db, mark, browser=request.cookies.get(BROWSER, ""))
    if answer is None:
        return see("/")
    return Response(answer.body, status_code=answer.status, headers=answer.headers,
                    media_type=answer.headers["content-type"])


ROUTES = [again]
