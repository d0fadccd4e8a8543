/** What a migration needs to know of mail that is waiting to go to the old server (answered by the queue). */
export interface Outbound {
  /** Recipients waiting for the remote domain `route`. */
  waitingFor(route: string): Promise<number>;
  /** Recipients with an address in the local domain that wait to be piped, whatever the route. */
  waitingOf(domain: string): Promise<number>;
}
