import { fold } from "@daybook/shared/format/fold";

/** One thing the palette offers. */
export interface Entry {
  id: string;
  group: "goTo" | "commands" | "records";
  label: string;
  /** Further words it is found by, and what stands beside it. */
  hint?: string;
  keys?: string;
  run: () => void;
}

/**
 * The entries whose label or hint has every typed word as the beginning of a word; accents and case
 * do not matter. Those whose label begins with the text come first.
 */
export function matching(entries: Entry[], text: string): Entry[] {
  const wanted = words(text);
  if (wanted.length === 0) return entries;
  const found = entries.filter((entry) => {
    const there = words(`${entry.label} ${entry.hint ?? ""}`);
    return wanted.every((word) => there.some((known) => known.startsWith(word)));
  });
  const whole = wanted.join(" ");
  const rank = (entry: Entry) => (words(entry.label).join(" ").startsWith(whole) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

/**
 * What is offered for a text, in order: places and commands with the text at the beginning of a word of
 * their name ("accounts", "light"), then records, then all else that the text finds.
 */
export function offered(commands: Entry[], records: Entry[], text: string): Entry[] {
  const found = matching(commands, text);
  const whole = words(text).join(" ");
  if (whole === "") return found;
  const named = found.filter(({ label }) => ` ${words(label).join(" ")}`.includes(` ${whole}`));
  return [...named, ...records, ...found.filter((entry) => !named.includes(entry))];
}

function words(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** The next place in a list that goes round. */
export function step(index: number, by: number, count: number): number {
  return count === 0 ? 0 : (index + by + count) % count;
}
