import { createContext, useContext } from "react";
import type { Cell, EntityView, Problem } from "../generated/contract";
import type { Draft, Place } from "./draft";

/** A form on the screen: its draft, and what its fields may do. */
export interface Form {
  draft: Draft;
  editing: boolean;
  /** Refusals by path. */
  problems: Record<string, Problem[]>;
  /** What people call the records that fields refer to. */
  titles: Record<string, string>;
  actions: FormActions;
}

/** `called` is what was typed for the record that is not there yet. */
export type CreateHere = (
  entity: string,
  called: string,
  done: (id: string, title: string) => void,
) => void;

/** Stable for the life of a form, so that a key stroke redraws one field only. */
export interface FormActions {
  /** Tells the controls of this form from those of one that lies below it, in their ids. */
  form: string;
  change: (step: (draft: Draft) => Draft) => void;
  /** Takes the last step back, or does again what was taken back; the cursor goes where that was. */
  undo: () => void;
  redo: () => void;
  /** A field is finding out what its text names; a save waits for it. */
  find: (search: Promise<unknown>) => void;
  settle: (path: string, keep: "mine" | "theirs", place: Place) => void;
  /** A record was chosen: its title is known from now on. */
  name: (id: string, title: string) => void;
  /** Adds a row to a table and puts the cursor into it. */
  addRow: (child: EntityView) => void;
  /** Makes a record for a reference, and hands it back; absent where that is not offered. */
  createHere?: CreateHere;
  /** Starts editing at a field that was chosen with the pointer. */
  editAt: (path: string) => void;
}

export const FormContext = createContext<Form | null>(null);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error("a field stands outside of a form");
  return form;
}

const CONTROL = "field:";

/** The id of a path's control in a form, for labels and for the cursor. */
export function controlId(form: string, path: string): string {
  return `${form}${CONTROL}${path}`;
}

/** The path of the control that something lies in; empty where that is none. */
export function pathAround(target: EventTarget): string {
  const control = target instanceof Element ? target.closest(`[id*='${CONTROL}']`) : null;
  return control?.id.split(CONTROL)[1] ?? "";
}

/** What one field's control needs. */
export interface ControlProps {
  id: string;
  /** The accessible name, where no label element carries it. */
  name?: string;
  describedBy?: string;
  invalid: boolean;
  required: boolean;
  onCell: (cell: Cell) => void;
  onUnread: (text: string) => void;
}
