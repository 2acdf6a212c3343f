"""A process whose children die when told to: run by the tests of crashes.

It reads one order per line from its standard input, a JSON object {operation, item, death}, forks a child that carries
the operation out and kills itself (SIGKILL) at the named death, and answers with {signal, statements}: the signal
that ended the child, or null where it lived, and then how many SQL statements it ran. The site's code holds no hook
for this: the child replaces the functions of each step, in itself alone. Before the first order of a kind it rehearses
the operation and undoes it, so that no child has to compile and import what the one before it had, too.
"""

import json
import os
import signal
import sys
from collections.abc import Callable


def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)


def dies_after(owner, name: str, *, when: Callable[..., bool] = lambda *_: True) -> None:
    """Replaces the function `name` of `owner` by one that does its work and then kills the process."""
    work = getattr(owner, name)

    def fatal(*arguments, **options):
        answer = work(*arguments, **options)
        if when(*arguments):
            die()
        return answer

    setattr(owner, name, fatal)


def arm(death: str) -> None:
    """Prepares this process to die at `death`."""
    from django.db import connection
    from wagtail.actions.publish_revision import PublishRevisionAction
    from wagtail.actions.unpublish import UnpublishAction

    from bulletin import current_items, freezing, projections, recording
    from bulletin.models import Item, Publication

    step, _colon, detail = death.partition(":")
    if step == "draft saved":
        dies_after(Item, "save_revision")
    elif step == "log locked":
        dies_after(recording, "lock_log")
    elif step == "triggers told":
        dies_after(recording, "_tell_triggers", when=lambda is_recording: is_recording)
    elif step == "action done":
        dies_after(PublishRevisionAction, "execute")
        dies_after(UnpublishAction, "execute")
    elif step == "content frozen":
        dies_after(freezing.FrozenContent, "save")
    elif step == "row written":
        dies_after(Publication, "save")
    elif step == "lists brought in line":
        dies_after(current_items, "apply")
    elif step == "triggers told again":
        dies_after(recording, "_tell_triggers", when=lambda is_recording: not is_recording)
    elif step == "committed":
        hooks = connection.run_and_clear_commit_hooks

        def run_or_die() -> None:
            # The draft is committed before, without projections to catch up.
            if projections.catch_up_all in [hook for _savepoints, hook, _robust in connection.run_on_commit]:
                die()
            hooks()

        connection.run_and_clear_commit_hooks = run_or_die
    elif step == "projection begun":
        projections.projection(detail).apply = die
    elif step == "projection applied":
        dies_after(projections.projection(detail), "apply")
    elif step == "projection half-way":
        target = projections.projection(detail)
        work = target.apply

        def half(publications):
            with connection.execute_wrapper(nth_statement(4)):
                work(publications)

        target.apply = half


def nth_statement(number: int):
    """A wrapper of statements that kills the process instead of running the one with that number."""
    seen = 0

    def count(execute, *arguments):
        nonlocal seen
        seen += 1
        if seen == number:
            die()
        return execute(*arguments)

    return count


def carry_out(operation: str, number: int) -> None:
    from bulletin import publication
    from bulletin.models import Item

    item = Item.objects.get(pk=number).specific
    if operation == "publish":
        item.title = f"{item.title} ve"
        item.save_revision()
        item = Item.objects.get(pk=number).specific
        item.latest_revision.publish()
    elif operation == "withdraw":
        item.unpublish()
    elif operation == "address":
        publication.change_audience(item, ["public"] if item.audience != ["public"] else ["subscriber"])


def live_or_die(order: dict, answer: int) -> None:
    from django.db import connection

    arm(order["death"])
    statements = 0

    def count(execute, *arguments):
        nonlocal statements
        statements += 1
        if order["death"] == f"statement:{statements}":
            die()
        return execute(*arguments)

    with connection.execute_wrapper(count):
        carry_out(order["operation"], order["item"])
    os.write(answer, str(statements).encode())


def rehearse(operation: str, number: int) -> None:
    """Carries the operation out in a transaction that is undone, and leaves no connection to the children."""
    from django.db import connection, transaction

    with transaction.atomic():
        carry_out(operation, number)
        transaction.set_rollback(True)
    connection.close()


def main() -> None:
    rehearsed = set()
    for line in sys.stdin:
        order = json.loads(line)
        if order["operation"] not in rehearsed:
            rehearse(order["operation"], order["item"])
            rehearsed.add(order["operation"])
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                live_or_die(order, writing)
                os._exit(0)
            finally:
                os._exit(1)
        os.close(writing)
        _child, status = os.waitpid(child, 0)
        counted = os.read(reading, 20)
        os.close(reading)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        failed = os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0
        print(json.dumps({"signal": number, "statements": int(counted or 0), "failed": failed}), flush=True)


if __name__ == "__main__":
    main()
