import { expect, test } from "vitest";
import { apopCommand, refusesMechanism } from "./apop.ts";

test("the example of RFC 1939 §7, the timestamp anywhere in the greeting", () => {
  const password = Buffer.from("tanstaaf");
  const command = "APOP mrose c4c9334bac560ecc979e58001b3e22fb";
  const timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  for (const greeting of [`POP3 server ready ${timestamp}`, `<<old>> ${timestamp} <here> ready`])
    expect(apopCommand(greeting, "mrose", password)).toBe(command);
  expect(apopCommand("ready <no timestamp>", "mrose", password)).toBeNull();
});

test("what refuses the way in, and not the password", () => {
  const refusal = (text: string, code: string | null = null) => ({ ok: false, code, text });
  for (const text of ["unknown command, use APOP", "Command not implemented", "Unrecognized command"])
    expect(refusesMechanism(refusal(text))).toBe(true);
  for (const text of ["wrong password", "unknown user", "[AUTH]", "authentication failed", ""])
    expect(refusesMechanism(refusal(text))).toBe(false);
  expect(refusesMechanism(refusal("unknown command", "AUTH"))).toBe(false);
  expect(refusesMechanism({ ok: true, code: null, text: "use APOP" })).toBe(false);
});
