"""A BACnet/IP client of BACpypes3: does what its arguments say and prints the outcome as JSON.

client.py PEER INSTANCE TASK...

Written to is the object of --commanded, records are read of that of --log.
"""
import asyncio
import json
import sys
import time

from bacpypes3.app import Application
from bacpypes3.apdu import ErrorRejectAbortNack
from bacpypes3.argparse import SimpleArgumentParser
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import Enumerated, Null, ObjectIdentifier, Real


def plain(value):
    if isinstance(value, ErrorRejectAbortNack):
        return f"refused: {value}"
    if isinstance(value, Enumerated):
        return str(value)
    if isinstance(value, (bool, int, float)):
        return value
    return str(value)


async def discover(app, peer, device):
    found = await app.who_is(device, device, peer, timeout=3)
    return [str(i_am.iAmDeviceIdentifier) for i_am in found]


async def browse(app, peer, device):
    own = ObjectIdentifier(f"device,{device}")
    objects = await app.read_property(peer, own, "object-list")
    names = set()
    for start in range(0, len(objects), 50):
        wanted = []
        for name in objects[start : start + 50]:
            wanted += [name, ["object-name"]]
        for _, _, _, value in await app.read_property_multiple(peer, wanted):
            names.add(str(value))
    return [len(objects), len(names)]


async def two_hundred_times_three(app, peer, _):
    wanted = []
    for number in range(1, 201):
        wanted += [f"analog-input,{number}", ["present-value", "object-name", "status-flags"]]
    answers = await app.read_property_multiple(peer, wanted)
    return [len(answers), plain(answers[0][3]), plain(answers[-2][3])]


async def everything(app, peer, _):
    answers = await app.read_property_multiple(peer, [app.commanded, ["all"]])
    return {str(name): plain(value) for _, name, _, value in answers}


async def changes(app, peer, _):
    """The first values of a subscription: one on subscribing, one for each change."""
    seen = []
    async with app.change_of_value(peer, ObjectIdentifier("analog-input,7"), 12, True, 60) as told:
        print("subscribed", flush=True)
        until = time.monotonic() + 10
        while time.monotonic() < until and len(seen) < 4:
            try:
                name, value = await asyncio.wait_for(told.get_value(), 5)
            except asyncio.TimeoutError:
                break
            seen.append([str(name), plain(value)])
    return seen


async def history(app, peer, _):
    log = ObjectIdentifier(app.log)
    total = int(await app.read_property(peer, log, "record-count"))
    records = []
    while len(records) < total:
        first = len(records) + 1
        page = await app.read_range(peer, log, "log-buffer", None, ("p", first, "", "", 1000))
        if not page or isinstance(page, (str, ErrorRejectAbortNack)):
            return plain(page)
        records += [float(record.logDatum.realValue) for record in page]
    return [total, records[0], records[-1]]


async def names(app, peer, device):
    """Which object has which name."""
    own = ObjectIdentifier(f"device,{device}")
    objects = await app.read_property(peer, own, "object-list")
    found = {}
    for start in range(0, len(objects), 50):
        wanted = []
        for name in objects[start : start + 50]:
            wanted += [name, ["object-name"]]
        for object_name, _, _, value in await app.read_property_multiple(peer, wanted):
            found[str(value)] = str(object_name)
    own = await app.read_property(peer, own, "database-revision")
    return {"objects": found, "revision": int(own)}


async def reliability(app, peer, _):
    return plain(await app.read_property(peer, ObjectIdentifier(app.commanded), "reliability"))


async def command(app, peer, _):
    """One write that stays."""
    name = ObjectIdentifier(app.commanded)
    try:
        answer = await app.write_property(peer, name, "present-value", Real(42.5), None, 8)
    except ErrorRejectAbortNack as error:
        answer = error
    return [plain(answer), plain(await app.read_property(peer, name, "present-value"))]


async def value(app, peer, _):
    return plain(await app.read_property(peer, ObjectIdentifier(app.commanded), "present-value"))


async def write(app, peer, _):
    name = ObjectIdentifier(app.commanded)
    outcome = {}
    for what, target, value, priority in [
        ("allowed", name, Real(42.5), 8),
        ("too much", name, Real(1000.0), 8),
        ("read only", ObjectIdentifier("analog-input,1"), Real(1.0), 8),
    ]:
        try:
            answer = await app.write_property(peer, target, "present-value", value, None, priority)
        except ErrorRejectAbortNack as error:
            answer = error
        outcome[what] = plain(answer)
    outcome["value"] = plain(await app.read_property(peer, name, "present-value"))
    await app.write_property(peer, name, "present-value", Null(()), None, 8)
    outcome["released"] = plain(await app.read_property(peer, name, "present-value"))
    return outcome


TASKS = {
    task.__name__: task
    for task in (
        discover,
        browse,
        names,
        two_hundred_times_three,
        everything,
        changes,
        history,
        reliability,
        value,
        command,
        write,
    )
}


async def main():
    parser = SimpleArgumentParser()
    parser.add_argument("--commanded", default="analog-value,1")
    parser.add_argument("--log", default="trend-log,1")
    parser.add_argument("peer")
    parser.add_argument("device", type=int)
    parser.add_argument("tasks", nargs="+")
    args = parser.parse_args()
    app = Application.from_args(args)
    app.commanded, app.log = args.commanded, args.log
    outcome = {}
    for task in args.tasks:
        try:
            done = TASKS[task](app, Address(args.peer), args.device)
            outcome[task] = await asyncio.wait_for(done, 60)
        except ErrorRejectAbortNack as error:
            outcome[task] = f"refused: {error}"
        except Exception as error:  # the test shall see it
            outcome[task] = f"broke: {error!r}"
    print(json.dumps(outcome), flush=True)
    app.close()


asyncio.run(main())
