import { open, save } from "@tauri-apps/plugin-dialog";

/** Asks in the computer's own dialog where a file is to lie; `null` for who thought better of it. */
export function askPlace(
  name: string,
  kind: { name: string; ending: string },
): Promise<string | null> {
  return save({ defaultPath: name, filters: [{ name: kind.name, extensions: [kind.ending] }] });
}

/** Asks which file is meant; `null` for who thought better of it. */
export function askWhich(kind: { name: string; ending: string }): Promise<string | null> {
  return open({ filters: [{ name: kind.name, extensions: [kind.ending] }] });
}
