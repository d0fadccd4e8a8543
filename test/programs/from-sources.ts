/**
 * Flags of a Node that runs the program from its sources. With memory protection keys V8 now and then loses count of
 * its code pages when threads end, and ends the process (docs/configuration.md).
 */
export const fromSources = [
  "--conditions=source",
  "--disable-warning=ExperimentalWarning",
  "--no-memory-protection-keys",
];
