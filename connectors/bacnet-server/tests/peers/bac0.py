"""A BACnet/IP client of BAC0: reads a device as its users do, and prints the outcome as JSON."""
import asyncio
import json
import sys

import BAC0

own, peer, device = sys.argv[1], sys.argv[2], int(sys.argv[3])
BAC0.log_level("silence")


async def main():
    outcome = {}
    async with BAC0.start(ip=f"127.0.0.1/8:{own}", deviceId=4_100_001) as bacnet:
        outcome["name"] = str(await bacnet.read(f"{peer} device {device} objectName"))
        outcome["value"] = float(await bacnet.read(f"{peer} analogInput 5 presentValue"))
        wanted = f"{peer} analogInput 5 objectName presentValue units"
        outcome["several"] = [str(value) for value in await bacnet.readMultiple(wanted)]
    print(json.dumps(outcome), flush=True)


asyncio.run(main())
