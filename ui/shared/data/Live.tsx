import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Status } from "../generated/contract";
import { startAfresh } from "../platform/afresh";
import { onEvent } from "../platform/events";
import { at, OWN_FIELD, PERSON } from "./queries";

/**
 * What was asked before something changed is asked again. A page that was left while it asked would keep the answer
 * from before as a fresh one, and show it when it is opened again: such a question is dropped. A page that waits for its
 * first answer shows it, and asks once more.
 */
async function askAnew(queries: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  const first = queries
    .getQueryCache()
    .findAll({ queryKey, type: "active", fetchStatus: "fetching" });
  const before = new Set(first.filter(({ state }) => state.data === undefined));
  await queries.cancelQueries({ queryKey, type: "inactive" });
  await queries.invalidateQueries({ queryKey });
  // The library takes the first answer for a fresh one, though it was on its way before the change.
  if (before.size > 0) {
    await queries.invalidateQueries({ queryKey, predicate: (query) => before.has(query) });
  }
}

/** Keeps what is on the screen true while the engine works. */
export function Live({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  useEffect(() => {
    const anew = (queryKey: readonly unknown[]) => void askAnew(queries, queryKey);
    return onEvent((event) => {
      if (event.event === "status") {
        const before = queries.getQueryData<Status>(at.status);
        if (before?.signed_in && !event.with.signed_in) {
          startAfresh();
          return;
        }
        queries.setQueryData(at.status, event.with);
        if (isNewsFor(before, event.with)) {
          anew(at.attention);
        }
        // A round may have ended that changed nothing else.
        anew(at.syncPage);
        // Rights may have come or gone with the lease.
        if (before?.rights?.valid_until !== event.with.rights?.valid_until) {
          anew(at.entities);
          anew(at.approvals);
        }
        return;
      }
      // How far an import is, is heard by its own screen.
      if (event.event === "import") return;
      anew(at.totalsOf(event.with.entity));
      // Every record of the kind that is on the screen: it may be known by its code.
      anew(at.records(event.with.entity));
      // Another own field: forms and lists of its records have a field more, or one less.
      if (event.with.entity === OWN_FIELD) {
        anew(at.entities);
        anew(at.everyRecord);
      }
      // Another name for a user: it stands beside records of every kind.
      if (event.with.entity === PERSON) {
        anew(at.everyRecord);
        anew(at.histories);
      }
      anew(at.approvals);
      anew(at.attention);
      anew(at.syncPage);
    });
  }, [queries]);
  return children;
}

function isNewsFor(before: Status | undefined, now: Status): boolean {
  return (
    before?.attention !== now.attention ||
    before?.pending !== now.pending ||
    before?.last_sync !== now.last_sync
  );
}
