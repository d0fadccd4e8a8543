// The launcher behind every npm script. It needs nothing but the system's Node (18 or newer) and sees to the
// rest: a Node that is new enough, and installed dependencies. Then it runs what was asked for.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeVersion = "24.21.0";
const oldestNode = 24;
const isolated = { ...process.env, npm_config_update_notifier: "false", npm_config_loglevel: "error" };

/** Runs a program in the project's folder; ends this one when it fails. */
function run(program, args, env = process.env) {
  const { status, signal, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", env });
  if (error) fail(`${program} cannot be run: ${error.message}`);
  if (status !== 0) process.exit(signal ? 1 : (status ?? 1));
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** A Node that is new enough: the one that runs this, or the platform's package of the npm registry. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= oldestNode) return process.execPath;
  const platform = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const name = `node-${platform}`;
  const folder = join(root, ".node", "node_modules", name);
  const binary = join(folder, "bin", "node");
  if (
    !existsSync(binary) ||
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version !== nodeVersion
  ) {
    process.stderr.write(
      `This Node is ${process.versions.node}; fetching Node ${nodeVersion} into .node ...\n`,
    );
    mkdirSync(join(root, ".node"), { recursive: true });
    run(
      "npm",
      ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", ".node", `${name}@${nodeVersion}`],
      isolated,
    );
  }
  if (!existsSync(binary))
    fail(`Node ${oldestNode} or newer is needed; ${name}@${nodeVersion} could not be installed.`);
  return binary;
}

/** Dependencies as the lock file says, installed anew when it changed. */
function installDependencies(env) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".installed-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing dependencies ...\n");
  run("npm", ["ci", "--no-audit", "--no-fund"], { ...isolated, PATH: env.PATH });
  writeFileSync(stamp, lock);
}

const node = findNode();
const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
installDependencies(env);

/** The pages as their sources say, built anew when something of them changed. */
function buildPages(env) {
  const entries = readdirSync(join(root, "web")).filter((name) => name.endsWith(".html"));
  const sources = ["web/vite.config.ts", "package-lock.json", ...entries.map((name) => `web/${name}`)].concat(
    readdirSync(join(root, "web/src"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort(),
  );
  const hash = createHash("sha256");
  for (const file of sources) hash.update(file).update(readFileSync(join(root, file)));
  const built = hash.digest("hex");
  const stamp = join(root, "web", "dist", ".built-from");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === built) return;
  process.stderr.write("Building the pages ...\n");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const [dist, made] = [join(root, "web", "dist"), join(root, "web", `.dist-${process.pid}`)];
  run(node, [vite, "build", "--config", "web/vite.config.ts", "--logLevel", "warn", "--outDir", made], env);
  writeFileSync(join(made, ".built-from"), built);
  // Whole or not at all: a server that starts meanwhile must not find half of them.
  rmSync(dist, { recursive: true, force: true });
  renameSync(made, dist);
}

const [task, ...args] = process.argv.slice(2);
const source = [
  "--conditions=source",
  "--disable-warning=ExperimentalWarning",
  // See docs/configuration.md, "Node".
  "--no-memory-protection-keys",
];
const tool = (...path) => join(root, "node_modules", ...path);
const tasks = {
  serve: () => {
    buildPages(env);
    run(node, [...source, "src/main.ts", "serve", ...args], env);
  },
  demo: () => {
    buildPages(env);
    run(node, [...source, "scripts/demo/main.ts", ...args], env);
  },
  "old-server": () => run(node, [...source, "test/old-server/main.ts", ...args], env),
  lint: () =>
    run(node, [tool("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", ...args], env),
  types: () => {
    run(node, [tool("typescript", "bin", "tsc"), ...args], env);
    run(node, [tool("typescript", "bin", "tsc"), "-p", "web", ...args], env);
  },
  unit: () => run(node, [tool("vitest", "vitest.mjs"), "run", ...args], env),
  check: () => {
    tasks.lint();
    tasks.types();
  },
  test: () => {
    if (args.length === 0) tasks.check();
    tasks.unit();
  },
  interop: () => {
    run("bash", ["test/interop/install.sh"], env);
    run(
      node,
      [tool("vitest", "vitest.mjs"), "run", "--config", "test/interop/vitest.config.ts", ...args],
      env,
    );
  },
  browser: () => {
    buildPages(env);
    run("sh", ["test/browser/install.sh"], env);
    const config = ["--config", "test/browser/vitest.config.ts"];
    run(node, [tool("vitest", "vitest.mjs"), "run", ...config, ...args], env);
  },
  stress: () => run(node, [...source, "test/stress/imap-stress.ts", ...args], env),
  bench: () => {
    const [table = "", ...rest] = args;
    if (!/^[a-z-]+$/.test(table) || !existsSync(join(root, "bench", `${table}.ts`)))
      fail("usage: npm run bench -- TABLE; the tables are in docs/performance.md");
    if (table === "pages") {
      buildPages(env);
      run("sh", ["test/browser/install.sh"], env);
    }
    run("sh", ["test/interop/install.sh"], env);
    run(node, [...source, `bench/${table}.ts`, ...rest], env);
  },
  build: () => {
    buildPages(env);
    run(node, [tool("typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], env);
    run(node, ["scripts/copy-schema.js"], env);
  },
};
if (!task || !Object.hasOwn(tasks, task))
  fail(`usage: node scripts/run.js ${Object.keys(tasks).join(" | ")}`);
tasks[task]();
