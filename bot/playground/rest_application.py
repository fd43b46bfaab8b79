"""REST routes about the application itself: who it is, its gateway, its commands."""

from aiohttp import web

from bot.playground.answers import API, json_response, nothing, read_any
from bot.playground.loopback import LOOPBACK
from bot.playground.refusals import Code, Refusal

_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


async def get_me(request: web.Request) -> web.Response:
    """Describe the bot's user."""
    return json_response(request.app[LOOPBACK].world.bot.as_json())


async def get_user(request: web.Request) -> web.Response:
    """Describe any user."""
    user = request.app[LOOPBACK].world.users.get(int(request.match_info["user_id"]))
    if user is None:
        raise Refusal(Code.UNKNOWN_USER)
    return json_response(user.as_json())


async def get_application(request: web.Request) -> web.Response:
    """Describe the bot's application."""
    world = request.app[LOOPBACK].world
    return json_response(
        {
            "id": str(world.application_id),
            "name": world.bot.global_name,
            "icon": None,
            "description": "",
            "rpc_origins": [],
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "owner": world.users[world.guild.owner_id].as_json(),
            "team": None,
            "flags": 0,
            "install_params": None,
        }
    )


async def get_gateway(request: web.Request) -> web.Response:
    """Tell where the gateway is, and how often the bot may still identify."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    url = request.app[LOOPBACK].gateway.url
    return json_response({"url": url, "shards": 1, "session_start_limit": limit})


async def get_commands(request: web.Request) -> web.Response:
    """List the registered commands."""
    return json_response(request.app[LOOPBACK].commands.listed(_scope(request)))


async def get_command(request: web.Request) -> web.Response:
    """Describe one registered command."""
    for command in request.app[LOOPBACK].commands.listed(_scope(request)):
        if command["id"] == request.match_info["command_id"]:
            return json_response(command)
    raise Refusal(Code.UNKNOWN_COMMAND)


async def put_commands(request: web.Request) -> web.Response:
    """Replace all commands of a scope."""
    commands = request.app[LOOPBACK].commands
    return json_response(commands.overwrite(await read_any(request), _scope(request)))


async def delete_command(request: web.Request) -> web.Response:
    """Remove one command."""
    request.app[LOOPBACK].commands.remove(request.match_info["command_id"], _scope(request))
    return nothing()


def _scope(request: web.Request) -> int | None:
    loopback = request.app[LOOPBACK]
    if int(request.match_info["application_id"]) != loopback.world.application_id:
        raise Refusal(Code.MISSING_ACCESS)
    guild_id = request.match_info.get("guild_id")
    if guild_id is not None and int(guild_id) not in loopback.world.guilds:
        raise Refusal(Code.MISSING_ACCESS)
    return int(guild_id) if guild_id is not None else None


ROUTES = [
    web.get(f"{API}/users/@me", get_me),
    web.get(f"{API}/users/{{user_id:\\d+}}", get_user),
    web.get(f"{API}/oauth2/applications/@me", get_application),
    web.get(f"{API}/applications/@me", get_application),
    web.get(f"{API}/gateway", get_gateway),
    web.get(f"{API}/gateway/bot", get_gateway),
    *(
        route
        for path in (_COMMANDS, _GUILD_COMMANDS)
        for route in (
            web.get(API + path, get_commands),
            web.put(API + path, put_commands),
            web.get(f"{API}{path}/{{command_id}}", get_command),
            web.delete(f"{API}{path}/{{command_id}}", delete_command),
        )
    ),
]
