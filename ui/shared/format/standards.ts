/**
 * Lists behind fields with a standard, in the person's language, from the web view's own data. They
 * only offer: what is right is decided by the engine.
 */

export interface Offer {
  value: string;
  label: string;
}

/** Pairs of letters the web view names that are no country of ISO 3166-1: reserved, groups, tests. */
const NO_COUNTRY = new Set("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split(" "));

const countries = new Map<string, Offer[]>();

/** Every country with its name, by name. */
export function countryOffers(locale: string): Offer[] {
  const known = countries.get(locale);
  if (known) return known;
  const names = new Intl.DisplayNames(locale, {
    type: "region",
    fallback: "none",
  });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const offers = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !NO_COUNTRY.has(code) && isInUse(code))
    .flatMap((code) => {
      const name = names.of(code);
      return name ? [{ value: code, label: name }] : [];
    })
    .sort((a, b) => a.label.localeCompare(b.label, locale));
  countries.set(locale, offers);
  return offers;
}

/** Whether a code is its own: a withdrawn one (DD, SU) stands for its successor. */
function isInUse(code: string): boolean {
  return Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
}

/** The country's name; its code where it has none. */
export function countryName(code: string, locale: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(locale, { type: "region" }).of(code) ?? code;
}

/** The language's name ("German" for `de`); its tag where it has none. */
export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(tag) ?? tag;
  } catch {
    // Not a tag of BCP 47: shown as it was typed.
    return tag;
  }
}

const languages = new Map<string, Offer[]>();

/** Every language of ISO 639-1 that the web view names, by name. */
export function languageOffers(locale: string): Offer[] {
  const known = languages.get(locale);
  if (known) return known;
  const names = new Intl.DisplayNames(locale, { type: "language", fallback: "none" });
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const offers = letters
    .flatMap((first) => letters.map((second) => first + second))
    // A withdrawn code (`iw`) stands for its successor.
    .filter((code) => Intl.getCanonicalLocales(code)[0] === code)
    .flatMap((code) => {
      const name = names.of(code);
      return name ? [{ value: code, label: name }] : [];
    })
    .sort((a, b) => a.label.localeCompare(b.label, locale));
  languages.set(locale, offers);
  return offers;
}

/** What a field with this standard offers; `null` where it is typed freely. */
export function standardOffers(name: string, locale: string): Offer[] | null {
  switch (name) {
    case "country":
      return countryOffers(locale);
    case "language":
      return languageOffers(locale);
    case "time_zone":
      // Web views leave out UTC, which is a zone a company may be in.
      return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])].map((zone) => ({
        value: zone,
        label: zone,
      }));
    case "currency_code": {
      const names = new Intl.DisplayNames(locale, { type: "currency" });
      return Intl.supportedValuesOf("currency").map((code) => ({
        value: code,
        label: names.of(code) ?? code,
      }));
    }
    default:
      return null;
  }
}
