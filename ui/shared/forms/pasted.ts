import { labelIn, type Style } from "../format/cell";
import { standardOffers } from "../format/standards";
import type { Cell, FieldView } from "../generated/contract";
import { typingOf } from "./typing";

/** What a text from a spreadsheet means in a field. */
export type Pasted =
  | { cell: Cell }
  /** No value of the field's kind; it stays in the field to be mended. */
  | { unread: string }
  /** The name or key of a record of this entity. */
  | { look: string; entity: string };

/** The cells of a table as spreadsheets put it on the clipboard: tabs and lines, quoted where needed. */
export function tableOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  const end = () => {
    rows.at(-1)?.push(cell);
    cell = "";
  };
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < whole.length; at += 1) {
    const sign = whole.charAt(at);
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (whole.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === "\t") end();
    else if (sign === "\n") {
      end();
      rows.push([]);
    } else cell += sign;
  }
  end();
  return rows;
}

/** Reads one pasted text as a person would type it into the field. */
export function readPasted({ kind }: FieldView, given: string, style: Style): Pasted {
  const text = given.trim();
  if (text === "") return { cell: null };
  const typing = typingOf(kind, style.locale);
  if (typing) {
    const cell = typing.read(text);
    return cell === null ? { unread: text } : { cell };
  }
  const same = (word: string) => word.localeCompare(text, undefined, { sensitivity: "base" }) === 0;
  switch (kind.type) {
    case "bool":
      if ([style.yes, "yes", "true", "x", "1"].some(same)) return { cell: true };
      return [style.no, "no", "false", "0", "-"].some(same) ? { cell: false } : { unread: text };
    case "choice": {
      const found = kind.choices.find(
        ({ value, label }) => same(value) || same(label.en) || same(labelIn(label, style.language)),
      );
      return found ? { cell: found.value } : { unread: text };
    }
    case "reference":
      return { look: text, entity: kind.entity };
    case "tags":
      return {
        cell: text
          .split(/[,;]/)
          .map((word) => word.trim())
          .filter(Boolean),
      };
    case "standard": {
      const offers = standardOffers(kind.name, style.locale);
      const found = offers?.find(({ value, label }) => same(value) || same(label));
      // What is no such country stays as it is written: the rule says so at the cell.
      return { cell: found?.value ?? text };
    }
    default:
      return { cell: text };
  }
}
