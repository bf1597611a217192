import { at } from "./queries";
import { useHabit, useKeepHabit } from "./habits";
import type { RecordView } from "../generated/contract";
import { call } from "../platform/call";
import { useQueries } from "@tanstack/react-query";
import { useCallback } from "react";

/** A record that was opened. */
export interface Recent {
  entity: string;
  id: string;
}

/** So many are kept. */
const MOST = 8;

/** What this person opened last on this device, the newest first. */
export function useRecent(): Recent[] {
  return useHabit<Recent[]>("recent") ?? NONE;
}

const NONE: Recent[] = [];

/** Notes that a record was opened. */
export function useNoteRecent(): (opened: Recent) => void {
  const keep = useKeepHabit<Recent[]>("recent");
  return useCallback(
    (opened) =>
      keep((before) =>
        [opened, ...(before ?? []).filter(({ id }) => id !== opened.id)].slice(0, MOST),
      ),
    [keep],
  );
}

/** The records themselves; those that are gone or may not be seen any more are left out. */
export function useRecentTitles(recent: Recent[]): { entity: string; record: RecordView }[] {
  const found = useQueries({
    queries: recent.map(({ entity, id }) => ({
      queryKey: at.record(entity, id),
      queryFn: () => call("get", { entity, id }),
    })),
  });
  return recent.flatMap(({ entity }, place) => {
    const record = found[place]?.data;
    return record && !record.retired ? [{ entity, record }] : [];
  });
}
