"""Proof: one article file beside its record, made again while somebody waits."""

from archive import prove
from archive.errors import ArchiveError
from archive.web import life
from archive.web.answer import Answer
from archive.web.article import card_of
from archive.web.asked import Asked
from archive.web.context import Context, show

MOST = 40
"""Versions that are made again for one request, a few milliseconds each; more are for the command line."""


def page(context: Context, asked: Asked) -> Answer:
    """Prove an article, and show what was found."""
    card = card_of(context, asked)
    many = len(life.versions(life.of(context.index, card.url))) > MOST
    proof, problem = None, ""
    try:
        proof = None if many else prove.prove(context.root, context.root / card.path)
    except ArchiveError as error:
        problem = str(error).replace(f"{context.root}/", "")  # where the archive lies is nobody's business
    return show(context, asked, "proof", card=card, proof=proof, problem=problem, many=many, most=MOST)
