import type { ColumnState, GridApi } from "ag-grid-community";
import type { EntityView, RecordView, SavedView, ViewColumn } from "../generated/contract";
import { STATE_COLUMN } from "./columns";
import { forgetColumns } from "./layout";
import { sortOf } from "./pages";

/** What a list's toolbar may ask of its grid. */
export interface GridHandle {
  /** Puts the cursor on the row it was on, or the first. */
  focus: () => void;
  openCurrent: () => void;
  /** Opens the record beside the one under the cursor, and takes the cursor there. */
  step: (by: 1 | -1) => void;
  /** The field under the cursor. */
  currentField: () => string | null;
  columns: () => { id: string; label: string; shown: boolean }[];
  showColumn: (id: string, shown: boolean) => void;
  resetColumns: () => void;
  /** The marked records that were seen, or the one under the cursor. */
  chosen: () => RecordView[];
  /** Marks nothing any more. */
  unmark: () => void;
  /** Columns and order as a view keeps them. */
  arrangement: () => Pick<SavedView, "columns" | "sort">;
  arrange: (columns: ViewColumn[], sort: string | null) => void;
}

type Grid = GridApi<RecordView>;

/** The columns the list is ordered by, the most important first. */
export function orderOf(api: Grid): { colId: string; sort: "asc" | "desc" }[] {
  return api
    .getColumnState()
    .filter((column) => column.sort)
    .sort((a, b) => (a.sortIndex ?? 0) - (b.sortIndex ?? 0))
    .map(({ colId, sort }) => ({ colId, sort: sort === "desc" ? "desc" : "asc" }));
}

export function focusRow(api: Grid, index: number): void {
  const known = api.getFocusedCell()?.column;
  const first = api.getAllDisplayedColumns().find((column) => isField(column.getColId()));
  const column = known ?? first;
  if (!column || index < 0) return;
  api.ensureIndexVisible(index);
  api.setFocusedCell(index, column);
}

export function handleOf(
  api: Grid | null,
  entity: EntityView,
  onOpen: (id: string) => void,
): GridHandle {
  const current = () => {
    const cell = api?.getFocusedCell();
    return cell && !cell.rowPinned ? api?.getDisplayedRowAtIndex(cell.rowIndex)?.data : undefined;
  };
  return {
    focus: () => {
      if (!api || api.getDisplayedRowCount() === 0) return;
      focusRow(api, api.getFocusedCell()?.rowIndex ?? 0);
    },
    openCurrent: () => {
      const record = current() ?? api?.getDisplayedRowAtIndex(0)?.data;
      if (record) onOpen(record.id);
    },
    step: (by) => {
      const at = (api?.getFocusedCell()?.rowIndex ?? 0) + by;
      if (!api || at < 0 || at >= api.getDisplayedRowCount()) return;
      focusRow(api, at);
      // A row beyond those that were seen is on its way.
      const open = (tries: number) => {
        const record = api.getDisplayedRowAtIndex(at)?.data;
        if (record) onOpen(record.id);
        else if (tries > 0) setTimeout(() => open(tries - 1), 50);
      };
      open(40);
    },
    currentField: () => {
      const id = api?.getFocusedCell()?.column.getColId();
      return id !== undefined && isField(id) ? id : null;
    },
    columns: () =>
      (api?.getColumns() ?? [])
        .filter((column) => isField(column.getColId()))
        .map((column) => ({
          id: column.getColId(),
          label: column.getColDef().headerName ?? column.getColId(),
          shown: column.isVisible(),
        })),
    showColumn: (id, shown) => api?.setColumnsVisible([id], shown),
    resetColumns: () => {
      api?.resetColumnState();
      api?.applyColumnState({ state: [{ colId: entity.key, sort: "asc", sortIndex: 0 }] });
      forgetColumns(entity.name);
    },
    chosen: () => {
      const nodes = api?.getSelectedNodes() ?? [];
      const marked = nodes
        .sort((a, b) => (a.rowIndex ?? 0) - (b.rowIndex ?? 0))
        .flatMap(({ data }) => data ?? []);
      const one = current();
      return marked.length === 0 && one ? [one] : marked;
    },
    unmark: () => api?.deselectAll(),
    arrangement: () => ({
      columns: (api?.getColumnState() ?? [])
        .filter(({ colId, hide }) => !hide && isField(colId))
        .map(({ colId, width, flex }) => ({ field: colId, width: flex ? null : (width ?? null) })),
      sort: api ? sortOf(orderOf(api)) : null,
    }),
    arrange: (columns, sort) => {
      if (!api) return;
      const sorts = (sort ?? "").split(",").filter((word) => word !== "");
      const named = columns.map(({ field }) => field);
      const known = (api.getColumns() ?? []).filter((column) => isField(column.getColId()));
      const rest = known.map((column) => column.getColId()).filter((id) => !named.includes(id));
      const state = [...named, ...rest].map((colId): ColumnState => {
        const kept = columns.find(({ field }) => field === colId);
        const { width, flex, hide } = api.getColumn(colId)?.getColDef() ?? {};
        const at = sorts.findIndex((word) => word.replace(/^-/, "") === colId);
        return {
          colId,
          // A view without columns of its own has those as delivered.
          hide: columns.length > 0 ? !kept : hide === true,
          ...(kept?.width ? { width: kept.width, flex: null } : { width, flex: flex ?? null }),
          sort: at < 0 ? null : sorts[at]?.startsWith("-") ? "desc" : "asc",
          sortIndex: at < 0 ? null : at,
        };
      });
      const own = api.getColumnState().filter(({ colId }) => !isField(colId));
      api.applyColumnState({ state: [...own, ...state], applyOrder: true });
    },
  };
}

/** Whether a column shows a field: marks and states are the grid's own. */
function isField(id: string): boolean {
  return id !== STATE_COLUMN && !id.startsWith("ag-Grid-");
}
