import i18next from "i18next";
import type { Language } from "../format/locale";
import { remembered } from "../platform/memory";

export type Direction = "ltr" | "rtl";

/**
 * Whether the program stands as in a script from right to left, before it speaks such a language: kept for
 * those who look at its layout, offered to nobody.
 */
export function isMirrored(): boolean {
  return remembered<boolean>("mirrored") === true;
}

export function directionOf(language: Language): Direction {
  return isMirrored() ? "rtl" : i18next.dir(language);
}

/** Sets the program's own texts from right to left, letter by letter; what people wrote stays as it is. */
export const mirrored = {
  type: "postProcessor" as const,
  name: "mirrored",
  process: (text: string) => `\u202e${text}\u202c`,
};
