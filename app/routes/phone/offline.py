"""What a browser needs to put the pages on the home screen, and to show them where there is no signal."""

import hashlib
import json
import re
from functools import cache, partial
from typing import Any

from litestar import Response, get

from app import i18n, preferences, words
from app.arguments import AnyRequest, Db
from app.assets import asset
from app.i18n import _
from app.routes.phone._screens import here, show

GROUND, PAPER = "#0d4a2b", "#f6f3ea"  # the head and the page of phone.css
_BLANKS = re.compile(r" ?([=<>?:,{}()&|;*/+]+) ?")
_TEMPLATES = ("phone/sw.js", "phone/offline.html", "layouts/phone.html")


@get("/manifest.webmanifest", sync_to_thread=False, opt={"exclude_from_csrf": True})
def manifest() -> Response[bytes]:
    name = i18n.say(_("Work close to home"))
    said = {
        "id": "/", "start_url": "/", "scope": "/", "display": "standalone", "name": name, "short_name": name,
        "description": i18n.say(_("Work close to home: see it, and sign up on the page, by text or by telephone.")),
        "lang": "en" if i18n.language() == "en" else "zh-Hans", "dir": "ltr",
        "theme_color": GROUND, "background_color": PAPER,
        "icons": [{"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
                  {"src": asset("icon-maskable.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "maskable"}],
    }
    return Response(json.dumps(said, ensure_ascii=False).encode(), media_type="application/manifest+json",
                    headers={"Cache-Control": "public, max-age=3600"})


@get("/sw.js", sync_to_thread=False, opt={"exclude_from_csrf": True})
def worker() -> Response[str]:
    """Asked for at each visit, and another one as soon as anything that it keeps is another one."""
    return Response(_worker(), media_type="text/javascript",
                    headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"})


@get("/offline", opt={"finished": True, "asks": ()})
async def offline(request: AnyRequest, db: Db) -> Response[Any]:
    """The words that the worker says where there is no signal, in the language of this device."""
    return show(request, "phone/offline.html", area=await here(db, request, None),
                choose=partial(preferences.on, "/"))  # these words come to stand on the address of any page


@cache
def _worker() -> str:
    """Without line ends and needless blanks. Its version is that of everything that it consists of or brings along."""
    environment = words.environment()
    sources = [environment.loader.get_source(environment, name)[0] for name in _TEMPLATES if environment.loader]
    version = hashlib.sha256("".join([*sources, asset("phone.js"), asset("htmx.min.js"), asset("phone.css")]).encode())
    said = environment.get_template("phone/sw.js").render(version=version.hexdigest()[:10])
    return "".join(_BLANKS.sub(r"\1", line.strip()) for line in said.splitlines())


ROUTES = [manifest, worker, offline]
