"""A ThingSet node behind an MQTT broker (paho-mqtt): reports its settings and takes desires.

Usage: thingset_mqtt.py PORT NODE [USER PASSWORD]. Prints each desire it gets.
"""

import json
import sys
import time

import paho.mqtt.client as mqtt


def main(port, node, user=None, password=None):
    settings = {"sChgEnable": False}

    def report(client):
        client.publish(f"rpt/{node}/Conf", json.dumps(settings), qos=1)

    def on_connect(client, userdata, flags, reason, properties):
        client.subscribe(f"des/{node}/#", qos=1)

    def on_message(client, userdata, message):
        desired = json.loads(message.payload)
        kept = " retained" if message.retain else ""
        print(f"{message.topic} {json.dumps(desired)}{kept}", flush=True)
        settings.update(desired)
        report(client)

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_connect = on_connect
    client.on_message = on_message
    if user:
        client.username_pw_set(user, password)
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    while True:
        report(client)
        time.sleep(0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
