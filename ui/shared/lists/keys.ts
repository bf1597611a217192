import { isKey, type Pressed } from "../keys/keymap";

/** What a key means in a list. */
export type ListAct =
  | { act: "open" }
  | { act: "first" }
  | { act: "last" }
  | { act: "filter" }
  | { act: "markAll" }
  | { act: "copy" }
  | { act: "type"; text: string };

/** Reads a key pressed in the rows; `null` leaves it to the grid (arrows, pages). */
export function listAct(event: Pressed): ListAct | null {
  if (isKey("open", event)) return { act: "open" };
  if (isKey("first", event)) return { act: "first" };
  if (isKey("last", event)) return { act: "last" };
  if (isKey("filter", event)) return { act: "filter" };
  if (isKey("markAll", event)) return { act: "markAll" };
  if (isKey("copy", event)) return { act: "copy" };
  const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
  // A sign begins a search at once; "?" shows the keys and a space marks the row.
  if (bare && [...event.key].length === 1 && event.key !== "?" && event.key !== " ") {
    return { act: "type", text: event.key };
  }
  return null;
}
