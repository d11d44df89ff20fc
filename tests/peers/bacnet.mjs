// A BACnet/IP client of @bacnet-js/client: reads, subscribes to and writes a device, and prints the
// outcome as JSON. bacnet.mjs PORT DEVICE
import { createRequire } from "node:module";

const bacnet = createRequire(import.meta.url)("@bacnet-js/client");
const { default: Client, ObjectType, PropertyIdentifier, ApplicationTag } = bacnet;
const [port, device] = process.argv.slice(2).map(Number);
const peer = { address: `127.0.0.1:${port}` };
const client = new Client({ port: 0, interface: "127.0.0.1", apduTimeout: 6000 });
const outcome = {};

function within(ms, promise) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("too late")), ms));
  return Promise.race([promise, late]);
}

async function attempt(name, task) {
  try {
    outcome[name] = await within(20000, task());
  } catch (error) {
    outcome[name] = `refused: ${error.message}`;
  }
}

const analog = (instance) => ({ type: ObjectType.ANALOG_INPUT, instance });
const value = (answer) => answer.values[0].value;

await within(20000, new Promise((done) => client.on("listening", done)));
await attempt("discover", () => {
  const found = new Promise((done) => client.on("iAm", (message) => done(message.payload.deviceId)));
  client.whoIs(peer, { lowLimit: device, highLimit: device });
  return found;
});
await attempt("name", async () => {
  const own = { type: ObjectType.DEVICE, instance: device };
  return value(await client.readProperty(peer, own, PropertyIdentifier.OBJECT_NAME));
});
await attempt("objects", async () => {
  const own = { type: ObjectType.DEVICE, instance: device };
  return (await client.readProperty(peer, own, PropertyIdentifier.OBJECT_LIST)).values.length;
});
await attempt("several", async () => {
  // This client cannot send a request in segments: four requests of 50 objects.
  const page = (first) => Array.from({ length: 50 }, (_, n) => ({
    objectId: analog(first + n),
    properties: [
      { id: PropertyIdentifier.PRESENT_VALUE },
      { id: PropertyIdentifier.OBJECT_NAME },
      { id: PropertyIdentifier.STATUS_FLAGS },
    ],
  }));
  let count = 0;
  for (const first of [1, 51, 101, 151]) {
    count += (await client.readPropertyMultiple(peer, page(first))).values.length;
  }
  return count;
});
await attempt("change", async () => {
  const told = new Promise((done) => {
    client.on("covNotifyUnconfirmed", (message) => {
      const values = message.payload.values;
      done(values.find((one) => one.property.id === PropertyIdentifier.PRESENT_VALUE).value[0].value);
    });
  });
  await client.subscribeCov(peer, analog(7), 33, false, false, 60, {});
  return told;
});
await attempt("write", async () => {
  const writable = { type: ObjectType.ANALOG_VALUE, instance: 1 };
  const wanted = [{ type: ApplicationTag.REAL, value: 17.5 }];
  const id = PropertyIdentifier.PRESENT_VALUE;
  await client.writeProperty(peer, writable, id, wanted, { priority: 9 });
  return value(await client.readProperty(peer, writable, id));
});
await attempt("read only", () =>
  client.writeProperty(peer, analog(1), PropertyIdentifier.PRESENT_VALUE, [{ type: ApplicationTag.REAL, value: 1 }], {}),
);
client.close();
console.log(JSON.stringify(outcome));
process.exit(0);
