import { type ClipboardEvent, type KeyboardEvent } from "react";
import { v7 as uuid } from "uuid";
import { useEntities } from "../data/queries";
import { parsePath, POSITION, pathOf } from "../entity/fields";
import type { EntityView } from "../generated/contract";
import { useStyle } from "../i18n/language";
import { isKey } from "../keys/keymap";
import { goTo } from "./cursor";
import {
  addRow,
  type Draft,
  type Place,
  removeRow,
  type Row,
  valueAt,
  write,
  writeUnread,
} from "./draft";
import { isEditable } from "./FieldRow";
import { controlId, pathAround, useForm } from "./form";
import { plainlyNamed } from "./offers";
import { type Pasted, readPasted, tableOf } from "./pasted";

/**
 * A table of rows under the keyboard, as in a spreadsheet: Enter goes on and, in the last cell, adds a row;
 * a key repeats the value from above; a table from the clipboard is put in from the cell one is in.
 */
export function useRowKeys(child: EntityView, rows: Row[]) {
  const { draft, editing, actions } = useForm();
  const style = useStyle();
  const { data: entities } = useEntities();
  const fields = child.fields.filter((field) => field.name !== POSITION && isEditable(field));

  const cellAt = (target: EventTarget) => {
    const { field, row } = parsePath(pathAround(target));
    const [line, column] = [
      rows.findIndex(({ id }) => id === row?.key),
      fields.findIndex(({ name }) => name === field),
    ];
    return row?.entity === child.name && line >= 0 && column >= 0 ? { line, column } : null;
  };
  const placeOf = (row: Row, column: number): Place => ({
    field: fields[column]?.name ?? "",
    row: { entity: child.name, id: row.id },
  });

  const onKeyDownCapture = (event: KeyboardEvent) => {
    const at = editing ? cellAt(event.target) : null;
    if (!at) return;
    const take = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (isKey("repeat", event)) {
      take();
      const [here, above] = [rows[at.line], rows[at.line - 1]];
      if (!here || !above) return;
      const value = valueAt(draft.now, placeOf(above, at.column));
      actions.change((now) => write(now, placeOf(here, at.column), value));
    }
    if (isKey("nextCell", event) && !isTakenByControl(event.target)) {
      take();
      const isLast = at.column === fields.length - 1;
      const next = isLast ? rows[at.line + 1] : rows[at.line];
      if (!next) {
        actions.addRow(child);
        return;
      }
      const place = placeOf(next, isLast ? 0 : at.column + 1);
      goTo(document.getElementById(controlId(actions.form, pathOf(place.field, place.row))));
    }
    if (isKey("removeRow", event)) {
      take();
      const [here, beside] = [rows[at.line], rows[at.line + 1] ?? rows[at.line - 1]];
      if (!here) return;
      actions.change((now) => removeRow(now, child.name, here.id));
      const place = beside && placeOf(beside, at.column);
      if (place)
        goTo(document.getElementById(controlId(actions.form, pathOf(place.field, place.row))));
      else event.currentTarget.querySelector("button")?.focus();
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const at = editing ? cellAt(event.target) : null;
    const text = event.clipboardData.getData("text/plain");
    if (!at || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const cells = tableOf(text);
    const ids = cells.map((_, index) => rows[at.line + index]?.id ?? uuid());
    const known = new Set(rows.map(({ id }) => id));
    const read: [Place, Pasted][] = cells.flatMap((line, index) =>
      line.slice(0, fields.length - at.column).flatMap((cell, offset): [Place, Pasted][] => {
        const field = fields[at.column + offset];
        const row = { entity: child.name, id: ids[index] ?? "" };
        return field ? [[{ field: field.name, row }, readPasted(field, cell, style)]] : [];
      }),
    );
    actions.change((before) => {
      const added = ids.filter((id) => !known.has(id));
      const begun = added.reduce((now, id) => addRow(now, child.name, id, {}), before);
      return read.reduce(put, begun);
    });
    for (const [place, pasted] of read) {
      if ("look" in pasted) void look(place, pasted.entity, pasted.look);
    }
  };

  /** A record that was pasted by its name or key is found as if it had been typed. */
  const look = async (place: Place, entity: string, text: string) => {
    const key = entities?.find(({ name }) => name === entity)?.key ?? null;
    const hit = await plainlyNamed(entity, key, text).catch(() => undefined);
    if (!hit) return;
    actions.name(hit.id, hit.title);
    actions.change((now) => write(now, place, hit.id));
  };

  return { onKeyDownCapture, onPaste };
}

function put(draft: Draft, [place, pasted]: [Place, Pasted]): Draft {
  if ("cell" in pasted) return write(draft, place, pasted.cell);
  return writeUnread(draft, place, "look" in pasted ? pasted.look : pasted.unread);
}

/** Whether Enter means something to the control itself: a list that is open, a text of several lines. */
function isTakenByControl(target: EventTarget): boolean {
  if (!(target instanceof HTMLElement)) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLButtonElement) return true;
  return target.getAttribute("aria-expanded") === "true";
}
