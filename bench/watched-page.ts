/** A window of Debian's Chromium with an empty cache, and what it says of the page: when it painted, when it was whole. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Milliseconds since the navigation began, and octets as they came over the wire. */
export interface PageTimes {
  readonly firstPaint: number;
  readonly whole: number;
  readonly octets: number;
  readonly requests: number;
}

export type SignedIn = Exclude<BrowserContextOptions["storageState"], undefined>;

export async function openChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** Notes in the page when its text first matches; the clock is the page's own. */
const watch = (pattern: string) => `
  window.whole = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("not whole in 15 s: " + document.querySelector("main")?.textContent.slice(0, 500))), 15_000);
    const wanted = new RegExp(${JSON.stringify(pattern)});
    const look = () => {
      if (!wanted.test(document.body?.textContent ?? "")) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document, { subtree: true, childList: true, characterData: true });
  });`;

/** It may be told a moment after what it tells of. */
const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName("first-contentful-paint");
    if (entry) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})`;

/**
 * Opens a page as for the first time.
 * @param whole what its text says once it can be worked with
 * @param then what else is done on it, before the octets are counted
 */
export async function openPage(
  browser: Browser,
  url: string,
  whole: string,
  signedIn: SignedIn | null,
  then: (page: Page) => Promise<void> = async () => {},
): Promise<PageTimes> {
  await using context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ...(signedIn === null ? {} : { storageState: signedIn }),
  });
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  let [octets, requests] = [0, 0];
  network.on("Network.requestWillBeSent", () => requests++);
  network.on("Network.loadingFinished", ({ encodedDataLength }) => {
    octets += encodedDataLength;
  });
  await page.addInitScript(watch(whole));
  await page.goto(url);
  const took = await page.evaluate("window.whole");
  const paint = await page.evaluate(firstPaint);
  await then(page);
  return { firstPaint: Number(paint), whole: Number(took), octets, requests };
}

/** Milliseconds from the last key to rows that all fit, as many as `found` says. */
export async function timeTyping(page: Page, field: string, typed: string, found: string): Promise<number> {
  await page.evaluate(`(() => {
    const input = document.querySelector(${JSON.stringify(field)});
    let last = 0;
    input.addEventListener("input", () => { last = performance.now(); });
    window.answered = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("no answer in 15 s")), 15_000);
      const watcher = new MutationObserver(() => {
        const rows = [...document.querySelectorAll("main tbody tr")];
        if (input.value !== ${JSON.stringify(typed)} || rows.length === 0) return;
        if (!document.querySelector("main").textContent.includes(${JSON.stringify(found)})) return;
        if (!rows.every((row) => row.textContent.includes(${JSON.stringify(typed)}))) return;
        watcher.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - last)));
      });
      watcher.observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
    });
  })()`);
  await page.fill(field, "");
  await page.focus(field);
  await page.keyboard.type(typed, { delay: 40 });
  return Number(await page.evaluate("window.answered"));
}
