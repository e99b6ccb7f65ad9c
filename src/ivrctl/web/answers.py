"""What every route has: the controller, the form of an answer, and errors in that form."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from ivrctl.errors import IvrctlError
from ivrctl.service.controller import Controller
from ivrctl.web.bodies import BodyError
from ivrctl.web.versions import FORMAT_VERSION

CONTROLLER: web.AppKey[Controller] = web.AppKey("controller", Controller)


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.json_response({"format_version": FORMAT_VERSION, **body}, status=status)


@web.middleware
async def in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered as everything else is: a client that gets no JSON takes us for away."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return answer({"error": f"{request.method} {request.path}: {error.reason}"}, status=error.status)
    except IvrctlError as error:
        return answer({"error": str(error), "advice": error.advice}, status=503)
    except BodyError as error:
        return answer({"error": str(error), "advice": "docs/reference/http-api.md"}, status=400)
    except web.RequestPayloadError:
        return answer({"error": f"{request.method} {request.path}: the body cannot be read"}, status=400)
    except Exception as error:
        # Whoever asks learns that it is ours, whatever it is.
        log = request.app[CONTROLLER].log
        log.exception("a request failed", method=request.method, path=request.path, error=repr(error))
        advice = "see what ivrctl serve wrote on standard error"
        return answer({"error": f"{request.method} {request.path}: it failed here", "advice": advice}, status=500)
