/** The languages Daybook ships complete. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where the machine names no region of the chosen language. */
const HOME_REGION: Record<Language, string> = { en: "en-GB", de: "de-DE" };

/**
 * The locale for figures and dates: the chosen language, with the region the machine is set to
 * (an English screen on a machine set to `en-US` writes 12/31/2026).
 */
export function formatLocale(language: Language, machine: readonly string[]): string {
  const same = machine.find((tag) => tag.toLowerCase().startsWith(`${language}-`));
  return same ?? HOME_REGION[language];
}

/** The language to start with. */
export function machineLanguage(machine: readonly string[]): Language {
  for (const tag of machine) {
    const known = LANGUAGES.find((language) => tag.toLowerCase().startsWith(language));
    if (known) return known;
  }
  return "en";
}
