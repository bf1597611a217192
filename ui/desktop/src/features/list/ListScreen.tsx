import { ApartmentOutlined, BlockOutlined, PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import type { Chosen, EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { isKey, keyText } from "@daybook/shared/keys/keymap";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { type Density, rememberDensity, rememberedDensity } from "@daybook/shared/lists/layout";
import type { GridHandle } from "@daybook/shared/lists/gridHandle";
import { type ListQuery, requestOf } from "@daybook/shared/lists/pages";
import { type ListState, RecordGrid } from "@daybook/shared/lists/RecordGrid";
import { Button, Checkbox, Input, type InputRef } from "antd";
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
import { AddFilter } from "./AddFilter";
import { BulkEdit, BulkRetire } from "./Bulk";
import { FilterChips } from "./FilterChips";
import { filterOfCell, type ShownFilter, withFilter } from "./filters";
import { ListBlank } from "./ListBlank";
import { type Kept, keepList, keptList, NOTHING_KEPT } from "./memory";
import { SavedViews } from "./SavedViews";
import { SelectionBar } from "./SelectionBar";
import { useCopy } from "./useCopy";
import { useTotals } from "./useTotals";
import { ViewMenu } from "./ViewMenu";
import "./list.css";

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
  onDuplicates?: () => void;
  /** Leads to the import of a file; absent for who may not. */
  onImport?: (() => void) | undefined;
  /** Where the way to the next record is laid down, for the record that lies over the list. */
  step?: RefObject<((by: 1 | -1) => void) | null>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { language, locale } = useLanguage();
  const grid = useRef<GridHandle>(null);
  const box = useRef<InputRef>(null);
  const [kept, setKept] = useState<Kept>(() => keptList(entity.name));
  const [density, setDensity] = useState<Density>(rememberedDensity);
  const [state, setState] = useState<ListState>({ total: null, failure: null });
  const [attempt, setAttempt] = useState(0);
  const [marks, setMarks] = useState<Marks | null>(null);
  const [doing, setDoing] = useState<"edit" | "retire" | null>(null);

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

  const find = useCallback(() => box.current?.focus({ cursor: "all" }), []);
  useKey("find", find, !covered);
  useKey("create", onNew, !covered && entity.may_create);
  useKey("duplicates", () => onDuplicates?.(), !covered && onDuplicates !== undefined);
  useKey("asTree", () => onTree?.(), !covered && onTree !== undefined);

  useImperativeHandle(step, () => (by) => grid.current?.step(by), []);

  // At first the cursor is in the search; back from a record it is on that record's row.
  const wasCovered = useRef<boolean | null>(null);
  useEffect(() => {
    if (!covered && wasCovered.current === null) box.current?.focus();
    if (!covered && wasCovered.current === true) grid.current?.focus();
    wasCovered.current = covered;
  }, [covered]);

  const type = useCallback(
    (text: string) => {
      change({ search: text });
      box.current?.focus({ cursor: "end" });
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
      <header className="list-bar">
        <h1>{label(entity.plural)}</h1>
        <div role="search">
          <KeyTip name="find">
            <Input
              ref={box}
              className="list-search"
              prefix={<SearchOutlined aria-hidden className="faint" />}
              suffix={<kbd>{keyText("find", language)}</kbd>}
              aria-label={t("list.search", { plural: label(entity.plural) })}
              placeholder={t("list.search", { plural: label(entity.plural) })}
              value={kept.search}
              onChange={(event) => change({ search: event.target.value })}
              onKeyDown={(event) => {
                if (isKey("next", event)) {
                  event.preventDefault();
                  grid.current?.focus();
                }
                if (isKey("open", event)) grid.current?.openCurrent();
                if (isKey("back", event) && kept.search) {
                  event.preventDefault();
                  change({ search: "" });
                }
              }}
            />
          </KeyTip>
        </div>
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
        <Checkbox
          checked={kept.retired}
          onChange={(event) => change({ retired: event.target.checked })}
        >
          {t("list.retired")}
        </Checkbox>
        <span className="spread" />
        <span className="quiet list-total" role="status" aria-live="polite">
          {state.total === null
            ? t("list.loading")
            : t("list.total", {
                count: state.total,
                shown: formatCount(state.total, locale),
              })}
        </span>
        {onTree && (
          <KeyTip name="asTree">
            <Button icon={<ApartmentOutlined />} onClick={onTree}>
              {t("tree.asTree")}
            </Button>
          </KeyTip>
        )}
        {onDuplicates && (
          <KeyTip name="duplicates">
            <Button icon={<BlockOutlined />} onClick={onDuplicates}>
              {t("duplicates.open")}
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
        {entity.may_create && (
          <KeyTip name="create">
            <Button
              type="primary"
              icon={<PlusOutlined />}
              onClick={onNew}
              aria-label={t("act.newOf", { label: label(entity.label) })}
            >
              {t("act.new")}
            </Button>
          </KeyTip>
        )}
      </header>
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
          state={state}
          search={kept.search}
          isNarrowed={isNarrowed}
          mayCreate={entity.may_create}
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
      {state.failure && (
        <div className="list-failure">
          <FailureNote failure={state.failure} onAgain={() => setAttempt((count) => count + 1)} />
        </div>
      )}
    </div>
  );
}
