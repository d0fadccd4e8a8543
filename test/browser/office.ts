/**
 * Where an administrator works: a company in the middle of its move, a browser, and somebody signed in. Each test
 * opens windows of its own; a window whose page complained of anything fails its test.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { Company, type CompanyOptions } from "../crossing/company.ts";
import { put } from "../old-server/maildrop.ts";
import { letter } from "../programs/letter.ts";
import { complaintsOf, expectSound, looks, openBrowser, still } from "./browser.ts";

/** The administrator who is signed in. */
export const administrator = { name: "carol", password: "correct horse battery" } as const;
type Signed = Awaited<ReturnType<BrowserContext["storageState"]>>;

export class Office implements AsyncDisposable {
  readonly company: Company;
  readonly browser: Browser;
  /** The pages' address, with its slash. */
  readonly base: string;
  /** The cookies of who is signed in. */
  readonly signedIn: Signed;

  private constructor(parts: Pick<Office, "company" | "browser" | "base" | "signedIn">) {
    this.company = parts.company;
    this.browser = parts.browser;
    this.base = parts.base;
    this.signedIn = parts.signedIn;
  }

  /** A company whose old server knows anna and bob, password `secret`, twelve letters each. */
  static async start(options: CompanyOptions = {}): Promise<Office> {
    const company = await Company.start(options);
    for (const name of ["anna", "bob"]) {
      const mailbox = company.mailboxes.add(name, "secret");
      for (let n = 1; n <= 12; n++) put(mailbox, letter(name, `message ${n}`));
    }
    const base = `http://127.0.0.1:${company.ports.http}/`;
    const browser = await openBrowser();
    await using context = await browser.newContext();
    const token = /#\/set-up\/([\w-]{43})/.exec(company.log)?.[1];
    const answer = await context.request.post(`${base}api/set-up`, { data: { token, ...administrator } });
    expect(answer.status()).toBe(200);
    return new Office({ company, browser, base, signedIn: await context.storageState() });
  }

  /** Opens a window of somebody who is signed in, on the page behind this #. */
  async at(
    page: string,
    use: (page: Page, context: BrowserContext) => Promise<void>,
    options: BrowserContextOptions = {},
  ): Promise<void> {
    await using context = await this.browser.newContext({
      storageState: this.signedIn,
      ...still,
      ...options,
    });
    const window = await context.newPage();
    const complaints = complaintsOf(window);
    await window.goto(`${this.base}${page}`);
    await use(window, context);
    expect(complaints).toEqual([]);
  }

  /**
   * The page in every width and colour, without a violation and without overflow; `ready` waits for what it shows.
   * With MAILFERRY_SHOTS=DIR each look is kept there as a picture.
   */
  async expectSoundEverywhere(
    name: string,
    page: string,
    ready: (page: Page) => Promise<void>,
  ): Promise<void> {
    for (const [look, options] of looks) {
      await this.at(
        page,
        async (window) => {
          await ready(window);
          await expectSound(window);
          const { MAILFERRY_SHOTS: folder } = process.env;
          if (folder)
            await window.screenshot({
              path: `${folder}/${name}-${look.replace(", ", "-")}.png`,
              fullPage: true,
            });
        },
        options,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.company[Symbol.asyncDispose]();
  }
}
