/**
 * Starts work for each item, up to `ahead` at a time, and gives the outcomes in the order of the items. What is under
 * way when the caller goes no further ends unheard.
 */
export async function* pipelined<Item, T>(
  items: Iterable<Item>,
  ahead: number,
  start: (item: Item) => Promise<T>,
): AsyncGenerator<T> {
  const underWay: Promise<T>[] = [];
  try {
    for (const item of items) {
      underWay.push(start(item));
      if (underWay.length < ahead) continue;
      const first = underWay.shift();
      if (first) yield await first;
    }
    for (let next = underWay.shift(); next; next = underWay.shift()) yield await next;
  } finally {
    await Promise.allSettled(underWay);
  }
}
