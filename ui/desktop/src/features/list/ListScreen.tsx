import { PlusOutlined, SearchOutlined } from "@ant-design/icons";
import { formatCount } from "@daybook/shared/format/bytes";
import type { EntityView, Filter, RecordView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { isKey, keyText } from "@daybook/shared/keys/keymap";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { KeyTip } from "@daybook/shared/kit/KeyTip";
import { type Density, rememberDensity, rememberedDensity } from "@daybook/shared/lists/layout";
import type { ListQuery } from "@daybook/shared/lists/pages";
import { type GridHandle, type ListState, RecordGrid } from "@daybook/shared/lists/RecordGrid";
import { Button, Checkbox, Input, type InputRef } from "antd";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { AddFilter } from "./AddFilter";
import { FilterChips } from "./FilterChips";
import { filterOfCell, withFilter } from "./filters";
import { ListBlank } from "./ListBlank";
import { type Kept, keepList, keptList } from "./memory";
import { ViewMenu } from "./ViewMenu";
import "./list.css";

/** All records of an entity: find, filter, sort, open. Stays alive under an open record. */
export function ListScreen({
  entity,
  covered,
  onOpen,
  onNew,
}: {
  entity: EntityView;
  /** A record lies over the list: keys are not its own. */
  covered: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
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
      filters: kept.filters.map(({ field, value, contains }) => ({
        field,
        value,
        contains,
      })),
      retired: kept.retired,
      attempt,
    }),
    [entity.name, search, kept.filters, kept.retired, attempt],
  );

  const find = useCallback(() => box.current?.focus({ cursor: "all" }), []);
  useKey("find", find, !covered);
  useKey("create", onNew, !covered && entity.may_create);

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
  const addFilter = useCallback(
    (filter: Filter & { shown: string }) =>
      setKept((before) => {
        const next = { ...before, filters: withFilter(before.filters, filter) };
        keepList(entity.name, next);
        return next;
      }),
    [entity.name],
  );
  const filterByCell = useCallback(
    (field: string, record: RecordView) => {
      const filter = filterOfCell(entity, field, record);
      if (filter) addFilter(filter);
    },
    [entity, addFilter],
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
        <AddFilter entity={entity} onAdd={addFilter} />
        <Checkbox
          checked={kept.retired}
          onChange={(event) => change({ retired: event.target.checked })}
        >
          {t("list.retired")}
        </Checkbox>
        <FilterChips
          entity={entity}
          filters={kept.filters}
          onRemove={(filter) =>
            change({
              filters: kept.filters.filter((known) => known !== filter),
            })
          }
        />
        <span className="spread" />
        <span className="quiet list-total" role="status" aria-live="polite">
          {state.total === null
            ? t("list.loading")
            : t("list.total", {
                count: state.total,
                shown: formatCount(state.total, locale),
              })}
        </span>
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
        />
        <ListBlank
          state={state}
          search={kept.search}
          isNarrowed={isNarrowed}
          mayCreate={entity.may_create}
          onNew={onNew}
          onClear={() => change({ search: "", filters: [] })}
        />
      </section>
      {state.failure && (
        <div className="list-failure">
          <FailureNote failure={state.failure} onAgain={() => setAttempt((count) => count + 1)} />
        </div>
      )}
    </div>
  );
}
