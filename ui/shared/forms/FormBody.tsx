import {
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { inColumns, pathOf, type Section, sectionsOf } from "../entity/fields";
import type { EntityView, FieldView } from "../generated/contract";
import { useLabel } from "../i18n/language";
import { useKey, useKeyNotes } from "../keys/Keyboard";
import { sectionNumber } from "../keys/keymap";
import { firstField, goTo } from "./cursor";
import type { Draft } from "./draft";
import { FieldRow, isEditable } from "./FieldRow";
import { useForm } from "./form";
import { RowsTable } from "./RowsTable";
import { SectionKey } from "./SectionKey";
import "./form.css";

/** A whole form from the entity's description: sections in columns, then the tables. */
export function FormBody({
  note,
}: {
  /** What is to be said of a section, under its head. */
  note?: ((section: Section) => ReactNode) | undefined;
}) {
  const { draft, editing, actions, titles } = useForm();
  const root = useRef<HTMLDivElement>(null);
  const sections = sectionsOf(draft.entity, (field) => isShown(draft, field, editing, titles));
  const columns = inColumns(sections, useColumnCount(root), (section) => section.fields.length + 2);

  // What is kept by others is shown where there is some of it.
  const tables = draft.entity.children.filter(
    (child) => child.fields.some(isEditable) || (draft.now.rows[child.name] ?? []).length > 0,
  );

  useKey("section", (event) => {
    const number = sectionNumber(event.key);
    const place = root.current?.querySelectorAll("section")[number - 1];
    if (!place) return false;
    place.scrollIntoView({ block: "nearest" });
    const field = firstField(place);
    const child = tables[number - 1 - sections.length];
    if (field) goTo(field);
    // Whoever goes to an empty table wants to fill it.
    else if (editing && child) actions.addRow(child);
    return true;
  });
  useKey("undo", (event) => (event.shiftKey ? actions.redo() : actions.undo()), editing);
  useKey("redo", () => actions.redo(), editing);
  useKeyNotes(["nextField"], editing);

  useEffect(() => {
    const box = root.current;
    if (!box || editing) return;
    const start = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const path = target?.closest<HTMLElement>("[data-path]")?.dataset.path;
      if (path) actions.editAt(path);
    };
    box.addEventListener("dblclick", start);
    return () => box.removeEventListener("dblclick", start);
  }, [editing, actions]);

  return (
    <div ref={root} className={editing ? "form editing" : "form"}>
      <div className="form-columns">
        {columns.map((column) => (
          <div key={column[0]?.name} className="form-column">
            {column.map((section) => (
              <FormSection
                key={section.name}
                section={section}
                number={sections.indexOf(section) + 1}
                note={note?.(section)}
              />
            ))}
          </div>
        ))}
      </div>
      {tables.map((child: EntityView, index) => (
        <RowsTable key={child.name} child={child} number={sections.length + index + 1} />
      ))}
    </div>
  );
}

function FormSection({
  section,
  number,
  note,
}: {
  section: Section;
  number: number;
  note: ReactNode;
}) {
  const label = useLabel();
  const { draft, titles, problems, editing, actions } = useForm();
  return (
    <section aria-label={label(section.label)}>
      <header className="section-head">
        <h2>{label(section.label)}</h2>
        {editing && <SectionKey number={number} />}
      </header>
      {note}
      {section.fields.map((field) => {
        const path = pathOf(field.name);
        return (
          <FieldRow
            key={field.name}
            field={field}
            cell={draft.now.fields[field.name] ?? null}
            titles={titles}
            unread={draft.unread[path]}
            numberedAs={numberedAs(draft, field)}
            problems={problems[path]}
            clash={draft.clashes[path]}
            editing={editing}
            actions={actions}
          />
        );
      })}
    </section>
  );
}

/** How many columns of fields have room: one beside another window, three on a large screen. */
function useColumnCount(box: RefObject<HTMLElement | null>): number {
  const [count, setCount] = useState(2);
  useLayoutEffect(() => {
    const form = box.current;
    if (!form) return;
    const measure = () => {
      const width = form.clientWidth;
      setCount(width >= 1400 ? 3 : width > 740 || width === 0 ? 2 : 1);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(form);
    return () => observer.disconnect();
  }, [box]);
  return count;
}

/** What a series will put before the number that it gives a new record. */
function numberedAs({ entity, id }: Draft, field: FieldView): string | undefined {
  return (id === null && field.name === entity.key && entity.numbered_as) || undefined;
}

/** Files have a place of their own below the form. */
function isShown(
  draft: Draft,
  field: FieldView,
  editing: boolean,
  titles: Record<string, string>,
): boolean {
  if (field.kind.type === "attachments") return false;
  const isEmpty = (draft.now.fields[field.name] ?? null) === null;
  if (editing && !field.writable) return !isEmpty && isNamed(draft, field, titles);
  return true;
}

/** Whether a record referred to can be named; an id says nothing to a person. */
function isNamed(draft: Draft, field: FieldView, titles: Record<string, string>): boolean {
  const value = draft.now.fields[field.name];
  return field.kind.type !== "reference" || (typeof value === "string" && value in titles);
}
