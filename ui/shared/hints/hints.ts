import { forget, remember, remembered } from "../platform/memory";

/** Where hints stand: the id of a box in the window's foot. */
export const HINTS = "hints";

const PLACES = ["list", "tree", "record", "edit", "attention", "duplicates"] as const;
export type HintPlace = (typeof PLACES)[number];

const nameOf = (place: HintPlace) => `hint.${place}`;
const listeners = new Set<() => void>();

/** Hears when a hint comes or goes, or its box is there. */
export function hearHints(hear: () => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

export function tellHints(): void {
  for (const hear of listeners) hear();
}

export function hasForgotten(place: HintPlace): boolean {
  return remembered<boolean>(nameOf(place)) === true;
}

export function forgetHint(place: HintPlace): void {
  remember(nameOf(place), true);
  tellHints();
}

/** Shows all of them again. */
export function recallHints(): void {
  for (const place of PLACES) forget(nameOf(place));
  tellHints();
}
