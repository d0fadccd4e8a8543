// The SQL of the store goes beside the compiled code that reads it.
import { cpSync } from "node:fs";

cpSync(new URL("../src/store/schema", import.meta.url), new URL("../dist/store/schema", import.meta.url), {
  recursive: true,
});
