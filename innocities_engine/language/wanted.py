"""What a shape wants, in words: for an author who wrote something else. Decides how shapes and
their facets are called; whether something fits is for `conform` to say.
"""

from __future__ import annotations

from innocities_engine.domain.worded import Worded
from innocities_engine.language import shapes as sh
from innocities_engine.language.faults import one_of
from innocities_engine.language.shapes import Shape


def scalar(shape: Shape) -> Worded:
    """What a scalar has to be."""
    match shape:
        case sh.Word() if len(shape.words) > 1:
            return Worded("one of {words}", words=", ".join(shape.words))
        case sh.Word():
            return Worded("“{text}”", text=shape.words[0])
        case sh.Pattern():
            return Worded(shape.what)
        case sh.Name():
            named = Worded("the id of a {kinds}", kinds=one_of([Worded(kind) for kind in shape.of]))
            words = ", ".join(shape.words)
            return Worded("{named}, {words}", named=named, words=words) if words else named
        case sh.Flag():
            return Worded("true or false")
        case sh.Count():
            return Worded("a whole number from {low} to {high}", low=shape.low, high=shape.high)
    return Worded("a text")


def any_of(shape: sh.OneOf) -> Worded:
    """What a value has to be that can be said in several ways."""
    several = not shape.scalars or shape.maps or shape.items
    return Worded(shape.what) if several else scalar(shape.scalars[0])


def meaning(shape: sh.Record, key: str) -> Worded:
    """What a facet says, to go on with after a colon."""
    doc = shape.facets[key][1]
    return Worded(doc[0].lower() + doc[1:])


def beginning(phrase: str) -> Worded:
    """A phrase where a sentence begins."""
    return Worded(phrase.capitalize())


def with_article(what: str) -> Worded:
    """What something is, as one says it of one."""
    return Worded(_article(what))


def _article(what: str) -> str:
    if what.split(" ", maxsplit=1)[0] in (
        "what",
        "true,",
        "a",
        "an",
        "all,",
        "opens",
        "who",
        "starts",
        "seats",
        "choose",
    ):
        return what
    return ("an " if what[0] in "aeiou" else "a ") + what
