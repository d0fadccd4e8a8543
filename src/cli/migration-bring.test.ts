import { expect, test } from "vitest";
import { CommandFailed } from "./connection.ts";
import { peopleWithPasswords } from "./migration-bring.ts";

const domain = "big-company.com";

test("people with passwords: one a line, the password as it stands after the first comma", () => {
  const text =
    '# our people\nanna,se,cret \r\n\nbob@big-company.com,"with ""quotes"", quoted"\ncarol,"open\n';
  expect(peopleWithPasswords(text, domain)).toEqual([
    { address: `anna@${domain}`, password: "se,cret " },
    { address: `bob@${domain}`, password: 'with "quotes", quoted' },
    { address: `carol@${domain}`, password: '"open' },
  ]);
});

test("a line without a password is named by its number, and not repeated", () => {
  for (const line of ["hunter2", ",hunter2", "anna,"]) {
    const read = () => peopleWithPasswords(`bob,x\n${line}`, domain);
    expect(read).toThrow(CommandFailed);
    expect(read).toThrow(/^line 2: expected "address,password"$/);
  }
});
