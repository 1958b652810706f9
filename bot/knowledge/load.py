"""Reads data/knowledge and builds Knowledge from it; the only place where knowledge can be found wrong."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import (
    Any,
    Collection,
    Dict,
    Iterable,
    List,
    Mapping,
    Optional,
    Pattern,
    Sequence,
    Set,
    Tuple,
    Type,
    TypeVar,
)

import yaml
from pydantic import ValidationError

from bot.days import WEEKDAYS
from bot.knowledge import files
from bot.knowledge.errors import KnowledgeError
from bot.knowledge.ids import AnswerId
from bot.knowledge.local import LocalOffices
from bot.knowledge.model import (
    Answer,
    Aside,
    Brought,
    Citation,
    DatedNote,
    District,
    Group,
    Heading,
    HelpLine,
    HelpLines,
    Industry,
    Institution,
    Issue,
    Knowledge,
    LocalCaution,
    Network,
    Office,
    Order,
    Page,
    Paper,
    Phone,
    QuestionField,
    Referral,
    Renaming,
    Role,
    Scope,
    Seen,
    Source,
    StandardAnswer,
    StandardQuestion,
    SubIssue,
    Symptom,
    SymptomAnswer,
    Triage,
    Window,
    Words,
    institution_names,
)
from bot.knowledge.naming import Naming
from bot.knowledge.staff_desk import Contact, OpenTime, StaffDesk
from bot.phrases import phrases

KNOWLEDGE_FOLDER = Path(__file__).resolve().parents[2] / "data" / "knowledge"

# libyaml's loader is ten times as fast; the pure one reads the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
OfficeKey = Tuple[str, str, str]
_File = TypeVar("_File", bound=files.Entry)
_NAMING_KEYS = ("id", "issue", "to", "question", "institution", "section", "heading", "prefecture", "name")


@dataclass(frozen=True)
class OperatorsOffices:
    """The operator's own file of offices (docs/operations.md), and what complaints about it call it."""

    path: Path
    called: str


@dataclass(frozen=True)
class OperatorsDesk:
    """The operator's desk.yml (docs/operations.md), and what complaints about it call it."""

    path: Path
    called: str


def load_knowledge(
    folder: Path = KNOWLEDGE_FOLDER,
    operators: Optional[OperatorsOffices] = None,
    desk: Optional[OperatorsDesk] = None,
) -> Knowledge:
    """Everything in `folder`, validated and linked. Raises KnowledgeError at the first thing found wrong.

    Offices of the operator win over ours. Without them it is all that is needed to understand an owner: which offices
    there are matters only to what is said. What nobody has changed since is not read again.
    """
    return _with_the_operators(_ours(folder, _state_of(folder)), operators, desk)


def load_once(
    folder: Path, operators: Optional[OperatorsOffices] = None, desk: Optional[OperatorsDesk] = None
) -> Knowledge:
    """As `load_knowledge`, for files that are looked at once, such as a draft: nothing of them is remembered."""
    return _with_the_operators(_read_all(folder), operators, desk)


def _with_the_operators(
    ours: Knowledge, operators: Optional[OperatorsOffices], desk: Optional[OperatorsDesk]
) -> Knowledge:
    offices = {_key(office): office for office in ours.offices}
    if operators:
        offices.update(_operators_offices(operators, ours.institutions, ours.prefectures))
    window = _window(desk, ours.institutions, ours.issues, ours.prefectures) if desk else None
    return replace(ours, offices=tuple(offices.values()), window=window) if operators or desk else ours


def _state_of(folder: Path) -> Tuple[Tuple[str, int, int], ...]:
    """Every file in `folder` with its size and when it was written, which say whether it was changed."""
    found = ((str(path), path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((path, state.st_size, state.st_mtime_ns) for path, state in found)


@lru_cache(maxsize=4)
def _ours(folder: Path, _state: Tuple[Tuple[str, int, int], ...]) -> Knowledge:
    """What the files of `folder` say, in the state that they are in.

    Kept, since some ten components of the model ask for it at the start, and each reading takes half a second.
    """
    return _read_all(folder)


def _read_all(folder: Path) -> Knowledge:
    """What the files of `folder` say. Raises KnowledgeError at the first thing found wrong."""
    paper = _paper(_read(folder / "paper.yml", files.PaperFile))
    subjects = _subjects(_read(folder / "subjects.yml", files.SubjectsFile))
    institutions = _institutions(_read(folder / "institutions.yml", files.InstitutionsFile), paper)
    _check_names_in_paper(paper, institutions)
    issues = _issues(_read(folder / "issues.yml", files.IssuesFile), paper, institutions)
    offices = _offices(_read(folder / "offices.yml", files.OfficesFile), institutions, "offices.yml")
    prefectures = tuple(dict.fromkeys(prefecture for _, prefecture, _ in offices))
    networks = _read(folder / "networks.yml", files.NetworksFile)
    triage = _triage(_read(folder / "triage.yml", files.TriageFile), paper, issues)
    fields = _fields(_read(folder / "fields.yml", files.QuestionFieldsFile), issues)
    return Knowledge(
        paper=paper,
        institutions=institutions,
        issues=issues,
        networks=_networks(networks, paper, institutions, issues, prefectures),
        offices=tuple(offices.values()),
        local=_local(folder / "local", institutions, prefectures),
        help_lines=_help_lines(_read(folder / "help_lines.yml", files.HelpLinesFile), institutions),
        questions=_questions(_read(folder / "questions.yml", files.QuestionsFile)),
        words=_words(_read(folder / "words.yml", files.WordsFile)),
        triage=triage,
        sympathies=_sympathies(_read(folder / "sympathies.yml", files.SympathiesFile), issues, triage),
        industries=tuple(
            Industry(entry.code, entry.name, tuple(entry.words))
            for entry in _read(folder / "industries.yml", files.IndustriesFile).__root__
        ),
        districts=_districts(_read(folder / "districts.yml", files.DistrictsFile), prefectures),
        answers=_answers(folder / "answers", paper, institutions, issues, subjects, fields),
        subjects=subjects,
        called=_called(_read(folder / "called.yml", files.CalledFile), issues),
        brought=_brought(_read(folder / "matters.yml", files.BroughtFile), paper, issues, triage),
        asides=_asides(folder / "asides"),
        fields=fields,
    )


def _read(path: Path, shape: Type[_File], shown: Optional[str] = None) -> _File:
    """The content of a file in its shape; errors call the file `shown`, or else by its name."""
    name = shown or path.name
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError:
        raise KnowledgeError(f"{name}: the file is missing; expected at {path}") from None
    except OSError as error:
        raise KnowledgeError(f"{name}: cannot be read ({error.strerror}); expected a readable file") from None
    except UnicodeDecodeError:
        raise KnowledgeError(f"{name}: not UTF-8; save the file as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise KnowledgeError(f"{name}{line}: not valid YAML: {getattr(error, 'problem', error)}") from None
    try:
        return shape.parse_obj(content)
    except ValidationError as error:
        first = error.errors()[0]
        told = shape.complaint(first["type"], first["msg"])
        raise KnowledgeError(f"{name}: {_path_of_keys(first['loc'], content)}: {told}") from None


def _local(folder: Path, institutions: Mapping[str, Institution], prefectures: Collection[str]) -> LocalOffices:
    """The offices by municipality; their tables are read once to be checked, and not kept."""
    about = _read(folder / "about.yml", files.LocalAboutFile, "local/about.yml")
    for name in {*about.divide, *about.incomplete}:
        _check_known("institution", [name], institutions, "local/about.yml")
    for named in about.incomplete.values():
        _check_known("prefecture", named, prefectures, "local/about.yml: incomplete")
    offices = LocalOffices(
        folder.resolve(),  # a draft has a link to it, and is gone before somebody asks for an office
        divided=tuple(about.divide),
        incomplete={name: tuple(named) for name, named in about.incomplete.items()},
        doubtful={**dict.fromkeys(about.sure, False), **dict.fromkeys(about.doubtful, True)},
        sources=about.sources,
    )
    offices.check(institutions, prefectures)
    return offices


def _window(
    file: OperatorsDesk,
    institutions: Mapping[str, Institution],
    issues: Mapping[str, Issue],
    prefectures: Collection[str],
) -> Window:
    """The window that has put the bot before its owners."""
    entry = _read(file.path, files.WindowFile, file.called)
    _check_known("institution", [entry.kind], institutions, f"{file.called}: kind")
    _check_known("prefecture", [entry.area.prefecture], prefectures, f"{file.called}: area.prefecture")
    _check_known("issue", entry.handles, issues, f"{file.called}: handles")
    return Window(
        institution_id=entry.kind,
        name=entry.name,
        prefecture=entry.area.prefecture,
        municipalities=tuple(entry.area.municipalities),
        phones=_phones(entry.phones),
        address=entry.address,
        page=Page(entry.name, str(entry.page)) if entry.page else None,
        appointment=str(entry.appointment) if entry.appointment else None,
        say_there=entry.say_there,
        languages=tuple(entry.languages),
        remote=entry.remote,
        handles=tuple(entry.handles),
        closed=entry.closed,
        notices=tuple(DatedNote(notice.since, notice.until, notice.text) for notice in entry.notices),
        checked=entry.checked,
        staff=_staff(entry.staff),
    )


def _staff(entry: files.StaffEntry) -> StaffDesk:
    return StaffDesk(
        hours=tuple(
            OpenTime(tuple(map(WEEKDAYS.index, hours.days)), hours.since, hours.until) for hours in entry.hours
        ),
        closed_on=tuple(map(str, entry.closed_on)),
        tell=tuple(Contact(contact.slack, contact.mail) for contact in entry.tell),
        next_after_s=60.0 * entry.next_after_minutes,
    )


def _phones(entries: Iterable[files.OwnPhoneEntry]) -> Tuple[Phone, ...]:
    return tuple(Phone(entry.number, entry.label or "", entry.hours or "") for entry in entries)


def _path_of_keys(location: Tuple[Any, ...], content: Any) -> str:
    """`事業承継 > tax > referrals[0].to` for a pydantic location: list items by their names where they have one."""
    path = ""
    for key in location:
        if key == "__root__":
            continue
        content = _inside(content, key)
        if not isinstance(key, int):
            path += f".{key}" if path and not path.endswith(" > ") else str(key)
            continue
        name = _name_of(content)
        if name is None or "referrals" in path.rsplit(" > ", 1)[-1]:
            path += f"[{key}]"
        else:
            path = path.rsplit(" > ", 1)[0] + " > " if " > " in path else ""
            path += f"{name} > "
    return path[:-3] if path.endswith(" > ") else path or "the whole file"


def _inside(content: Any, key: Any) -> Any:
    try:
        return content[key]
    except (KeyError, IndexError, TypeError):
        return None


def _name_of(entry: Any) -> Optional[str]:
    if isinstance(entry, dict):
        for key in _NAMING_KEYS:
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""


def _paper(file: files.PaperFile) -> Paper:
    headings = tuple(
        Heading(Citation(section.section, entry.heading, entry.page), entry.title, tuple(entry.names))
        for section in file.sections
        for entry in section.headings
    )
    bare = Paper(file.title, file.short_title, file.date, headings, ())
    groups = tuple(
        Group(group.name, tuple(group.members), _cited(group.cite, bare, f"paper.yml: groups > {group.name}.cite"))
        for group in file.groups
    )
    return Paper(file.title, file.short_title, file.date, headings, groups)


def _cited(cite: str, paper: Paper, where: str) -> Citation:
    try:
        return paper.heading(*files.place_in_paper(cite)).citation
    except (ValueError, LookupError) as error:
        raise KnowledgeError(f"{where}: {error}") from None


def _institutions(file: files.InstitutionsFile, paper: Paper) -> Dict[str, Institution]:
    institutions: Dict[str, Institution] = {}
    spoken: Dict[str, str] = {}
    for entry in file.__root__:
        where = f"institutions.yml: {entry.id}"
        if entry.id in institutions:
            raise KnowledgeError(f"{where}.id: the id is used twice; expected one entry an institution")
        for word in {entry.name, *entry.aliases}:
            if spoken.setdefault(word, entry.id) != entry.id:
                raise KnowledgeError(
                    f'{where}.aliases: "{word}" already names {spoken[word]}; expected one owner a word'
                )
        institutions[entry.id] = _institution(entry, paper, where)
    for institution in institutions.values():
        if institution.substitute is not None and institution.substitute not in institutions:
            raise KnowledgeError(
                f'institutions.yml: {institution.id}.substitute: no institution "{institution.substitute}"'
                + _did_you_mean(institution.substitute, institutions)
            )
    return institutions


def _institution(entry: files.InstitutionEntry, paper: Paper, where: str) -> Institution:
    citations = []
    for number, place in enumerate(entry.paper):
        citation = _cited(f"{place.section} {place.heading}", paper, f"{where}.paper[{number}]")
        if citation.page != place.page:
            raise KnowledgeError(f"{where}.paper[{number}].page: expected {citation.page}, found {place.page}")
        citations.append(citation)
    _check_known("phrase", filter(None, [entry.led_by]), phrases(), f"{where}.led_by")
    return Institution(
        id=entry.id,
        name=entry.name,
        reading=entry.reading,
        does=entry.does,
        cost=entry.cost,
        reach=entry.reach,
        sources=tuple(Source(s.says, s.as_of, str(s.url) if s.url else None) for s in entry.sources),
        checked=entry.checked,
        aliases=tuple(entry.aliases),
        called=tuple(entry.called),
        led_by=entry.led_by,
        paper_name=entry.paper_name,
        renamed=Renaming(entry.renamed.note, entry.renamed.since) if entry.renamed else None,
        page=Page(entry.page.name, str(entry.page.url)) if entry.page else None,
        more_pages=tuple(Page(page.name, str(page.url)) for page in entry.more_pages),
        office_list=str(entry.office_list) if entry.office_list else None,
        phone=Phone(entry.phone.number, entry.phone.label, entry.phone.hours) if entry.phone else None,
        caution=entry.caution,
        local_cautions=tuple(LocalCaution(tuple(c.prefectures), c.text) for c in entry.local_cautions),
        absent_in=tuple(entry.absent_in),
        substitute=entry.substitute,
        citations=tuple(citations),
    )


def _check_names_in_paper(paper: Paper, institutions: Dict[str, Institution]) -> None:
    groups = {group.name for group in paper.groups}
    for heading in paper.headings:
        for name in heading.names:
            if name not in institutions and name not in groups:
                raise KnowledgeError(
                    f'paper.yml: {heading.citation.heading} > names: no institution or group "{name}"'
                    + _did_you_mean(name, institutions)
                )
    for group in paper.groups:
        for member in group.members:
            if member not in institutions:
                raise KnowledgeError(
                    f'paper.yml: groups > {group.name}.members: no institution "{member}"'
                    + _did_you_mean(member, institutions)
                )


def _issues(file: files.IssuesFile, paper: Paper, institutions: Dict[str, Institution]) -> Dict[str, Issue]:
    issues: Dict[str, Issue] = {}
    for entry in file.__root__:
        where = f"issues.yml: {entry.issue}"
        if entry.issue in issues:
            raise KnowledgeError(f"{where}: the issue is listed twice; expected once")
        citation = _cited(f"別添2 {entry.heading}", paper, f"{where}.heading")
        _check_known("phrase", filter(None, [entry.not_of]), phrases(), f"{where}.not_of")
        sub_issues = tuple(
            SubIssue(
                id=sub.id,
                name=sub.name,
                label=sub.label,
                first_words=sub.first_words,
                bring=tuple(sub.bring),
                ask=tuple(sub.ask),
                tip=sub.tip,
                no_shop_yet=sub.no_shop_yet,
                stage=sub.stage,
                referrals=_referrals(sub.referrals, paper, institutions, f"{where} > {sub.id}"),
            )
            for sub in entry.sub_issues
        )
        issues[entry.issue] = Issue(
            name=entry.issue,
            label=entry.label,
            spoken=entry.spoken,
            acknowledge=entry.acknowledge,
            urgent=entry.urgent,
            not_of=entry.not_of,
            includes=_includes(entry, where),
            citation=citation,
            bring=tuple(entry.bring),
            ask=tuple(entry.ask),
            referrals=_referrals(entry.referrals, paper, institutions, where),
            sub_issues=sub_issues,
            question=entry.question,
            question_why=entry.question_why,
        )
    return issues


def _includes(entry: files.IssueEntry, where: str) -> Dict[str, str]:
    known = [sub.id for sub in entry.sub_issues]
    for matter, sub_issue in entry.includes.items():
        if sub_issue not in known:
            raise KnowledgeError(
                f'{where} > includes > {matter}: no sub-issue "{sub_issue}"' + _did_you_mean(sub_issue, known)
            )
    return dict(entry.includes)


def _referrals(
    entries: List[files.ReferralEntry], paper: Paper, institutions: Dict[str, Institution], where: str
) -> Tuple[Referral, ...]:
    referrals: List[Referral] = []
    for number, entry in enumerate(entries):
        here = f"{where} > referrals[{number}]"
        institution = institutions.get(entry.to)
        if institution is None:
            raise KnowledgeError(f'{here}.to: no institution "{entry.to}"' + _did_you_mean(entry.to, institutions))
        if entry.to in {referral.institution.id for referral in referrals}:
            raise KnowledgeError(f"{here}.to: {entry.to} is already a step of this road; expected each at most once")
        referrals.append(
            Referral(
                institution=institution,
                order=Order(entry.order),
                role=Role(entry.role),
                when=entry.when,
                why=entry.why,
                citation=_cited(entry.cite, paper, f"{here}.cite") if entry.cite else None,
                added=str(entry.added) if entry.added else None,
            )
        )
    if [r.order for r in referrals] != sorted((r.order for r in referrals), key=list(Order).index):
        raise KnowledgeError(f"{where} > referrals: expected all `first` before `next` before `if_needed`")
    return tuple(referrals)


def _subjects(file: files.SubjectsFile) -> Naming:
    """What owners ask about by name; each name once."""
    return _naming("subjects.yml", {entry.id: entry.called for entry in file.subjects})


def _called(file: files.CalledFile, issues: Dict[str, Issue]) -> Naming:
    """How owners name the matters, an issue or issue/sub-issue; each name once."""
    known = {*issues, *(f"{issue.name}/{sub.id}" for issue in issues.values() for sub in issue.sub_issues)}
    for entry in file.matters:
        if entry.matter not in known:
            raise KnowledgeError(f"called.yml: no matter {entry.matter!r}; expected an issue, or issue/sub-issue")
    return _naming("called.yml", {entry.matter: entry.called for entry in file.matters})


def _naming(file: str, called: Mapping[str, Sequence[str]]) -> Naming:
    names = [name for known in called.values() for name in known]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise KnowledgeError(f"{file}: {twice} stands there twice; expected each name once")
    return Naming(called)


def _answers(
    folder: Path,
    paper: Paper,
    institutions: Mapping[str, Institution],
    issues: Mapping[str, Issue],
    subjects: Naming,
    fields: Mapping[str, QuestionField],
) -> Dict[str, Answer]:
    """The answers of all files of a folder, by id. A file is named after what is asked about."""
    answers: Dict[str, Answer] = {}
    whom = Naming(institution_names(institutions))
    for path in sorted(folder.glob("*.yml")):
        for entry in _read(path, files.AnswersFile, f"answers/{path.name}").answers:
            where = f"answers/{path.name}: {entry.id}"
            if entry.id in answers:
                raise KnowledgeError(f"{where}: stands there twice; expected each id once")
            if entry.institution is not None:
                _check_known("institution", [entry.institution], institutions, f"{where}.institution")
            if entry.issue is not None:
                _check_known("issue", [entry.issue], issues, f"{where}.issue")
                known = [sub.id for sub in issues[entry.issue].sub_issues]
                _check_known("sub-issue", filter(None, [entry.sub_issue]), known, f"{where}.sub_issue")
            _check_known("field", [entry.field], fields, f"{where}.field")
            _check_known("phrase", filter(None, [entry.said_as]), phrases(), f"{where}.said_as")
            answer = _answer(path.stem, entry, paper, where)
            about, of = subjects.mostly_named_in(entry.asked_as, answer.text), whom.mostly_named_in(entry.asked_as)
            answers[entry.id] = replace(answer, subjects=about, institutions=of)
    return answers


def _answer(topic: str, entry: files.TopicAnswerEntry, paper: Paper, where: str) -> Answer:
    citation, page = _citation_or_page(entry.source, paper, where) if entry.source is not None else (None, None)
    return Answer(
        id=entry.id,
        topic=topic,
        scope=Scope(entry.institution, entry.issue, entry.sub_issue),
        text=entry.answer or entry.unknown or "",
        asked_as=tuple(entry.asked_as),
        ask_there=entry.ask_there,
        citation=citation,
        page=page,
        dated=entry.source.dated if entry.source is not None else None,
        until=entry.until,
        asks_for_the_town=entry.asks_for_the_town,
        needs=tuple(entry.needs),
        said_as=entry.said_as,
        field=entry.field,
        checked=entry.checked,
    )


def _fields(file: files.QuestionFieldsFile, issues: Mapping[str, Issue]) -> Dict[str, QuestionField]:
    """The kinds of questions by who knows about them, by id."""
    found: Dict[str, QuestionField] = {}
    for entry in file.fields:
        if entry.id in found:
            raise KnowledgeError(f"fields.yml: {entry.id}: stands there twice; expected each id once")
        _check_known("issue", filter(None, [entry.issue]), issues, f"fields.yml: {entry.id}.issue")
        found[entry.id] = QuestionField(
            id=entry.id,
            name=entry.name,
            unknown=entry.unknown,
            see=tuple(map(_seen, entry.see)),
            issue=entry.issue,
            asked_as=tuple(entry.asked_as),
        )
    return found


def _citation_or_page(
    source: files.PaperOrPageEntry, paper: Paper, where: str
) -> Tuple[Optional[Citation], Optional[Page]]:
    if source.url is not None:
        return None, Page(str(source.page), str(source.url))
    citation = _cited(f"{source.section} {source.heading}", paper, f"{where}.source")
    if citation.page != source.page:
        raise KnowledgeError(f"{where}.source.page: expected {citation.page}, found {source.page}")
    return citation, None


def _brought(file: files.BroughtFile, paper: Paper, issues: Mapping[str, Issue], triage: Triage) -> Dict[str, Brought]:
    """What owners bring, by id."""
    found: Dict[str, Brought] = {}
    for entry in file.matters:
        where = f"matters.yml: {entry.id}"
        if entry.id in found:
            raise KnowledgeError(f"{where}: stands there twice; expected each id once")
        _check_known("issue", filter(None, [entry.issue]), issues, f"{where}.issue")
        _check_known("issue", filter(None, [entry.sounds_like]), issues, f"{where}.sounds_like")
        citation, page = _citation_or_page(entry.source, paper, where)
        complaints = {str(AnswerId(s.id, a.id)): None for s in triage.symptoms.values() if not s.ask for a in s.answers}
        _check_known("complaint", filter(None, [entry.then]), complaints, f"{where}.then")
        _check_known("phrase", filter(None, [entry.said_as, entry.in_mourning]), phrases(), where)
        found[entry.id] = Brought(
            id=entry.id,
            name=entry.name,
            say=entry.say,
            see=tuple(map(_seen, entry.see)),
            told_as=tuple(entry.told_as),
            not_told_as=tuple(entry.not_told_as),
            needs=tuple(entry.needs),
            in_mourning=entry.in_mourning,
            said_as=entry.said_as,
            says_who_they_are=entry.says_who_they_are,
            cannot_wait=entry.cannot_wait,
            issue=entry.issue,
            sounds_like=entry.sounds_like,
            then=AnswerId.parse(entry.then) if entry.then else None,
            citation=citation,
            page=page,
            dated=entry.source.dated,
            checked=entry.checked,
        )
    return found


def _asides(folder: Path) -> Dict[str, Aside]:
    """What owners say in passing, of all files of a folder, by id."""
    found: Dict[str, Aside] = {}
    for path in sorted(folder.glob("*.yml")):
        for entry in _read(path, files.AsidesFile, f"asides/{path.name}").asides:
            if entry.id in found:
                raise KnowledgeError(f"asides/{path.name}: {entry.id}: stands there twice; expected each id once")
            said_as = _compiled(entry.said_as, f"asides/{path.name}: {entry.id}.said_as")
            found[entry.id] = Aside(entry.id, tuple(entry.reply), said_as, tuple(entry.matches), tuple(entry.leaves))
    return found


def _compiled(pattern: str, where: str) -> Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise KnowledgeError(f"{where}: expected a regular expression, found one that fails: {error}") from None


def _seen(entry: files.SeenEntry) -> Seen:
    page = Page(entry.page.name, str(entry.page.url)) if entry.page else None
    phone = (entry.phone.number, entry.phone.hours) if entry.phone else (None, None)
    return Seen(entry.name, entry.how, page, *phone)


def _districts(file: files.DistrictsFile, prefectures: Collection[str]) -> Tuple[District, ...]:
    found = [District(tuple(d.names), (d.prefecture,), d.municipality) for d in file.districts]
    found += [District(tuple(region.names), tuple(region.prefectures)) for region in file.regions]
    named: Set[str] = set()
    for district in found:
        where = f"districts.yml: {district.names[0]}"
        _check_known("prefecture", district.prefectures, prefectures, where)
        for name in district.names:
            if name in named:
                raise KnowledgeError(f"{where}: {name} stands there twice; expected each name once")
            named.add(name)
    return tuple(found)


def _networks(
    file: files.NetworksFile,
    paper: Paper,
    institutions: Mapping[str, Institution],
    issues: Mapping[str, Issue],
    prefectures: Collection[str],
) -> Tuple[Network, ...]:
    areas = {area.name: area for area in file.areas}
    for area in file.areas:
        _check_known("prefecture", [area.prefecture], prefectures, f"networks.yml: {area.name}.prefecture")
    networks: Dict[str, Network] = {}
    for entry in file.networks:
        where = f"networks.yml: {entry.id}"
        if entry.id in networks:
            raise KnowledgeError(f"{where}.id: the id is used twice; expected one entry a network")
        _check_known("issue", entry.issues, issues, f"{where}.issues")
        _check_known("institution", entry.first_asked, institutions, f"{where}.first_asked")
        _check_known("prefecture", [entry.prefecture], prefectures, f"{where}.prefecture")
        municipalities = entry.municipalities
        if entry.area is not None:
            _check_known("area", [entry.area], areas, f"{where}.area")
            municipalities = areas[entry.area].municipalities
            if areas[entry.area].prefecture != entry.prefecture:
                raise KnowledgeError(
                    f"{where}.area: {entry.area} is in {areas[entry.area].prefecture}; expected the network there"
                )
        networks[entry.id] = Network(
            id=entry.id,
            name=entry.name,
            short_name=entry.short_name,
            citation=_cited(entry.cite, paper, f"{where}.cite"),
            prefecture=entry.prefecture,
            municipalities=tuple(municipalities),
            issues=tuple(entry.issues),
            members=tuple(entry.members),
            what=entry.what,
            to_check=entry.to_check,
            first_asked=tuple(institutions[name] for name in entry.first_asked),
        )
    return tuple(networks.values())


def _check_known(kind: str, words: Iterable[str], known: Collection[str], where: str) -> None:
    """Raises KnowledgeError for the first word that is not known, with the one probably meant or else an example."""
    for word in words:
        if word not in known:
            hint = _did_you_mean(word, known) or f'; expected one such as "{next(iter(known))}"'
            raise KnowledgeError(f'{where}: no {kind} "{word}"{hint}')


def _offices(file: files.OfficesFile, institutions: Mapping[str, Institution], shown: str) -> Dict[OfficeKey, Office]:
    """The offices of a file that errors call `shown`, by institution and prefecture, and name where for some towns."""
    offices: Dict[OfficeKey, Office] = {}
    for group in file.__root__:
        _check_known("institution", [group.institution], institutions, f"{shown}: {group.institution}")
        for office in group.offices:
            made = Office(
                group.institution,
                office.prefecture,
                office.name,
                str(office.url),
                group.checked,
                str(group.source),
                municipalities=tuple(office.municipalities),
                address=office.address,
                phones=_phones(office.phones),
            )
            where = f"{shown}: {group.institution} > {office.prefecture}"
            if _key(made) in offices:
                raise KnowledgeError(f"{where}: listed twice; expected one office a prefecture")
            if office.prefecture in institutions[group.institution].absent_in:
                raise KnowledgeError(
                    f"{where}: institutions.yml says that there is none (absent_in); expected the two to agree"
                )
            offices[_key(made)] = made
    return offices


def _key(office: Office) -> OfficeKey:
    """What an office takes the place of another by: its institution and prefecture, its name where for some towns."""
    return office.institution_id, office.prefecture, office.name if office.municipalities else ""


def _operators_offices(
    file: OperatorsOffices, institutions: Mapping[str, Institution], prefectures: Collection[str]
) -> Dict[OfficeKey, Office]:
    """The offices that the operator adds or puts in place of ours."""
    offices = _offices(_read(file.path, files.OfficesFile, file.called), institutions, file.called)
    for institution, prefecture, _ in offices:
        _check_known("prefecture", [prefecture], prefectures, f"{file.called}: {institution} > {prefecture}")
    return offices


def _help_lines(file: files.HelpLinesFile, institutions: Dict[str, Institution]) -> HelpLines:
    _check_known("institution", file.people, institutions, "help_lines.yml: people")
    _check_known("institution", file.debts, institutions, "help_lines.yml: debts")
    lines = tuple(
        HelpLine(
            name=line.name,
            phone=line.phone,
            hours=line.hours,
            cost=line.cost,
            sources=tuple(str(source) for source in line.sources),
            by_prefecture={p: entry.phone for entry in line.by_prefecture for p in entry.prefectures},
        )
        for line in file.lines
    )
    return HelpLines(
        checked=file.checked,
        official_page=Page(file.official_page.name, str(file.official_page.url)),
        emergency=file.emergency.name,
        emergency_phones=tuple(file.emergency.phones),
        people=tuple(institutions[name] for name in file.people),
        debts=tuple(institutions[name] for name in file.debts),
        lines=lines,
    )


def _questions(file: files.QuestionsFile) -> Dict[str, StandardQuestion]:
    return {
        entry.question: StandardQuestion(
            entry.question,
            entry.why,
            tuple(StandardAnswer(a.id, a.label, tuple(a.also)) for a in entry.choices),
        )
        for entry in file.__root__
    }


def _words(file: files.WordsFile) -> Words:
    try:
        orders = {order: file.orders[order.value] for order in Order}
    except KeyError as missing:
        raise KnowledgeError(f"words.yml: orders: {missing} is missing; expected first, next and if_needed") from None
    labels = {key: value for key, value in file.dict().items() if key != "orders"}
    return Words(orders=orders, **labels)


def _triage(file: files.TriageFile, paper: Paper, issues: Dict[str, Issue]) -> Triage:
    hypotheses = tuple((issue.name, sub.id) for issue in issues.values() for sub in issue.sub_issues)
    symptoms: Dict[str, Symptom] = {}
    for entry in file.questions:
        where = f"triage.yml: {entry.id}"
        if entry.id in symptoms:
            raise KnowledgeError(f"{where}: the question is listed twice; expected once")
        citation = _cited(entry.cite, paper, f"{where}.cite") if entry.cite else None
        answers = _symptom_answers(entry, file, hypotheses, where)
        if (entry.ask is None) != (entry.why is None):
            raise KnowledgeError(f"{where}: expected ask and why, or neither where it is never put")
        after, after_issues = _follows_from(entry, file, issues, where)
        _check_known("question", entry.covers, {question.id: None for question in file.questions}, f"{where}.covers")
        covers = tuple(entry.covers)
        symptoms[entry.id] = Symptom(entry.id, entry.ask, answers, entry.why, after, after_issues, covers, citation)
    return Triage(
        hypotheses,
        symptoms,
        noise=file.noise,
        clear=file.clear,
        settles=file.settles,
        worth_asking=file.worth_asking,
        most_questions=file.most_questions,
        worth_naming=file.worth_naming,
        too_vague=file.too_vague,
    )


def _sympathies(file: files.SympathiesFile, issues: Dict[str, Issue], triage: Triage) -> Dict[str, Tuple[str, ...]]:
    """What is said to each issue, sub-issue (issue/id) and complaint (question/answer), in the order to say it."""
    never_put = [symptom for symptom in triage.symptoms.values() if symptom.ask is None]
    complaints = [
        f"{symptom.id}/{answer.id}" for symptom in never_put for answer in symptom.answers if not answer.usual
    ]
    matters = [name for i in issues.values() for name in (i.name, *(f"{i.name}/{sub.id}" for sub in i.sub_issues))]
    known = dict.fromkeys((*matters, *complaints))
    for name in file.__root__:
        if name not in known:
            raise KnowledgeError(
                f'sympathies.yml: no issue, sub-issue or complaint "{name}"' + _did_you_mean(name, known)
            )
    needed = (*issues, *complaints)  # a sub-issue without words of its own has those of its issue
    missing = [name for name in needed if not file.__root__.get(name)]
    if missing:
        raise KnowledgeError(f"sympathies.yml: nothing to say to {missing[0]}; expected at least one sentence")
    return {name: tuple(sentences) for name, sentences in file.__root__.items()}


def _follows_from(
    entry: files.SymptomEntry, file: files.TriageFile, issues: Dict[str, Issue], where: str
) -> Tuple[Tuple[AnswerId, ...], Tuple[str, ...]]:
    """The answers and the issues that a question follows from."""
    known = {f"{question.id}/{answer.id}": None for question in file.questions for answer in question.answers}
    for name in entry.after:
        if name not in known and name not in issues:
            hint = _did_you_mean(name, {**known, **dict.fromkeys(issues)})
            raise KnowledgeError(f'{where}.after: no answer or issue "{name}"{hint}')
    answers = tuple(AnswerId.parse(name) for name in entry.after if name in known)
    return answers, tuple(name for name in entry.after if name in issues)


def _symptom_answers(
    entry: files.SymptomEntry, file: files.TriageFile, hypotheses: Tuple[Tuple[str, str], ...], where: str
) -> Tuple[SymptomAnswer, ...]:
    """The answers with their likelihoods: weights divided by those of all answers, and mixed with noise."""
    weights = file.weights
    known = {*(issue for issue, _ in hypotheses), *(f"{issue}/{sub}" for issue, sub in hypotheses)}
    named = {name for answer in entry.answers for name in (*answer.strong, *answer.some)}
    for name in sorted(named - known):
        raise KnowledgeError(f'{where}: no issue or sub-issue "{name}"' + _did_you_mean(name, dict.fromkeys(known)))
    _check_known("phrase", (answer.told_by for answer in entry.answers if answer.told_by), phrases(), where)
    concerned = {h for h in hypotheses if {h[0], "/".join(h)} & named}

    def weight(answer: files.SymptomAnswerEntry, hypothesis: Tuple[str, str]) -> float:
        for name in ("/".join(hypothesis), hypothesis[0]):  # a sub-issue that is named counts before its issue
            if name in answer.strong:
                return weights.strong
            if name in answer.some:
                return weights.some
        return weights.usual if answer.usual and hypothesis not in concerned else weights.otherwise

    totals = [sum(weight(answer, hypothesis) for answer in entry.answers) for hypothesis in hypotheses]
    return tuple(
        SymptomAnswer(
            answer.id,
            answer.label,
            answer.said,
            tuple(
                (1 - file.noise) * weight(answer, h) / total + file.noise / len(entry.answers)
                for h, total in zip(hypotheses, totals, strict=True)
            ),
            tuple(dict.fromkeys(name.split("/")[0] for name in (*answer.strong, *answer.some))),
            answer.usual,
            answer.short,
            tuple(answer.like),
            answer.told_by,
        )
        for answer in entry.answers
    )
