"""The first page: today's work near you."""

from typing import Any

from litestar import Response, get

from app.arguments import AnyRequest, Db, Me
from app.jobs import jobs
from app.listings import signups
from app.routes.phone._screens import here, show

SHOWN = 5


@get("/", opt={"finished": True, "asks": ()})
async def home(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    """The next jobs that still have places; when all are full, the next ones anyhow."""
    area = await here(db, request, me)
    found = await jobs.open_in(db, area, limit=1000)
    counts = await signups.counts(db, [job.id for job in found])
    free = [job for job in found if counts[job.id].left(job.places)]
    return show(request, "phone/home.html", area=area, jobs=(free or found)[:SHOWN], counts=counts, pay=jobs.pay,
                total=len(found), me=me)


ROUTES = [home]
