"""The things the bot knows, as frozen data: institutions, issues, referrals and where each is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Dict, FrozenSet, Mapping, Optional, Pattern, Protocol, Tuple

from bot.knowledge.ids import AnswerId
from bot.knowledge.naming import Naming
from bot.knowledge.staff_desk import StaffDesk
from bot.normalization import bare

_DATED = re.compile(r"\d{4}(?!年代)(-(0[1-9]|1[0-2])(-\d{2})?)?(?!\d)")


class Order(str, Enum):
    """The place of a step on the owner's road: まず, 次に, 必要なら."""

    FIRST = "first"
    NEXT = "next"
    IF_NEEDED = "if_needed"


class Role(str, Enum):
    """Whether an institution is near the owner (身近な支援機関) or specialised (専門機関)."""

    FIRST_CONTACT = "first_contact"
    SPECIALIST = "specialist"


@dataclass(frozen=True)
class Citation:
    """A place in the paper: section (別添1 to 3), heading (①, ト, コラム …) and its page in the contents list."""

    section: str
    heading: str
    page: int

    def __str__(self) -> str:
        return f"{self.section} {self.heading}、{self.page}ページ"


@dataclass(frozen=True)
class Heading:
    """A heading of the paper and, in 別添2, the ids of the institutions that it names."""

    citation: Citation
    title: str
    names: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """A word of 別添2 that stands for several institutions, and the place that says which."""

    name: str
    members: Tuple[str, ...]
    citation: Citation


@dataclass(frozen=True)
class Paper:
    """The paper of 2017-05-25: its titles, headings and group words."""

    title: str
    short_title: str
    date: str
    headings: Tuple[Heading, ...]
    groups: Tuple[Group, ...]

    def heading(self, section: str, heading: str) -> Heading:
        """The heading at a place. Raises LookupError where the paper has none."""
        for candidate in self.headings:
            if (candidate.citation.section, candidate.citation.heading) == (section, heading):
                return candidate
        raise LookupError(f"the paper has no {section} {heading}")

    def institutions_named(self, section: str, heading: str) -> Tuple[Tuple[str, ...], ...]:
        """What a heading names, one tuple of ids a name: a single id, or the members of a group."""
        members = {group.name: group.members for group in self.groups}
        return tuple(members.get(name, (name,)) for name in self.heading(section, heading).names)


@dataclass(frozen=True)
class Page:
    """An official web page."""

    name: str
    url: str


@dataclass(frozen=True)
class Phone:
    """A telephone number that was verified for today; `hours` in words."""

    number: str
    label: str
    hours: str


@dataclass(frozen=True)
class Renaming:
    """Since when (ISO date, possibly only year or month) an institution has its name of today, in words for owners."""

    note: str
    since: Optional[str] = None


@dataclass(frozen=True)
class Source:
    """Where a fact comes from; `url` is None where the record has no address of its own."""

    says: str
    as_of: str
    url: Optional[str] = None

    @property
    def dated(self) -> str:
        """`as_of` as an ISO day, month or year: as much as it says, 2025 for 2025年度 and 2025-26, empty for 不明."""
        match = _DATED.match(self.as_of)
        return match.group() if match else ""


@dataclass(frozen=True)
class LocalCaution:
    """A caution that matters in some prefectures only."""

    prefectures: Tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Institution:
    """An institution an owner can see: what it is called, does, costs, and how to reach it.

    `paper_name` is its name in the paper of 2017, None for additions. `name` is today's, `reading` that in kana,
    None where it is in kana, `aliases` what it is called as well, `called` what owners say once it was spoken of.
    `substitute` is the id of the institution that does its work where it could not be confirmed today.
    `led_by` names the phrase (data/phrases.yml) with which an owner says that they lead it: it is no help to them.
    `absent_in` are prefectures that have none. `more_pages` are of services of its own that owners ask for by name.
    """

    id: str
    name: str
    does: str
    cost: str
    reach: str
    sources: Tuple[Source, ...]
    checked: str
    reading: Optional[str] = None
    aliases: Tuple[str, ...] = ()
    called: Tuple[str, ...] = ()
    led_by: Optional[str] = None
    paper_name: Optional[str] = None
    renamed: Optional[Renaming] = None
    page: Optional[Page] = None
    more_pages: Tuple[Page, ...] = ()
    office_list: Optional[str] = None
    phone: Optional[Phone] = None
    caution: Optional[str] = None
    local_cautions: Tuple[LocalCaution, ...] = ()
    absent_in: Tuple[str, ...] = ()
    substitute: Optional[str] = None
    citations: Tuple[Citation, ...] = ()

    @property
    def newest_copy(self) -> str:
        """The date of the newest of the stored pages that speak for it, as far as it is known: 2026-02, or empty."""
        return max((source.dated for source in self.sources if source.url), default="")

    def cautions_in(self, prefecture: Optional[str]) -> Tuple[str, ...]:
        """What an owner there should know first; with no prefecture known, everything."""
        local = tuple(c.text for c in self.local_cautions if prefecture is None or prefecture in c.prefectures)
        return ((self.caution,) if self.caution else ()) + local


@dataclass(frozen=True)
class Referral:
    """One step on the owner's road: whom to see, when, and why.

    Source: the paper at `citation`; `added` is the page that speaks for an institution which the heading does not name.
    """

    institution: Institution
    order: Order
    role: Role
    when: str
    why: str
    citation: Optional[Citation] = None
    added: Optional[str] = None


@dataclass(frozen=True)
class SubIssue:
    """A 論点 of an issue. `first_words` are how an owner begins with it on the telephone.

    `tip` is advice that cannot wait; `ask` is what to ask at the desk, where it differs. `no_shop_yet`: it is of who
    has yet to open one. `stage` is where such a business is, where the kind says so.
    """

    id: str
    name: str
    label: str
    first_words: str
    bring: Tuple[str, ...]
    referrals: Tuple[Referral, ...]
    tip: Optional[str] = None
    ask: Tuple[str, ...] = ()
    no_shop_yet: bool = False
    stage: Optional[str] = None


@dataclass(frozen=True)
class Issue:
    """An issue under the heading of the paper it is named after. `referrals` serve where no sub-issue is known.

    `label` stands on a choice to press, `spoken` in a sentence of ours. `ask` is what to ask at the desk. `urgent` is
    what cannot wait where a date is near. `includes` are matters of other issues (issue/sub-issue) that its own road
    serves, each with the sub-issue that it is here: the loan for a shop that is about to open. `not_of` names the
    phrase (data/phrases.yml) of messages that never tell of it among others: who has a shop founds none.
    """

    name: str
    label: str
    spoken: str
    acknowledge: str
    citation: Citation
    bring: Tuple[str, ...]
    ask: Tuple[str, ...]
    referrals: Tuple[Referral, ...]
    sub_issues: Tuple[SubIssue, ...] = ()
    question: Optional[str] = None
    question_why: Optional[str] = None
    urgent: Optional[str] = None
    not_of: Optional[str] = None
    includes: Mapping[str, str] = field(default_factory=dict)

    def sub_issue(self, sub_issue_id: str) -> SubIssue:
        """The sub-issue with this id. Raises LookupError where there is none."""
        for sub_issue in self.sub_issues:
            if sub_issue.id == sub_issue_id:
                return sub_issue
        raise LookupError(f"{self.name} has no sub-issue {sub_issue_id}")


@dataclass(frozen=True)
class Office:
    """The local office of an institution in one prefecture; `checked` is the date of its source.

    `municipalities` are those it is known to be for; none where it is for the whole prefecture. `may_have_changed` is
    said of a name that only an old or a doubtful source has. `phones` are numbers that the operator entered.
    """

    institution_id: str
    prefecture: str
    name: str
    url: Optional[str]
    checked: str
    source: str
    municipalities: Tuple[str, ...] = ()
    address: Optional[str] = None
    phones: Tuple[Phone, ...] = ()
    may_have_changed: bool = False


@dataclass(frozen=True)
class DatedNote:
    """What owners are told from one day (ISO date) until another, both included: closed days, a storm."""

    since: str
    until: str
    text: str

    def holds_on(self, day: date) -> bool:
        """Whether it is told on a day."""
        return self.since <= day.isoformat() <= self.until


@dataclass(frozen=True)
class Window:
    """The window that has put this bot before its owners, as its operator tells of it in desk.yml.

    `institution_id` is what kind it is. No `municipalities`: its area is the whole prefecture. `handles` are the issues
    that it says it helps with itself; `say_there` are the words to begin with. `checked` is a day (ISO date), or None.
    `staff` says when somebody reads what owners write here, and who is told.
    """

    institution_id: str
    name: str
    prefecture: str
    municipalities: Tuple[str, ...]
    phones: Tuple[Phone, ...]
    address: Optional[str] = None
    page: Optional[Page] = None
    appointment: Optional[str] = None
    say_there: Optional[str] = None
    languages: Tuple[str, ...] = ()
    remote: Optional[str] = None
    handles: Tuple[str, ...] = ()
    closed: Optional[str] = None
    notices: Tuple[DatedNote, ...] = ()
    checked: Optional[str] = None
    staff: StaffDesk = StaffDesk()

    @property
    def area(self) -> str:
        """Its area in words: 福島県みどり野市."""
        return self.prefecture + "、".join(self.municipalities)

    def serves(self, prefecture: Optional[str], municipality: Optional[str]) -> bool:
        """Whether an owner is in its area, or may be: has not said where, or only the prefecture."""
        if prefecture is not None and prefecture != self.prefecture:
            return False
        return not self.municipalities or municipality is None or municipality in self.municipalities

    def notes_on(self, day: Optional[date]) -> Tuple[str, ...]:
        """What is to be told on a day; nothing where no day is given."""
        return tuple(note.text for note in self.notices if day is not None and note.holds_on(day))


@dataclass(frozen=True)
class Network:
    """Institutions that worked together for owners of one region, as of 2017. Source: the paper, at `citation`.

    `municipalities` is empty where it was for the whole prefecture.
    `issues` are the names of the issues it helped with, `members` names as in the paper, `first_asked` who led it.
    `what` says what it did, `to_check` whom to ask what has become of it.
    """

    id: str
    name: str
    short_name: str
    citation: Citation
    prefecture: str
    municipalities: Tuple[str, ...]
    issues: Tuple[str, ...]
    members: Tuple[str, ...]
    what: str
    to_check: str
    first_asked: Tuple[Institution, ...]

    def reaches(self, prefecture: Optional[str], municipality: Optional[str]) -> bool:
        """Whether it was for owners of a place; where it was for some cities only, the city has to be known.

        A city counts with its prefecture, since 府中市 is in two, and an owner may have moved on to another.
        """
        return self.prefecture == prefecture and (not self.municipalities or municipality in self.municipalities)


@dataclass(frozen=True)
class HelpLine:
    """A telephone line for people in distress; `by_prefecture` has the number to show instead where one is local."""

    name: str
    phone: str
    hours: str
    cost: str
    sources: Tuple[str, ...]
    by_prefecture: Mapping[str, str] = field(default_factory=dict)

    def phone_in(self, prefecture: Optional[str]) -> str:
        """The number to call from a prefecture (or from anywhere, for None)."""
        return self.by_prefecture.get(prefecture or "", self.phone)


@dataclass(frozen=True)
class HelpLines:
    """Whom an owner in distress can call now, in the order to show them.

    `people` is where a person listens, whatever the matter is; `debts` where debts are talked over.
    """

    checked: str
    official_page: Page
    emergency: str
    emergency_phones: Tuple[str, ...]
    people: Tuple[Institution, ...]
    debts: Tuple[Institution, ...]
    lines: Tuple[HelpLine, ...]


@dataclass(frozen=True)
class StandardAnswer:
    """An answer offered to a question that is the same for every issue; `also` are other ways to say it."""

    id: str
    label: str
    also: Tuple[str, ...] = ()


@dataclass(frozen=True)
class StandardQuestion:
    """A question that is the same for every issue: why we ask it, and the answers offered."""

    name: str
    why: str
    choices: Tuple[StandardAnswer, ...]


@dataclass(frozen=True)
class SymptomAnswer:
    """An answer to a question of the triage.

    `said` is what the owner thereby says, in words that …のですね and …とおっしゃったので can follow. `likelihoods` are
    the probabilities of this answer from owners with each hypothesis, in the order of Triage.hypotheses. `speaks_for`
    are the issues that it makes likelier, by themselves or by one of their sub-issues. `usual` is the answer of those
    whom the question does not concern. `short` says whether a bare はい ("yes") or いいえ ("no") means this answer.
    `like` are other ways to say it, for comparing with the owner's own words; `told_by` names the phrase
    (data/phrases.yml) without which no words of theirs say it, however like they are.
    """

    id: str
    label: str
    said: str
    likelihoods: Tuple[float, ...]
    speaks_for: Tuple[str, ...]
    usual: bool = False
    short: Optional[str] = None
    like: Tuple[str, ...] = ()
    told_by: Optional[str] = None


@dataclass(frozen=True)
class Symptom:
    """A question of the triage: about what happens in the shop, one idea, no category.

    `ask` is None where it is never put: its answers are what owners come with. `why` is why we ask. It follows from any
    of the answers in `after` and of the issues in `after_issues`; from none of both where it is about the business in
    general. Once it was put, the questions that it `covers` are not.
    """

    id: str
    ask: Optional[str]
    answers: Tuple[SymptomAnswer, ...]
    why: Optional[str] = None
    after: Tuple[AnswerId, ...] = ()
    after_issues: Tuple[str, ...] = ()
    covers: Tuple[str, ...] = ()
    citation: Optional[Citation] = None

    @property
    def is_general(self) -> bool:
        """Whether it is about the business in general, and follows from nothing that was said."""
        return not (self.after or self.after_issues)

    def answer(self, answer_id: str) -> SymptomAnswer:
        """The answer with this id. Raises KeyError where there is none."""
        for answer in self.answers:
            if answer.id == answer_id:
                return answer
        raise KeyError(answer_id)

    def answer_in_short(self, short: str) -> Optional[SymptomAnswer]:
        """The answer that a bare はい ("yes") or いいえ ("no") means, or None."""
        return next((answer for answer in self.answers if answer.short == short), None)


@dataclass(frozen=True)
class Triage:
    """問診: how to find the issue of an owner who cannot name it. Source: 別添2 リ and コラム; the weights are ours.

    `hypotheses` are (issue, sub-issue); `noise` is the share of answers that are given by mistake. The search ends
    where one issue has the probability `clear` (`settles` where the owner came with a complaint and told what is behind
    it), where no question gains `worth_asking` bits, or after `most_questions`.
    An issue is named from `worth_naming`; none where the best is below `too_vague`.
    """

    hypotheses: Tuple[Tuple[str, str], ...]
    symptoms: Mapping[str, Symptom]
    noise: float
    clear: float
    settles: float
    worth_asking: float
    most_questions: int
    worth_naming: float
    too_vague: float

    def answer(self, told: AnswerId) -> SymptomAnswer:
        """The answer of this name. Raises KeyError where there is none."""
        return self.symptoms[told.symptom].answer(told.answer)


@dataclass(frozen=True)
class Industry:
    """A 大分類 of the Japan Standard Industrial Classification and the words by which owners name its trades."""

    code: str
    name: str
    words: Tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The short labels on cards and lists, the same on every channel."""

    orders: Mapping[Order, str]
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
    stages: Mapping[str, str]
    help_lines: str
    told: Mapping[str, str]
    offices: Mapping[str, str]
    folded: Mapping[str, str]
    rating: Mapping[str, str]
    desk: Mapping[str, str]


@dataclass(frozen=True)
class District:
    """A district, island or old province by the names that owners say: 心斎橋, 津軽, 九州.

    `municipality` is None where it has several, `prefectures` are several where a region is named.
    """

    names: Tuple[str, ...]
    prefectures: Tuple[str, ...]
    municipality: Optional[str] = None


@dataclass(frozen=True)
class Scope:
    """What an answer holds for: an institution, an issue or sub-issue, or anything where all are None."""

    institution: Optional[str] = None
    issue: Optional[str] = None
    sub_issue: Optional[str] = None

    @property
    def narrowness(self) -> int:
        """The narrower, the higher: anything, an issue, a sub-issue, an institution."""
        return 3 if self.institution else 2 if self.sub_issue else 1 if self.issue else 0


@dataclass(frozen=True)
class Answer:
    """What owners ask about a topic of theirs, and what we know of it, or that we do not know it.

    `text` says either; `ask_there` are the words to ask it in at an institution, where we do not know. `asked_as`
    are ways in which owners ask it; `subjects` and `institutions` are what most of these name. Behind the day
    `until` it is not true any more. `asks_for_the_town`: it is for who has not told it. Where it `needs` some
    word, of a death or of closing, it is for those alone who have used one. `field` is the id of the field of
    fields.yml that the question is of; `said_as` names the phrase (data/phrases.yml) by which it is asked for whatever
    the rest of the words is like. Source: the paper at `citation`, or `page`, whose content is of the date
    `dated`. `checked` is the day (ISO date) on which somebody last looked whether it is still so, where known.
    """

    id: str
    topic: str
    scope: Scope
    text: str
    asked_as: Tuple[str, ...]
    subjects: Tuple[str, ...] = ()
    institutions: Tuple[str, ...] = ()
    ask_there: Optional[str] = None
    citation: Optional[Citation] = None
    page: Optional[Page] = None
    dated: Optional[str] = None
    until: Optional[date] = None
    asks_for_the_town: bool = False
    needs: Tuple[str, ...] = ()
    said_as: Optional[str] = None
    field: str = "desk"
    checked: Optional[str] = None

    @property
    def known(self) -> bool:
        """Whether it answers, or says honestly that we do not know."""
        return self.ask_there is None


class OfficesByPlace(Protocol):
    """Offices that are looked up by place (bot.knowledge.local)."""

    @property
    def divided(self) -> Tuple[str, ...]:
        """The institutions that share the land between them."""

    def near(self, institution_id: str, prefecture: str, municipality: Optional[str]) -> Tuple[Office, ...]:
        """The offices of an institution in a municipality, then those that are there for the whole prefecture."""

    def lists_all(self, institution_id: str, prefecture: str) -> bool:
        """Whether an office that is not listed in this prefecture is not there."""


@dataclass(frozen=True)
class Seen:
    """Whom to see about what an owner brought, how to reach them, with the page and the telephone where we know one."""

    name: str
    how: str
    page: Optional[Page] = None
    phone: Optional[str] = None
    phone_hours: Optional[str] = None


@dataclass(frozen=True)
class QuestionField:
    """A kind of questions that owners ask, by who knows about them: taxes, wages, contracts.

    `unknown` says why we cannot say it ourselves, `see` whom to ask, the first first; both are missing where we answer
    ourselves, of us and of the institutions that we name. `issue` is one whose road shows the same people. `asked_as`
    are ways of asking.
    """

    id: str
    name: str
    asked_as: Tuple[str, ...]
    unknown: Optional[str] = None
    see: Tuple[Seen, ...] = ()
    issue: Optional[str] = None

    @property
    def of_windows(self) -> bool:
        """Whether it is of us, or of the institutions that we name: nobody else knows, and it is asked in any talk."""
        return not self.see


@dataclass(frozen=True)
class Aside:
    """What owners say in passing, that is no question and no matter: a fear, a wish, that nobody was told yet.

    `reply` are the answers to it, in the order to give them, none of them twice in a talk. `said_as` finds it in the
    normalised text: `matches` are sentences that it finds, `leaves` near misses.
    """

    id: str
    reply: Tuple[str, ...]
    said_as: Pattern[str]
    matches: Tuple[str, ...]
    leaves: Tuple[str, ...]


@dataclass(frozen=True)
class Brought:
    """What owners bring that the paper does not lay down, or that cannot wait: taxes, a court's letter, a flood.

    `say` is said at once; `see` are whom to see first. `issue` is the one whose road still helps afterwards, None
    where none does; `sounds_like` is one that such messages are taken for, where its road is no help; `then` is what
    the owner thereby comes with (triage.yml), where a question about it finds that road. `told_as` are ways in which
    owners tell of it, `not_told_as` near misses; a message without any of the words that it `needs`, where it needs
    some, does not. `in_mourning` names the phrase (data/phrases.yml) with which somebody who mourns brings it,
    `said_as` one that says it beyond doubt; where that only `says_who_they_are`, a worry of its issue is told as well.
    Of one that `cannot_wait` a day runs out: whom to see for it comes before any road. Source:
    `page`, whose content is of the date `dated`, or the paper at `citation`. `checked` as in `Answer`.
    """

    id: str
    name: str
    say: str
    see: Tuple[Seen, ...]
    told_as: Tuple[str, ...]
    not_told_as: Tuple[str, ...]
    needs: Tuple[str, ...] = ()
    in_mourning: Optional[str] = None
    said_as: Optional[str] = None
    says_who_they_are: bool = False
    cannot_wait: bool = False
    issue: Optional[str] = None
    sounds_like: Optional[str] = None
    then: Optional[AnswerId] = None
    citation: Optional[Citation] = None
    page: Optional[Page] = None
    dated: Optional[str] = None
    checked: Optional[str] = None


@dataclass(frozen=True)
class Knowledge:
    """Everything the bot knows. Mappings are keyed by id or name, in the order of their files.

    `subjects` finds what a message names that is no institution: a loan, a subsidy, a law. `called` finds the matters
    that a denial names, each an issue or issue/sub-issue.
    """

    paper: Paper
    institutions: Mapping[str, Institution]
    issues: Mapping[str, Issue]
    networks: Tuple[Network, ...]
    offices: Tuple[Office, ...]
    local: OfficesByPlace
    help_lines: HelpLines
    questions: Mapping[str, StandardQuestion]
    words: Words
    triage: Triage
    sympathies: Mapping[str, Tuple[str, ...]]
    industries: Tuple[Industry, ...]
    districts: Tuple[District, ...]
    answers: Mapping[str, Answer]
    subjects: Naming
    called: Naming
    brought: Mapping[str, Brought]
    asides: Mapping[str, Aside]
    fields: Mapping[str, QuestionField]
    window: Optional[Window] = None

    @property
    def prefectures(self) -> Tuple[str, ...]:
        """The 47 prefectures, north to south, as the office lists name them."""
        return tuple(dict.fromkeys(office.prefecture for office in self.offices))

    @cached_property
    def labels(self) -> FrozenSet[str]:
        """Everything that picks a choice when it is typed, as it is compared; made once, since every message asks."""
        labels = []
        for issue in self.issues.values():
            labels += [issue.name, issue.label, issue.spoken]
            labels += [word for sub_issue in issue.sub_issues for word in (sub_issue.label, sub_issue.name)]
        labels += [word for q in self.questions.values() for a in q.choices for word in (a.label, *a.also)]
        labels += [answer.label for symptom in self.triage.symptoms.values() for answer in symptom.answers]
        return frozenset(map(bare, labels))

    @cached_property
    def _offices_of(self) -> Mapping[Tuple[str, Optional[str]], Tuple[Office, ...]]:
        """Offices by their institution and prefecture, in the order of their file; a turn asks some forty times."""
        found: Dict[Tuple[str, Optional[str]], Tuple[Office, ...]] = {}
        for office in self.offices:
            key = (office.institution_id, office.prefecture)
            found[key] = (*found.get(key, ()), office)
        return found

    def office(self, institution_id: str, prefecture: Optional[str]) -> Optional[Office]:
        """The office of an institution that is there for a whole prefecture, where one is known."""
        offices = self._offices_of.get((institution_id, prefecture), ())
        return next((office for office in offices if not office.municipalities), None)

    def near(self, institution_id: str, prefecture: Optional[str], municipality: Optional[str]) -> Tuple[Office, ...]:
        """The offices of an institution by name where an owner is: those that the operator names, or of the registers.

        None where the place is not known, and where none is known there: that proves nothing.
        """
        if prefecture is None:
            return ()
        offices = self._offices_of.get((institution_id, prefecture), ())
        of_the_operator = tuple(office for office in offices if municipality in office.municipalities)
        return of_the_operator or self.local.near(institution_id, prefecture, municipality)


def institution_names(institutions: Mapping[str, Institution]) -> Dict[str, Tuple[str, ...]]:
    """All that each institution is called anywhere, by its id."""
    return {one.id: tuple(filter(None, (one.name, one.paper_name, *one.aliases))) for one in institutions.values()}
