/** Cuts octets that come in any pieces into lines, as latin1, without their ends (LF or CRLF). */
const LF = 10;

export class LineCutter {
  readonly #take: (line: string) => void;
  /** The beginning of a line whose end has not come. */
  #begun: Uint8Array[] = [];

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  /** The octets may be used again afterwards. */
  write(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      this.#tell(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) this.#begun.push(Buffer.from(chunk.subarray(from)));
  }

  /** What came after the last line end is a line, too, where there is any. */
  end(): void {
    if (this.#begun.length > 0) this.#tell(new Uint8Array(0));
  }

  #tell(rest: Uint8Array): void {
    const octets = this.#begun.length > 0 ? Buffer.concat([...this.#begun, rest]) : rest;
    this.#begun = [];
    const line = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
    this.#take(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
