import { isKey, type Pressed } from "@daybook/shared/keys/keymap";

/** What a key means in a tree. */
export type TreeAct =
  | { act: "step"; by: 1 | -1 }
  | {
      act:
        | "first"
        | "last"
        | "open"
        | "expand"
        | "collapse"
        | "indent"
        | "outdent"
        | "takeOut"
        | "putBelow"
        | "back";
    }
  | { act: "type"; text: string };

const NAMED = [
  "first",
  "last",
  "open",
  "expand",
  "collapse",
  "indent",
  "outdent",
  "takeOut",
  "putBelow",
  "back",
] as const;

const MIRRORED = {
  expand: "collapse",
  collapse: "expand",
  indent: "outdent",
  outdent: "indent",
} as const;

/** Reads a key; where one reads from right to left, inwards is to the left. */
export function treeAct(event: Pressed, isMirrored: boolean): TreeAct | null {
  if (isKey("next", event)) return { act: "step", by: 1 };
  if (isKey("previous", event)) return { act: "step", by: -1 };
  const name = NAMED.find((each) => isKey(each, event));
  if (name) {
    const turned = isMirrored && name in MIRRORED ? MIRRORED[name as keyof typeof MIRRORED] : name;
    return { act: turned };
  }
  const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (bare && [...event.key].length === 1 && event.key !== "?" && event.key !== " ") {
    return { act: "type", text: event.key };
  }
  return null;
}
