import { useRef } from "react";

/** What was last there, while something new is on its way: lists do not flicker while somebody types. */
export function useLast<T>(value: T | null): T | null {
  const last = useRef<T | null>(null);
  if (value !== null) last.current = value;
  return value ?? last.current;
}
