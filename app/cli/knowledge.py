"""Commands about the articles: search, check, import, export."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.articles import read_written
from app.cli.frame import fail, guarded, settings, show, with_house
from app.cli.understanding import AsJson, Lines, Text, each_line, text_or_input
from app.revision import is_current
from app.wiring import House, read_taxonomy
from core.dates import today_in_china
from core.errors import DatabaseUnavailable
from editorial.article_import import Imported, Written, export_articles, import_articles
from editorial.articles import article_of, list_current
from knowledge_base.article import Article
from knowledge_base.article_files import load_articles
from knowledge_base.check import Severity, check_articles

knowledge = typer.Typer(
    help="The articles: search, check, import and export them.", no_args_is_help=True
)
_IMPORT = "import"


@knowledge.command("search")
def search(
    text: Text = None,
    as_json: AsJson = False,
    jsonl: Lines = False,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
) -> None:
    """Find the articles for a question, best first: as they are told now."""

    async def work(house: House) -> None:
        await _look(house)
        today = today_in_china(house.clock.now())

        def one(row: dict[str, Any]) -> dict[str, Any]:
            return {"id": row.get("id"), "results": _found(house, row["text"], today, limit)}

        if jsonl:
            each_line(one)
            return
        found = one({"text": text_or_input(text)})["results"]
        if as_json:
            show(found)
            return
        for each in found:
            typer.echo(f"{each['score']:.2f}  {each['article']}  {each['title']}")

    with_house(work)


@knowledge.command("check")
def check(
    as_json: AsJson = False,
    database: Annotated[
        bool, typer.Option("--database", help="What the office has, not the starting stock.")
    ] = False,
) -> None:
    """The editors' checks over all articles; exit 1 when one fails."""
    taxonomy = read_taxonomy(settings())
    articles = with_house(_current) if database else guarded(load_articles)
    findings = check_articles(
        articles, taxonomy, today_in_china(datetime.now(UTC)), required_matters=taxonomy.matters
    )
    if as_json:
        show([str(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(str(finding))
        typer.echo(f"{len(articles)} articles, {len(findings)} findings")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


@knowledge.command(_IMPORT)
def import_folder(
    folder: Annotated[
        Path, typer.Argument(help="Markdown with front matter.", exists=True, file_okay=False)
    ],
) -> None:
    """
    Take in articles. What differs becomes a draft that somebody reviews and publishes.

    Into an empty database they come as their heads say.
    """
    written = guarded(lambda: read_written(folder))
    if not written:
        fail(f"{folder} holds no article (*.md)")

    async def work(house: House) -> Imported:
        return await _take_in(house, written, folder.name)

    done = with_house(work)
    if done.first:
        typer.echo(f"{len(done.added)} articles, as their heads say")
        return
    for article_id in (*done.added, *done.changed):
        typer.echo(f"draft: {article_id}")
    typer.echo(
        f"{len(done.added)} new, {len(done.changed)} changed, {done.unchanged} as they were; "
        "drafts wait under /console/knowledge"
    )


@knowledge.command("export")
def export_folder(
    folder: Annotated[Path, typer.Argument(help="Where to; it may not hold articles yet.")],
) -> None:
    """Write every article as Markdown with front matter, as it is told now."""
    if folder.is_dir() and any(folder.glob("*.md")):
        fail(f"{folder} holds articles already; give an empty folder")

    async def work(house: House) -> None:
        async with house.database.reading() as session:
            files = await export_articles(session)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        typer.echo(f"{len(files)} articles in {folder}")

    with_house(work)


async def _look(house: House) -> None:
    """What was published; without a database the starting stock."""
    try:
        if await is_current(house.database):
            await house.articles.look()
    except DatabaseUnavailable as error:
        typer.echo(f"the database does not answer ({error}): the starting stock", err=True)


def _found(house: House, text: str, today: date, limit: int) -> list[dict[str, Any]]:
    matter = house.understander.understand(text).likely_matter
    return [
        {
            "article": hit.article.id,
            "title": hit.article.title,
            "matter": hit.article.matter,
            "score": round(hit.score, 4),
            "fits": hit.fits,
        }
        for hit in house.articles.search(text, matter=matter, today=today, limit=limit)
    ]


async def _current(house: House) -> list[Article]:
    async with house.database.reading() as session:
        return [article_of(each) for each in await list_current(session)]


async def _take_in(house: House, written: list[Written], name: str) -> Imported:
    async with house.database.transaction() as session:
        return await import_articles(session, written, key="", reason=name, now=house.clock.now())
