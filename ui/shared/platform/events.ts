import { listen } from "@tauri-apps/api/event";
import type { Event } from "../generated/contract";

/** Hears what the engine says unasked, until the returned function is called. */
export function onEvent(hear: (event: Event) => void): () => void {
  let stopped = false;
  const subscription = listen<Event>("daybook", ({ payload }) => {
    if (!stopped) hear(payload);
  });
  return () => {
    stopped = true;
    void subscription.then((stop) => stop());
  };
}
