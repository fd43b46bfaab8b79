"""Whatever the bot leaves on a screen, the next start of the bot knows by its id alone."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from discord import ui

from bot.discord import views
from bot.discord.client import BUTTONS, FORMS
from bot.discord.views.desk_controls import DeskForm
from bot.discord.views.forms import Form
from bot.media.fitting import Fitted
from storage.jobs import JobState
from tests.bot.discord.asks import show_everything
from tests.bot.discord.club import IMAGE, Club
from tests.bot.discord.desk import desk
from tests.bot.discord.extras import open_every_form
from tests.bot.discord.lists import bring_to, buttons, list_of
from tests.bot.discord.lost import AGAIN, DECIDED, NEVER, RAN, card, job_of, lost, wire
from tests.scripted import PLAIN

TEMPLATES = [button.__discord_ui_compiled_template__ for button in BUTTONS]
TEMPLATES += [form.template for form in FORMS]
MANY_MODELS = [replace(PLAIN, id=f"plain-{n}", name=f"Plain {n}", aliases=()) for n in range(9)]
OUTDATED = (
    "I have changed since that was shown to you, and no longer know it. Run the command again."
)


def classes_of_views() -> Iterator[type]:
    for module in pkgutil.iter_modules(views.__path__):
        loaded = importlib.import_module(f"{views.__name__}.{module.name}")
        yield from (one for one in vars(loaded).values() if isinstance(one, type))


def test_the_client_knows_every_button_and_every_form_there_is() -> None:
    found = set(classes_of_views())

    assert {one for one in found if issubclass(one, ui.DynamicItem)} == set(BUTTONS)
    forms = {one for one in found if issubclass(one, Form) and hasattr(one, "template")}
    assert forms == set(FORMS)
    # The desk's many forms are sent as one class and answered by another, `DeskAnswer`.
    modals = {one for one in found if issubclass(one, ui.Modal) and not issubclass(one, Form)}
    assert modals <= {DeskForm, ui.Modal}


def sent_ids(club: Club) -> set[str]:
    """The id of every button, menu and form the bot ever sent."""
    return {found for request in club.env.http_requests for found in _ids(request.json)}


def _ids(sent: object) -> Iterator[str]:
    match sent:
        case {"custom_id": str(custom_id), "title": _}:
            yield custom_id  # A form; its inputs are known to nobody but itself.
        case {"custom_id": str(custom_id)}:
            yield custom_id
        case dict():
            for value in sent.values():
                yield from _ids(value)
        case list():
            for value in sent:
                yield from _ids(value)


async def test_every_id_that_is_sent_is_known_by_itself_to_one_and_only_one(club: Club) -> None:
    await club.offer(*MANY_MODELS)
    wire(club)
    await lost(club)
    for label in (RAN, AGAIN):
        await club.moderator.click(card(club), label=label)
    await bring_to(club, JobState.RUNNING)
    listed = await list_of(club)
    await club.member.click(listed, custom_id=buttons(listed)["Cancel …"])
    await club.finish()
    posts = club.channel.threads[-1].history()
    await club.member.click(posts[-1], label="New prompt …")
    shown = await club.other.context_menu(club.channel.threads[-1], "Report clip", posts[-1])
    await club.other.submit_modal(shown, {"why": "not nice"})
    await club.other.slash(club.channel, "animate", image=IMAGE, prompt="rain")
    await club.finish()
    for command in ("jobs", "models", "privacy delete"):
        await club.other.slash(club.channel, command)
    await club.moderator.click(await desk(club), label="Give …")
    await show_everything(club)
    await open_every_form(club)
    await offer_original(club)
    await club.other.slash(club.channel, "animate", image=IMAGE, prompt="rain", preview=True)

    ids = sent_ids(club)

    known_by = {found: [one for one in TEMPLATES if one.fullmatch(found)] for found in ids}
    assert {found: len(known) for found, known in known_by.items() if len(known) != 1} == {}
    assert {one for known in known_by.values() for one in known} == set(TEMPLATES)


async def offer_original(club: Club) -> None:
    """Post a clip as another file than it came as."""
    job = replace((await club.jobs())[0], id="0r1g1na1")
    kept = (await club.workshop.files.clips())[0]
    fitted = replace(Fitted.as_it_came(kept.path, 64), is_original=False)
    thread = club.workshop.bench.thread
    await thread.post_clip(job, fitted, paid_credits=3, offers_original=True)


async def test_a_button_of_an_earlier_version_says_what_to_do(club: Club) -> None:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="old", custom_id="zoetrope:old:3f"))
    view.stop()
    message = await club.client.get_partial_messageable(club.channel.id).send("a", view=view)
    await club.restart()

    result = await club.member.click(message, label="old")

    assert result.response is not None
    assert result.ephemeral
    assert result.response.content == OUTDATED


async def test_a_form_of_an_earlier_version_says_what_to_do(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await club.animate()
    await club.finish()
    shown = await club.member.click(club.posts[-1], label="New prompt …")
    monkeypatch.setattr("bot.discord.client.FORMS", ())

    result = await club.member.submit_modal(shown, {"prompt": "rain"})

    assert result.response is not None
    assert result.response.content == OUTDATED
    assert len(await club.jobs()) == 1


async def test_a_form_that_was_open_during_a_restart_orders_the_clip(club: Club) -> None:
    await club.animate()
    await club.finish()
    shown = await club.member.click(club.posts[-1], label="New prompt …")
    await club.restart()

    await club.member.submit_modal(shown, {"prompt": "light snow"})
    await club.finish()

    assert [job.prompt for job in await club.jobs()] == ["light snow", "slow zoom in"]


async def test_a_form_about_a_clip_that_is_forgotten_meanwhile_orders_nothing(club: Club) -> None:
    await club.animate()
    await club.finish()
    shown = await club.member.click(club.posts[-1], label="New prompt …")
    await club.client.members.privacy.delete(club.guild.id, club.member.id)
    await club.restart()

    result = await club.member.submit_modal(shown, {"prompt": "light snow"})

    (said,) = result.followups
    assert said.ephemeral
    assert await club.jobs() == ()


async def test_the_moderators_form_works_after_a_restart(club: Club) -> None:
    wire(club)
    await lost(club)
    shown = await club.moderator.click(card(club), label=RAN)
    await club.restart()
    wire(club)

    result = await club.moderator.submit_modal(shown, {"task": "17"})
    await club.finish()

    assert result.response is not None
    assert "on the house" in result.response.content
    assert (await job_of(club)).state is JobState.DELIVERED


async def test_the_moderators_form_comes_too_late_where_another_decided(club: Club) -> None:
    wire(club)
    await lost(club)
    shown = await club.moderator.click(card(club), label=RAN)
    await club.restart()
    wire(club)
    await club.owner.click(card(club), label=NEVER)

    result = await club.moderator.submit_modal(shown, {"task": "17"})

    assert result.response is not None
    assert result.response.content == DECIDED
