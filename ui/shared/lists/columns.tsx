import type { ColDef, ICellRendererParams } from "ag-grid-community";
import { fieldOf } from "../entity/fields";
import {
  cellText,
  isBelowZero,
  isFigure,
  isLeftToRight,
  labelIn,
  type Style,
} from "../format/cell";
import { formatDecimal } from "../format/decimal";
import type { EntityView, FieldView, RecordView } from "../generated/contract";
import { isOut, LifeMark } from "./LifeMark";
import { StateMark } from "./StateMark";

/** The column that shows whether a record waits or needs attention. */
export const STATE_COLUMN = "@state";

/** The most digits after the point that a column shows, by field: decimals stand under each other. */
export type Places = Map<string, number>;

/** Notes the digits of new rows; `true` where a column now needs more. */
export function notePlaces(entity: EntityView, records: RecordView[], places: Places): boolean {
  let isMore = false;
  for (const { name, kind } of entity.fields) {
    if (kind.type !== "decimal") continue;
    for (const { fields } of records) {
      const cell = fields[name];
      const digits = typeof cell === "string" ? (cell.split(".")[1]?.length ?? 0) : 0;
      if (digits <= (places.get(name) ?? 2)) continue;
      places.set(name, digits);
      isMore = true;
    }
  }
  return isMore;
}

/**
 * The columns of an entity's list: its state, its key, then the declared order. Where records are
 * opened by another key (an item's SKU), a second code is there when asked for.
 */
export function columnsOf(
  entity: EntityView,
  style: Style,
  stateLabel: string,
  places: Places,
): ColDef<RecordView>[] {
  const key = fieldOf(entity, entity.key);
  const named = entity.fields.find(({ name, listed }) => name === "name" && listed) ?? key;
  const others = entity.fields.filter((field) => field !== key && isColumn(field));
  return [
    {
      colId: STATE_COLUMN,
      headerName: stateLabel,
      headerClass: "state-head",
      width: 30,
      minWidth: 30,
      resizable: false,
      sortable: false,
      lockPosition: "left",
      suppressNavigable: true,
      cellClass: "state-cell",
      cellRenderer: ({ data }: ICellRendererParams<RecordView>) =>
        data ? <StateMark record={data} /> : null,
    },
    ...(key ? [key, ...others] : others).map((field) => ({
      ...columnOf(field, field === key, style, places),
      ...(field === named ? { cellRendererSelector: markedIfOut } : {}),
    })),
  ];
}

/** The name of a record that is out of use says so; others are plain text, which is drawn faster. */
function markedIfOut({ data }: ICellRendererParams<RecordView>) {
  return data && isOut(data) ? { component: MarkedName } : undefined;
}

function MarkedName({ data, value }: ICellRendererParams<RecordView>) {
  return (
    <>
      {data && <LifeMark record={data} />} {value}
    </>
  );
}

function columnOf(
  field: FieldView,
  isKey: boolean,
  style: Style,
  places: Places,
): ColDef<RecordView> {
  const { kind } = field;
  const headerName = labelIn(field.label, style.language);
  const classes = [
    isFigure(kind) ? "figure" : isLeftToRight(kind) ? "latin" : "",
    isKey ? "key-cell" : "",
  ].filter(Boolean);
  return {
    colId: field.name,
    headerName,
    headerClass: isFigure(kind) ? "ag-right-aligned-header" : "",
    ...roomFor(headerName, roomOf(field)),
    hide: !isKey && (!field.listed || kind.type === "code"),
    valueGetter: ({ data, node }) => {
      // The row of totals holds texts.
      if (node?.rowPinned) return data?.fields[field.name] ?? "";
      const cell = data?.fields[field.name];
      if (kind.type === "decimal" && typeof cell === "string") {
        return formatDecimal(cell, style.locale, places.get(field.name));
      }
      return cellText(cell, kind, style, data?.titles);
    },
    tooltipValueGetter: ({ value }) => value,
    cellClass: classes,
    cellClassRules: {
      "below-zero": ({ data }) => isBelowZero(data?.fields[field.name], kind),
    },
  };
}

/** A column is never narrower than its name, which is longer in one language than in another. */
function roomFor(
  name: string,
  { minWidth, width, ...room }: Room,
): Pick<ColDef, "width" | "minWidth" | "flex"> {
  const words = Math.ceil(name.length * 6.9) + 30;
  const least = Math.max(minWidth, words);
  return {
    ...room,
    minWidth: least,
    ...(width === undefined ? {} : { width: Math.max(width, least) }),
  };
}

/** Lists of files and maps have no room in a cell. */
function isColumn(field: FieldView): boolean {
  return field.kind.type !== "attachments" && field.kind.type !== "map";
}

interface Room {
  minWidth: number;
  /** Of a column of one width, or the share of one that grows. */
  width?: number;
  flex?: number;
}

/**
 * The room of a column: figures, dates and codes have the same length everywhere; words share what is
 * left, names and addresses most of it, so that a wide window shows more of each.
 */
function roomOf({ name, kind }: FieldView): Room {
  const fixed = (width: number) => ({ width, minWidth: 60 });
  const shared = (flex: number, minWidth: number) => ({ flex, minWidth });
  switch (kind.type) {
    case "code":
      return fixed(92);
    case "bool":
      return fixed(84);
    case "int":
      return fixed(96);
    case "decimal":
      return fixed(118);
    case "date":
      return fixed(108);
    case "instant":
      return fixed(148);
    case "choice":
      return fixed(122);
    case "reference":
      return shared(3, 96);
    case "long_text":
      return shared(5, 200);
    case "standard":
      if (kind.name === "email") return shared(5, 180);
      return kind.name === "country" ? shared(2, 112) : fixed(128);
    default:
      return name === "name" ? shared(5, 226) : shared(2, 92);
  }
}
