import { CaretDownOutlined, CaretRightOutlined } from "@ant-design/icons";
import { fieldOf } from "@daybook/shared/entity/fields";
import { cellText, isBelowZero, isFigure } from "@daybook/shared/format/cell";
import type { EntityView, FieldView } from "@daybook/shared/generated/contract";
import { useStyle } from "@daybook/shared/i18n/language";
import { LifeMark } from "@daybook/shared/lists/LifeMark";
import { StateMark } from "@daybook/shared/lists/StateMark";
import type { TreeLine } from "./tree";

export function TreeLineView({
  line,
  entity,
  columns,
  offset,
  height,
  isCurrent,
  isCut,
  isTarget,
}: {
  line: TreeLine;
  entity: EntityView;
  columns: FieldView[];
  offset: number;
  height: number;
  isCurrent: boolean;
  isCut: boolean;
  isTarget: boolean;
}) {
  const style = useStyle();
  const { node, level, isOpen, place, beside } = line;
  const { record } = node;
  const key = fieldOf(entity, entity.key);
  const keyText = key ? cellText(record.fields[key.name], key.kind, style) : "";
  const classes = ["tree-line"];
  if (isCurrent) classes.push("current");
  if (isCut) classes.push("cut");
  if (isTarget) classes.push("target");
  if (record.retired) classes.push("retired");
  const Caret = isOpen ? CaretDownOutlined : CaretRightOutlined;
  return (
    <div
      id={`tree-${record.id}`}
      role="treeitem"
      data-id={record.id}
      className={classes.join(" ")}
      aria-level={level}
      aria-setsize={beside}
      aria-posinset={place}
      aria-selected={isCurrent}
      {...(node.below.length > 0 ? { "aria-expanded": isOpen } : {})}
      style={{ insetBlockStart: offset, blockSize: height }}
      tabIndex={-1}
    >
      <span className="tree-name" style={{ paddingInlineStart: (level - 1) * 18 }}>
        <span className="tree-caret" data-caret aria-hidden>
          {node.below.length > 0 && <Caret className="mirrored" />}
        </span>
        <span className="tree-key">{keyText}</span>
        <LifeMark record={record} />
        <span className="tree-title">{record.title === keyText ? "" : record.title}</span>
        <StateMark record={record} />
        {node.below.length > 0 && !isOpen && <span className="faint">({node.below.length})</span>}
      </span>
      {columns.map(({ name, kind }) => {
        const cell = record.fields[name];
        const marks = [isFigure(kind) ? "figure" : "", isBelowZero(cell, kind) ? "below-zero" : ""];
        return (
          <span key={name} className={["tree-cell", ...marks].join(" ").trim()}>
            {cellText(cell, kind, style, record.titles)}
          </span>
        );
      })}
    </div>
  );
}
