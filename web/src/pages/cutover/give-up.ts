/** The addresses in what somebody typed: one a line, or apart by commas or spaces. */
export function addressesIn(typed: string): readonly string[] {
  return [
    ...new Set(
      typed
        .split(/[\s,;]+/)
        .map((address) => address.trim().toLowerCase())
        .filter((address) => address !== ""),
    ),
  ];
}
