"""A process of a busy newsroom: run as a script, several at once, by the tests of concurrency.

It reads one JSON list of orders from its standard input, waits for the line `go` so that all begin together, carries
the orders out one after another as an editor's requests would, and prints a JSON list of what each came to: the error
that an editor would have seen, null where it was done, and the seconds it took.
"""

import json
import sys
import time


def carry_out(order: dict) -> None:
    from bulletin import projections, publication, verification
    from bulletin.models import Item

    work, number = order["work"], order.get("item")
    if work == "publish":
        item = Item.objects.get(pk=number).specific
        item.title = order.get("title", item.title)
        item.save_revision()
        Item.objects.get(pk=number).specific.latest_revision.publish()
    elif work == "publish revision":
        from wagtail.models import Revision

        Revision.objects.get(pk=order["revision"]).publish()
    elif work == "draft":
        item = Item.objects.get(pk=number).specific
        item.title = order["title"]
        item.save_revision()
    elif work == "withdraw":
        Item.objects.get(pk=number).unpublish()
    elif work == "address":
        publication.change_audience(Item.objects.get(pk=number), order["audience"])
    elif work == "verify":
        if found := [str(finding) for finding in verification.verify() if finding.is_error]:
            raise AssertionError("; ".join(found))
    elif work == "catch up":
        projections.catch_up_all()
    elif work == "rebuild":
        projections.rebuild("current")


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    outcomes = []
    for order in orders:
        begun = time.monotonic()
        try:
            carry_out(order)
            error = None
        except Exception as failure:
            error = f"{order['work']}: {type(failure).__name__}: {failure}"
        outcomes.append({"error": error, "seconds": time.monotonic() - begun})
    print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    main()
