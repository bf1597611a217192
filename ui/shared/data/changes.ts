import { useEffect, useRef } from "react";
import { onEvent } from "../platform/events";

/** Runs `then` when records of the entity changed underneath. */
export function useChanged(entity: string, then: (ids: string[]) => void): void {
  const latest = useRef(then);
  useEffect(() => {
    latest.current = then;
  });
  useEffect(
    () =>
      onEvent((event) => {
        if (event.event === "changed" && event.with.entity === entity) {
          latest.current(event.with.ids);
        }
      }),
    [entity],
  );
}
