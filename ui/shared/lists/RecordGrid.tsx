import {
  CellApiModule,
  CellStyleModule,
  type ColDef,
  ColumnApiModule,
  type GridApi,
  InfiniteRowModelModule,
  LocaleModule,
  ModuleRegistry,
  PinnedRowModule,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  type RowSelectionOptions,
  RowStyleModule,
  ScrollApiModule,
  type SelectionColumnDef,
  TooltipModule,
  themeQuartz,
} from "ag-grid-community";
import { AgGridReact } from "ag-grid-react";
import {
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type Dispatch,
  type SetStateAction,
} from "react";
import { useTranslation } from "react-i18next";
import { useChanged } from "../data/changes";
import { PERSON } from "../data/queries";
import type { EntityView, Failure, ListPage, RecordView } from "../generated/contract";
import { useLanguage, useStyle } from "../i18n/language";
import { useKeyNotes } from "../keys/Keyboard";
import { call, failureOf } from "../platform/call";
import { columnsOf, notePlaces, type Places } from "./columns";
import { focusRow, type GridHandle, handleOf, orderOf } from "./gridHandle";
import { gridTexts } from "./gridTexts";
import { listAct } from "./keys";
import { type Density, ROW_HEIGHT, rememberColumns, rememberedColumns } from "./layout";
import { type ListQuery, PAGE, requestOf, sortOf, sourceOf } from "./pages";
import "./grid.css";

ModuleRegistry.registerModules([
  CellApiModule,
  CellStyleModule,
  ColumnApiModule,
  InfiniteRowModelModule,
  LocaleModule,
  PinnedRowModule,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
  TooltipModule,
]);

const THEME = themeQuartz.withParams({
  fontFamily: "inherit",
  fontSize: 13,
  headerFontSize: 12,
  headerFontWeight: 500,
  headerHeight: 27,
  cellHorizontalPadding: 8,
  accentColor: "var(--accent)",
  backgroundColor: "var(--surface)",
  foregroundColor: "var(--ink)",
  textColor: "var(--ink)",
  headerTextColor: "var(--ink-2)",
  headerBackgroundColor: "var(--sunken)",
  borderColor: "var(--line)",
  rowHoverColor: "var(--accent-faint)",
  selectedRowBackgroundColor: "var(--accent-soft)",
  tooltipBackgroundColor: "var(--surface)",
  tooltipTextColor: "var(--ink)",
  wrapperBorder: false,
  wrapperBorderRadius: 0,
  headerColumnResizeHandleColor: "var(--line)",
});

// What the grid is set to stays one object: another one, of the same content, sets its columns anew.
const COLUMN: ColDef<RecordView> = {
  sortingOrder: ["asc", "desc"],
  suppressHeaderMenuButton: true,
};
const MARKING: RowSelectionOptions<RecordView> = {
  mode: "multiRow",
  checkboxes: true,
  headerCheckbox: false,
  enableClickSelection: false,
};
const MARKS: SelectionColumnDef = {
  width: 32,
  minWidth: 32,
  resizable: false,
  suppressHeaderMenuButton: true,
  suppressNavigable: true,
  cellClass: "mark-cell",
};

export interface ListState {
  total: number | null;
  failure: Failure | null;
}

/** All records of a query in one list: rows come as they are scrolled to. */
export function RecordGrid({
  ref,
  entity,
  query,
  density,
  listening,
  onOpen,
  onState,
  onType,
  onFilter,
  onChosen,
  onAll,
  onCopy,
  isAll,
  totals,
}: {
  ref: Ref<GridHandle>;
  entity: EntityView;
  query: ListQuery;
  density: Density;
  /** Whether the rows have the keyboard: some are there, and nothing lies over them. */
  listening: boolean;
  onOpen: (id: string) => void;
  onState: Dispatch<SetStateAction<ListState>>;
  /** Text typed in the rows starts a search. */
  onType: (text: string) => void;
  onFilter: (field: string, record: RecordView) => void;
  /** Which records are marked, by id. */
  onChosen: (ids: string[]) => void;
  /** All that the query has is to be marked. */
  onAll: () => void;
  onCopy: () => void;
  /** Everything is marked, seen or not. */
  isAll: boolean;
  /** Texts by field for each row below the others; `null` where nothing is added up. */
  totals: Record<string, string>[] | null;
}) {
  const { t } = useTranslation();
  const style = useStyle();
  const { direction } = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const [places] = useState<Places>(() => new Map());
  const [api, setApi] = useState<GridApi<RecordView> | null>(null);
  const columns = useMemo(
    () => columnsOf(entity, style, t("list.state"), places),
    [entity, style, t, places],
  );

  const texts = useMemo(() => gridTexts(t), [t]);
  const [shown, setShown] = useState<ReadonlySet<string>>(() => new Set());
  const noteShown = (grid: GridApi<RecordView>) =>
    setShown(new Set(grid.getColumnState().flatMap(({ colId, hide }) => (hide ? [] : colId))));
  // A line without a figure in any column that is shown says nothing.
  const below = useMemo(() => {
    const says = (line: Record<string, string>) =>
      Object.keys(line).some((field) => field !== entity.key && shown.has(field));
    return (totals ?? []).filter(says).map(totalsRow);
  }, [totals, shown, entity.key]);

  useKeyNotes(["open", "first", "last", "filter", "quick", "mark", "markAll", "copy"], listening);

  // The newest query's first page, then a source that has it.
  useEffect(() => {
    if (!api) return;
    let stale = false;
    const sort = sortOf(orderOf(api));
    const failed = (cause: unknown) => {
      // How many there are is known all the same, if it was.
      if (!stale) onState((known) => ({ ...known, failure: failureOf(cause) }));
    };
    const arrived = (page: ListPage) => {
      if (stale) return;
      onState({ total: page.total, failure: null });
      if (notePlaces(entity, page.records, places)) api.refreshCells({ force: true });
    };
    api.deselectAll();
    call("list", requestOf(query, sort, 0)).then((page) => {
      if (stale) return;
      arrived(page);
      // New rows take the cursor with them: it never falls out of the list.
      const hadCursor = box.current?.contains(document.activeElement) === true;
      const shown = () => {
        if (hadCursor && !stale) requestAnimationFrame(() => focusRow(api, 0));
      };
      const hear = { page: arrived, failed, shown };
      api.setGridOption("datasource", sourceOf(query, { page, sort }, hear));
    }, failed);
    return () => {
      stale = true;
    };
  }, [api, entity, query, onState, places]);

  // Many records may change in one round: one refresh shows them all, in place.
  const refresh = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(refresh.current), []);
  const again = () => {
    clearTimeout(refresh.current);
    refresh.current = setTimeout(() => api?.refreshInfiniteCache(), 120);
  };
  useChanged(entity.name, again);
  // Another name for a user stands in the rows that are theirs.
  useChanged(PERSON, again);

  useImperativeHandle(ref, () => handleOf(api, entity, onOpen), [api, entity, onOpen]);

  useEffect(() => {
    const rows = box.current;
    if (!rows || !api) return;
    const hear = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const act = target?.closest(".ag-cell") ? listAct(event) : null;
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      const cell = api.getFocusedCell();
      const record = cell ? api.getDisplayedRowAtIndex(cell.rowIndex)?.data : undefined;
      switch (act.act) {
        case "open":
          if (record) onOpen(record.id);
          break;
        case "first":
          focusRow(api, 0);
          break;
        case "last":
          focusRow(api, api.getDisplayedRowCount() - 1);
          break;
        case "filter":
          if (record && cell) onFilter(cell.column.getColId(), record);
          break;
        case "markAll":
          onAll();
          break;
        case "copy":
          onCopy();
          break;
        case "type":
          onType(act.text);
          break;
      }
    };
    rows.addEventListener("keydown", hear, { capture: true });
    return () => rows.removeEventListener("keydown", hear, { capture: true });
  }, [api, onOpen, onType, onFilter, onAll, onCopy]);

  const save = (grid: GridApi<RecordView>) => rememberColumns(entity.name, grid.getColumnState());
  return (
    <div ref={box} className={`grid-box ${density} ${isAll ? "all-marked" : ""}`}>
      <AgGridReact<RecordView>
        theme={THEME}
        rowModelType="infinite"
        enableRtl={direction === "rtl"}
        cacheBlockSize={PAGE}
        maxBlocksInCache={25}
        maxConcurrentDatasourceRequests={2}
        blockLoadDebounceMillis={20}
        rowHeight={ROW_HEIGHT[density]}
        columnDefs={columns}
        defaultColDef={COLUMN}
        getRowId={({ data }) => data.id}
        rowSelection={MARKING}
        selectionColumnDef={MARKS}
        localeText={texts}
        pinnedBottomRowData={below}
        multiSortKey="ctrl"
        suppressDragLeaveHidesColumns
        suppressOverlays={["loading", "noRows", "noMatchingRows", "exporting"]}
        suppressColumnVirtualisation={false}
        alwaysShowVerticalScroll
        tooltipShowMode="whenTruncated"
        tooltipShowDelay={400}
        animateRows={false}
        onGridReady={({ api: ready }) => {
          const state = rememberedColumns(entity.name);
          if (state) ready.applyColumnState({ state, applyOrder: true });
          else
            ready.applyColumnState({
              state: [{ colId: entity.key, sort: "asc" }],
            });
          noteShown(ready);
          setApi(ready);
        }}
        onSelectionChanged={({ api: grid }) =>
          onChosen(grid.getSelectedNodes().flatMap(({ id }) => id ?? []))
        }
        onCellClicked={({ column, data, node }) => {
          if (data && node.rowPinned === undefined && column.getColId() === entity.key) {
            onOpen(data.id);
          }
        }}
        onRowDoubleClicked={({ data, rowPinned }) => data && !rowPinned && onOpen(data.id)}
        rowClassRules={{ retired: ({ data }) => data?.retired === true }}
        onSortChanged={({ api: grid }) => save(grid)}
        onColumnMoved={({ api: grid, finished }) => finished && save(grid)}
        onColumnResized={({ api: grid, finished, source }) =>
          finished && source === "uiColumnResized" && save(grid)
        }
        onColumnVisible={({ api: grid }) => {
          noteShown(grid);
          save(grid);
        }}
      />
    </div>
  );
}

/** A row for the grid that holds texts in the place of values. */
function totalsRow(fields: Record<string, string>, index: number): RecordView {
  return {
    id: `@totals ${index}`,
    version: 0,
    fields,
    sync: { state: "clean" },
    title: "",
    retired: false,
    created_at: "",
    created_by: "",
    updated_at: "",
    updated_by: "",
  };
}
