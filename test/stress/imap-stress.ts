/**
 * The stress run as a program: fails on the first answer that contradicts an earlier one, and prints what the
 * client that got it had been told.
 *
 *   node --conditions=source test/stress/imap-stress.ts [--seconds 120] [--clients 50] [--seed N]
 */
import { parseArgs } from "node:util";
import { stress } from "./stress.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "120" },
    clients: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const plan = { seconds: Number(values.seconds), clients: Number(values.clients), seed: Number(values.seed) };
process.stdout.write(`${plan.clients} clients for ${plan.seconds} s, seed ${plan.seed}\n`);
try {
  const { commands, agreements } = await stress(plan);
  process.stdout.write(`${commands} commands, no contradiction; all agreed ${agreements} times\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
