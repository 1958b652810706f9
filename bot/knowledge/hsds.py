"""Institutions and offices as Open Referral's HSDS 3.0, for directories that take them over (docs/operations.md).

A list of services, each with its organization inside, as HSDS's service package has it. An institution is one
organization with one service, its 相談; an office is a place where that service is given. Of an office we know the page
and no address, so it is a `virtual` location. What HSDS has no field for, where a fact is from and which issues of the
paper an institution serves, are attributes. Fields have HSDS's own names; nothing is said that the cards do not say.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple
from uuid import UUID, uuid5

from bot.knowledge.model import Institution, Issue, Knowledge, Office

Json = Dict[str, Any]

# Ids are the same at every export, so that whoever takes the data over can tell what has changed.
_IDS = UUID("6f0f4f0e-6f5b-5e2c-9d5a-3b8c1f7a2d10")
_WHOLE_COUNTRY = "全国"


def service_package(knowledge: Knowledge) -> List[Json]:
    """Every institution as a service, in the order of institutions.yml."""
    return [_service(knowledge, institution) for institution in knowledge.institutions.values()]


def _service(knowledge: Knowledge, institution: Institution) -> Json:
    service_id = _id("service", institution.id)
    offices = [office for office in knowledge.offices if office.institution_id == institution.id]
    attributes = [*_issues_served(knowledge, institution, service_id), *_sources(institution, service_id)]
    return _said(
        id=service_id,
        organization_id=_id("organization", institution.id),
        name=f"{institution.name}の相談",
        description=institution.does,
        url=institution.office_list or (institution.page.url if institution.page else None),
        status="active",
        application_process=institution.reach,
        fees_description=institution.cost,
        alert=" ".join(institution.cautions_in(None)),
        assured_date=institution.checked,
        phones=_phones(institution, service_id),
        service_areas=_areas(institution, service_id),
        service_at_locations=[_at_location(office, service_id) for office in offices],
        organization=_organization(institution),
        attributes=attributes,
    )


def _organization(institution: Institution) -> Json:
    return _said(
        id=_id("organization", institution.id),
        name=institution.name,
        alternate_name=institution.paper_name if institution.paper_name != institution.name else None,
        description=institution.does,
        website=institution.page.url if institution.page else None,
    )


def _phones(institution: Institution, service_id: str) -> List[Json]:
    if institution.phone is None:
        return []
    phone = institution.phone
    return [
        {
            "id": _id("phone", institution.id, phone.number),
            "service_id": service_id,
            "number": phone.number,
            "type": "voice",
            "description": f"{phone.label}、{phone.hours}",
        }
    ]


def _areas(institution: Institution, service_id: str) -> List[Json]:
    """The whole country, less the prefectures known to have none: offices that we do not know are there as well."""
    without = "、".join(institution.absent_in)
    name = f"{_WHOLE_COUNTRY}（{without}を除く）" if without else _WHOLE_COUNTRY
    return [{"id": _id("service_area", institution.id), "service_id": service_id, "name": name}]


def _at_location(office: Office, service_id: str) -> Json:
    of_office = (office.institution_id, office.prefecture)
    location_id = _id("location", *of_office)
    return {
        "id": _id("service_at_location", *of_office),
        "service_id": service_id,
        "location_id": location_id,
        "description": f"{office.prefecture}の窓口。{office.checked}の一覧による（{office.source}）",
        "location": {"id": location_id, "location_type": "virtual", "name": office.name, "url": office.url},
    }


def _issues_served(knowledge: Knowledge, institution: Institution, service_id: str) -> Iterator[Json]:
    for issue in knowledge.issues.values():
        if institution.id in _named_on_roads(issue):
            heading = knowledge.paper.heading(issue.citation.section, issue.citation.heading)
            yield {
                **_attribute(service_id, "issue", issue.name),
                "taxonomy_term": {
                    "id": _id("taxonomy_term", issue.name),
                    "name": issue.name,
                    "description": f"{issue.citation} {heading.title}",
                    "taxonomy": f"{knowledge.paper.title} {issue.citation.section}",
                    "language": "jpn",
                },
            }


def _named_on_roads(issue: Issue) -> Tuple[str, ...]:
    roads = (issue.referrals, *(sub.referrals for sub in issue.sub_issues))
    return tuple(referral.institution.id for road in roads for referral in road)


def _sources(institution: Institution, service_id: str) -> Iterator[Json]:
    """The pages and the places in the paper that speak for the institution."""
    said = [f"{source.url or '公開の記録'}（{source.as_of}）{source.says}" for source in institution.sources]
    for value in (*(str(citation) for citation in institution.citations), *said):
        yield {
            **_attribute(service_id, "source", value),
            "value": value,
            "taxonomy_term": {
                "id": _id("taxonomy_term", "source"),
                "name": "出典",
                "description": "この窓口について述べたところ",
                "language": "jpn",
            },
        }


def _attribute(service_id: str, kind: str, name: str) -> Json:
    return {
        "id": _id("attribute", service_id, kind, name),
        "link_id": service_id,
        "link_type": kind,
        "link_entity": "service",
        "taxonomy_term_id": _id("taxonomy_term", name if kind == "issue" else kind),
    }


def _said(**fields: object) -> Json:
    """The fields that say something: HSDS leaves out what is not known."""
    return {name: value for name, value in fields.items() if value}


def _id(kind: str, *names: str) -> str:
    return str(uuid5(_IDS, "/".join((kind, *names))))
