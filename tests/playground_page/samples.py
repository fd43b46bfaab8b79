"""Messages as bots write them, for the page to show."""

from tests.playground_page.scripted_bot import LAYOUT, Json


def button(label: str, custom_id: str, style: int = 2) -> Json:
    """Describe a button."""
    return {"type": 2, "style": style, "label": label, "custom_id": custom_id}


def row(*components: Json) -> Json:
    """Describe a row of buttons, or of one select."""
    return {"type": 1, "components": list(components)}


def text(content: str) -> Json:
    """Describe a text of a layout."""
    return {"type": 10, "content": content}


def gallery_of(*names: str) -> Json:
    """Describe a gallery of the message's own files."""
    items = [{"media": {"url": f"attachment://{name}"}, "description": name} for name in names]
    return {"type": 12, "items": items}


def layout(*components: Json) -> Json:
    """Describe a Components V2 message with one container."""
    return {"flags": LAYOUT, "components": [{"type": 17, "components": list(components)}]}


MODELS: Json = {
    "type": 3,
    "custom_id": "model",
    "placeholder": "Another model",
    "options": [
        {"label": "Plain", "value": "plain-1", "description": "Cheap"},
        {"label": "Fancy", "value": "fancy-2"},
    ],
}

EVERYTHING: Json = layout(
    text("### A heading\nwith **words**"),
    {
        "type": 9,
        "components": [text("Beside a picture")],
        "accessory": {"type": 11, "media": {"url": "attachment://one.png"}, "description": "One"},
    },
    {"type": 9, "components": [text("Beside a button")], "accessory": button("Aside", "aside")},
    gallery_of("one.png", "two.png", "three.png"),
    {"type": 14, "divider": True, "spacing": 2},
    {"type": 13, "file": {"url": "attachment://notes.txt"}},
    row(
        button("Primary", "p", 1),
        button("Danger", "d", 4),
        {**button("Off", "o"), "disabled": True},
    ),
    row({"type": 2, "style": 5, "label": "Elsewhere", "url": "https://example.com/"}),
    row(MODELS),
)

EMBED: Json = {
    "embeds": [
        {
            "title": "Your credits",
            "description": "What you can **spend**",
            "color": 0x7FD1B9,
            "fields": [
                {"name": "Available", "value": "88", "inline": True},
                {"name": "Held", "value": "12", "inline": True},
            ],
            "footer": {"text": "One credit is one cent"},
        }
    ],
    "components": [row(button("Old row", "old", 3))],
}

MARKDOWN = r"""# Big
**bold** *italic* __under__ ~~gone~~ `code` ||secret|| \*plain\*
> quoted
-# small
- first
  - inner
1. one
```py
print("<b>")
```
[label](https://example.com/a) https://example.com/b. <t:0:R> ▰▰▰▱▱▱
<img src=x onerror=alert(1)> <script>alert(2)</script>"""

FORM: Json = {
    "custom_id": "again",
    "title": "New prompt",
    "components": [
        {
            "type": 18,
            "label": "Prompt",
            "description": "What should move",
            "component": {"type": 4, "custom_id": "prompt", "style": 2, "max_length": 200},
        },
        {"type": 18, "label": "Model", "component": {**MODELS, "required": False}},
        {
            "type": 18,
            "label": "Picture",
            "component": {"type": 19, "custom_id": "picture", "required": False},
        },
    ],
}

OLD_FORM: Json = {
    "custom_id": "old",
    "title": "Reason",
    "components": [
        row({"type": 4, "custom_id": "why", "label": "Why", "style": 1, "value": "because"})
    ],
}

ROLE_FORM: Json = {
    "custom_id": "manager",
    "title": "Who manages",
    "components": [
        {
            "type": 18,
            "label": "Role",
            "component": {"type": 6, "custom_id": "role", "required": False, "min_values": 0},
        },
        {"type": 18, "label": "Whom", "component": {"type": 7, "custom_id": "whom"}},
    ],
}
