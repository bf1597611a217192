import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatDate } from "../format/date";
import type { EntityView, FieldView, Problem } from "../generated/contract";
import { useLanguage } from "../i18n/language";
import { type Row, rowIn } from "./draft";
import { type FormActions, useForm } from "./form";
import { closePrevious, inOrder, overlaps, standingOf } from "./versions";

/**
 * The rows of a child as they are shown: versions in the order of their days. While one edits, they keep
 * the places they had, and new ones come last: nothing jumps under the cursor.
 */
export function useOrdered(child: EntityView): Row[] {
  const { draft, editing } = useForm();
  const rows = draft.now.rows[child.name];
  const before = draft.start.rows[child.name];
  return useMemo(() => {
    if (!rows || !child.versions) return rows ?? [];
    if (!editing) return inOrder(rows, child.versions);
    const places = inOrder(before ?? [], child.versions).map(({ id }) => id);
    const placeOf = ({ id }: Row) => {
      const place = places.indexOf(id);
      return place < 0 ? places.length : place;
    };
    return [...rows].sort((a, b) => placeOf(a) - placeOf(b));
  }, [rows, before, child, editing]);
}

/** Says by word and shape whether a version holds today. */
export function VersionMark({ child, row }: { child: EntityView; row: Row }) {
  const { t } = useTranslation();
  const { draft } = useForm();
  const { versions } = child;
  const rows = draft.now.rows[child.name] ?? [];
  if (!versions || !row.fields[versions.from]) return null;
  const standing = standingOf(row, rows, versions, today());
  return <span className={`version ${standing}`}>{t(`record.versions.${standing}`)}</span>;
}

/** What is special about a cell of a version: its overlap is said there, its first day ends another. */
export function useVersion(child: EntityView, row: Row, field: FieldView) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { draft, editing } = useForm();
  const { versions } = child;
  const isFirstDay = field.name === versions?.from;
  const rows = draft.now.rows[child.name];
  const earlier = useMemo(
    () =>
      isFirstDay && editing && versions ? overlaps(rows ?? [], versions).get(row.id) : undefined,
    [isFirstDay, editing, versions, rows, row.id],
  );

  const problems = (known: Problem[] | undefined): Problem[] | undefined => {
    if (!earlier || !versions || known?.some(({ rule }) => rule === "overlap")) return known;
    const shown = (name: string | null) => {
      const cell = name === null ? null : earlier.fields[name];
      return typeof cell === "string" ? formatDate(cell, locale) : "…";
    };
    const message = t("record.versions.overlap", {
      from: shown(versions.from),
      to: shown(versions.to),
    });
    return [...(known ?? []), { field: field.name, rule: "overlapping", message }];
  };
  const actions = (plain: FormActions): FormActions =>
    isFirstDay
      ? {
          ...plain,
          change: (step) =>
            plain.change((before) => {
              const was = rowIn(before.now, child.name, row.id)?.fields[field.name];
              return closePrevious(
                step(before),
                child,
                row.id,
                typeof was === "string" ? was : null,
              );
            }),
        }
      : plain;
  return { problems, actions };
}

function today(): string {
  const now = new Date();
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}
