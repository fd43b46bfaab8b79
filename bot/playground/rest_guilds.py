"""REST routes about guilds, their members and roles."""

from aiohttp import web

from bot.playground.answers import API, json_response
from bot.playground.loopback import LOOPBACK
from bot.playground.places import Guild
from bot.playground.refusals import Code, Refusal

_GUILD = API + "/guilds/{guild_id:\\d+}"


async def get_guild(request: web.Request) -> web.Response:
    """Describe a guild."""
    return json_response(_guild(request).as_json())


async def get_channels(request: web.Request) -> web.Response:
    """List a guild's channels, without threads."""
    channels = _guild(request).channels.values()
    return json_response([channel.as_json() for channel in channels if not channel.is_thread])


async def get_roles(request: web.Request) -> web.Response:
    """List a guild's roles."""
    return json_response([role.as_json() for role in _guild(request).roles.values()])


async def get_members(request: web.Request) -> web.Response:
    """List a guild's members by id, a page at a time; needs the privileged intent."""
    if not request.app[LOOPBACK].gateway.privileged_intents & 1 << 1:
        raise Refusal(Code.MISSING_ACCESS)
    after = int(request.query.get("after", "0"))
    limit = int(request.query.get("limit", "1"))
    members = sorted(_guild(request).members.items())
    page = [member.as_json() for user_id, member in members if user_id > after][:limit]
    return json_response(page)


async def get_member(request: web.Request) -> web.Response:
    """Describe one member."""
    member = _guild(request).members.get(int(request.match_info["user_id"]))
    if member is None:
        raise Refusal(Code.UNKNOWN_MEMBER)
    return json_response(member.as_json())


async def get_active_threads(request: web.Request) -> web.Response:
    """List the threads that are not archived and that the bot sees."""
    world = request.app[LOOPBACK].world
    threads = [
        channel.as_json()
        for channel in _guild(request).channels.values()
        if channel.thread and not channel.thread.archived and world.sees(world.bot.id, channel)
    ]
    return json_response({"threads": threads, "members": []})


def _guild(request: web.Request) -> Guild:
    world = request.app[LOOPBACK].world
    guild = world.guilds.get(int(request.match_info["guild_id"]))
    if guild is None or world.bot.id not in guild.members:
        raise Refusal(Code.UNKNOWN_GUILD)
    return guild


ROUTES = [
    web.get(_GUILD, get_guild),
    web.get(_GUILD + "/channels", get_channels),
    web.get(_GUILD + "/roles", get_roles),
    web.get(_GUILD + "/members", get_members),
    web.get(_GUILD + "/members/{user_id:\\d+}", get_member),
    web.get(_GUILD + "/threads/active", get_active_threads),
]
