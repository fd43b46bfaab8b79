"""What is to be known about one provider: its key, its balance, its limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from bot.owner.asking import Asked, NoAnswer, Why
from bot.owner.checkup import Finding, Mark
from bot.owner.money import dollars
from bot.owner.pricing import cheapest_clip
from providers.base import Account, Provider
from providers.model import VideoModel

_AT_ONCE = re.compile(r"\b(\d+) at once\b")
"""As the limits of an account are worded."""


def account_findings(
    asked: Asked[Account], models: Sequence[VideoModel], *, within_seconds: float
) -> Iterator[Finding]:
    """Say how the owner's account stands, and what to do about it."""
    if isinstance(asked.answer, NoAnswer):
        yield _trouble(asked.kind, asked.answer, within_seconds)
    else:
        yield Finding(Mark.GOOD, "key", "The key is accepted.")
        yield _balance(asked.kind, asked.answer, models)
        if asked.answer.limits:
            yield Finding(Mark.NOTE, "limits", f"Limits: {'; '.join(_grouped(asked.answer))}.")
    if asked.provider is not None:
        yield _running(asked.provider, asked.answer)


def _trouble(kind: type[Provider], silence: NoAnswer, within_seconds: float) -> Finding:
    name, keys = kind.title, _keys(kind)
    match silence.why:
        case Why.NO_KEY:
            text = (
                f"Not used: there is no key. To use it, make one at {kind.keys_from} and set "
                f"{silence.detail} in .env."
            )
            return Finding(Mark.NOTE, "key", text)
        case Why.BAD_SETTINGS:
            return Finding(Mark.BROKEN, "settings", silence.detail)
        case Why.KEY_REFUSED:
            text = (
                f"{name} does not accept the key ({silence.detail}). Make a new one at "
                f"{kind.keys_from} and put it into {keys}."
            )
            return Finding(Mark.BROKEN, "key", text)
        case Why.CANNOT_TELL if keys is None:
            return Finding(Mark.GOOD, "key", "It needs no key, and bills nobody.")
        case Why.CANNOT_TELL:
            text = f"The key is set; {name} offers no way to check it without spending."
            return Finding(Mark.NOTE, "key", text)
        case Why.TOO_SLOW:
            text = f"{name} did not answer within {within_seconds:g} s. Try again later."
            return Finding(Mark.BROKEN, "reach", text)
        case Why.UNREACHABLE:
            text = (
                f"{name} gave no answer that can be used ({silence.detail}). See that this machine "
                f"is online and that {_setting(kind, 'base_url')} is right, or try again later."
            )
            return Finding(Mark.BROKEN, "reach", text)
        case Why.BROKE:
            text = (
                f"Asking it failed with {silence.detail}, which is a fault in "
                f"providers/{kind.name}: report it."
            )
            return Finding(Mark.BROKEN, "fault", text)
        case _:
            assert_never(silence.why)


def _balance(kind: type[Provider], account: Account, models: Sequence[VideoModel]) -> Finding:
    left, clip = account.balance_microdollars, cheapest_clip(models)
    facts = {"balance_microdollars": left}
    if left is None or clip is None or left >= clip[1]:
        return Finding(Mark.GOOD, "balance", f"Balance: {account.balance}.", facts)
    model, price = clip
    text = (
        f"Balance: {account.balance}. That does not pay for one clip of its cheapest model "
        f"({model.id}, {model.default_seconds} s, {dollars(price)}): top it up at "
        f"{kind.keys_from or kind.title}."
    )
    return Finding(Mark.WARNING, "balance", text, facts)


def _running(provider: Provider, answer: Account | NoAnswer) -> Finding:
    most, setting = provider.max_running, _setting(type(provider), "max_running")
    facts = {"max_running": most}
    text = f"At most {most} {'task runs' if most == 1 else 'tasks run'} at once ({setting})."
    limits = answer.limits if isinstance(answer, Account) else ()
    allowed = [int(found[1]) for line in limits if (found := _AT_ONCE.search(line))]
    if not allowed or len(allowed) < len(limits) or most <= max(allowed):
        return Finding(Mark.NOTE, "running", text, facts)
    # Limits of several models add up, so that as many may well run, but of different models.
    if most <= sum(allowed):
        text += f" The account allows {max(allowed)} of one model: more of it wait there."
        return Finding(Mark.NOTE, "running", text, facts)
    text += f" The account allows {sum(allowed)}: set {setting}={sum(allowed)}."
    return Finding(Mark.WARNING, "running", text, facts)


def _grouped(account: Account) -> Iterator[str]:
    """The limits, with the names of those that are limited alike in one line."""
    alike: dict[str, list[str]] = {}
    for line in account.limits:
        name, _, limit = line.rpartition(": ")
        alike.setdefault(limit, []).append(name)
    for limit, names in alike.items():
        named = ", ".join(filter(None, names))
        yield f"{named}: {limit}" if named else limit


def _keys(kind: type[Provider]) -> str | None:
    """The settings that hold its key, as it names them where they are empty."""
    return kind.Settings.model_construct().missing


def _setting(kind: type[Provider], ending: str) -> str:
    names = [name for name in kind.Settings.model_fields if name.endswith(f"_{ending}")]
    return names[0].upper() if names else f"its {ending.replace('_', ' ')}"
