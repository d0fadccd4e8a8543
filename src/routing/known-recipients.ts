/** The port that remembers whom an old server has accepted mail for: who exists there, and who is still to come. */
export interface KnownRecipient {
  readonly address: string;
  readonly route: string;
  /** Epoch milliseconds of the newest and of the first acceptance. */
  readonly lastAccepted: number;
  readonly firstAccepted: number;
  /** Messages accepted for the address by delivery, not by mere asking. */
  readonly messages: number;
}

export interface KnownRecipients {
  /** @param delivered false when it was only asked about */
  accepted(address: string, route: string, at: number, delivered: boolean): Promise<void>;
  known(address: string): Promise<KnownRecipient | null>;
  /** Those of a domain without an admitted mailbox here and without an alias: the people who have not come yet. */
  missing(domain: string): Promise<readonly KnownRecipient[]>;
}
