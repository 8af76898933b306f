"""The peer that most web programs would take: a state field that moves, and a log of its moves. It
checks nothing but where the field stands.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from innocities_engine.store.transactions import journal_mode


def transitions(folder: Path, pieces: int) -> Sequence[Callable[[], object]]:
    """So many projects, each with its move, in a database that keeps as well as ours."""
    project, atomic = _model(folder / "fsm.db")
    made = [project.objects.create(title="Bro").pk for _ in range(pieces)]

    def move(key: int) -> None:
        with atomic():
            found = project.objects.select_for_update().get(pk=key)
            found.go(by=None)
            found.save()

    return [partial(move, key) for key in made]


def _model(database: Path) -> tuple[Any, Any]:
    import django
    from django.conf import settings

    journal, synchronous = journal_mode(sqlite3.sqlite_version_info)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_fsm_log"],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(database),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous={synchronous};",
            },
        }},
        USE_TZ=True,
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command
    from django.db import connection, models
    from django.db.transaction import atomic
    from django_fsm import FSMField, transition
    from django_fsm_log.decorators import fsm_log_by

    class Project(models.Model):  # type: ignore[misc]
        title = models.TextField()
        phase = FSMField(default="idea", protected=True)

        class Meta:
            app_label = "contenttypes"

        @fsm_log_by  # type: ignore[untyped-decorator]
        @transition(field=phase, source="idea", target="pilot")  # type: ignore[untyped-decorator]
        def go(self, by: object = None) -> None:
            pass

    call_command("migrate", verbosity=0, interactive=False)
    with connection.schema_editor() as editor:
        editor.create_model(Project)
    return Project, atomic
