"""Checks JSON against the services' official OpenAPI files, discriminators and unknown properties included."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List

import yaml
from jsonschema import Draft202012Validator

LINE = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "line"
_REF = "#/components/schemas/"


class Specification:
    """The schemas of an OpenAPI 3.0 file."""

    def __init__(self, file: Path) -> None:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._schemas: Dict[str, Any] = document["components"]["schemas"]
        definitions: Dict[str, Any] = {}
        for name, schema in self._schemas.items():
            definitions[name] = self._whole(name, schema)
            if "discriminator" in schema:
                definitions[f"{name}.own"] = self._rewritten(_without_discriminator(schema))
        self._definitions = definitions

    def faults(self, name: str, instance: Any) -> List[str]:
        """What is wrong with an object that should be a `name`, with the place of each fault."""
        schema = {"$ref": f"#/$defs/{name}", "$defs": self._definitions}
        return [
            f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(instance)
        ]

    def knows(self, name: str, kind: str) -> bool:
        """Whether `kind` is among the kinds of a schema with a discriminator."""
        return kind in self._schemas[name]["discriminator"]["mapping"]

    def _whole(self, name: str, schema: Dict[str, Any]) -> Dict[str, Any]:
        """A schema as others refer to it: with a discriminator, what it says and what the kind says."""
        if "discriminator" not in schema:
            own = self._rewritten(schema)
            return {**own, "unevaluatedProperties": False} if _is_object(schema) else own
        by, kinds = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        return {
            "allOf": [
                {"$ref": f"#/$defs/{name}.own"},
                {"required": [by], "properties": {by: {"enum": list(kinds)}}},
                *(
                    {"if": {"properties": {by: {"const": kind}}}, "then": {"$ref": _local(reference)}}
                    for kind, reference in kinds.items()
                ),
            ]
        }

    def _rewritten(self, schema: Any) -> Any:
        """A schema with local references; where it builds on one with a discriminator, on what that says itself."""
        if isinstance(schema, list):
            return [self._rewritten(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        rewritten = {key: self._rewritten(value) for key, value in schema.items() if key not in ("allOf", "$ref")}
        if "$ref" in schema:
            rewritten["$ref"] = _local(schema["$ref"])
        if "allOf" in schema:
            rewritten["allOf"] = [self._base(part) for part in schema["allOf"]]
        return rewritten

    def _base(self, part: Dict[str, Any]) -> Any:
        name = part.get("$ref", "")[len(_REF) :]
        if name and "discriminator" in self._schemas[name]:
            return {"$ref": f"#/$defs/{name}.own"}
        return self._rewritten(part)


def _local(reference: str) -> str:
    return f"#/$defs/{reference[len(_REF) :]}"


def _without_discriminator(schema: Dict[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "discriminator"}


def _is_object(schema: Dict[str, Any]) -> bool:
    return "properties" in schema or "allOf" in schema


@lru_cache(maxsize=4)
def specification(file: Path) -> Specification:
    """The specification in a file, read once."""
    return Specification(file)
