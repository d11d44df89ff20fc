"""Listens to every topic with paho-mqtt and prints each message as "topic payload".

Usage: listen.py PORT USERNAME PASSWORD CLIENT_ID
"""

import sys

import paho.mqtt.client as mqtt


def on_connect(client, userdata, flags, reason, properties):
    if reason.is_failure:
        sys.exit(f"refused: {reason}")
    client.subscribe("#", qos=1)


def on_message(client, userdata, message):
    print(message.topic, message.payload.decode(errors="replace"), flush=True)


def main(port, username, password, client_id):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.username_pw_set(username, password)
    client.on_connect = on_connect
    client.on_message = on_message
    client.connect("127.0.0.1", int(port))
    client.loop_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
