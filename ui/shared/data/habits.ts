import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call } from "../platform/call";

const at = (name: string) => ["habit", name] as const;

async function ask(name: string): Promise<unknown> {
  const kept = await call("habit", { name });
  if (kept === null) return null;
  try {
    return JSON.parse(kept);
  } catch {
    // Another version wrote it: as good as none.
    return null;
  }
}

/** What this person is used to here; `undefined` until it is known, `null` where there is nothing. */
export function useHabit<T>(name: string): T | null | undefined {
  const { data, isError } = useQuery({ queryKey: at(name), queryFn: () => ask(name) });
  return isError ? null : (data as T | null | undefined);
}

/**
 * Keeps a habit: unlike what the page remembers, it is on the disk at once, and is the person's and not the
 * computer's. `next` gets what was kept before. Nobody is troubled where it cannot be kept.
 */
export function useKeepHabit<T>(name: string): (next: (before: T | null) => T) => void {
  const queries = useQueryClient();
  return useCallback((next) => void keep(queries, name, next), [queries, name]);
}

async function keep<T>(
  queries: QueryClient,
  name: string,
  next: (before: T | null) => T,
): Promise<void> {
  try {
    await queries.ensureQueryData({ queryKey: at(name), queryFn: () => ask(name) });
    const before = queries.getQueryData<T | null>(at(name)) ?? null;
    const after = next(before);
    queries.setQueryData(at(name), after);
    await call("keep_habit", { name, value: JSON.stringify(after) });
  } catch {
    // A habit less.
  }
}
