/** Debian's Chromium, and what every page is held to in it. */
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

/** How wide a window is, and in which colours. */
export const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ["wide, light", { viewport: { width: 1440, height: 900 }, colorScheme: "light" }],
  ["wide, dark", { viewport: { width: 1440, height: 900 }, colorScheme: "dark" }],
  ["narrow, light", { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: "light" }],
  ["narrow, dark", { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: "dark" }],
];

/** For somebody who wants nothing to move: what closes is gone at once, and is not met while it fades. */
export const still = { reducedMotion: "reduce" } as const satisfies BrowserContextOptions;

/** A browser of its own; closing it closes all pages. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** Collects what a page complains of: scripts that fail, what its policy forbids. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A refused request is told there too; the pages tell it themselves.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return complaints;
}

/** No violation that axe-core can find (WCAG 2.2 A and AA and best practices), and nothing wider than the window. */
export async function expectSound(page: Page): Promise<void> {
  // What fades in has its contrast only afterwards.
  await page.waitForTimeout(300);
  const violations = (await page.evaluate(
    `(() => { ${axe.source}; return axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ": " + nodes.map(({ html }) => html.slice(0, 200)).join(" "))); })()`,
  )) as string[];
  expect(violations).toEqual([]);
  const [content, window] = (await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")) as [
    number,
    number,
  ];
  expect(content).toBeLessThanOrEqual(window);
}
