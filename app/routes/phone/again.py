"""The page that answered a form, at an address of its own."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from app.access import form_answers
from app.arguments import PHONE_COOKIE, AnyRequest, Db, Me
from app.leading_on import ADDRESS, BROWSER
from app.routes.phone._screens import see


@get(ADDRESS + "{mark:str}")
async def again(request: AnyRequest, db: Db, me: Me, mark: FromPath[str]) -> Response[Any]:
    """As it was said; once it is too old, or for anybody else, the first page. What was said to somebody who was signed
    in is theirs as long as they are."""
    if "\x00" in mark:  # PostgreSQL takes none
        return see("/")
    browser, session = (request.cookies.get(name, "") for name in (BROWSER, PHONE_COOKIE))
    answer = await form_answers.find(db, mark, browser=browser)
    if answer is None and me is not None:
        answer = await form_answers.find(db, mark, browser=browser, session=session)
    if answer is None:
        return see("/")
    return Response(answer.body, status_code=answer.status, headers=answer.headers,
                    media_type=answer.headers["content-type"])


ROUTES = [again]
