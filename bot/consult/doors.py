"""Where an owner comes in at an institution: this desk itself, an office known by name near them, or in general."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable, Optional, Sequence, Tuple

from bot.consult.state import Owner
from bot.knowledge import Institution, Knowledge, Office, Phone, Window

_OF_VILLAGES, _OF_CITIES = "shokokai", "cci"
_CITIES = ("市", "区")


@dataclass(frozen=True)
class Door:
    """An institution as an owner of a place meets it.

    `window` is this desk, where it is of the kind and the owner is in its area or may be. `near` are offices known by
    name where the owner is, `office` is the one for the whole prefecture. `town` is the municipality that `near` was
    found by. `shared` says that another institution of the town shares its districts with this one.
    """

    institution: Institution
    office: Optional[Office] = None
    near: Tuple[Office, ...] = ()
    window: Optional[Window] = None
    town: Optional[str] = None
    shared: bool = False

    @property
    def name(self) -> str:
        """The name to ask for there: that of the one office where there is only one, or else what it is in general."""
        if self.window is not None:
            return self.window.name
        return self.near[0].name if len(self.near) == 1 else self.institution.name

    @property
    def phones(self) -> Tuple[Phone, ...]:
        """The telephone numbers that are known of it here; none where none is."""
        if self.window is not None:
            return self.window.phones
        of_the_office = self.near[0].phones if len(self.near) == 1 else ()
        return of_the_office or ((self.institution.phone,) if self.institution.phone else ())

    @property
    def checked(self) -> Optional[str]:
        """The day of what is said of it (ISO date), or None where this desk says none."""
        if self.window is not None:
            return self.window.checked
        return self.office.checked if self.office else self.institution.checked


def door(knowledge: Knowledge, institution: Institution, owner: Owner) -> Door:
    """Where an owner comes in at an institution."""
    window = knowledge.window
    if window is not None and window.institution_id == institution.id and serves(window, owner):
        return Door(institution, window=window, town=owner.municipality if window.municipalities else None)
    near = knowledge.near(institution.id, owner.prefecture, owner.municipality)
    by_town = any(office.municipalities for office in near)
    office = knowledge.office(institution.id, owner.prefecture)
    return Door(institution, office, near, town=owner.municipality if by_town else None)


def doors(knowledge: Knowledge, institutions: Iterable[Institution], owner: Owner) -> Tuple[Door, ...]:
    """The door of each. Of institutions that share the land between them, only those that the owner's town has.

    Where the registers are not complete, what is not in them is left as it is: it may be there all the same.
    """
    found = [door(knowledge, institution, owner) for institution in institutions]
    found = [_of_the_middle_of_town(one, found, owner) for one in found]
    there = [one for one in found if one.institution.id in knowledge.local.divided and one.town is not None]
    if not there:
        return tuple(found)
    kept = [
        replace(one, shared=len(there) > 1) if one in there else one
        for one in found
        if one in there or not _is_not_there(knowledge, one, owner.prefecture)
    ]
    sharing = [one for one in kept if one.institution.id in knowledge.local.divided]
    by_name_first = iter(sorted(sharing, key=lambda one: one.town is None))
    return tuple(next(by_name_first) if one in sharing else one for one in kept)


def of_the_town(knowledge: Knowledge, owner: Owner) -> Optional[Door]:
    """Of the institutions that share the land between them, the one that the owner's town has; None without a town.

    Where the registers have none there, a city has a 商工会議所, and a town or a village a 商工会 (別添1 ②).
    """
    if owner.municipality is None:
        return None
    ways = doors(knowledge, [knowledge.institutions[name] for name in knowledge.local.divided], owner)
    usual = _OF_CITIES if owner.municipality.endswith(_CITIES) else _OF_VILLAGES
    known = (way for way in ways if way.town is not None or way.window is not None)
    return next(known, next((way for way in ways if way.institution.id == usual), None))


def _of_the_middle_of_town(one: Door, found: Sequence[Door], owner: Owner) -> Door:
    """A 商工会 of a city without its name, where the chamber of that city is not in the registers: most shops belong
    to that, and the 商工会 has the villages that joined later."""
    named_after_it = one.town is not None and any(office.name.startswith(one.town[:-1]) for office in one.near)
    of_a_city = one.institution.id == _OF_VILLAGES and one.town is not None and one.town.endswith("市")
    of_a_city = of_a_city and not named_after_it
    chamber_is_known = any(other.institution.id == _OF_CITIES and other.town is not None for other in found)
    return replace(one, near=(), town=None) if of_a_city and not chamber_is_known else one


def serves(window: Window, owner: Owner) -> bool:
    """Whether the owner is in the area of this desk, or has not said where."""
    return window.serves(owner.prefecture, owner.municipality)


def _is_not_there(knowledge: Knowledge, one: Door, prefecture: Optional[str]) -> bool:
    """Whether the owner's town has none of an institution that shares the land with the one that it has."""
    divided = one.institution.id in knowledge.local.divided and one.window is None
    return divided and prefecture is not None and knowledge.local.lists_all(one.institution.id, prefecture)
