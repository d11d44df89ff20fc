"""A BACnet/IP device of BACpypes3 that a test drives line by line over its standard input.

It answers each line with one line: "ok", or what was asked for.
"""
import asyncio
import json
import os
import sys

from bacpypes3.apdu import ReadRangeACK
from bacpypes3.app import Application
from bacpypes3.argparse import SimpleArgumentParser
from bacpypes3.basetypes import (
    DateTime,
    EngineeringUnits,
    LogRecord,
    LogRecordLogDatum,
    ResultFlags,
    Segmentation,
)
from bacpypes3.constructeddata import Any, SequenceOf
from bacpypes3.local.analog import AnalogInputObject, AnalogOutputObject
from bacpypes3.local.binary import BinaryOutputObject
from bacpypes3.local.multistate import MultiStateInputObject, MultiStateValueObject
from bacpypes3.object import TrendLogObject
from bacpypes3.primitivedata import CharacterString, Date, ObjectIdentifier, Time

PAGE = 60


class Log(TrendLogObject):
    """Records that outlive the process."""

    def __init__(self, path, **kwargs):
        super().__init__(**kwargs)
        self.path = path
        self.records = []
        if os.path.exists(path):
            with open(path) as file:
                self.records = [json.loads(line) for line in file]
        self.count()

    def add(self, record):
        self.records.append(record)
        with open(self.path, "a") as file:
            file.write(json.dumps(record) + "\n")
        self.count()

    def count(self):
        self.recordCount = self.totalRecordCount = len(self.records)

    def record(self, number):
        hundredths, value = self.records[number - 1]
        seconds, hundredths = divmod(hundredths, 100)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        stamp = DateTime(
            date=Date((125, 11, 20, 4)), time=Time((hour, minute, second, hundredths))
        )
        if isinstance(value, str):
            datum = LogRecordLogDatum(anyValue=Any(CharacterString(value)))
        else:
            datum = LogRecordLogDatum(realValue=value)
        return LogRecord(timestamp=stamp, logDatum=datum)


class Device(Application):
    async def do_ReadRangeRequest(self, apdu):
        log = self.get_object_id(apdu.objectIdentifier)
        total = len(log.records)
        window = apdu.range
        if window.bySequenceNumber:
            first = window.bySequenceNumber.referenceSequenceNumber
            count = window.bySequenceNumber.count
        elif window.byPosition:
            first, count = window.byPosition.referenceIndex, window.byPosition.count
        else:
            hour, minute, second, hundredths = window.byTime.referenceTime.time
            since = ((hour * 60 + minute) * 60 + second) * 100 + hundredths
            newer = [n for n in range(1, total + 1) if log.records[n - 1][0] > since]
            first, count = (newer[0] if newer else total + 1), window.byTime.count
        last = min(total, first + min(count, PAGE) - 1)
        records = [log.record(number) for number in range(first, last + 1)]
        answer = ReadRangeACK(context=apdu)
        answer.objectIdentifier = apdu.objectIdentifier
        answer.propertyIdentifier = apdu.propertyIdentifier
        flags = [int(bool(records) and first == 1), int(last >= total), int(last < total)]
        answer.resultFlags = ResultFlags(flags if records else [0, 0, 0])
        answer.itemCount = len(records)
        answer.itemData = Any(SequenceOf(LogRecord)(records))
        if records and not window.byPosition:
            answer.firstSequenceNumber = first
        await self.response(answer)


def build(args):
    app = Device.from_args(args)
    if args.modest:
        app.device_object.segmentationSupported = Segmentation("noSegmentation")
        app.device_object.maxApduLengthAccepted = 480
    units = EngineeringUnits("degreesCelsius")
    for number in range(1, args.objects + 1):
        app.add_object(
            AnalogInputObject(
                objectIdentifier=("analog-input", number),
                objectName=f"Sensor {number}",
                presentValue=float(number),
                units=units,
                covIncrement=0.1,
            )
        )
    app.add_object(
        AnalogOutputObject(
            objectIdentifier=("analog-output", 1),
            objectName="Valve",
            presentValue=0.0,
            relinquishDefault=12.5,
            units=EngineeringUnits("percent"),
        )
    )
    app.add_object(
        BinaryOutputObject(
            objectIdentifier=("binary-output", 1),
            objectName="Fan",
            presentValue="inactive",
            relinquishDefault="inactive",
            inactiveText="Stopped",
            activeText="Running",
        )
    )
    app.add_object(
        MultiStateInputObject(
            objectIdentifier=("multi-state-input", 1),
            objectName="Mode",
            presentValue=2,
            numberOfStates=3,
            stateText=["Off", "Heat", "Cool"],
        )
    )
    if args.log:
        app.add_object(
            Log(args.log, objectIdentifier=("trend-log", 1), objectName="History", enable=True)
        )
    return app


async def obey(app, line):
    words = json.loads(line)
    verb, *rest = words
    if verb == "set":
        name, value = rest
        app.get_object_id(ObjectIdentifier(name)).presentValue = value
        return "ok"
    if verb == "log":
        log = app.get_object_id(ObjectIdentifier("trend-log,1"))
        for record in rest:
            log.add(record)
        return "ok"
    if verb == "get":
        name, attribute = rest
        return str(getattr(app.get_object_id(ObjectIdentifier(name)), attribute))
    if verb == "priorities":
        array = app.get_object_id(ObjectIdentifier(rest[0])).priorityArray
        return json.dumps([slot.null is None for slot in array])
    if verb == "subscriptions":
        return str(len(app._cov_detections))
    raise ValueError(verb)


async def main():
    parser = SimpleArgumentParser()
    parser.add_argument("--objects", type=int, default=3)
    parser.add_argument("--log")
    parser.add_argument("--modest", action="store_true", help="no segmentation, 480 bytes")
    app = build(parser.parse_args())
    for link in app.link_layers.values():
        await asyncio.gather(*link.server._transport_tasks)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            print(await obey(app, line), flush=True)
        except Exception as error:  # the test shall see it
            print(f"error {error!r}", flush=True)


asyncio.run(main())
