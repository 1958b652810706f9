"""The shape of the YAML files in data/knowledge, checked by pydantic before anything is built from them."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any, Callable, Dict, Iterator, List, Literal, Optional, Union

from pydantic import BaseModel, Extra, Field, HttpUrl, root_validator, validator

from bot.days import WEEKDAYS

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
MOST_TO_ASK = 4
MOST_SENTENCES, LONGEST_ANSWER = 3, 160
_AS_IN = "as in data/examples/desk.yml (docs/operations.md)"
_TO_THE_OPERATOR = {
    "value_error.extra": f"there is no such key; expected the keys {_AS_IN}",
    "value_error.missing": f"is missing; expected it {_AS_IN}",
    "type_error.none.not_allowed": f"is empty; expected it {_AS_IN}",
    "type_error.list": f"expected a list, {_AS_IN}",
    "type_error.dict": f"expected several keys with values, {_AS_IN}",
    "value_error.list.min_items": f"is empty; expected at least one, {_AS_IN}",
    "value_error.url.scheme": "expected an address that begins with https://",
}
_PLACE = re.compile(r"(別添[123]) (\S+)")


class Day(str):
    """A day in ISO form. YAML reads 2026-11-22 without quotes as a date; that is meant all the same."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[object], str]]:
        yield cls._of

    @classmethod
    def _of(cls, value: object) -> str:
        day = value.isoformat() if isinstance(value, date) else value
        try:
            return date.fromisoformat(day if isinstance(day, str) else "").isoformat()
        except ValueError:
            raise ValueError("expected a day such as 2026-11-22") from None


class Entry(BaseModel):
    """A mapping in a file: no key beyond those declared, no value changed after loading."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False
        anystr_strip_whitespace = True
        min_anystr_length = 1

    @classmethod
    def complaint(cls, kind: str, message: str) -> str:
        """What pydantic says of a mistake, in words for whoever wrote the file."""
        return message


def _named_alone(name: str) -> str:
    """A municipality as the postal directory names it: without its prefecture and its county."""
    if not re.fullmatch(r".+[市区町村]", name) or re.fullmatch(r".+郡.+[町村]", name):
        raise ValueError(f"expected a municipality without its county, such as 会津若松市 or 川俣町, found {name!r}")
    return name


class HeadingEntry(Entry):
    heading: str
    title: str
    page: int = Field(ge=1)
    names: List[str] = []


class SectionEntry(Entry):
    section: str
    title: str
    headings: List[HeadingEntry]


class GroupEntry(Entry):
    name: str
    members: List[str]
    cite: str


class PaperFile(Entry):
    title: str
    short_title: str
    date: str
    sections: List[SectionEntry]
    groups: List[GroupEntry]


class PageEntry(Entry):
    name: str
    url: HttpUrl


class PhoneEntry(Entry):
    number: str = Field(regex=r"^0\d+(-\d+){1,2}$")
    label: str
    hours: str


class RenamingEntry(Entry):
    note: str
    since: Optional[str] = None

    @validator("since")
    def is_a_date(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not _DATE.fullmatch(value):
            raise ValueError("expected a date such as 2021-04-01, 2021-04 or 2021")
        return value


class SourceEntry(Entry):
    url: Optional[HttpUrl] = None
    says: str
    as_of: str


class PaperPlaceEntry(Entry):
    section: str
    heading: str
    page: int


class LocalCautionEntry(Entry):
    prefectures: List[str] = Field(min_items=1)
    text: str


class DistrictEntry(Entry):
    names: List[str] = Field(min_items=1)
    prefecture: str
    municipality: Optional[str] = None


class RegionEntry(Entry):
    names: List[str] = Field(min_items=1)
    prefectures: List[str] = Field(min_items=2)


class DistrictsFile(Entry):
    """districts.yml: names by which owners say where they are, beside prefectures and municipalities."""

    districts: List[DistrictEntry]
    regions: List[RegionEntry]


class PaperOrPageEntry(Entry):
    """Where an answer is from: a place in the paper (section, heading, page) or a page (page, url, perhaps dated)."""

    section: Optional[str] = None
    heading: Optional[str] = None
    page: Union[int, str]
    url: Optional[HttpUrl] = None
    dated: Optional[str] = None

    @root_validator(skip_on_failure=True)
    def is_one_of_the_two(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        in_paper = values["section"] is not None and values["heading"] is not None and values["url"] is None
        on_a_page = values["section"] is None and values["heading"] is None and values["url"] is not None
        if in_paper == on_a_page:
            raise ValueError("expected `section`, `heading` and `page` of the paper, or `page` and `url`")
        return values


class TopicAnswerEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    institution: Optional[str] = None
    issue: Optional[str] = None
    sub_issue: Optional[str] = None
    answer: Optional[str] = None
    unknown: Optional[str] = None
    ask_there: Optional[str] = None
    source: Optional[PaperOrPageEntry] = None
    until: Optional[date] = None
    asks_for_the_town: bool = False
    needs: List[str] = []
    said_as: Optional[str] = None
    field: str = "desk"
    checked: Optional[Day] = None
    asked_as: List[str] = Field(min_items=4)

    @root_validator(skip_on_failure=True)
    def is_known_or_says_whom_to_ask(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if (values["answer"] is None) == (values["unknown"] is None):
            raise ValueError("expected either `answer` or `unknown`")
        if values["answer"] is not None and values["source"] is None:
            raise ValueError("expected a `source` beside `answer`")
        if values["unknown"] is not None and not values["ask_there"]:
            raise ValueError("expected `ask_there` beside `unknown`: the words to ask it in")
        if values["sub_issue"] is not None and values["issue"] is None:
            raise ValueError("expected the `issue` beside `sub_issue`")
        return values

    @validator("answer", "unknown")
    def is_short(cls, text: Optional[str]) -> Optional[str]:
        if text is not None and (text.count("。") > MOST_SENTENCES or len(text) > LONGEST_ANSWER):
            raise ValueError(f"expected at most {MOST_SENTENCES} short sentences, {LONGEST_ANSWER} characters in all")
        return text


class AnswersFile(Entry):
    """A file of answers/: what owners ask about one topic, which the file is named after."""

    answers: List[TopicAnswerEntry]


class SubjectEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    called: List[str] = Field(min_items=1)


class SubjectsFile(Entry):
    """subjects.yml: what owners ask about by name that is no institution."""

    subjects: List[SubjectEntry]


class CalledEntry(Entry):
    matter: str
    called: List[str] = Field(min_items=1)


class CalledFile(Entry):
    """called.yml: words by which owners name a matter, to say that it is not that."""

    matters: List[CalledEntry]


class SeenPhoneEntry(Entry):
    number: str
    hours: Optional[str] = None


class SeenEntry(Entry):
    name: str
    how: str
    page: Optional[PageEntry] = None
    phone: Optional[SeenPhoneEntry] = None


class BroughtEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    issue: Optional[str] = None
    sounds_like: Optional[str] = None
    name: str
    say: str
    see: List[SeenEntry] = Field(min_items=1, max_items=3)
    then: Optional[str] = None
    source: PaperOrPageEntry
    needs: List[str] = []
    in_mourning: Optional[str] = None
    said_as: Optional[str] = None
    says_who_they_are: bool = False
    cannot_wait: bool = False
    checked: Optional[Day] = None
    told_as: List[str] = Field(min_items=10)
    not_told_as: List[str] = Field(min_items=3)


class BroughtFile(Entry):
    """matters.yml: what owners bring that the paper does not lay down, or that cannot wait."""

    matters: List[BroughtEntry]


class AsideEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    reply: List[str] = Field(min_items=2)
    said_as: str
    matches: List[str] = Field(min_items=2)
    leaves: List[str] = Field(min_items=3)


class AsidesFile(Entry):
    """A file of asides/: what owners say in passing, and what is said to that."""

    asides: List[AsideEntry]


class QuestionFieldEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    name: str
    issue: Optional[str] = None
    unknown: Optional[str] = None
    see: List[SeenEntry] = Field([], max_items=3)
    asked_as: List[str] = Field(min_items=10)

    @root_validator(skip_on_failure=True)
    def says_whom_to_ask_where_it_says_that_we_do_not_know(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if (values["unknown"] is None) != (not values["see"]):
            raise ValueError("expected `unknown` and `see` together, or neither")
        return values


class QuestionFieldsFile(Entry):
    """fields.yml: the kinds of questions that owners ask, by who knows about them."""

    fields: List[QuestionFieldEntry]


class InstitutionEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    name: str
    reading: Optional[str] = None
    paper_name: Optional[str] = None
    renamed: Optional[RenamingEntry] = None
    aliases: List[str] = []
    called: List[str] = []
    led_by: Optional[str] = None
    does: str
    cost: str
    reach: str
    page: Optional[PageEntry] = None
    more_pages: List[PageEntry] = []
    office_list: Optional[HttpUrl] = None
    phone: Optional[PhoneEntry] = None
    caution: Optional[str] = None
    local_cautions: List[LocalCautionEntry] = []
    absent_in: List[str] = []
    substitute: Optional[str] = None
    paper: List[PaperPlaceEntry] = []
    sources: List[SourceEntry] = []
    checked: Day

    @root_validator(skip_on_failure=True)
    def says_where_it_is_from(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if not values["sources"] and not values["paper"]:
            raise ValueError("expected `sources` or a place in `paper`: a fact without a source is not shown")
        return values


class ReferralEntry(Entry):
    to: str
    order: str = Field(regex="^(first|next|if_needed)$")
    role: str = Field(regex="^(first_contact|specialist)$")
    when: str
    why: str = Field(max_length=60)
    cite: Optional[str] = None
    added: Optional[HttpUrl] = None

    @root_validator(skip_on_failure=True)
    def has_one_source(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if (values["cite"] is None) == (values["added"] is None):
            raise ValueError("expected exactly one of `cite` (a place in the paper) and `added` (a source of its own)")
        return values


class SubIssueEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    name: str
    label: str = Field(max_length=20)
    no_shop_yet: bool = False
    stage: Optional[Literal["創業前", "創業時", "創業後"]] = None
    first_words: str = Field(max_length=30)
    bring: List[str] = Field(min_items=1)
    ask: List[str] = Field([], max_items=MOST_TO_ASK)
    tip: Optional[str] = None
    referrals: List[ReferralEntry] = Field(min_items=1)


class IssueEntry(Entry):
    issue: str
    heading: str
    label: str = Field(max_length=20)
    spoken: str
    acknowledge: str
    urgent: Optional[str] = None
    not_of: Optional[str] = None
    includes: Dict[str, str] = {}
    question: Optional[str] = None
    question_why: Optional[str] = None
    bring: List[str] = Field(min_items=1)
    ask: List[str] = Field(min_items=2, max_items=MOST_TO_ASK)
    referrals: List[ReferralEntry] = Field(min_items=1)
    sub_issues: List[SubIssueEntry]

    @root_validator(skip_on_failure=True)
    def asks_only_where_there_is_a_choice(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if bool(values["sub_issues"]) != bool(values["question"] and values["question_why"]):
            raise ValueError("expected `question` and `question_why` exactly where there are sub_issues")
        return values


class AreaEntry(Entry):
    name: str
    prefecture: str
    municipalities: List[str] = Field(min_items=1)


class NetworkEntry(Entry):
    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    name: str
    short_name: str = Field(max_length=20)
    cite: str
    prefecture: str
    area: Optional[str] = None
    municipalities: List[str] = []
    issues: List[str] = Field(min_items=1)
    members: List[str] = Field(min_items=1)
    what: str
    to_check: str
    first_asked: List[str]

    @root_validator(skip_on_failure=True)
    def bounds_its_region_once(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if values["area"] and values["municipalities"]:
            raise ValueError("expected `area` or `municipalities`, not both")
        return values


class NetworksFile(Entry):
    areas: List[AreaEntry]
    networks: List[NetworkEntry]


class LocalAboutFile(Entry):
    """local/about.yml: what the tables of offices are from, and what they do not have."""

    divide: List[str]
    incomplete: Dict[str, List[str]]
    sure: List[str]
    doubtful: List[str]
    sources: Dict[str, str]


class OwnPhoneEntry(Entry):
    """A number that the operator answers for."""

    number: str
    label: Optional[str] = None
    hours: Optional[str] = None

    @validator("number")
    def is_a_number(cls, value: str) -> str:
        if not re.fullmatch(r"0\d+(-\d+){1,2}", value):
            raise ValueError(f"expected a number such as 024-000-0000 in half-width digits, found {value!r}")
        return value


class OfficeEntry(Entry):
    prefecture: str
    name: str
    url: HttpUrl
    municipalities: List[str] = []
    address: Optional[str] = None
    phones: List[OwnPhoneEntry] = []

    _named_alone = validator("municipalities", each_item=True, allow_reuse=True)(_named_alone)


class WindowAreaEntry(Entry):
    prefecture: str
    municipalities: List[str] = []

    _named_alone = validator("municipalities", each_item=True, allow_reuse=True)(_named_alone)


class NoticeEntry(Entry):
    since: Day = Field(alias="from")
    until: Day
    text: str = Field(max_length=100)

    @root_validator(skip_on_failure=True)
    def ends_after_it_begins(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if values["since"] > values["until"]:
            raise ValueError(f"expected `from` before `until`, found {values['since']} and {values['until']}")
        return values


class OpenTimeEntry(Entry):
    """On which weekdays, from when until when. YAML reads 9:00 without quotes as 540; that is meant all the same."""

    days: str
    since: time = Field(alias="from")
    until: time

    @validator("days")
    def are_weekdays(cls, value: str) -> str:
        if not value or set(value) - set(WEEKDAYS) or len(set(value)) != len(value):
            raise ValueError(f"expected weekdays such as {WEEKDAYS[:5]}, found {value!r}")
        return value

    @validator("since", "until", pre=True)
    def is_a_time(cls, value: Any) -> time:
        minutes = value if isinstance(value, int) and not isinstance(value, bool) else _minutes(str(value))
        if minutes is None or not 0 <= minutes < 24 * 60:
            raise ValueError(f"expected a time such as 9:00, found {value!r}")
        return time(minutes // 60, minutes % 60)

    @root_validator(skip_on_failure=True)
    def ends_after_it_begins(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if values["since"] >= values["until"]:
            raise ValueError("expected `from` before `until`")
        return values


def _minutes(text: str) -> Optional[int]:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    return int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else None


class ContactEntry(Entry):
    slack: Optional[str] = None
    mail: Optional[str] = None

    @root_validator(skip_on_failure=True)
    def is_one_of_them(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        slack, mail = values.get("slack"), values.get("mail")
        if (slack is None) is (mail is None):
            raise ValueError("expected `slack` or `mail`, one of them")
        if slack is not None and not re.fullmatch(r"[CGD][A-Z0-9]{2,}", slack):
            raise ValueError(f"slack: expected the id of a channel such as C0123ABCD, found {slack!r}")
        if mail is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail):
            raise ValueError(f"mail: expected an address, found {mail!r}")
        return values


class StaffEntry(Entry):
    hours: List[OpenTimeEntry] = []
    closed_on: List[Day] = []
    tell: List[ContactEntry] = []
    next_after_minutes: int = Field(5, ge=1, le=120)


class WindowFile(Entry):
    """desk.yml, the operator's: the window that has put the bot before its owners."""

    name: str = Field(max_length=40)
    kind: str
    area: WindowAreaEntry
    phones: List[OwnPhoneEntry] = Field(min_items=1)
    address: Optional[str] = Field(None, max_length=60)
    page: Optional[HttpUrl] = None
    appointment: Optional[HttpUrl] = None
    say_there: Optional[str] = Field(None, max_length=40)
    languages: List[str] = []
    remote: Optional[str] = Field(None, max_length=60)
    handles: List[str] = []
    closed: Optional[str] = Field(None, max_length=60)
    notices: List[NoticeEntry] = []
    checked: Optional[Day] = None
    staff: StaffEntry = Field(default_factory=lambda: StaffEntry.parse_obj({}))

    @classmethod
    def complaint(cls, kind: str, message: str) -> str:
        """The operator of a window writes this file, and knows nothing of pydantic."""
        return _TO_THE_OPERATOR.get(kind, message)


class OfficeListEntry(Entry):
    institution: str
    source: HttpUrl
    checked: Day
    offices: List[OfficeEntry]


class ByPrefectureEntry(Entry):
    prefectures: List[str]
    phone: str


class HelpLineEntry(Entry):
    name: str
    phone: str
    by_prefecture: List[ByPrefectureEntry] = []
    hours: str
    cost: str
    sources: List[HttpUrl] = Field(min_items=1)


class EmergencyEntry(Entry):
    name: str
    phones: List[str] = Field(min_items=1)


class HelpLinesFile(Entry):
    checked: Day
    official_page: PageEntry
    emergency: EmergencyEntry
    people: List[str] = Field(min_items=1)
    debts: List[str] = Field(min_items=1)
    lines: List[HelpLineEntry]


class AnswerEntry(Entry):
    id: str
    label: str = Field(max_length=20)
    also: List[str] = []


class QuestionEntry(Entry):
    question: str
    why: str
    choices: List[AnswerEntry]


class SymptomAnswerEntry(Entry):
    id: str = Field(regex=r"^[a-z_]+$")
    label: str = Field(max_length=20)
    said: str = Field(max_length=40)
    strong: List[str] = []
    some: List[str] = []
    usual: bool = False
    short: Optional[Literal["yes", "no"]] = None
    like: List[str] = []
    told_by: Optional[str] = None


class SymptomEntry(Entry):
    id: str = Field(regex=r"^[a-z_]+$")
    ask: Optional[str] = Field(None, max_length=50)
    why: Optional[str] = Field(None, max_length=60)
    after: List[str] = []
    covers: List[str] = []
    cite: Optional[str] = None
    answers: List[SymptomAnswerEntry] = Field(min_items=2)


class SympathiesFile(Entry):
    __root__: Dict[str, List[str]]


class WeightsEntry(Entry):
    strong: float = Field(gt=0)
    some: float = Field(gt=0)
    usual: float = Field(gt=0)
    otherwise: float = Field(gt=0)


class TriageFile(Entry):
    weights: WeightsEntry
    noise: float = Field(ge=0, lt=1)
    clear: float = Field(gt=0, lt=1)
    settles: float = Field(gt=0, lt=1)
    worth_asking: float = Field(gt=0)
    most_questions: int = Field(gt=0)
    worth_naming: float = Field(gt=0, lt=1)
    too_vague: float = Field(gt=0, lt=1)
    questions: List[SymptomEntry]


class WordsFile(Entry):
    orders: Dict[str, str]
    why: str
    does: str
    cost: str
    reach: str
    local: str
    page: str
    office_list: str
    phone: str
    bring: str
    network: str
    renamed: str
    caution: str
    citation: str
    addition: str
    checked: str
    checked_on_copy: str
    checked_on_copies: str
    checked_on_undated_copy: str
    checked_in_paper: str
    checked_on_list: str
    road_title: str
    finding: str
    because_said: str
    as_said_back: str
    as_a_reason: str
    because_words: str
    first_words: str
    any_matter: str
    people: str
    see_first: str
    who_knows: str
    first_contacts: str
    debts: str
    sheet: str
    sheet_draft: str
    sheet_made: str
    workers: str
    stages: Dict[str, str]
    help_lines: str
    told: Dict[str, str]
    offices: Dict[str, str]
    folded: Dict[str, str]
    rating: Dict[str, str]
    desk: Dict[str, str]


class IndustryEntry(Entry):
    code: str = Field(regex=r"^[A-S]$")
    name: str
    words: List[str]


class IndustriesFile(Entry):
    __root__: List[IndustryEntry]


class InstitutionsFile(Entry):
    __root__: List[InstitutionEntry]


class IssuesFile(Entry):
    __root__: List[IssueEntry]


class OfficesFile(Entry):
    __root__: List[OfficeListEntry]


class QuestionsFile(Entry):
    __root__: List[QuestionEntry]


def place_in_paper(cite: str) -> "tuple[str, str]":
    """`別添2 ト` as (section, heading). Raises ValueError for any other form."""
    match = _PLACE.fullmatch(cite)
    if match is None:
        raise ValueError(f'expected a place such as "別添2 ト", found "{cite}"')
    return match.group(1), match.group(2)
