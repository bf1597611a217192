/** A file as the engine takes it: by its content in base 64, or by its path where it was dropped. */
export interface Chosen {
  name: string;
  content: string | null;
}

/** Bytes that are turned into text at a time: more do not fit one call. */
const STEP = 0x8000;

export async function readChosen(file: File): Promise<Chosen> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return { name: file.name, content: btoa(text) };
}

/** What people call a file: its name without the folders before it. */
export function nameOf(file: Chosen): string {
  return file.name.split(/[/\\]/).at(-1) ?? file.name;
}
