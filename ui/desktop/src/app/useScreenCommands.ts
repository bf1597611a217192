import { useLanguage } from "@daybook/shared/i18n/language";
import { useBoundKeys, usePress } from "@daybook/shared/keys/Keyboard";
import { type KeyName, keyText } from "@daybook/shared/keys/keymap";
import { useCallback } from "react";
import type { Entry } from "../features/palette/entries";
import { useNaming } from "../features/palette/useNaming";

/** What is about a screen as a whole. What acts where the cursor is has lost its place in the palette. */
const WHOLE: readonly KeyName[] = [
  "create",
  "edit",
  "save",
  "find",
  "addFilter",
  "views",
  "export",
  "bulk",
  "bulkRetire",
  "asTree",
  "duplicate",
  "duplicates",
  "retire",
  "bringBack",
  "history",
  "nextRecord",
  "previousRecord",
];

/** What people call some of it otherwise. */
const ALSO = { create: "create", duplicates: "duplicates", export: "export" } as const;

/** What can be done on the screen that is open, with its shortcuts; asked for as the palette opens. */
export function useScreenCommands(): () => Entry[] {
  const named = useNaming();
  const { language } = useLanguage();
  const bound = useBoundKeys();
  const press = usePress();
  return useCallback(() => {
    const there = new Set(bound());
    return WHOLE.filter((name) => there.has(name)).map((name) => ({
      id: `here ${name}`,
      group: "here",
      ...named(
        (say) => say(`keys.${name}`),
        name in ALSO ? ALSO[name as keyof typeof ALSO] : undefined,
      ),
      keys: keyText(name, language),
      // Once the palette has let go of the keys and the cursor.
      run: () => setTimeout(() => press(name), 0),
    }));
  }, [named, language, bound, press]);
}
