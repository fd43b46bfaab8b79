"""The parts of this Discord, put together."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.playground.cdn import Cdn
from bot.playground.commands import Commands
from bot.playground.faults import Faults
from bot.playground.gateway import Gateway
from bot.playground.interactions import Interactions
from bot.playground.messages import Messages
from bot.playground.rate_limits import RateLimits
from bot.playground.threads import Threads
from bot.playground.world import workshop


@dataclass(frozen=True)
class Request:
    """One REST request the bot made, and what it was answered."""

    method: str
    path: str
    """Below /api/v10."""
    status: int


class Loopback:
    """A Discord on this machine: its world, its rules, and what was asked of it."""

    def __init__(self, clock: Clock, token: str) -> None:
        self.token = token
        self.world = workshop(clock)
        self.cdn = Cdn(self.world)
        self.commands = Commands(self.world)
        self.messages = Messages(self.world, self.cdn)
        self.threads = Threads(self.world, self.messages)
        self.interactions = Interactions(self.world, self.messages)
        self.gateway = Gateway(self.world, token)
        self.rate_limits = RateLimits(clock)
        self.faults = Faults()
        self.requests: list[Request] = []


LOOPBACK = web.AppKey("loopback", Loopback)
