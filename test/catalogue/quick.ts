/**
 * What makes the catalogue's tests quick: the house's clock can be put forward, and an old server that says nothing
 * is given up after less than a second. Imported before anything of the house.
 */
import { vi } from "vitest";

/** How patient the house is with an old server, milliseconds, in place of minutes. */
export const patience = { login: 700, listing: 900, stall: 700 };

vi.mock("#jobs/clock", async (original) => {
  const { ForwardClock } = await import("./clock.ts");
  return { ...(await original<typeof import("#jobs/clock")>()), systemClock: new ForwardClock() };
});

vi.mock("#migration/old-server/pop3-old-server", async (original) => {
  const { Pop3OldServer } = await original<typeof import("#migration/old-server/pop3-old-server")>();
  return {
    Pop3OldServer: class extends Pop3OldServer {
      constructor(options: ConstructorParameters<typeof Pop3OldServer>[0]) {
        super({
          ...options,
          loginMilliseconds: patience.login,
          listingMilliseconds: patience.listing,
          stallMilliseconds: patience.stall,
        });
      }
    },
  };
});
