"""A Sparkplug B edge node with one device (pysparkplug).

Usage: sparkplug.py PORT. Does what its input says, one command a line:
`device VALUE` and `node VALUE` report, `lose VALUE` numbers a message that never leaves and reports,
`birth` connects anew. Prints `born` after its births, `rebirth` when it was asked for them, and
`told NAME VALUE` when a metric was commanded; it obeys and reports.
"""

import sys
import time

from pysparkplug import DataType, Device, EdgeNode, Metric, get_current_timestamp


def metric(name, value, datatype=DataType.DOUBLE, alias=None):
    return Metric(timestamp=get_current_timestamp(), name=name, datatype=datatype, value=value, alias=alias)


LIMIT = metric("Pack/Limit", 80, DataType.INT16, alias=7)
MODE = metric("Mode", "NORMAL", DataType.STRING)


def on_command(edge, message):
    for told in message.payload.metrics:
        if told.name == "Node Control/Rebirth" and told.value:
            print("rebirth", flush=True)
        elif told.name == MODE.name:
            print("told", told.name, told.value, flush=True)
            edge.update([metric(MODE.name, told.value, MODE.datatype)])


def on_device_command(edge, message):
    for told in message.payload.metrics:
        if told.alias == LIMIT.alias and told.name is None:
            print("told", LIMIT.name, told.value, flush=True)
            edge.update_device("pack", [metric(LIMIT.name, told.value, LIMIT.datatype, LIMIT.alias)])


def connect(edge, port):
    edge.connect("127.0.0.1", port=int(port))
    while not edge._connected:
        time.sleep(0.05)
    # Births leave in the client's own thread.
    time.sleep(0.5)
    print("born", flush=True)


def main(port):
    edge = EdgeNode("plant", "gateway", [metric("Uptime", 1.0), MODE], cmd_callback=on_command)
    metrics = [metric("Pack/SOC", 80.0), metric("Pack/Voltage", 51.5), LIMIT]
    edge.register(Device("pack", metrics, cmd_callback=on_device_command))
    connect(edge, port)
    for line in sys.stdin:
        verb, _, value = line.strip().partition(" ")
        if verb == "device":
            edge.update_device("pack", [metric("Pack/SOC", float(value))])
        elif verb == "node":
            edge.update([metric("Uptime", float(value))])
        elif verb == "lose":
            next(edge._EdgeNode__seq_cycler)
            edge.update([metric("Uptime", float(value))])
        elif verb == "birth":
            edge.disconnect()
            connect(edge, port)


if __name__ == "__main__":
    main(*sys.argv[1:])
