import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKeyNotes } from "@daybook/shared/keys/Keyboard";
import type { EntityView, FieldView } from "@daybook/shared/generated/contract";
import { ROW_HEIGHT, rememberedDensity } from "@daybook/shared/lists/layout";
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { treeAct } from "./keys";
import { TreeLineView } from "./TreeLineView";
import { into, outOf, type Tree, type TreeLine, type TreeNode } from "./tree";
import { useDrag } from "./useDrag";

/** So many columns stand beside the names. */
const COLUMNS = 4;

/** Rows drawn above and below what is seen. */
const SPARE = 12;

export interface TreeRowsHandle {
  focus: () => void;
}

/** The lines of a tree, with a cursor; only those that are seen are drawn. */
export function TreeRows({
  ref,
  entity,
  parentField,
  tree,
  lines,
  current,
  listening,
  onCurrent,
  onToggle,
  onOpen,
  onMove,
  onType,
}: {
  ref: Ref<TreeRowsHandle>;
  entity: EntityView;
  parentField: string;
  tree: Tree;
  lines: TreeLine[];
  current: string | null;
  listening: boolean;
  onCurrent: (id: string) => void;
  onToggle: (id: string) => void;
  onOpen: (id: string) => void;
  onMove: (node: TreeNode, to: string | null) => void;
  onType: (text: string) => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { direction } = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [cut, setCut] = useState<string | null>(null);
  const height = ROW_HEIGHT[rememberedDensity()];
  const columns = columnsOf(entity, parentField);
  const at = Math.max(
    0,
    lines.findIndex(({ node }) => node.record.id === current),
  );
  const mayMove =
    entity.may_edit && entity.fields.some((f) => f.name === parentField && f.writable);
  const drag = useDrag({ box, head, lines, height, active: mayMove, onMove });

  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);
  useKeyNotes(["open", "expand", "collapse", "first", "last", "quick"], listening);
  useKeyNotes(["indent", "outdent", "takeOut", "putBelow"], listening && mayMove);

  const go = (index: number) => {
    const line = lines[Math.max(0, Math.min(index, lines.length - 1))];
    if (line) onCurrent(line.node.record.id);
  };
  useEffect(() => {
    const view = box.current;
    if (!view) return;
    const [from, to] = [at * height, (at + 1) * height];
    if (from < view.scrollTop) view.scrollTop = from;
    else if (to > view.scrollTop + view.clientHeight) view.scrollTop = to - view.clientHeight;
  }, [at, height]);

  const act = (event: React.KeyboardEvent) => {
    const line = lines[at];
    const wanted = treeAct(event, direction === "rtl");
    if (!line || !wanted) return;
    event.preventDefault();
    event.stopPropagation();
    const { node, isOpen } = line;
    const { id } = node.record;
    switch (wanted.act) {
      case "step":
        return go(at + wanted.by);
      case "first":
        return go(0);
      case "last":
        return go(lines.length - 1);
      case "open":
        return onOpen(id);
      case "expand":
        if (node.below.length === 0) return undefined;
        return isOpen ? go(at + 1) : onToggle(id);
      case "collapse":
        if (isOpen) return onToggle(id);
        return node.above ? onCurrent(node.above.record.id) : undefined;
      case "type":
        return onType(wanted.text);
      case "back":
        return setCut(null);
      default:
        return mayMove ? moveBy(wanted.act, node) : undefined;
    }
  };
  const moveBy = (act: "indent" | "outdent" | "takeOut" | "putBelow", node: TreeNode) => {
    if (act === "takeOut") return setCut(node.record.id);
    if (act === "putBelow") {
      const taken = cut === null ? undefined : tree.byId.get(cut);
      setCut(null);
      return taken ? onMove(taken, node.record.id) : undefined;
    }
    const to = act === "indent" ? into(tree, node) : outOf(node);
    return to === undefined ? undefined : onMove(node, to);
  };

  // The rows are never higher than the window.
  const seen = Math.ceil(window.innerHeight / height);
  const first = Math.max(0, Math.floor(top / height) - SPARE);
  const drawn = lines.slice(first, first + seen + 2 * SPARE);
  const style = { "--tree-columns": columns.length } as React.CSSProperties;
  return (
    <div className="tree" style={style}>
      <div className="tree-head" aria-hidden ref={head}>
        <span>{drag.isDragging ? t("tree.dropTop") : label(entity.label)}</span>
        {columns.map((column) => (
          <span key={column.name}>{label(column.label)}</span>
        ))}
      </div>
      <div
        ref={box}
        className="tree-rows"
        role="tree"
        tabIndex={0}
        aria-label={t("tree.rows", { plural: label(entity.plural) })}
        aria-activedescendant={lines[at] ? `tree-${lines[at].node.record.id}` : undefined}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={act}
        onClick={(event) => {
          const id = idAt(event.target);
          if (id === null) return;
          onCurrent(id);
          if (event.target instanceof Element && event.target.closest("[data-caret]")) onToggle(id);
        }}
        onDoubleClick={(event) => {
          const id = idAt(event.target);
          if (id !== null) onOpen(id);
        }}
        {...drag.handlers}
      >
        <div
          className="tree-whole"
          role="presentation"
          style={{ blockSize: lines.length * height }}
        >
          {drawn.map((line, index) => (
            <TreeLineView
              key={line.node.record.id}
              line={line}
              entity={entity}
              columns={columns}
              offset={(first + index) * height}
              height={height}
              isCurrent={first + index === at}
              isCut={line.node.record.id === cut}
              isTarget={drag.target === line.node.record.id}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The record whose line was pointed at. */
function idAt(target: EventTarget): string | null {
  const line = target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
  return line?.dataset.id ?? null;
}

function columnsOf(entity: EntityView, parentField: string): FieldView[] {
  const shown = entity.fields.filter(
    ({ name, listed }) => listed && ![entity.key, "name", "code", parentField].includes(name),
  );
  return shown.slice(0, COLUMNS);
}
