"""Putting the organization into what is sent to MongoDB, and refusing what would get around it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from core.mongo.failures import OrganizationOverride, StageRefused
from core.mongo.index import ORGANIZATION

# Stages that see nothing but the documents handed to them. All others are refused: $lookup, $unionWith, $graphLookup,
# $merge and $out reach other documents, and what comes after this version of MongoDB is not known yet.
# fmt: off
CONTAINED_STAGES: Final = frozenset({
    "$addFields", "$bucket", "$bucketAuto", "$count", "$densify", "$facet", "$fill", "$group", "$limit",
    "$match", "$project", "$redact", "$replaceRoot", "$replaceWith", "$sample", "$set", "$setWindowFields",
    "$skip", "$sort", "$sortByCount", "$unset", "$unwind",
})
# fmt: on


def scoped_filter(asked: Mapping[str, Any], organization_id: UUID) -> dict[str, Any]:
    """`asked`, of this organization only. Raises OrganizationOverride."""
    _require_silence(asked)
    return {ORGANIZATION: organization_id, **asked}


def scoped_pipeline(pipeline: Sequence[Mapping[str, Any]], organization_id: UUID) -> list[Mapping[str, Any]]:
    """`pipeline` over this organization's documents. Raises StageRefused and OrganizationOverride.

    A first `$match` takes the organization in, since `$text` works in the first stage only.
    """
    _require_contained(pipeline)
    first = pipeline[0].get("$match") if pipeline else None
    if first is None:
        return [{"$match": {ORGANIZATION: organization_id}}, *pipeline]
    return [{"$match": scoped_filter(first, organization_id)}, *pipeline[1:]]


def stamped(document: Mapping[str, Any], organization_id: UUID) -> dict[str, Any]:
    """`document`, belonging to this organization. Raises OrganizationOverride if it says that it is another's."""
    if document.get(ORGANIZATION, organization_id) != organization_id:
        raise OrganizationOverride("The document belongs to another organization than the scope's.")
    return {**document, ORGANIZATION: organization_id}


def untouched(update: Mapping[str, Any]) -> Mapping[str, Any]:
    """`update`, if it leaves a document in its organization. Raises OrganizationOverride."""
    _require_silence(update)
    if ORGANIZATION in update.get("$rename", {}).values():
        raise OrganizationOverride("No field may be renamed to the organization's.")
    return update


def _require_contained(pipeline: Sequence[Mapping[str, Any]]) -> None:
    for stage in pipeline:
        for name, argument in stage.items():
            if name not in CONTAINED_STAGES:
                raise StageRefused(f"{name} could reach beyond the organization.")
            if name == "$facet":
                for inner in argument.values():
                    _require_contained(inner)


def _require_silence(asked: Any) -> None:  # noqa: ANN401 -- any part of a filter or an update
    """Nothing asked for may name the organization, however deep: the scope decides."""
    if isinstance(asked, Mapping):
        for key, value in asked.items():
            if key == ORGANIZATION or str(key).startswith(f"{ORGANIZATION}."):
                raise OrganizationOverride("The organization is the scope's; a query or update must not name it.")
            _require_silence(value)
    elif isinstance(asked, list | tuple):
        for value in asked:
            _require_silence(value)
