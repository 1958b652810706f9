"""A message as the consultation hears it, from the parse that Rasa keeps of it."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Tuple

from bot.consult.reading import Heard, Reading


def heard_from(parse: Mapping[str, Any]) -> Heard:
    """What was understood in a message: `parse` has text, intent_ranking and entities as in /model/parse."""
    places = [found for found in parse.get("entities") or [] if found["entity"] in ("prefecture", "municipality")]
    prefectures = [place["value"] if place["entity"] == "prefecture" else place.get("prefecture") for place in places]
    counts = entities_in(parse, "employee_count")
    return Heard(
        text=parse.get("text") or "",
        ranking=tuple((ranked["name"], ranked["confidence"]) for ranked in parse.get("intent_ranking") or []),
        prefectures=tuple(dict.fromkeys(prefecture for prefecture in prefectures if prefecture)),
        municipalities=tuple(place["value"] for place in places if place["entity"] == "municipality"),
        industry=entity_in(parse, "industry"),
        employee_count=sum(map(int, counts)) if counts else None,
        stage=entity_in(parse, "stage"),
        sub_issues={issue: (best["name"], best["confidence"]) for issue, best in parse.get("sub_issues", {}).items()},
        other_issues=parse.get("other_issues", {}),
        institutions=tuple(dict.fromkeys(entities_in(parse, "institution"))),
        place_characters=sum(place["end"] - place["start"] for place in places),
    )


def reading_from(parse: Mapping[str, Any]) -> Reading:
    """How that message was read: the act stands where the intent was, the answer picked among the entities."""
    act = (parse.get("intent") or {}).get("name") or ""
    return Reading(act, entity_in(parse, "choice"), entities_in(parse, "other_issue"))


def entity_in(parse: Mapping[str, Any], kind: str) -> Optional[str]:
    """The value of the first entity of a kind, or None."""
    return next(iter(entities_in(parse, kind)), None)


def entities_in(parse: Mapping[str, Any], kind: str) -> Tuple[str, ...]:
    """The values of all entities of a kind, in the order of the message."""
    return tuple(found["value"] for found in parse.get("entities") or [] if found["entity"] == kind)
