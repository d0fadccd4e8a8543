import { replayFolder } from "./replay.ts";
import { openSmtpWorld } from "./smtp-world.ts";

replayFolder("smtp", openSmtpWorld);
