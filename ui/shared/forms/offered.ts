import { fold } from "../format/fold";

/** One word of a choice, and the value it stands for. */
export interface Offer {
  value: string;
  label: string;
}

/** Whether a text finds an offer: anywhere in its name, or, where values are shown, by its value. */
export function fits({ value, label }: Offer, text: string, byValue: boolean): boolean {
  const typed = fold(text.trim());
  return fold(label).includes(typed) || (byValue && fold(value).startsWith(typed));
}

/** Those that are called so come first, then those that begin so, then those with a word that does. */
export function inOrderOf(text: string): (one: Offer, other: Offer) => number {
  const typed = fold(text.trim());
  const rank = ({ value, label }: Offer): number => {
    const name = fold(label);
    if (fold(value) === typed || name === typed) return 0;
    if (name.startsWith(typed)) return 1;
    return ` ${name}`.includes(` ${typed}`) ? 2 : 3;
  };
  return (one, other) => rank(one) - rank(other);
}

/** The offer that a text plainly names: by its whole name or value, or because there is no other. */
export function plainly(offers: Offer[], text: string, byValue: boolean): Offer | undefined {
  const found = offers.filter((offer) => fits(offer, text, byValue));
  const typed = fold(text.trim());
  const exact = found.filter(({ value, label }) =>
    [label, byValue ? value : label].some((name) => fold(name) === typed),
  );
  return exact.length === 1 ? exact[0] : found.length === 1 ? found[0] : undefined;
}
