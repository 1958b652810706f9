"""Checks JSON against a service's official OpenAPI file: kinds by discriminator, nothing missing, nothing unknown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import yaml
from jsonschema import Draft202012Validator

LINE = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "line"
_REF = "#/components/schemas/"
Schema = Dict[str, Any]


class Specification:
    """The schemas of an OpenAPI 3.0 file.

    jsonschema has no discriminators, and takes minutes to find unknown properties in nested kinds: objects and lists
    are walked here, in one pass, and single values left to jsonschema.
    """

    def __init__(self, file: Path) -> None:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._schemas: Dict[str, Schema] = document["components"]["schemas"]

    def faults(self, name: str, instance: Any) -> List[str]:
        """What is wrong with something that should be a `name`, with the place of each fault."""
        return list(self._walk("$", self._schemas[name], instance))

    def knows(self, name: str, kind: str) -> bool:
        """Whether `kind` is among the kinds of a schema with a discriminator."""
        return kind in self._schemas[name]["discriminator"]["mapping"]

    def _walk(self, place: str, schema: Schema, instance: Any) -> Iterator[str]:
        schema = self._resolved(schema)
        if "discriminator" in schema:
            by, kinds = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
            kind = instance.get(by) if isinstance(instance, dict) else None
            if kind not in kinds:
                yield f"{place}.{by}: {kind!r} is none of {', '.join(kinds)}"
                return
            schema = self._resolved({"$ref": kinds[kind]})
        properties, required = self._properties(schema)
        if properties:
            yield from self._walk_object(place, properties, required, instance)
        elif schema.get("type") == "array":
            yield from self._walk_list(place, schema, instance)
        else:
            yield from _single(place, schema, instance)

    def _walk_object(self, place: str, properties: Schema, required: List[str], instance: Any) -> Iterator[str]:
        if not isinstance(instance, dict):
            yield f"{place}: expected an object, found {type(instance).__name__}"
            return
        yield from (f"{place}: {name} is missing" for name in required if name not in instance)
        for name, value in instance.items():
            if name in properties:
                yield from self._walk(f"{place}.{name}", properties[name], value)
            else:
                yield f"{place}: {name} is unknown"

    def _walk_list(self, place: str, schema: Schema, instance: Any) -> Iterator[str]:
        shallow = {key: value for key, value in schema.items() if key != "items"}
        yield from _single(place, shallow, instance)
        for number, item in enumerate(instance if isinstance(instance, list) else []):
            yield from self._walk(f"{place}[{number}]", schema["items"], item)

    def _properties(self, schema: Schema) -> Tuple[Schema, List[str]]:
        """All properties of a schema and of those it builds on, and which must be there."""
        properties, required = dict(schema.get("properties", {})), list(schema.get("required", []))
        for part in schema.get("allOf", []):
            more, needed = self._properties(self._resolved(part))
            properties, required = {**more, **properties}, [*needed, *required]
        return properties, required

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"][len(_REF) :]]
        return schema


def _single(place: str, schema: Schema, instance: Any) -> Iterator[str]:
    for error in Draft202012Validator(schema).iter_errors(instance):
        yield f"{place}: {error.message[:200]}"


@lru_cache(maxsize=4)
def specification(file: Path) -> Specification:
    """The specification in a file, read once."""
    return Specification(file)
