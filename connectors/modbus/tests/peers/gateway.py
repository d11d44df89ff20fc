"""A gateway with several units, by pymodbus: python gateway.py PORT SUNSPEC_FOLDER

unit 1   plain: 64 coils, 64 discrete inputs, 400 holding and 200 input registers
unit 2   holding registers 0 to 9 and 12 to 14 only
unit 5   behind the gateway, does not answer (exception 11)
unit 6   answers after three seconds
unit 7   is always busy (exception 6)
unit 20  SunSpec at 40000: inverter, meter, battery, bank of two strings, one string with modules
unit 21  SunSpec at 0: an inverter without temperature
"""

import asyncio
import json
import struct
import sys

from pymodbus.constants import ExcCodes
from pymodbus.server import StartAsyncTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

REGISTERS, BITS = DataType.REGISTERS, DataType.BITS
UNIMPLEMENTED = {
    "int16": [0x8000], "sunssf": [0x8000], "pad": [0x8000], "uint16": [0xFFFF], "enum16": [0xFFFF],
    "uint32": [0xFFFF] * 2, "bitfield32": [0xFFFF] * 2, "acc32": [0, 0],
}


def registers(kind, value, size):
    """A value as SunSpec writes it."""
    if kind == "string":
        data = value.encode().ljust(2 * size, b"\0")
    else:
        data = (value & (2 ** (16 * size) - 1)).to_bytes(2 * size, "big")
    return list(struct.unpack(f">{size}H", data))


def block(folder, number, values, parts=()):
    """A model, laid out by its definition; what has no value is unimplemented."""
    with open(f"{folder}/model_{number}.json") as file:
        group = json.load(file)["group"]
    words = []

    def lay_out(points, values):
        for point in points:
            kind, size, value = point["type"], point["size"], values.get(point["name"])
            words.extend(UNIMPLEMENTED.get(kind, [0] * size) if value is None else registers(kind, value, size))

    lay_out(group["points"], {"ID": number, "L": 0, **values})
    for part in parts:
        lay_out(group["groups"][0]["points"], part)
    words[1] = len(words) - 2
    return words


def sunspec(folder):
    common = {"Mn": "Vigie Works", "Md": "Tester", "Vr": "1.0", "SN": "VW-0042", "DA": 20}
    string = {"StrNMod": 2, "StrSt": 3, "StrA": -25, "StrCellVMax": 3401, "StrCellVMin": 3389,
              "StrSoC": 805, "StrModTmpMax": 251, "StrModTmpMin": 239}
    module = {"ModNCell": 16, "ModSoC": 81, "ModCellVMax": 3400, "ModCellVMin": 3390,
              "ModCellTmpMax": 25, "ModCellTmpMin": 24}
    return (
        [0x5375, 0x6E53]
        + block(folder, 1, common)
        + block(folder, 103, {"W": 4321, "W_SF": -1, "WH": 123456, "WH_SF": 1, "DCV": 6204, "DCV_SF": -1,
                              "TmpSnk": 415, "Tmp_SF": -1, "St": 4, "A_SF": 0, "V_SF": 0, "Hz_SF": 0})
        + block(folder, 203, {"W": -1500, "W_SF": 0, "PhVphA": 2301, "V_SF": -1, "Hz": 4998, "Hz_SF": -2,
                              "PF": 985, "PF_SF": -1, "TotWhImp": 70000, "TotWhExp": 90000, "TotWh_SF": 2})
        + [999, 3, 1, 2, 3]
        + block(folder, 802, {"SoC": 805, "SoC_SF": -1, "V": 512, "V_SF": -1, "A": -25, "A_SF": 0, "W": -1280,
                              "W_SF": 0, "ChaSt": 4, "Evt1": 1 << 20, "NCyc": 321, "CellVMax": 3401, "CellVMin": 3389, "CellV_SF": -3})
        + block(folder, 803, {"NStr": 2, "SoC_SF": -1, "A_SF": 0, "CellV_SF": -3, "ModTmp_SF": -1}, [string] * 2)
        + block(folder, 804, {"Idx": 1, "NMod": 3, "SoC": 80, "SoC_SF": 0, "A": -12, "A_SF": 0, "V": 512, "V_SF": -1,
                              "St": 3, "CellVMax": 3401, "CellVMin": 3389, "CellV_SF": -3, "ModTmp_SF": 0}, [module] * 3)
        + [0xFFFF, 0]
    )


def answering(exception):
    async def action(*_):
        return exception

    return action


async def slowly(*_):
    await asyncio.sleep(3)


def holding(address, values):
    return SimData(address, values=values, datatype=REGISTERS)


def units(folder):
    plain = (
        [SimData(0, values=[False] * 64, datatype=BITS)],
        [SimData(0, values=[True] * 64, datatype=BITS)],
        [holding(0, [0] * 400)],
        [SimData(0, values=list(range(200)), datatype=REGISTERS)],
    )
    small = [0x5375, 0x6E53] + block(folder, 1, {"Mn": "Vigie Works", "SN": "VW-0043"})
    small += block(folder, 103, {"W": 12, "W_SF": 2, "St": 8}) + [0xFFFF, 0]
    return [
        SimDevice(1, simdata=plain),
        SimDevice(2, simdata=[holding(0, [5] * 10), holding(12, [6] * 3)]),
        SimDevice(5, simdata=[holding(0, [0] * 10)], action=answering(ExcCodes.GATEWAY_NO_RESPONSE)),
        SimDevice(6, simdata=[holding(0, [66] * 10)], action=slowly),
        SimDevice(7, simdata=[holding(0, [0] * 10)], action=answering(ExcCodes.DEVICE_BUSY)),
        SimDevice(20, simdata=[holding(40000, sunspec(folder))]),
        SimDevice(21, simdata=[holding(0, small)]),
        # Whatever else is asked for is not there.
        SimDevice(0, simdata=[holding(0, [0])], action=answering(ExcCodes.GATEWAY_PATH_UNAVIABLE)),
    ]


asyncio.run(StartAsyncTcpServer(units(sys.argv[2]), address=("127.0.0.1", int(sys.argv[1]))))
