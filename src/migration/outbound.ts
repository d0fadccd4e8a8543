/** What a migration needs to know of mail that is waiting to go to the old server (answered by the queue). */
export interface Outbound {
  /** Recipients waiting for the remote domain `route`. */
  waitingFor(route: string): Promise<number>;
}
