import { at, useRecord } from "@daybook/shared/data/queries";
import { childOf, fieldOf, parsePath, pathLabel } from "@daybook/shared/entity/fields";
import { cellText } from "@daybook/shared/format/cell";
import type {
  AttentionItem,
  Cell,
  EntityView,
  FieldView,
} from "@daybook/shared/generated/contract";
import { useLabel, useStyle } from "@daybook/shared/i18n/language";
import { call } from "@daybook/shared/platform/call";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { WHOLE } from "./choices";

/** How an item's paths and values are written. */
export interface Words {
  label: (path: string) => string;
  value: (path: string, cell: Cell) => string;
}

/** Names of fields and values of one item, references by what people call their records. */
export function useWords(item: AttentionItem, entity: EntityView | undefined): Words {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  const { data: record } = useRecord(item.entity, item.row_id);
  const wanted = Object.entries(item.fields).flatMap(([path, { mine, theirs, base }]) => {
    const kind = fieldAt(entity, path)?.kind;
    if (kind?.type !== "reference") return [];
    return [mine, theirs, base]
      .filter((cell) => typeof cell === "string")
      .map((id) => ({ entity: kind.entity, id }));
  });
  const found = useQueries({
    queries: wanted.map(({ entity: name, id }) => ({
      queryKey: at.record(name, id),
      queryFn: () => call("get", { entity: name, id }),
    })),
  });
  const titles: Record<string, string> = { ...record?.titles };
  for (const { data } of found) if (data) titles[data.id] = data.title;

  return {
    label: (path) => {
      if (path === WHOLE) return t("attention.wholeRecord");
      if (!entity) return path;
      const { row } = parsePath(path);
      const view = record?.children?.[row?.entity ?? ""]?.find((known) => known.id === row?.key);
      const name = view?.fields.name;
      const text = pathLabel(entity, path, label);
      return typeof name === "string" ? `${name} · ${text}` : text;
    },
    value: (path, cell) => {
      const field = fieldAt(entity, path);
      if (!field)
        return cell === null ? "" : typeof cell === "string" ? cell : JSON.stringify(cell);
      return cellText(cell, field.kind, style, titles);
    },
  };
}

function fieldAt(entity: EntityView | undefined, path: string): FieldView | undefined {
  if (!entity) return undefined;
  const { field, row } = parsePath(path);
  const owner = row ? childOf(entity, row.entity) : entity;
  return owner && fieldOf(owner, field);
}
