import { fold } from "@daybook/shared/format/fold";
import { distance } from "fastest-levenshtein";

/** One thing the palette offers. */
export interface Entry {
  id: string;
  group: "here" | "recent" | "goTo" | "commands" | "records";
  label: string;
  /** Further words it is found by, and what stands beside it. */
  hint?: string;
  /** What else it is found by: its name in every language of the program, and what else people call it. */
  words?: string;
  keys?: string;
  run: () => void;
}

/**
 * The entries whose label, hint or words have every typed word as the beginning of a word; accents and case
 * do not matter. Those whose label begins with the text come first. Where there are none, those that
 * have words nearly like them.
 */
export function matching(entries: Entry[], text: string): Entry[] {
  const wanted = words(text);
  if (wanted.length === 0) return entries;
  const among = (isMeant: (typed: string, known: string) => boolean) =>
    entries.filter((entry) => {
      const there = words(`${entry.label} ${entry.hint ?? ""} ${entry.words ?? ""}`);
      return wanted.every((word) => there.some((known) => isMeant(word, known)));
    });
  const exact = among((typed, known) => known.startsWith(typed));
  const found = exact.length > 0 ? exact : among(isNearly);
  const whole = wanted.join(" ");
  const rank = (entry: Entry) => (words(entry.label).join(" ").startsWith(whole) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Whether somebody who slipped may have meant the beginning of this word. */
function isNearly(typed: string, known: string): boolean {
  const lengths = [0, -1, 1].map((more) => typed.length + more);
  return known.startsWith(typed) || lengths.some((length) => isSlip(typed, known.slice(0, length)));
}

/** One slip in four letters, two at most. Two letters in each other's place are one. */
function isSlip(typed: string, known: string): boolean {
  const slips = Math.min(2, Math.floor(typed.length / 4));
  return slips > 0 && (distance(typed, known) <= slips || isSwapped(typed, known));
}

function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  const differ = [...one].flatMap((sign, at) => (sign === other[at] ? [] : [at]));
  const [first, second] = differ;
  if (differ.length !== 2 || first === undefined || second !== first + 1) return false;
  return one[first] === other[second] && one[second] === other[first];
}

/** What was opened last stands after what can be done on the screen. */
export function withRecent(commands: Entry[], recent: Entry[]): Entry[] {
  const at = commands.findIndex(({ group }) => group !== "here");
  return at < 0 ? [...commands, ...recent] : commands.toSpliced(at, 0, ...recent);
}

/**
 * What is offered for a text, in order: places and commands with the text at the beginning of a word of
 * their name ("accounts", "light"; "acounts" too), then records, then all else that the text finds.
 */
export function offered(commands: Entry[], records: Entry[], text: string): Entry[] {
  const found = matching(commands, text);
  const whole = words(text).join(" ");
  if (whole === "") return found;
  const named = found.filter(({ label }) => {
    const name = words(label).join(" ");
    return ` ${name}`.includes(` ${whole}`) || isSlip(whole, name);
  });
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
