import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Status } from "../generated/contract";
import { startAfresh } from "../platform/afresh";
import { onEvent } from "../platform/events";
import { at, OWN_FIELD, PERSON } from "./queries";

/** Keeps what is on the screen true while the engine works. */
export function Live({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  useEffect(
    () =>
      onEvent((event) => {
        if (event.event === "status") {
          const before = queries.getQueryData<Status>(at.status);
          if (before?.signed_in && !event.with.signed_in) {
            startAfresh();
            return;
          }
          queries.setQueryData(at.status, event.with);
          if (isNewsFor(before, event.with)) {
            void queries.invalidateQueries({ queryKey: at.attention });
          }
          // A round may have ended that changed nothing else.
          void queries.invalidateQueries({ queryKey: at.syncPage });
          // Rights may have come or gone with the lease.
          if (before?.rights?.valid_until !== event.with.rights?.valid_until) {
            void queries.invalidateQueries({ queryKey: at.entities });
            void queries.invalidateQueries({ queryKey: at.approvals });
          }
          return;
        }
        // How far an import is, is heard by its own screen.
        if (event.event === "import") return;
        void queries.invalidateQueries({ queryKey: at.totalsOf(event.with.entity) });
        // Every record of the kind that is on the screen: it may be known by its code.
        void queries.invalidateQueries({ queryKey: at.records(event.with.entity) });
        // Another own field: forms and lists of its records have a field more, or one less.
        if (event.with.entity === OWN_FIELD) {
          void queries.invalidateQueries({ queryKey: at.entities });
          void queries.invalidateQueries({ queryKey: at.everyRecord });
        }
        // Another name for a user: it stands beside records of every kind.
        if (event.with.entity === PERSON) {
          void queries.invalidateQueries({ queryKey: at.everyRecord });
          void queries.invalidateQueries({ queryKey: at.histories });
        }
        void queries.invalidateQueries({ queryKey: at.approvals });
        void queries.invalidateQueries({ queryKey: at.attention });
        void queries.invalidateQueries({ queryKey: at.syncPage });
      }),
    [queries],
  );
  return children;
}

function isNewsFor(before: Status | undefined, now: Status): boolean {
  return (
    before?.attention !== now.attention ||
    before?.pending !== now.pending ||
    before?.last_sync !== now.last_sync
  );
}
