/** Without case and accents, as people type in a hurry: "muller" finds "Müller", "strasse" "Straße". */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
}
