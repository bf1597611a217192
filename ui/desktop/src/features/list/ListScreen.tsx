import { ApartmentOutlined } from "@ant-design/icons";
import type { Chosen, EntityView, RecordView, SavedView } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { type Density, rememberDensity, rememberedDensity } from "@daybook/shared/lists/layout";
import type { GridHandle } from "@daybook/shared/lists/gridHandle";
import { ListBar, type ListBarHandle } from "@daybook/shared/lists/ListBar";
import { type ListQuery, requestOf } from "@daybook/shared/lists/pages";
import { type ListState, RecordGrid } from "@daybook/shared/lists/RecordGrid";
import { Button } from "antd";
import {
  type RefObject,
  useCallback,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { ExportDialog } from "@daybook/shared/lists/ExportDialog";
import { Hint } from "@daybook/shared/hints/Hint";
import { AddFilter } from "@daybook/shared/lists/AddFilter";
import { BulkEdit, BulkRetire } from "./Bulk";
import { FilterChips } from "@daybook/shared/lists/FilterChips";
import { filterOfCell, type ShownFilter, withFilter } from "@daybook/shared/lists/filters";
import { ListBlank } from "@daybook/shared/lists/ListBlank";
import { type Kept, keepList, keptList, NOTHING_KEPT } from "./memory";
import { MoreMenu } from "@daybook/shared/lists/MoreMenu";
import { SavedViews } from "./SavedViews";
import { SelectionBar } from "./SelectionBar";
import { useCopy } from "./useCopy";
import { useTotals } from "./useTotals";
import { ViewMenu } from "./ViewMenu";
import "@daybook/shared/lists/list.css";

/** Which records of a query are marked: by id, or all it has. */
interface Marks {
  query: ListQuery;
  ids: string[];
  isAll: boolean;
}

const NO_MARKS: Omit<Marks, "query"> = { ids: [], isAll: false };

/** All records of an entity: find, filter, sort, open. Stays alive under an open record. */
export function ListScreen({
  entity,
  covered,
  onOpen,
  onNew,
  onTree,
  onDuplicates,
  onImport,
  step,
}: {
  entity: EntityView;
  /** A record lies over the list: keys are not its own. */
  covered: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  /** Shows the records as a tree; absent where they form none. */
  onTree?: () => void;
  /** Shows the records that may be the same; absent where none are merged. */
  onDuplicates?: (() => void) | undefined;
  /** Leads to the import of a file; absent for who may not. */
  onImport?: (() => void) | undefined;
  /** Where the way to the next record is laid down, for the record that lies over the list. */
  step?: RefObject<((by: 1 | -1) => void) | null>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const grid = useRef<GridHandle>(null);
  const bar = useRef<ListBarHandle>(null);
  const [kept, setKept] = useState<Kept>(() => keptList(entity.name));
  const [density, setDensity] = useState<Density>(rememberedDensity);
  const [state, setState] = useState<ListState>({ total: null, failure: null });
  const [attempt, setAttempt] = useState(0);
  const [marks, setMarks] = useState<Marks | null>(null);
  const [doing, setDoing] = useState<"edit" | "retire" | null>(null);

  // The order and the columns of a list that is about to be taken out.
  const [taken, setTaken] = useState<Pick<SavedView, "columns" | "sort"> | null>(null);

  const change = useCallback(
    (part: Partial<Kept>) =>
      setKept((before) => {
        const next = { ...before, ...part };
        keepList(entity.name, next);
        return next;
      }),
    [entity.name],
  );

  const search = useDeferredValue(kept.search);
  const query = useMemo<ListQuery & { attempt: number }>(
    () => ({
      entity: entity.name,
      search,
      filters: kept.filters.map(({ field, value, relation }) => ({ field, value, relation })),
      retired: kept.retired,
      attempt,
    }),
    [entity.name, search, kept.filters, kept.retired, attempt],
  );

  // Asked for on the way here, it waits for the list: what is taken out is what is shown.
  const [wantsOut, setWantsOut] = useState(false);
  const isThere = state.total !== null;
  useEffect(() => {
    if (!wantsOut || !isThere) return;
    setTaken(grid.current?.arrangement() ?? null);
    setWantsOut(false);
  }, [wantsOut, isThere]);
  useKey("asTree", () => onTree?.(), !covered && onTree !== undefined);

  useImperativeHandle(step, () => (by) => grid.current?.step(by), []);

  // At first the cursor is in the search; back from a record it is on that record's row.
  const arrive = useArrival();
  const wasCovered = useRef<boolean | null>(null);
  useEffect(() => {
    if (!covered && wasCovered.current === null) arrive(() => bar.current?.focus("end"));
    if (!covered && wasCovered.current === true) arrive(() => grid.current?.focus());
    wasCovered.current = covered;
  }, [arrive, covered]);

  const type = useCallback(
    (text: string) => {
      change({ search: text });
      bar.current?.focus("end");
    },
    [change],
  );
  const addFilters = useCallback(
    (filters: ShownFilter[]) =>
      setKept((before) => {
        const next = { ...before, filters: filters.reduce(withFilter, before.filters) };
        keepList(entity.name, next);
        return next;
      }),
    [entity.name],
  );
  const filterByCell = useCallback(
    (field: string, record: RecordView) => {
      const filter = filterOfCell(entity, field, record);
      if (filter) addFilters([filter]);
    },
    [entity, addFilters],
  );

  // What is marked was marked in this list: another one begins without marks.
  const { ids: marked, isAll } = marks?.query === query ? marks : NO_MARKS;
  const mark = useCallback((ids: string[]) => setMarks({ query, ids, isAll: false }), [query]);
  const markAll = useCallback(() => setMarks({ query, ids: [], isAll: true }), [query]);
  const unmark = () => {
    setMarks(null);
    grid.current?.unmark();
  };
  const count = isAll ? (state.total ?? 0) : marked.length;
  const chosen = useMemo<Chosen>(
    () => (isAll ? { by: "all", with: requestOf(query, null, 0) } : { by: "ids", with: marked }),
    [isAll, marked, query],
  );
  const copy = useCopy(entity, grid, isAll ? query : null);
  const edit = () => setDoing("edit");
  const retire = () => setDoing("retire");
  const isMarked = count > 0 && !covered;
  useKey("bulk", edit, isMarked && entity.may_edit);
  useKey("bulkRetire", retire, isMarked && entity.may_retire);
  useKey("back", unmark, isMarked);
  const finished = () => {
    setDoing(null);
    unmark();
    grid.current?.focus();
  };
  const totals = useTotals(
    entity,
    useMemo(() => requestOf(query, null, 0), [query]),
  );

  const isNarrowed = kept.search.trim() !== "" || kept.filters.length > 0;
  return (
    <div className="list">
      <ListBar
        ref={bar}
        entity={entity}
        active={!covered}
        text={kept.search}
        onText={(text) => change({ search: text })}
        onRows={() => grid.current?.focus()}
        onOpen={() => grid.current?.openCurrent()}
        retired={kept.retired}
        onRetired={(retired) => change({ retired })}
        total={state.total}
        onNew={onNew}
        acts={
          <>
            {onTree && (
              <KeyTip name="asTree">
                <Button icon={<ApartmentOutlined aria-hidden />} onClick={onTree}>
                  {t("tree.asTree")}
                </Button>
              </KeyTip>
            )}
            <ViewMenu
              grid={grid}
              density={density}
              onDensity={(next) => {
                rememberDensity(next);
                setDensity(next);
              }}
            />
            <MoreMenu
              active={!covered}
              onExport={entity.may_export ? () => setWantsOut(true) : undefined}
              onImport={onImport}
              onDuplicates={onDuplicates}
            />
          </>
        }
      >
        <SavedViews
          entity={entity}
          current={kept.view}
          active={!covered}
          asIs={(name) => ({
            name,
            search: kept.search,
            filters: query.filters,
            retired: kept.retired,
            sort: null,
            columns: [],
            ...grid.current?.arrangement(),
          })}
          onChoose={(view) => {
            if (!view) {
              change(NOTHING_KEPT);
              grid.current?.resetColumns();
              return;
            }
            const { name, search: words, filters, retired } = view;
            const shown = filters.map((filter) => ({ ...filter, shown: "" }));
            change({ view: name, search: words, filters: shown, retired });
            grid.current?.arrange(view.columns, view.sort);
          }}
        />
        <AddFilter
          entity={entity}
          proposed={() => grid.current?.currentField() ?? null}
          active={!covered}
          onAdd={addFilters}
        />
      </ListBar>
      {kept.filters.length > 0 && (
        <div className="list-chips" role="group" aria-label={t("list.filters")}>
          <FilterChips
            entity={entity}
            filters={kept.filters}
            onRemove={(filter) =>
              change({
                filters: kept.filters.filter((known) => known !== filter),
              })
            }
          />
        </div>
      )}
      <section className="list-rows" aria-label={t("list.grid", { plural: label(entity.plural) })}>
        <RecordGrid
          ref={grid}
          entity={entity}
          query={query}
          density={density}
          listening={!covered && (state.total ?? 0) > 0}
          onOpen={onOpen}
          onState={setState}
          onType={type}
          onFilter={filterByCell}
          onChosen={mark}
          onAll={markAll}
          onCopy={copy}
          isAll={isAll}
          totals={(state.total ?? 0) > 0 ? totals : null}
        />
        <ListBlank
          entity={entity}
          state={state}
          search={kept.search}
          isNarrowed={isNarrowed}
          onNew={onNew}
          onImport={onImport}
          onClear={() => change({ search: "", filters: [], view: null })}
        />
      </section>
      {count > 0 && (
        <SelectionBar
          entity={entity}
          count={count}
          total={state.total ?? 0}
          isAll={isAll}
          onAll={markAll}
          onEdit={edit}
          onRetire={retire}
          onCopy={copy}
          onClear={unmark}
        />
      )}
      {doing === "edit" && (
        <BulkEdit
          entity={entity}
          chosen={chosen}
          count={count}
          onDone={finished}
          onClose={() => setDoing(null)}
        />
      )}
      {doing === "retire" && (
        <BulkRetire
          entity={entity}
          chosen={chosen}
          count={count}
          onDone={finished}
          onClose={() => setDoing(null)}
        />
      )}
      {taken && (
        <ExportDialog
          entity={entity}
          query={query}
          sort={taken.sort}
          columns={taken.columns.map(({ field }) => field)}
          count={state.total ?? 0}
          onClose={() => setTaken(null)}
        />
      )}
      {!covered && (
        <Hint place="list" names={["open", entity.may_create ? "create" : "find", "keys"]} />
      )}
      {state.failure && (
        <div className="list-failure">
          <FailureNote failure={state.failure} onAgain={() => setAttempt((count) => count + 1)} />
        </div>
      )}
    </div>
  );
}
