import { openPop3World } from "./pop3-world.ts";
import { replayFolder } from "./replay.ts";

replayFolder("pop3", openPop3World);
