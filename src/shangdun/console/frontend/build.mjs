// Builds everything a browser loads into ../static/dist, under names made of the content, with a
// manifest for the server. Needs node_modules and no network. Run by `npm run build`.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = join(here, "..", "static", "dist");
const work = join(here, "..", "static", "dist.new");
const manifest = {};

function hashed(name, bytes) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const end = extname(name);
  return `${name.slice(0, -end.length)}-${digest}${end}`;
}

function put(name, content) {
  const bytes = Buffer.from(content);
  const file = hashed(name, bytes);
  mkdirSync(dirname(join(work, file)), { recursive: true });
  writeFileSync(join(work, file), bytes);
  if ([".css", ".js", ".svg"].includes(extname(name))) {
    // The server sends these instead of compressing anew for every reader.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    writeFileSync(join(work, `${file}.br`), brotliCompressSync(bytes, { params }));
    writeFileSync(join(work, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  }
  manifest[name] = file;
  return file;
}

// One @font-face a file: a browser loads only the ranges that a page shows.
function fontFace({ family, file, weight, range }) {
  const url = put(`fonts/${basename(file)}`, readFileSync(file));
  return `@font-face{font-family:"${family}";font-style:normal;font-display:swap;font-weight:${weight};` +
    `src:url(./${url}) format("woff2");unicode-range:${range}}\n`;
}

const LATIN = "U+20-7E,U+A0-24F,U+2C6-2DD,U+1E00-1EFF";
const PUNCTUATION = "U+2010-2027,U+2030-205E,U+20AC,U+2122,U+2190-2193,U+2212,U+2215,U+FEFF,U+FFFD";

function fonts() {
  const folder = join(modules, "@fontsource-variable");
  const inter = join(folder, "inter/files/inter-latin-wght-normal.woff2");
  const mono = join(folder, "jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2");
  // Quotation marks and dashes are wide in Chinese, narrow in English: the family "SD Latin" leaves
  // them to the next family in the list, "SD Text" draws them itself.
  let css = fontFace({ family: "SD Latin", file: inter, weight: "100 900", range: LATIN }) +
    fontFace({ family: "SD Text", file: inter, weight: "100 900", range: `${LATIN},${PUNCTUATION}` }) +
    fontFace({ family: "SD Mono", file: mono, weight: "100 800", range: `${LATIN},${PUNCTUATION}` });
  const chinese = join(folder, "noto-sans-sc");
  const sheet = readFileSync(join(chinese, "index.css"), "utf-8");
  for (const [, file, range] of sheet.matchAll(/url\(\.\/(files\/[^)]+)\)[^}]*?unicode-range:\s*([^;]+);/g)) {
    css += fontFace({ family: "SD Chinese", file: join(chinese, file), weight: "100 900", range });
  }
  return css;
}

function icons() {
  const folder = join(modules, "heroicons", "24", "outline");
  const shapes = {};
  for (const file of readdirSync(folder)) {
    const svg = readFileSync(join(folder, file), "utf-8");
    shapes[basename(file, ".svg")] = svg.replace(/^[^>]*>/, "").replace("</svg>", "").trim();
  }
  // Read by the server, which writes the shapes into its pages.
  writeFileSync(join(work, "icons.json"), JSON.stringify(shapes));
}

function styles() {
  const out = join(work, "app.css");
  const cli = join(modules, "@tailwindcss", "cli", "dist", "index.mjs");
  execFileSync(process.execPath, [cli, "-i", join(here, "css", "app.css"), "-o", out, "--minify"], {
    cwd: here,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const css = readFileSync(out, "utf-8");
  rmSync(out);
  put("app.css", fonts() + css);
}

async function scripts() {
  for (const name of ["app", "charts", "passkeys", "api", "search", "gantt"]) {
    const built = await esbuild.build({
      entryPoints: [join(here, "js", `${name}.js`)],
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2022",
      legalComments: "eof",
      write: false,
    });
    put(`${name}.js`, built.outputFiles[0].contents);
  }
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
for (const name of readdirSync(join(here, "images"))) put(`images/${name}`, readFileSync(join(here, "images", name)));
icons();
styles();
await scripts();
writeFileSync(join(work, "manifest.json"), JSON.stringify(manifest, null, 1));
// A build that fails half-way leaves the last good one in place.
rmSync(target, { recursive: true, force: true });
renameSync(work, target);
