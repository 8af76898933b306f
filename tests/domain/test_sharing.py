"""What may be shared of a project, and what a copy of it says: of the paper everything, of those who
made it nothing.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from innocities_engine.domain import codec, sharing
from innocities_engine.domain import commands as k
from innocities_engine.domain.crossing import Adoption, Shared
from innocities_engine.domain.project import (
    Content,
    Project,
    Source,
    Version,
    VersionStatus,
)
from innocities_engine.domain.sharing import copies, proposed, shareable
from tests.features.driver import DEFINITIONS, Play
from tests.language.support import check

SHARE = k.Share("Vision", ("vision",), lessons=("Ask first",), id="s1")
OURS = Adoption("a1", "Solvik", Play("F24").now)


def a_programme() -> Play:
    play = Play("F24", board="bjorn", coordinator="petter")
    play.submit("petter", "vision")
    return play


def test_the_newest_version_that_stands_is_shared_and_a_later_one_is_not() -> None:
    play = a_programme()
    play.submit("petter", "vision")
    play.do("petter", SHARE)
    play.submit("petter", "vision")

    assert play.project.shared is not None
    assert play.project.shared.versions == {"vision": 2}


def test_what_was_withdrawn_or_never_handed_in_cannot_be_shared() -> None:
    play = a_programme()
    play.do("petter", k.Withdraw("vision"))

    assert play.refused("petter", SHARE) == {"not_shareable vision"}
    assert play.refused("petter", replace(SHARE, papers=("nothing",))) == {"not_shareable nothing"}


def test_what_says_nothing_cannot_be_shared_and_a_lesson_alone_can() -> None:
    play = a_programme()
    assert play.refused("petter", k.Share("Vision", about="Much")) == {"nothing_to_share p1"}

    play.do("petter", k.Share("Vision", lessons=("Ask first",), id="s1"))

    assert play.project.shared is not None
    assert play.project.shared.versions == {}


def test_shared_anew_it_keeps_its_id_until_it_is_taken_back() -> None:
    play = a_programme()
    ids = []
    for command in (SHARE, replace(SHARE, id="s2"), k.Unshare(), replace(SHARE, id="s3")):
        play.do("petter", command)
        ids.append(play.project.shared and play.project.shared.id)

    assert ids == ["s1", "s1", None, "s3"]
    play.do("petter", k.Unshare())
    assert play.refused("petter", k.Unshare()) == {"not_shared p1"}


def test_an_adoption_is_noted_beside_earlier_ones_whether_it_is_still_shared_or_not() -> None:
    play = a_programme()
    play.do("petter", SHARE)
    for command in (k.NoteAdoption(OURS), k.Unshare(), k.NoteAdoption(replace(OURS, id="a2"))):
        play.do("petter", command)

    assert [x.id for x in play.project.adoptions] == ["a1", "a2"]


def test_what_the_method_has_for_others_is_proposed_as_far_as_it_can_be_shared() -> None:
    text = (DEFINITIONS / "F24.yaml").read_text(encoding="utf-8")
    elsewhere = text.replace(
        "starts: {f12: {inherits: [vision], at_most: 3}}",
        "starts: {f12: {in: other, inherits: [vision]}}",
    )
    play = Play(check(elsewhere).good, board="bjorn", coordinator="petter")

    assert proposed(play.method, play.project) == ()
    play.submit("petter", "vision")
    assert proposed(play.method, play.project) == ("vision",)
    assert proposed(a_programme().method, a_programme().project) == ()


WORDS = st.text(
    "abcdefgh", min_size=12, max_size=16
)  # longer than what could stand there by chance


@st.composite
def papers(draw: st.DrawFn) -> tuple[Version, list[str]]:
    """A version of any kind of paper, and every word in it that is not the paper's own."""
    words = [f"§{n}{draw(WORDS)}" for n in range(6)]
    by, passage, fact, value, other, name = words
    kind = draw(st.sampled_from(sharing.ACROSS))
    version = Version(
        "plan",
        1,
        Content("0" * 64, f"{name}.pdf", kind, 7, "https://a.example" if kind == "link" else ""),
        OURS.at,
        by,
        draw(st.sampled_from(VersionStatus)),
        {fact: value},
        {other: 3},
        draw(st.sampled_from((None, passage))),
        draw(st.sampled_from((None, Source(other, passage, 4)))),
    )
    return version, words


@given(papers(), st.integers(1, 3))
def test_a_copy_says_nothing_of_those_who_made_it(paper: tuple[Version, list[str]], n: int) -> None:
    version, words = paper
    held = tuple(replace(version, n=i + 1) for i in range(3))
    project = Project(id="p1", organisation="halden", title=words[0], versions={"plan": held})
    shared = Shared("s1", "Plan", OURS.at, words[0], versions={"plan": n})

    [copy] = copies(project, shared, "Halden kommune")

    said = codec.dump(copy).decode()
    assert [word for word in (*words, "p1", '"halden"') if word in said] == []
    assert copy.content.sha256 == version.content.sha256
    assert copy.content.address == version.content.address
    assert (copy.n, copy.status, copy.source) == (
        1, VersionStatus.SUBMITTED, Source("Halden kommune", "s1", n)
    )  # fmt: skip


@given(st.sampled_from(("form", "paper")))
def test_answers_and_where_an_archive_keeps_a_paper_are_not_shared(kind: str) -> None:
    version = Version("plan", 1, Content("0" * 64, "17/26", kind), OURS.at, "petter")

    assert list(shareable(Project(versions={"plan": (version,)}))) == []


@given(
    st.sampled_from(("plan.PDF", "min.plan.tar.gz", "plan", ".hidden", "a.b c", "x." + "y" * 20))
)
def test_a_file_goes_by_the_name_of_its_artefact_and_keeps_its_kind(name: str) -> None:
    version = Version("plan", 1, Content("0" * 64, name), OURS.at, "petter")
    project = Project(versions={"plan": (version,)})

    [copy] = copies(project, Shared("s1", "Plan", OURS.at, "", versions={"plan": 1}), "Halden")

    assert copy.content.name in ("plan.PDF", "plan.gz", "plan", "plan.hidden")
