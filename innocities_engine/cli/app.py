"""Decide what the program's words are and how a call of it ends: the tree of commands, and what is
said when something cannot be done. What each command does stands in its module.
"""

from __future__ import annotations

import os
from contextlib import suppress
from gettext import gettext
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from innocities_engine import disk, errors
from innocities_engine.cli import exits
from innocities_engine.cli.speaking import TYPED, Speaking, helping, in_words, language_of, speak
from innocities_engine.cli.verbs import Entry, everywhere, refuse_unknown

if TYPE_CHECKING:
    from innocities_engine.cli.console import Services

DEBUG: Final = "INNOCITIES_DEBUG"
VERSION: Final = "0.1.0"  # said without loading anything; a test holds it to the settings'


def _in(module: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), module)


TREE: Final = {
    "init": Entry("Make a workspace for an organisation.", "beginning"),
    "demo": Entry("See the method at work, played in a workspace of its own.", "demonstration"),
    "project": Entry("Run projects through their gates.", words={
        **_in("project_beginning", "start list"),
        **_in("project_import", "import"),
        **_in("project_sharing", "share unshare shared adopt"),
        **_in("project_deviations", "deviations search"),
        **_in("project_each", "each"),
        **_in("project_reading", "show why history"),
        **_in("project_papers", "submit approve return withdraw"),
        **_in("project_paper", "paper"),
        **_in("project_facts", "answer assign comment"),
        **_in("project_people", "reassign"),
        **_in("project_voices", "rate advise declare-conflict present take-back"),
        **_in("project_decision", "decide override correct"),
        **_in("project_needs", "tick-off accept waive extend"),
        **_in("project_course", "raise resume pause-mail resume-mail"),
        "migrate": Entry("Move running projects to another version of their method.", words=_in(
            "project_migrate", "plan apply undo")),
    }),
    "round": Entry("Take projects that wait for each other together.", words=_in(
        "rounds", "list show rank open take")),
    "meeting": Entry("Take papers into a body's meeting, and its decisions out.", words=_in(
        "meeting", "agenda record")),
    "methodology": Entry("Read, check, prove, try and publish methods.", words={
        **_in("methodology", "list show check diagram scenario publish"),
        **_in("methodology_diff", "diff"),
        **_in("methodology_rebase", "rebase"),
        **_in("methodology_handbook", "handbook"),
        **_in("methodology_export", "export"),
        **_in("methodology_simulate", "simulate"),
        **_in("methodology_whatif", "whatif"),
        **_in("verifying", "verify"),
        **_in("templates", "template"),
        **_in("trying", "try"),
    }),
    "remind": Entry("See and raise reminders, and read what is sent.", words=_in(
        "remind", "forecast run list preview resend")),
    "calendar": Entry("Explain dates; keep meetings and closures.", words={
        "explain": "calendar",
        "meetings": Entry("When bodies meet.", words=_in("meetings", "list add remove")),
        "closures": Entry("When the organisation is closed.", words=_in(
            "closures", "list add remove")),
    }),
    "person": Entry("People, their rights and their mail.", words={
        **_in("person", "add list change rights deactivate"),
        **_in("partners", "link links"),
        **_in("leaving", "leave"),
    }),
    "substitute": Entry("Who stands in for whom, and when.", words=_in(
        "substitute", "add list end")),
    "organisation": Entry("Organisations of this workspace.", words=_in(
        "organisation", "add list show change solve")),
    "tick": Entry("Do once what time alone brings about.", "beginning"),
    "worker": Entry("Do it again and again, until stopped.", "beginning"),
    "serve": Entry("Serve the pages that links in letters lead to.", "serving"),
    "audit": Entry("Prove that the record is as it was written.", words=_in(
        "audit", "verify export checkpoint")),
    "db": Entry("Look after the database.", words=_in(
        "database", "upgrade backup restore doctor collect")),
}  # fmt: skip


class App(Speaking, click.Group):
    """The whole program."""

    def __init__(self) -> None:
        super().__init__(
            "innocities",
            callback=_compose,
            no_args_is_help=True,
            help="Run innovation projects by a method whose gates cannot be bypassed.",
            epilog='Completion: eval "$(_INNOCITIES_COMPLETE=bash_source innocities)"',
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
        )
        self.params += everywhere(hidden=False)
        self.params.append(
            click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False,
                         callback=_version, help="Say which version this is.")
        )  # fmt: skip

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        context.meta[TYPED] = tuple(args)
        return super().parse_args(context, args)

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(TREE)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        entry = TREE.get(name)
        return entry.command(name) if entry else None

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        refuse_unknown(context, self, arguments)
        return super().resolve_command(context, arguments)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the words without loading what stands behind them."""
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, in_words(entry.help)) for name, entry in TREE.items()])

    def invoke(self, context: click.Context) -> Any:
        """Run the command; end with the number that says what became of it."""
        if os.environ.get("NO_COLOR"):
            context.color = False
        try:
            return super().invoke(context)
        except errors.EngineError as error:
            _fail(context, error)
        except BrokenPipeError:
            raise
        except OSError as error:
            _fail(context, disk.trouble(error))
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            speak(language_of(context))
            raise click.UsageError(_fitted(error.format_message()), error.ctx) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:  # noqa: BLE001  # the last resort: no traceback for readers
            _own_fault(context, fault)


def _compose(**_options: Any) -> None:
    context = click.get_current_context()
    services: Services = context.obj
    from innocities_engine.cli import logbook
    from innocities_engine.cli.console import Console

    logbook.silence()
    context.obj = Console(services, context.meta)
    context.call_on_close(context.obj.close)


def _fitted(message: str) -> str:
    """A message in lines that leave room for the word before it."""
    from innocities_engine.cli import layout

    room = layout.screen() - len("Error: ")
    return "\n".join(part for line in message.split("\n") for part in layout.wrapped(line, room))


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"innocities {VERSION}")
        context.exit()


def _fail(context: click.Context, error: errors.EngineError) -> NoReturn:
    from innocities_engine.cli import refusals
    from innocities_engine.cli.console import Console

    with suppress(OSError):  # where nothing can be written, the number still says it
        refusals.tell(context.find_object(Console), error)
    raise click.exceptions.Exit(exits.code_of(error.code)) from error


def _own_fault(context: click.Context, fault: Exception) -> NoReturn:
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(fault)
    from innocities_engine import wording
    from innocities_engine.cli import layout

    what = f"{type(fault).__name__}: {fault!s:.200}"
    language = helping(context)  # asks the database nothing, which may be what failed
    told = wording.say(language, "error.fault", what=what, debug=f"{DEBUG}=1")
    for line in layout.paragraph(told):
        click.echo(line, err=True)
    raise click.exceptions.Exit(exits.FAULT) from fault


app = App()
