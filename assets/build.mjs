// Bundles the front end into a folder: `node build.mjs <folder>`.
// Every file carries the hash of its content in its name, and lies beside its brotli and gzip forms.
// What only some pages need (charts, maps) is a chunk of its own, fetched when it is.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { drawWorld } from "./world.mjs";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs <folder>");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await drawWorld(join("src", "world.geojson"));
const common = { outdir: out, entryNames: "[name]-[hash]", bundle: true, minify: true, target: "es2022", logLevel: "warning" };
await build({
  ...common,
  entryPoints: ["src/main.ts", "css/main.css", "src/docs.ts"],
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  loader: { ".geojson": "file", ".png": "dataurl" },
  splitting: true,
  format: "esm",
});
// A service worker is one script and no module.
await build({ ...common, entryPoints: ["src/worker.ts"], format: "iife" });

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
for (const name of await readdir(out)) {
  const path = join(out, name);
  const content = await readFile(path);
  await writeFile(`${path}.br`, brotliCompressSync(content, brotli));
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
}
