"""The price list cut into pages, each small enough for one message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.discord.views.model_facts import entry
from bot.discord.views.text import cut
from bot.jobs.catalogue import Choice

PAGE_MODELS = 8
PAGE_CHARS = 3400
"""Of the models; the words around them have the rest of Discord's 4,000 characters."""


def pages(choices: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """The models of each page; those of one provider stand together."""
    providers = list(dict.fromkeys(choice.provider for choice in choices))
    return tuple(_cut(sorted(choices, key=lambda choice: providers.index(choice.provider))))


def _cut(choices: Sequence[Choice]) -> Iterator[tuple[Choice, ...]]:
    page: list[Choice] = []
    room = PAGE_CHARS
    for choice in choices:
        needed = len(listed(choice, under_title=True))
        if page and (needed > room or len(page) == PAGE_MODELS):
            yield tuple(page)
            page, room = [], PAGE_CHARS
        page.append(choice)
        room -= needed
    if page:
        yield tuple(page)


def page_of(provider: str, choices: Sequence[Choice]) -> int:
    """The number, from 1, of the page on which a provider's models begin; 1 if it has none."""
    for number, page in enumerate(pages(choices), start=1):
        if any(choice.provider == provider for choice in page):
            return number
    return 1


def listed(choice: Choice, *, under_title: bool) -> str:
    """A model as the list has it, with its provider's name above the first of them."""
    title = f"### {cut(choice.provider_title, 30)}\n" if under_title else ""
    return title + entry(choice)
