"""The rich menu below the chat: four fields, whose picture is data/channels/line_menu.png (docs/line.md)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Callable, Dict

from bot.channels.line.buttons import PressedMenu, data_of
from bot.channels.line.client import LineClient
from bot.channels.line.texts import Menu
from bot.paths import ROOT

PICTURE = ROOT / "data" / "channels" / "line_menu.png"
_WIDTH, _HEIGHT = 2500, 1686
_COLUMNS, _ROWS = 2, 2
_OURS = "kakaritsuke-"


def definition(menu: Menu, picture: bytes) -> Dict[str, Any]:
    """The menu as LINE wants it. Its name says what it is made of, so that an unchanged one is not made anew."""
    width, height = _WIDTH // _COLUMNS, _HEIGHT // _ROWS
    areas = [
        {
            "bounds": {
                "x": number % _COLUMNS * width,
                "y": number // _COLUMNS * height,
                "width": width,
                "height": height,
            },
            "action": {
                "type": "postback",
                "label": item.label,
                "data": data_of(PressedMenu(item.id)),
                "displayText": item.shown,
            },
        }
        for number, item in enumerate(menu.items)
    ]
    shown = {"size": {"width": _WIDTH, "height": _HEIGHT}, "selected": True, "chatBarText": menu.bar, "areas": areas}
    made_of = hashlib.sha256(json.dumps(shown, sort_keys=True).encode() + picture).hexdigest()
    return {**shown, "name": f"{_OURS}{made_of[:16]}"}


async def set_up(client: LineClient, menu: Menu, tell: Callable[[str], None], picture_file: Path = PICTURE) -> None:
    """Show the menu to everybody and remove our older ones; menus of others are left alone.

    Doing it again changes nothing. `tell` is told each step. Raises LineError, or OSError without the picture.
    """
    picture = picture_file.read_bytes()
    wanted = definition(menu, picture)
    ours = [known for known in await client.rich_menus() if known.name.startswith(_OURS)]
    shown = await client.default_rich_menu()
    current = next((known.id for known in ours if known.name == wanted["name"] and known.id == shown), None)
    if current is None:
        current = await client.create_rich_menu(wanted)
        await client.upload_rich_menu_picture(current, picture)
        await client.set_default_rich_menu(current)
        tell("menu: made, and shown to everybody")
    else:
        tell("menu: up to date")
    for old in ours:
        if old.id != current:
            await client.delete_rich_menu(old.id)
            tell(f"menu: removed an older one ({old.name})")
