"""A ThingSet gateway over WebSocket (websockets): reports by itself and answers requests.

Prints its port, then serves until it is killed.
"""

import asyncio
import json

from websockets.asyncio.server import serve

REPORTS = [
    ("#mLive_", {"Meas": {"rPackVoltage_V": 51.2, "rPackCurrent_A": -3.1}}),
    ("#/node-7/mLive_", {"Meas": {"rPackVoltage_V": 51.2}}),
]
GROUPS = {"Bat": {"rSOC_pct": 77.5}}


async def answer(socket):
    refused_once = False
    async for request in socket:
        group = GROUPS.get(request.removeprefix("?"))
        if group is None or not refused_once:
            refused_once = True
            await socket.send(":A4")
        else:
            await socket.send(":85 " + json.dumps(group))


async def report(socket):
    while True:
        for head, content in REPORTS:
            await socket.send(head + " " + json.dumps(content))
        await asyncio.sleep(0.2)


async def talk(socket):
    if not socket.request.path.startswith(("/gw/", "/node/")):
        await socket.close(1008)
        return
    reporting = asyncio.create_task(report(socket))
    try:
        await answer(socket)
    finally:
        reporting.cancel()


async def main():
    async with serve(talk, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
