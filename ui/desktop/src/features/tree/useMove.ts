import { pathLabel } from "@daybook/shared/entity/fields";
import type { EntityView, Failure, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isBelow, type Tree, type TreeNode } from "./tree";

/** What came of the last move. */
export type Moved = { done: true; text: string; undo: () => void } | { done: false; text: string };

/** Hangs a record below another one; what a rule refuses is said. */
export function useMove(entity: EntityView, parentField: string, tree: Tree | null) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language } = useLanguage();
  const [moved, setMoved] = useState<Moved | null>(null);
  const titleOf = (id: string | null) =>
    id === null ? t("tree.top") : (tree?.byId.get(id)?.record.title ?? "");

  const save = async (record: RecordView, to: string | null) => {
    const from = record.fields[parentField] ?? null;
    const changes = { fields: [{ field: parentField, from, to }], children: [] };
    await call("save", { entity: entity.name, id: record.id, changes });
  };
  const refusal = ({ problems, message }: Failure) =>
    problems.length === 0
      ? message
      : problems
          .map((each) => `${pathLabel(entity, each.field, label)}: ${problemText(each, language)}`)
          .join("; ");

  const move = (node: TreeNode, to: string | null) => {
    const { record } = node;
    const before = node.above?.record.id ?? null;
    if (before === to) return;
    const target = to === null ? null : tree?.byId.get(to);
    if (target && isBelow(node, target)) {
      setMoved({ done: false, text: t("tree.circle", { title: record.title }) });
      return;
    }
    save(record, to).then(
      () => {
        const undo = () => {
          const now = { ...record, fields: { ...record.fields, [parentField]: to } };
          save(now, before).then(
            () => setMoved(null),
            (cause) => setMoved({ done: false, text: refusal(failureOf(cause)) }),
          );
        };
        const text = t("tree.moved", { title: record.title, to: titleOf(to) });
        setMoved({ done: true, text, undo });
      },
      (cause) =>
        setMoved({
          done: false,
          text: t("tree.refused", { title: record.title, why: refusal(failureOf(cause)) }),
        }),
    );
  };
  return { move, moved, forget: () => setMoved(null) };
}
