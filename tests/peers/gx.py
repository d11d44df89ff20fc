"""A Victron GX device (paho-mqtt): says nothing until it is kept alive, then everything once.

Usage: gx.py PORT. Prints the payload of each keep-alive it gets.
"""

import json
import sys

import paho.mqtt.client as mqtt

PORTAL = "c0619ab1"
VALUES = {
    "battery/512/Dc/0/Voltage": 52.1,
    "battery/512/Dc/0/Power": 936,
    "battery/512/Soc": 81.5,
    "battery/512/Soh": None,
    "grid/30/Ac/Power": -250,
}


def on_connect(client, userdata, flags, reason, properties):
    client.subscribe(f"R/{PORTAL}/keepalive")


def on_message(client, userdata, message):
    payload = message.payload.decode()
    print(f"keepalive {payload}", flush=True)
    if "suppress-republish" not in payload:
        for path, value in VALUES.items():
            client.publish(f"N/{PORTAL}/{path}", json.dumps({"value": value}))
        client.publish(f"N/{PORTAL}/battery/513/Soc", "")
        client.publish(f"N/{PORTAL}/full_publish_completed", json.dumps({"value": 1}))


def main(port):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_connect = on_connect
    client.on_message = on_message
    client.connect("127.0.0.1", int(port))
    client.loop_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
