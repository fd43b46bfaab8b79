"""REST routes used with an interaction's token: the first answer, its edits, followups."""

from aiohttp import web

from bot.playground.answers import API, json_response, nothing, read_body
from bot.playground.interaction import Callback, Interaction
from bot.playground.loopback import LOOPBACK, Loopback
from bot.playground.message_rules import read_draft
from bot.playground.places import Json
from bot.playground.refusals import Code, Refusal

_WEBHOOK = API + "/webhooks/{application_id:\\d+}/{token}"
_WITH_MESSAGE = (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.UPDATE)
_MESSAGE = _WEBHOOK + "/messages/{message_id:@original|\\d+}"


async def post_callback(request: web.Request) -> web.Response:
    """Take the first answer to an interaction."""
    loopback = request.app[LOOPBACK]
    body, uploads = await read_body(request)
    interaction = loopback.interactions.answer(
        int(request.match_info["interaction_id"]), request.match_info["token"], body, uploads
    )
    if request.query.get("with_response") not in ("true", "1"):
        return nothing()
    return json_response(_described(loopback, interaction, body["type"]))


async def post_followup(request: web.Request) -> web.Response:
    """Post a further answer."""
    loopback, token, _ = _answer(request)
    loopback.interactions.by_token(token)
    message = loopback.interactions.followup(token, read_draft(*await read_body(request)))
    return json_response(loopback.messages.as_json(message))


async def get_answer(request: web.Request) -> web.Response:
    """Describe an answer."""
    loopback, token, message_id = _answer(request)
    interaction = loopback.interactions.by_token(token)
    message = loopback.interactions.answered(interaction, message_id)
    return json_response(loopback.messages.as_json(message))


async def patch_answer(request: web.Request) -> web.Response:
    """Edit an answer."""
    loopback, token, message_id = _answer(request)
    loopback.interactions.by_token(token)
    draft = read_draft(*await read_body(request))
    message = loopback.interactions.edit(token, message_id, draft)
    return json_response(loopback.messages.as_json(message))


async def delete_answer(request: web.Request) -> web.Response:
    """Delete an answer."""
    loopback, token, message_id = _answer(request)
    loopback.interactions.delete(token, message_id)
    return nothing()


def _answer(request: web.Request) -> tuple[Loopback, str, int | None]:
    loopback = request.app[LOOPBACK]
    if int(request.match_info["application_id"]) != loopback.world.application_id:
        raise Refusal(Code.UNKNOWN_WEBHOOK)
    named = request.match_info.get("message_id", "@original")
    return loopback, request.match_info["token"], None if named == "@original" else int(named)


def _described(loopback: Loopback, interaction: Interaction, callback: int) -> Json:
    described: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    resource: Json = {"type": callback}
    if callback in _WITH_MESSAGE and interaction.original is not None:
        original = interaction.original
        described |= {
            "response_message_id": str(original.id),
            "response_message_loading": original.thinking,
            "response_message_ephemeral": original.ephemeral,
        }
        resource["message"] = loopback.messages.as_json(original)
    return {"interaction": described, "resource": resource}


ROUTES = [
    web.post(API + "/interactions/{interaction_id:\\d+}/{token}/callback", post_callback),
    web.post(_WEBHOOK, post_followup),
    web.get(_MESSAGE, get_answer),
    web.patch(_MESSAGE, patch_answer),
    web.delete(_MESSAGE, delete_answer),
]
