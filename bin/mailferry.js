#!/usr/bin/env node
// Says in one sentence if Node is too old, before anything is imported that such a Node cannot read.
if (Number(process.versions.node.split(".")[0]) < 24) {
  process.stderr.write(`mailferry needs Node 24 or newer; this is Node ${process.versions.node}.\n`);
  process.exit(1);
}
await import("../dist/main.js");
