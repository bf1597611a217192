import type { AttachSource } from "@daybook/shared/generated/contract";

/** What passes from the page to the program at once; larger files are dropped, and go by their path. */
const MOST = 32_000_000;

/** A file that is too large to be handed over by the page; the message is its name. */
export class TooLarge extends Error {}

/**
 * A file that was chosen or pasted, as the program takes it.
 *
 * @throws {TooLarge} for one that must be dropped instead.
 */
export async function contentOf(file: File): Promise<AttachSource> {
  if (file.size > MOST) throw new TooLarge(file.name);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // An argument list has its limits.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return { from: "content", name: file.name, content: btoa(text) };
}

/** A pasted picture is called "image.png" by every system: it gets its time as a name. */
export function namedNow(file: File, at: Date): File {
  const [, end] = /^image(\.\w+)$/.exec(file.name) ?? [];
  if (!end) return file;
  const two = (number: number) => String(number).padStart(2, "0");
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join("-");
  return new File([file], `${date} ${time}${end}`, { type: file.type });
}
