/**
 * THE LIST of shortcuts. A screen binds one by its name (`useKey`), and what is bound is what `?`
 * shows; no screen compares key codes by itself.
 */
export const KEYMAP = {
  palette: "Ctrl+K",
  keys: "?",
  back: "Escape",
  sync: "F9",
  find: "Ctrl+F",
  create: "Alt+N",
  filter: "Alt+F",
  addFilter: "Alt+L",
  views: "Alt+V",
  nth: "1",
  mark: "Space",
  markAll: "Ctrl+A",
  copy: "Ctrl+C",
  bulk: "Alt+E",
  bulkRetire: "Ctrl+Delete",
  asTree: "Alt+T",
  duplicates: "Alt+D",
  export: "Alt+X",
  merge: "Ctrl+Enter",
  notSame: "Alt+U",
  expand: "ArrowRight",
  collapse: "ArrowLeft",
  indent: "Alt+ArrowRight",
  outdent: "Alt+ArrowLeft",
  takeOut: "Ctrl+X",
  putBelow: "Ctrl+V",
  createHere: "Alt+C",
  open: "Enter",
  first: "Home",
  last: "End",
  quick: "a–z",
  save: "Ctrl+S",
  edit: "F2",
  retire: "Alt+Delete",
  bringBack: "Alt+B",
  history: "Alt+H",
  section: "Alt+1",
  addRow: "Alt+Enter",
  removeRow: "Ctrl+Delete",
  nextField: "Tab",
  nextCell: "Enter",
  undo: "Ctrl+Z",
  redo: "Ctrl+Y",
  takeUp: "Alt+W",
  repeat: "Ctrl+D",
  duplicate: "Alt+D",
  nextRecord: "Alt+ArrowDown",
  previousRecord: "Alt+ArrowUp",
  clear: "Delete",
  mine: "M",
  theirs: "T",
  next: "ArrowDown",
  previous: "ArrowUp",
  resolve: "Ctrl+Enter",
  importFile: "Ctrl+Enter",
  approve: "Ctrl+Enter",
  refuse: "Alt+R",
  apply: "Ctrl+Enter",
  sendBack: "Alt+R",
} as const;

export type KeyName = keyof typeof KEYMAP;

/** What a pressed key says, of an event or of anything like one. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether an event is the shortcut of this name. */
export function isKey(name: KeyName, event: Pressed): boolean {
  const parts = KEYMAP[name].split("+");
  const key = parts.at(-1) ?? "";
  const ctrl = parts.includes("Ctrl");
  const alt = parts.includes("Alt");
  // The command key of a Mac does what Ctrl does elsewhere.
  if ((event.ctrlKey || event.metaKey) !== ctrl || event.altKey !== alt) return false;
  if (name === "section") return sectionNumber(event.key) > 0;
  if (name === "nth") return /^[1-9]$/.test(event.key);
  if (name === "mark") return event.key === " ";
  if (name === "clear" && event.key === "Backspace") return true;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** The section that a digit stands for, from 1 on; 0 for what is no digit. */
export function sectionNumber(key: string): number {
  return /^[0-9]$/.test(key) ? Number(key) || 10 : 0;
}

/** The key of a section as it is printed; `null` for one that no digit stands for. */
export function sectionKeyText(number: number, language: string): string | null {
  if (number > 10) return null;
  return keyText("section", language).replace(/1…0$/, String(number % 10));
}

/** A bare letter or sign, which belongs to a text that is being typed. */
export function isPlain(name: KeyName): boolean {
  return KEYMAP[name].length === 1;
}

const GERMAN: Record<string, string> = {
  Ctrl: "Strg",
  Escape: "Esc",
  Enter: "Eingabe",
  Delete: "Entf",
  Home: "Pos1",
  End: "Ende",
  Space: "Leertaste",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowRight: "→",
  ArrowLeft: "←",
};
const ENGLISH: Record<string, string> = {
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowRight: "→",
  ArrowLeft: "←",
};

/** The shortcut as it is printed on this person's keyboard: "Ctrl+K", "Strg+K". */
export function keyText(name: KeyName, language: string): string {
  const printed = language === "de" ? GERMAN : ENGLISH;
  const text = KEYMAP[name]
    .split("+")
    .map((part) => printed[part] ?? part)
    .join("+");
  if (name === "section") return `${text}…0`;
  return name === "nth" ? `${text}…9` : text;
}
