"""What Discord accepts as components: rows of buttons, Components V2, and modals."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Set

from bot.playground.places import Json
from bot.playground.refusals import FieldErrors

MAX_COMPONENTS = 40
MAX_TEXT_CHARS = 4000


class Kind(enum.IntEnum):
    """Discord's component types."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(range(Kind.USER_SELECT, Kind.CHANNEL_SELECT + 1)) | {Kind.STRING_SELECT}
_ROW = SELECTS | {Kind.BUTTON}
_IN_CONTAINER = frozenset(
    {
        Kind.ACTION_ROW,
        Kind.SECTION,
        Kind.TEXT_DISPLAY,
        Kind.MEDIA_GALLERY,
        Kind.FILE,
        Kind.SEPARATOR,
    }
)
_TOP_V2 = _IN_CONTAINER | {Kind.CONTAINER}
_TOP_MODAL = frozenset({Kind.ACTION_ROW, Kind.LABEL, Kind.TEXT_DISPLAY})
_IN_LABEL = SELECTS | {
    Kind.TEXT_INPUT,
    Kind.FILE_UPLOAD,
    Kind.RADIO_GROUP,
    Kind.CHECKBOX_GROUP,
    Kind.CHECKBOX,
}


def check_message_components(
    errors: FieldErrors, components: object, *, v2: bool, filenames: Set[str]
) -> None:
    """Note what is wrong with a message's components; `filenames` are what it carries."""
    check = _Check(errors, filenames)
    if v2:
        check.each("components", components, _TOP_V2, 1, MAX_COMPONENTS)
    else:
        check.each("components", components, {Kind.ACTION_ROW}, 0, 5)
    check.totals()


def check_modal(errors: FieldErrors, modal: Json) -> None:
    """Note what is wrong with a modal."""
    errors.length("custom_id", modal.get("custom_id"), 1, 100)
    errors.length("title", modal.get("title"), 1, 45)
    check = _Check(errors, frozenset(), in_modal=True)
    check.each("components", modal.get("components"), _TOP_MODAL, 1, 5)


def walk(components: list[Json]) -> Iterator[Json]:
    """Visit every component, nested ones too."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for nested in (component.get("accessory"), component.get("component")):
            if nested:
                yield from walk([nested])


def media_of(component: Json) -> Iterator[Json]:
    """List the media a component shows, each with its `url`."""
    match component.get("type"):
        case Kind.MEDIA_GALLERY:
            yield from (item["media"] for item in component["items"])
        case Kind.THUMBNAIL:
            yield component["media"]
        case Kind.FILE:
            yield component["file"]


class _Check:
    def __init__(self, errors: FieldErrors, filenames: Set[str], *, in_modal: bool = False) -> None:
        self._errors = errors
        self._filenames = filenames
        self._in_modal = in_modal
        self._custom_ids: set[str] = set()
        self._components = 0
        self._text_chars = 0

    def each(self, path: str, value: object, allowed: Set[int], least: int, most: int) -> None:
        if not self._errors.count(path, value, least, most):
            return
        assert isinstance(value, list)
        for index, component in enumerate(value):
            self.one(f"{path}.{index}", component, allowed)

    def one(self, path: str, component: object, allowed: Set[int]) -> None:
        if not isinstance(component, dict) or component.get("type") not in allowed:
            choices = ", ".join(str(int(choice)) for choice in sorted(allowed))
            message = f'Value of field "type" must be one of ({choices}).'
            self._errors.add(f"{path}.type", "UNION_TYPE_CHOICES", message)
            return
        self._components += 1
        self._rules(path, component, Kind(component["type"]))

    def totals(self) -> None:
        if self._components > MAX_COMPONENTS:
            self._errors.add(
                "components", "BASE_TYPE_BAD_LENGTH", "Must be 40 or fewer components in total."
            )
        if self._text_chars > MAX_TEXT_CHARS:
            self._errors.add(
                "components",
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                "The components displayable text size exceeds maximum size of 4000",
            )

    def _rules(self, path: str, component: Json, kind: Kind) -> None:
        match kind:
            case Kind.ACTION_ROW:
                self._row(path, component)
            case Kind.BUTTON:
                self._button(path, component)
            case Kind.SECTION:
                self.each(
                    f"{path}.components", component.get("components"), {Kind.TEXT_DISPLAY}, 1, 3
                )
                self.one(
                    f"{path}.accessory", component.get("accessory"), {Kind.BUTTON, Kind.THUMBNAIL}
                )
            case Kind.TEXT_DISPLAY:
                self._text(path, component)
            case Kind.CONTAINER:
                children = component.get("components")
                self.each(f"{path}.components", children, _IN_CONTAINER, 1, MAX_COMPONENTS)
            case Kind.MEDIA_GALLERY | Kind.THUMBNAIL | Kind.FILE:
                self._media(path, component, kind)
            case Kind.LABEL:
                self._errors.length(f"{path}.label", component.get("label"), 1, 45)
                self.one(f"{path}.component", component.get("component"), _IN_LABEL)
            case Kind.SEPARATOR:
                pass
            case _:
                self._input(path, component, kind)

    def _row(self, path: str, row: Json) -> None:
        allowed = frozenset({Kind.TEXT_INPUT}) if self._in_modal else _ROW
        children = row.get("components")
        self.each(f"{path}.components", children, allowed, 1, 5)
        kinds = [child.get("type") for child in children or [] if isinstance(child, dict)]
        if len(kinds) > 1 and any(kind != Kind.BUTTON for kind in kinds):
            message = "An action row holds up to five buttons or one select."
            self._errors.add(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)

    def _button(self, path: str, button: Json) -> None:
        style = button.get("style")
        if style == 5:
            self._errors.length(f"{path}.url", button.get("url"), 1, 512)
        elif style in (1, 2, 3, 4):
            self._custom_id(path, button)
        elif style != 6:
            self._errors.add(f"{path}.style", "BASE_TYPE_CHOICES", "Unknown button style")
        if style != 6 and not button.get("label") and not button.get("emoji"):
            self._errors.add(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A label is required")
        self._errors.length(f"{path}.label", button.get("label") or "", 0, 80)

    def _text(self, path: str, display: Json) -> None:
        content = display.get("content")
        self._errors.length(f"{path}.content", content, 1, MAX_TEXT_CHARS)
        self._text_chars += len(content) if isinstance(content, str) else 0

    def _media(self, path: str, component: Json, kind: Kind) -> None:
        if kind is not Kind.MEDIA_GALLERY:
            field = "file" if kind is Kind.FILE else "media"
            self._link(f"{path}.{field}", component.get(field), uploaded=kind is Kind.FILE)
            return
        items = component.get("items")
        if not self._errors.count(f"{path}.items", items, 1, 10):
            return
        for index, item in enumerate(items or []):
            place = f"{path}.items.{index}"
            self._errors.length(f"{place}.description", item.get("description") or "", 0, 1024)
            self._link(f"{place}.media", item.get("media"), uploaded=False)

    def _link(self, path: str, media: object, *, uploaded: bool) -> None:
        url = media.get("url") if isinstance(media, dict) else None
        if not isinstance(url, str):
            self._errors.add(f"{path}.url", "BASE_TYPE_REQUIRED", "This field is required")
        elif url.startswith("attachment://"):
            if url.removeprefix("attachment://") not in self._filenames:
                message = f"The referenced attachment was not found: {url}"
                self._errors.add(
                    f"{path}.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT", message
                )
        elif uploaded or not url.startswith(("http://", "https://")):
            message = "Scheme must be one of the supported ones."
            self._errors.add(f"{path}.url", "URL_TYPE_INVALID_SCHEME", message)

    def _input(self, path: str, component: Json, kind: Kind) -> None:
        self._custom_id(path, component)
        if kind is Kind.STRING_SELECT:
            self._options(path, component.get("options"))
        if kind in SELECTS:
            self._errors.length(f"{path}.placeholder", component.get("placeholder") or "", 0, 150)
        if kind is Kind.TEXT_INPUT:
            if component.get("style") not in (1, 2):
                self._errors.add(f"{path}.style", "BASE_TYPE_CHOICES", "Unknown input style")
            self._errors.length(f"{path}.value", component.get("value") or "", 0, 4000)
        required = component.get("required", True)
        if kind is Kind.FILE_UPLOAD and required and component.get("min_values") == 0:
            message = "Must be at least 1 while the upload is required."
            self._errors.add(f"{path}.min_values", "NUMBER_TYPE_MIN", message)

    def _options(self, path: str, options: object) -> None:
        if not self._errors.count(f"{path}.options", options, 1, 25):
            return
        assert isinstance(options, list)
        for index, option in enumerate(options):
            for field in ("label", "value"):
                self._errors.length(f"{path}.options.{index}.{field}", option.get(field), 1, 100)
        if len({option.get("value") for option in options}) < len(options):
            message = "The specified option value is already used"
            self._errors.add(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)

    def _custom_id(self, path: str, component: Json) -> None:
        custom_id = component.get("custom_id")
        self._errors.length(f"{path}.custom_id", custom_id, 1, 100)
        if custom_id in self._custom_ids:
            message = "Component custom id cannot be duplicated"
            self._errors.add(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        if isinstance(custom_id, str):
            self._custom_ids.add(custom_id)
